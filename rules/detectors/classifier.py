"""Ask the shipped model how likely a text is abuse, hate or a threat, and show what weighed most."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.detectors.scan import Index, Numbered, Scan
from rules.model.linear import HEADS, shipped
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Classifier

MOST_WORDS = 3
"""How many words a finding shows."""
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
            likelihoods, names_a_group = model.scores(text.plain, least)
            for number, head, thresholds in wanted:
                if likelihoods[head] >= thresholds[names_a_group]:
                    scan.hit(number).details.append(f"model: {HEADS[head]} {likelihoods[head]:.2f}")
                    for match in _weighed(text, head):
                        scan.add(number, match)

    def _weighed(text: Text, head: int) -> Iterator[Match]:
        words = list(_WORD.finditer(text.plain))
        for place in model.heaviest(text.plain, head, MOST_WORDS):
            word = words[place]
            yield text.match(text.traced_plain.span(*word.span()), word[0].decode("utf-8", "replace"))

    return scan_likelihoods
