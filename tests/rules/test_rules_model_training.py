"""Training the model: it learns, it is the same every time, and its own lines are in order."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from rules.model import corpora, vectors
from rules.model.corpora import UNKNOWN, Text
from rules.model.frames import write_out
from rules.model.linear import HEADS
from rules.model.train import fit, plain, report

BAD, GOOD = (1.0, UNKNOWN, 0.0, 0.0, 0.0, 0.0), (0.0, UNKNOWN, 0.0, 0.0, 0.0, 0.0)
TEXTS = [
    *(Text("made up", f"you rotten turnip number {n}", BAD) for n in range(60)),
    *(Text("made up", f"a lovely turnip soup for table {n}", GOOD) for n in range(60)),
]


def test_it_learns_what_it_is_shown_and_nothing_of_what_is_unknown() -> None:
    model = fit(TEXTS)
    bad, _ = model.scores(plain("you rotten turnip"))
    good, _ = model.scores(plain("a lovely turnip soup"))
    assert bad[0] > 0.8 > 0.2 > good[0]
    assert bad[1] == good[1] == 0.5
    assert bad[2] < 0.2


def test_training_twice_gives_the_same_weights() -> None:
    once, twice = fit(TEXTS), fit(TEXTS)
    assert np.array_equal(once.weights, twice.weights)
    assert np.array_equal(once.bias, twice.bias)


def test_a_report_has_a_line_for_each_set_and_head_with_enough_texts() -> None:
    lines = report(fit(TEXTS), TEXTS)
    assert [line.split(" | ")[:4] for line in lines[2:]] == [["| made up", "abuse", "120", "60"]]
    assert "1.00" in lines[2]


def test_about_three_texts_in_ten_are_kept_aside_however_they_are_spelled() -> None:
    aside = [Text("s", f"text {n}", (0,) * 6).aside for n in range(2000)]
    assert 0.26 < sum(aside) / len(aside) < 0.34
    assert Text("s", "Text 1 ", (0,) * 6).aside == Text("s", "text 1", (0,) * 6).aside


@pytest.mark.parametrize("file", sorted(corpora.OWN.glob("*.tsv")), ids=lambda file: file.stem)
def test_our_own_lines_are_labelled_and_hate_and_threats_are_abuse(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    told = ["text", "abuse", "hate", "threat"]
    for row in rows:
        assert list(row) in ([*told, "kind"], [*told, "emergency", "crisis", "promotion", "kind"])
        assert row["text"].strip()
        assert row["kind"].strip()
        assert {row.get(head, "0") for head in HEADS} <= {"0", "1"}
        assert row["abuse"] >= max(row["hate"], row["threat"]), row["text"]


def test_a_missing_set_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"davidson\.csv"):
        corpora.gather(Path("nowhere"))


FRAMES = """
# A comment
fruit = fig|plum
== 1 0 kind
you rotten {fruit}{!|}
== 0 0 0 0 1 kind
I sell {{fruit}s|jam}
a line alone
"""


def test_frames_are_written_out_alike_each_time(tmp_path: Path) -> None:
    file = tmp_path / "made.frames"
    file.write_text(FRAMES, encoding="utf-8")
    insults, sales, alone = write_out(file)
    assert set(insults.lines) == {"you rotten fig!", "you rotten fig", "you rotten plum!", "you rotten plum"}
    assert insults.labels == (1, 0)
    assert set(sales.lines) == {"I sell figs", "I sell plums", "I sell jam"}
    assert alone.lines == ("a line alone",)
    assert list(write_out(file)) == [insults, sales, alone]


@pytest.mark.parametrize("file", sorted(corpora.OWN.glob("*.frames")), ids=lambda file: file.stem)
def test_our_frames_leave_no_place_open_and_hate_and_threats_are_abuse(file: Path) -> None:
    for written in write_out(file):
        assert written.labels
        assert len(written.labels) <= len(HEADS)
        assert set(written.labels) <= {0, 1}
        assert written.labels[0] >= max(written.labels[1:3], default=0), written.frame
        for line in written.lines:
            assert line
            assert not set("{}|") & set(line), written.frame


def test_lines_of_one_frame_are_kept_aside_together() -> None:
    made = [Text("f", f"line {n}", (0,) * 6, frame="a frame") for n in range(50)]
    assert len({text.aside for text in made}) == 1


def test_words_that_are_used_alike_have_vectors_alike() -> None:
    places = b"yard barn hall lane shop mill dock camp".split()
    said = [
        [b"we", b"saw", b"a", kind, b"in", b"the", place]
        for kind in (b"weasel", b"stoat")
        for place in places
    ]
    words, found = vectors.learn(said, 1)
    weasel, stoat, the = (found[words.index(word)] for word in (b"weasel", b"stoat", b"the"))
    assert weasel @ stoat > 0.9
    assert weasel @ the < 0.5
    assert b"yard" not in words


def test_no_words_have_no_vectors() -> None:
    assert vectors.learn([], 1)[1].shape == (0, vectors.DIMENSIONS)
