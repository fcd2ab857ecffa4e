"""Ask the shipped model what a text is likely to be, and show what weighed most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from rules.detectors.scan import Index, Numbered, Scan
from rules.model.linear import HEADS, shipped
from rules.text.evasions import evasions
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Classifier

MOST_WORDS = 3
"""How many words a finding shows."""
LIKELY = 0.25
"""The least threshold of which a finding shows words: at a lower one the model only bears out others."""
_WORD = re.compile(rb"[^ ]+")


def build(detectors: Numbered[Classifier]) -> Index:
    """Return the index of all classifier detectors, which share one scoring of each text."""
    model = shipped()
    least = min(
        (min(d.threshold, d.threshold_for_groups or 1) for _, d in detectors if d.head == "abuse"), default=1
    )
    wanted = [
        (number, HEADS.index(d.head), (d.threshold, d.threshold_for_groups or d.threshold))
        for number, d in detectors
    ]

    def scan_likelihoods(scan: Scan) -> None:
        for text in scan.texts:
            for words in text.words:
                likelihoods, names_a_group = model.scores(words, least)
                for detector, head, thresholds in wanted:
                    if likelihoods[head] >= thresholds[names_a_group]:
                        if detector not in scan.hits:
                            detail = f"model: {HEADS[head]} {likelihoods[head]:.2f}"
                            scan.hit(detector).details.append(detail)
                        if thresholds[names_a_group] >= LIKELY:
                            scan.add_later(detector, partial(weighed, text, words, head))

    def weighed(text: Text, data: bytes, head: int) -> Iterator[Match]:
        traced = text.traced(data)
        words = list(_WORD.finditer(data))
        for place in model.heaviest(data, head, MOST_WORDS):
            word = words[place]
            match = text.match(traced.span(*word.span()), word[0].decode("utf-8", "replace"))
            yield replace(match, undone=evasions(match.text, match.form))

    return scan_likelihoods
