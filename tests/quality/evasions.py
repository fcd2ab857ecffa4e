"""Measure what is found under evasion: `python tests/quality/evasions.py [--misses] [FILE...]`.

Each sentence of `evasion.tsv` that the default policy finds is written in 20 evasive ways, and in pairs of
them: the words that matched, and then every word. It prints the share that the same rule still finds, for
either half, and the clean sentences found. Each FILE is a CSV of other comments, with a column `text` or
`comment_text`: of them it prints how many, in 10,000, are found only by undoing something. Only sentences of
the dev half are shown.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from bot.policies import read_policy
from rules.compile import compile_policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset
from rules.text.lookalikes import LOOKALIKES
from rules.verdict import Finding

Evasion = Callable[[str], str]
CHANCE = random.Random(11)
WORD = re.compile(r"[^\W\d_]{3,}")
"""The words that are rewritten: nobody hides `a` or `is`."""
VOWELS = "aeiou"
LEET = str.maketrans("aeiost", "4310$7")
SIGNS = str.maketrans({"a": "@", "i": "!", "s": "$"})


def _passing_for() -> dict[str, list[str]]:
    """Return the look-alikes of each letter: the whole table, and every letter that only decomposes to it."""
    table: defaultdict[str, list[str]] = defaultdict(list)
    for character, letter in LOOKALIKES.items():
        table[letter].append(character)
    return table


LIKE = _passing_for()


def _each(change: Callable[[str], str]) -> Evasion:
    return lambda word: "".join(map(change, word))


def _shifted(first: int, small: int | None = None) -> Evasion:
    """Return a rewriting in another alphabet: capitals from `first` on, small letters from `small` on."""

    def change(letter: str) -> str:
        if letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" or (small is None and "a" <= letter <= "z"):
            return chr(first + ord(letter.upper()) - 65)
        return chr((small or first) + ord(letter) - 97) if "a" <= letter <= "z" else letter

    return _each(change)


def _inner(change: Callable[[str], str]) -> Evasion:
    """Return the change of one letter inside a word: its first vowel there, or else its second letter."""

    def apply(word: str) -> str:
        at = next((n for n, c in enumerate(word[:-1]) if n and c.lower() in VOWELS), 1)
        return word[:at] + change(word[at]) + word[at + 1 :]

    return apply


def _marked(marks: str, most: int) -> Evasion:
    def change(letter: str) -> str:
        return letter + "".join(CHANCE.choices(marks, k=CHANCE.randint(1, most)))

    return _each(change)


EVASIONS: dict[str, Evasion] = {
    "digits for letters": lambda word: word.lower().translate(LEET),
    "look-alikes": _each(lambda letter: CHANCE.choice(LIKE.get(letter.lower(), [letter]))),
    "zero width": lambda word: CHANCE.choice("\u200b\u200c\u200d\u2060\u00ad").join(word),
    "spaces": " ".join,
    "dots": ".".join,
    "dashes": lambda word: CHANCE.choice("-_~").join(word),
    "a star for a letter": _inner(lambda _: "*"),
    "signs for letters": lambda word: word[0] + word[1:].lower().translate(SIGNS),
    "two stars for letters": lambda word: word[0] + "**" + word[3:] if len(word) > 3 else word,
    "a letter repeated": _inner(lambda letter: letter * CHANCE.randint(3, 8)),
    "a letter doubled": _inner(lambda letter: letter * 2),
    "every letter doubled": _each(lambda letter: letter * 2),
    "accents": _marked("\u0300\u0301\u0302\u0303\u0308\u030c\u0323", 1),
    "stacked marks": _marked("".join(map(chr, range(0x300, 0x370))), 8),
    "markdown": lambda word: f"{word[0]}**{word[1]}**{word[2:]}",
    "spoilers": lambda word: f"{word[:1]}||{word[1:2]}||{word[2:]}",
    "right to left": lambda word: f"\u202e{word[::-1]}\u202c",
    "regional indicators": _shifted(0x1F1E6),
    "full width": _shifted(0xFF21, 0xFF41),
    "mathematical": _shifted(0x1D400, 0x1D41A),
    "enclosed": _shifted(0x24B6, 0x24D0),
}
CHANGES = ("digits for letters", "look-alikes", "a letter repeated", "accents", "full width", "mathematical")
COVERS = ("zero width", "spaces", "dots", "markdown", "spoilers", "right to left", "stacked marks")
PAIRS: dict[str, Evasion] = {
    f"{one} + {other}": lambda word, one=one, other=other: EVASIONS[other](EVASIONS[one](word))  # type: ignore[misc]
    for one, other in product(CHANGES, COVERS)
}


def findings(rules: Ruleset, text: str) -> tuple[Finding, ...]:
    """Return what the rules find in a text."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return rules.evaluate(Post(1, 1, Place(1, "c"), Author(1, "a", "A"), text, at)).findings


