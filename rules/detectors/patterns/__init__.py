"""Find regular expressions, all of a ruleset's in one pass, with RE2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rules.detectors.patterns.costs import Clock, costly
from rules.detectors.patterns.expressions import compiled, spans
from rules.detectors.patterns.sets import Apart, PatternSet, Search
from rules.detectors.scan import Index, Lists, Numbered, Scan
from rules.text.evasions import evasions
from rules.text.reading import Traced
from rules.text.text import Text
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

    def add(scan: Scan, text: Text, traced: Traced, found: list[int]) -> None:
        for pattern in found:
            number, detector, expression = owners[pattern]
            places = spans(compiled(expression), traced.data, scan.most)
            _add(scan, text, traced, number, detector, places)

    def search_written(scan: Scan) -> None:
        for text in scan.texts:
            found = patterns.found(text.written)
            if found:
                add(scan, text, text.traced_written, found)
            for number, data in enumerate(text.views):
                found = patterns.found(data)
                if found:
                    add(scan, text, text.traced_view(number), found)

    def search_folded(scan: Scan) -> None:
        for text in scan.texts:
            found = patterns.found(text.plain)
            if found:
                add(scan, text, text.traced_plain, found)
            for number, data in enumerate(text.rereadings):
                found = patterns.found(data)
                if found:
                    add(scan, text, text.traced_rereading(number), found)

    return search_folded if fold else search_written


def _add(
    scan: Scan, text: Text, traced: Traced, number: int, detector: Patterns, found: Iterator[tuple[int, int]]
) -> None:
    excused = [span for p in detector.exceptions for span in spans(compiled(p), traced.data, scan.most)]
    for start, stop in found:
        if not any(low < stop and start < high for low, high in excused):
            form = traced.data[start:stop].strip(b" ")
            begin = traced.data.find(form, start)
            words = form.decode("utf-8", "replace")
            match = text.match(traced.span(begin, begin + max(len(form), 1)), words)
            if not scan.overlaps(number, match):
                undone = evasions(match.text, words)
                scan.add(number, replace(match, undone=undone))
