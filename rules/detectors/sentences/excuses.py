"""Tell what is excused by other words of a text: one harmless sentence does not excuse the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.detectors.scan import Hit, Scan
from rules.text.text import Text
from rules.verdict import Match

REACH = 160
"""Characters between an excuse and what it excuses, at most: a long sentence."""
_END = re.compile(r"[.!?…]+\s|\n")
"""The end of a sentence; one before a closing quotation mark ends nothing that is said of the quotation."""


@dataclass(frozen=True, slots=True)
class Excuses:
    """The detectors of sentences unless which are said a rule holds; they are looked for only if it does.

    Those `beside` excuse only words in the same sentence, found by one of those that are `said`.
    """

    all: tuple[int, ...]
    beside: frozenset[int]
    said: frozenset[int]

    def without_far(self, scan: Scan) -> Mapping[int, Hit]:
        """Return the hits, less those of excuses that stand beside nothing that was said."""
        found = [number for number in self.beside if number in scan.hits]
        said = self.said & scan.hits.keys() if found else ()
        matches = [match for number in said for match in scan.hits[number].matches]
        far = {n for n in found if matches and not _excused(scan.texts, matches, scan.hits[n].matches)}
        return {number: hit for number, hit in scan.hits.items() if number not in far} if far else scan.hits


def _excused(texts: Sequence[Text], matches: Iterable[Match], excuses: Sequence[Match]) -> bool:
    """Return whether one of some excuses stands beside each of some matches."""
    return all(any(_beside(texts, match, excuse) for excuse in excuses) for match in matches)


def _beside(texts: Sequence[Text], match: Match, excuse: Match) -> bool:
    if match.part != excuse.part:
        return False
    start, end = min(match.end, excuse.end), max(match.start, excuse.start)
    between = next(text.original[start:end] for text in texts if text.label == match.part)
    return len(between) <= REACH and _END.search(between) is None