def rewritten(text: str, evasion: Evasion, words: Iterable[tuple[int, int]]) -> str:
    """Return a text with the words at some places rewritten."""
    out, at = [], 0
    for start, end in words:
        out += [text[at:start], evasion(text[start:end])]
        at = end
    return "".join([*out, text[at:]])


def places(text: str, found: tuple[Finding, ...], every: bool) -> list[tuple[int, int]]:
    """Return where the words to rewrite stand: those that matched, or every one."""
    spans = [(m.start, m.end) for f in found for m in f.matches]
    return [
        word.span()
        for word in WORD.finditer(text)
        if every or any(s < word.end() and word.start() < e for s, e in spans)
    ]


def measure(rules: Ruleset, rows: list[dict[str, str]], ways: dict[str, Evasion], every: bool) -> None:
    """Print the share of sentences that a rule which finds them still finds, by way and half."""
    kept: Counter[tuple[str, str]] = Counter()
    tried: Counter[str] = Counter()
    for row in rows:
        found = findings(rules, row["text"])
        if row["label"] != "violating" or not found:
            continue
        tried[row["split"]] += 1
        ids = {f.rule for f in found}
        for name, way in ways.items():
            text = rewritten(row["text"], way, places(row["text"], found, every))
            still = any(f.rule in ids for f in findings(rules, text))
            kept[name, row["split"]] += still
            if not still and row["split"] == "dev" and "--misses" in sys.argv:
                print(f"    {name}: {text!r} ({', '.join(sorted(ids))})")
    means = {}
    for half in ("dev", "test"):
        shares = {name: kept[name, half] / tried[half] for name in ways}
        means[half] = sum(shares.values()) / len(shares)
        if len(ways) <= 20:
            print(f"  {half}: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
    which = "every word" if every else "the words that matched"
    print(f"{len(ways)} ways, {which}: " + ", ".join(f"{h} {m:.1%} of {tried[h]}" for h, m in means.items()))


def only_undone(found: tuple[Finding, ...]) -> bool:
    """Return whether each finding rests on matches that were found by undoing something."""
    return bool(found) and all(f.matches and all(m.undone for m in f.matches) for f in found)


def main() -> None:
    """Measure and print."""
    rules = compile_policy(read_policy("default"))
    with Path(__file__).with_name("evasion.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for ways, every in product((EVASIONS, PAIRS), (False, True)):
        measure(rules, rows, ways, every)
    for half in ("dev", "test"):
        clean = [row["text"] for row in rows if row["label"] == "clean" and row["split"] == half]
        print(f"{half}: {sum(bool(findings(rules, text)) for text in clean)} of {len(clean)} clean found")
    for path in (Path(name) for name in sys.argv[1:] if not name.startswith("--")):
        with path.open(encoding="utf-8", newline="") as file:
            comments = [row.get("text") or row.get("comment_text") or "" for row in csv.DictReader(file)]
        undone = [text for text in comments if only_undone(findings(rules, text))]
        print(f"{path.name}: {len(undone) / len(comments) * 10_000:.1f} of 10,000 found only by undoing")
        if "--misses" in sys.argv:
            print(*(f"    {text!r}" for text in undone[:40]), sep="\n")


if __name__ == "__main__":
    main()
