"""Ask the shipped model what a text is likely to be, and show what weighed most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from dataclasses import replace
from functools import cache, partial

from rules.detectors.scan import Index, Numbered, Scan
from rules.model.linear import ABUSE, HEADS, shipped
from rules.text.evasions import evasions
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Classifier

MOST_WORDS = 3
"""How many words a finding shows."""
LIKELY = 0.25
"""The least threshold of which a finding shows words: at a lower one the model only bears out others."""
_WORD = re.compile(rb"[^ ]+")


def build(detectors: Numbered[Classifier], beside: Set[int]) -> Index:
    """Return the index of all classifier detectors, which share one scoring of each text.

    Parts of a text are scored only where one of the detectors `beside` those that look anywhere found words.
    """
    model = shipped()
    asked: defaultdict[int, list[tuple[tuple[float, float], int]]] = defaultdict(list)
    """For each head that is asked about, the thresholds without and with a group, and whose they are."""
    for number, d in detectors:
        thresholds = d.threshold, d.threshold_for_groups or d.threshold
        asked[HEADS.index(d.head)].append((thresholds, number))
    lowest = {head: min(min(thresholds) for thresholds, _ in own) for head, own in asked.items()}
    parts = [(number, HEADS.index(d.head), d.threshold) for number, d in detectors if d.anywhere]

    def scan_likelihoods(scan: Scan) -> None:
        for text in scan.texts:
            for words in text.words:
                likelihoods, names_a_group = model.scores(words, lowest.get(ABUSE, 1.0))
                for head, low in lowest.items():
                    if likelihoods[head] >= low:
                        detail = f"model: {HEADS[head]} {likelihoods[head]:.2f}"
                        shown = cache(partial(weighed, text, words, head))
                        for thresholds, number in asked[head]:
                            if likelihoods[head] >= thresholds[names_a_group]:
                                hit = scan.hit(number)
                                hit.details = hit.details or [detail]
                                if thresholds[names_a_group] >= LIKELY:
                                    hit.add(shown)
                if parts and not beside.isdisjoint(scan.hits):
                    scan_parts(scan, words)

    def scan_parts(scan: Scan, words: bytes) -> None:
        likelihoods = model.anywhere(words)
        for number, head, threshold in parts:
            if likelihoods[head] >= threshold and number not in scan.hits:
                scan.hit(number).details = [f"model: {HEADS[head]} {likelihoods[head]:.2f} in a part"]

    def weighed(text: Text, data: bytes, head: int) -> list[Match]:
        traced = text.traced(data)
        words = list(_WORD.finditer(data))
        matches = []
        for place in model.heaviest(data, head, MOST_WORDS):
            word = words[place]
            match = text.match(traced.span(*word.span()), word[0].decode("utf-8", "replace"))
            matches.append(replace(match, undone=evasions(match.text, match.form)))
        return matches

    return scan_likelihoods
