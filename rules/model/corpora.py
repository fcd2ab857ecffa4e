"""Read the texts that the model learns from, each with what is known of it."""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rules.model.frames import write_out
from rules.model.linear import HEADS

OWN = Path(__file__).parent / "data"
UNKNOWN = float("nan")
OWN_WEIGHT, FRAME_WEIGHT = 8.0, 2.5

Labels = tuple[float, ...]
"""How far a text is each head, from 0 to 1, or unknown."""
_HARMLESS: Labels = (0.0,) * len(HEADS)


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its labels, the set it came from, and how much it counts in training."""

    source: str
    text: str
    labels: Labels
    weight: float = 1.0
    frame: str = ""

    @property
    def aside(self) -> bool:
        """Return whether the text is kept aside to measure on: three in ten, by a hash of it or its frame."""
        told_by = self.frame or self.text
        return hashlib.sha256(told_by.strip().lower().encode()).digest()[0] < 77


def gather(folder: Path) -> list[Text]:
    """Return the texts of the public sets in a folder and Beadle's own. Raises FileNotFoundError."""
    own = (text for file in sorted(OWN.glob("*.tsv")) for text in _own(file))
    made = (text for file in sorted(OWN.glob("*.frames")) for text in _framed(file))
    public = (text for read in _PUBLIC for text in read(folder))
    return [text for text in (*map(_read_further, public), *own, *made) if text.text.strip()]


def _read_further(text: Text) -> Text:
    """Return a public text with all labels: hardly any calls for help or advertises."""
    return replace(text, labels=(*text.labels, 0.0, 0.0, 0.0)[: len(HEADS)])


_NOISE = re.compile(r"https?://\S+|\[URL\]|\[USER\]|@\w+|\bRT\b|&#\d+;")


def _clean(text: str) -> str:
    return " ".join(_NOISE.sub(" ", html.unescape(text)).split())


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _either(holds: bool, unknown: bool = False) -> float:
    return 1.0 if holds else UNKNOWN if unknown else 0.0


def _own(file: Path) -> Iterator[Text]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            labels = tuple(float(row.get(head, 0)) for head in HEADS)
            yield Text(f"own {file.stem}", row["text"], labels, OWN_WEIGHT)


def _framed(file: Path) -> Iterator[Text]:
    for written in write_out(file):
        for line in written.lines:
            labels = (*written.labels, *_HARMLESS)[: len(HEADS)]
            yield Text(f"frames {file.stem}", line, labels, FRAME_WEIGHT, written.frame)


def _davidson(folder: Path) -> Iterator[Text]:
    """Tweets picked for their vulgar words, which most of them use in passing: they count little."""
    for row in _rows(folder / "davidson.csv"):
        neither = row["class"] == "2"
        labels = (_either(not neither), _either(row["class"] == "0"), 0.0 if neither else UNKNOWN)
        yield Text("davidson", _clean(row["tweet"]), labels, 0.3)


def _edos(folder: Path) -> Iterator[Text]:
    """Posts, sexist or not. Those that are not may well be abuse of another kind."""
    for row in _rows(folder / "edos.csv"):
        sexist, kind = row["label_sexist"] == "sexist", row["label_category"][:1]
        threat = _either(kind == "1", unknown=sexist)
        labels = (_either(kind in "12", unknown=True), _either(sexist), threat)
        yield Text("edos", _clean(row["text"]), labels, 0.7)


def _misogyny(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "misogyny.csv"):
        found = row["level_1"] == "Misogynistic"
        yield Text("misogyny", _clean(row["text"]), (_either(found, True), _either(found), UNKNOWN), 0.5)


def _vicomtech(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "vicomtech.csv"):
        hate = row["label"] == "hate"
        yield Text("vicomtech", row["text"], (_either(hate), _either(hate), UNKNOWN if hate else 0.0))


def _wiki_talk(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "wiki_talk.csv"):
        toxic = row["toxic"] == "True"
        other = UNKNOWN if toxic else 0.0
        yield Text("wiki talk", _clean(row["comment"]), (_either(toxic), other, other), 5.0)


def _templates(folder: Path) -> Iterator[Text]:
    """Sentences that name groups; of the one frame that fills most of the file, one in twenty."""
    for number, row in enumerate(_rows(folder / "identity_templates.csv")):
        if row["template"] != "name_adj" or number % 20 == 0:
            toxic = row["toxicity"] == "toxic"
            other = UNKNOWN if toxic else 0.0
            yield Text("identity templates", row["phrase"], (_either(toxic), other, other), 0.05)


def _sms(folder: Path) -> Iterator[Text]:
    with (folder / "sms_spam.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            kind, _, text = line.partition("\t")
            yield Text("sms", text.strip(), (0.0, 0.0, 0.0, 0.0, _either(kind == "spam"), 0.0), 4.0)


def _civil(folder: Path) -> Iterator[Text]:
    """News comments, each marked up by several people: abuse is the share of them who marked anything."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "civil_spans.csv"):
        kinds[row["annotation"]].add(row["type"])
    marks: defaultdict[str, list[set[str]]] = defaultdict(list)
    for row in _rows(folder / "civil_annotations.csv"):
        marks[row["comment_id"]].append(kinds[row["annotation"]])
    for row in _rows(folder / "civil_comments.csv"):
        marked = marks[row["comment_id"]]
        if marked:
            hate, threat = (_agreed(marked, kind) for kind in ("Identity based Attack", "Threat"))
            abuse = sum(map(bool, marked)) / len(marked)
            yield Text("civil", _clean(row["comment_text"]), (abuse, hate, threat), 0.5)


def _agreed(marked: list[set[str]], kind: str) -> float:
    """Return 1 if half of the readers or more marked a kind, 0 if nobody did."""
    share = sum(kind in kinds for kinds in marked) / len(marked)
    return 1.0 if share >= 0.5 else UNKNOWN if share else 0.0


_PUBLIC: tuple[Callable[[Path], Iterator[Text]], ...] = (
    _davidson,
    _edos,
    _misogyny,
    _vicomtech,
    _wiki_talk,
    _templates,
    _sms,
    _civil,
)
