"""Training the model: it learns, it is the same every time, and its own lines are in order."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from rules.model import corpora
from rules.model.corpora import UNKNOWN, Text
from rules.model.train import fit, plain, report

TEXTS = [
    *(Text("made up", f"you rotten turnip number {n}", (1.0, UNKNOWN, 0.0)) for n in range(60)),
    *(Text("made up", f"a lovely turnip soup for table {n}", (0.0, UNKNOWN, 0.0)) for n in range(60)),
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
    aside = [Text("s", f"text {n}", (0, 0, 0)).aside for n in range(2000)]
    assert 0.26 < sum(aside) / len(aside) < 0.34
    assert Text("s", "Text 1 ", (0, 0, 0)).aside == Text("s", "text 1", (0, 0, 0)).aside


@pytest.mark.parametrize("file", sorted(corpora.OWN.glob("*.tsv")), ids=lambda file: file.stem)
def test_our_own_lines_are_labelled_and_hate_and_threats_are_abuse(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        assert list(row) == ["text", "abuse", "hate", "threat", "kind"]
        assert row["text"].strip()
        assert row["kind"].strip()
        assert {row["abuse"], row["hate"], row["threat"]} <= {"0", "1"}
        assert row["abuse"] >= max(row["hate"], row["threat"]), row["text"]


def test_a_missing_set_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"davidson\.csv"):
        corpora.gather(Path("nowhere"))
