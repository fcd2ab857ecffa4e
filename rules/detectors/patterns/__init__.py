"""Find regular expressions, all of a ruleset's in one pass, with RE2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from rules.detectors.patterns.costs import Clock, costly
from rules.detectors.patterns.expressions import compiled, spans
from rules.detectors.patterns.sets import Apart, PatternSet, Search
from rules.detectors.scan import Index, Lists, Numbered, Scan
from rules.text.evasions import evasions
from rules.text.reading import Span
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Patterns

_WORD = re.compile("[a-z]{2,}")
_ESCAPES = re.compile(r"\\.")


def build(detectors: Numbered[Patterns], clock: Clock | None) -> Index:
    """Return the index of all pattern detectors, those of their lists among their own.

    With a clock, patterns that would slow the others down are found by timing and searched for by themselves.
    """
    searches = [_build_over(detectors, fold, clock) for fold in (False, True)]
    active = [search for search in searches if search]

    def scan_patterns(scan: Scan) -> None:
        for search in active:
            search(scan)

    return scan_patterns


def with_lists(detector: Patterns, lists: Lists) -> Patterns:
    """Return a detector with the patterns of its lists among its own."""
    entries, exceptions = [*detector.any_of], [*detector.exceptions]
    for named in map(lists.__getitem__, detector.lists):
        entries += named.entries
        exceptions += named.exceptions
    return detector.model_copy(update={"any_of": tuple(entries), "exceptions": tuple(exceptions)})


def vocabulary(detectors: Numbered[Patterns]) -> set[bytes]:
    """Return the words that stand in patterns."""
    patterns = (pattern for _, detector in detectors for pattern in detector.any_of)
    return {f" {word}".encode() for pattern in patterns for word in _WORD.findall(_ESCAPES.sub(" ", pattern))}


def _build_over(detectors: Numbered[Patterns], fold: bool, clock: Clock | None) -> Index | None:
    owners = [(number, d, pattern) for number, d in detectors if d.fold == fold for pattern in d.any_of]
    if not owners:
        return None
    wanted = [pattern for _, _, pattern in owners]
    apart = costly(wanted, clock) if clock else frozenset()
    patterns: Search = Apart(wanted, apart) if apart else PatternSet(wanted)

    def add(scan: Scan, text: Text, data: bytes, found: list[int]) -> None:
        for pattern in found:
            number, detector, expression = owners[pattern]
            places: Iterable[Span] = spans(compiled(expression), data, scan.most)
            if detector.exceptions:
                places = _less(places, detector.exceptions, data, scan.most)
                if not places:
                    continue
            scan.add_later(number, partial(_matches, text, data, places))

    def scan_patterns(scan: Scan) -> None:
        for text in scan.texts:
            for data in text.words if fold else text.looks:
                found = patterns.found(data)
                if found:
                    add(scan, text, data, found)

    return scan_patterns


def _less(places: Iterable[Span], exceptions: Sequence[str], data: bytes, most: int) -> list[Span]:
    """Return the places that overlap nothing that is excepted."""
    excused = [span for pattern in exceptions for span in spans(compiled(pattern), data, most)]
    return [(a, b) for a, b in places if not any(low < b and a < high for low, high in excused)]


def _matches(text: Text, data: bytes, places: Iterable[Span]) -> Iterator[Match]:
    traced = text.traced(data)
    for start, end in places:
        form = traced.data[start:end].strip(b" ")
        begin = traced.data.find(form, start)
        words = form.decode("utf-8", "replace")
        match = text.match(traced.span(begin, begin + max(len(form), 1)), words)
        yield replace(match, undone=evasions(match.text, words))
