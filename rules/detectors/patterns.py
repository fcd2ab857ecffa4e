"""Find regular expressions, all of a ruleset's in one pass, with RE2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from rules.detectors.scan import Index, Lists, Numbered, Scan
from rules.text.evasions import evasions
from rules.text.reading import Traced
from rules.text.text import Text
from rules.when import Patterns

SET_MEMORY = 64 * 1024 * 1024
"""Bytes that a set may take. With RE2's default of 8 MiB, 300 patterns are rebuilt all the time."""
MAX_PROGRAM = 5000
"""The size of the largest pattern admitted, in RE2's instructions."""
_WORD = re.compile("[a-z]{2,}")
_ESCAPES = re.compile(r"\\.")

_HINTS = (
    ("(?=", "look-ahead is not supported; use two detectors under `all`, or `except`"),
    ("(?!", "look-ahead is not supported; name what is allowed in `except`"),
    ("(?<=", "look-behind is not supported; put what comes before into the pattern"),
    ("(?<!", "look-behind is not supported; name what is allowed in `except`"),
    ("(?>", "atomic groups are not needed: a search always takes linear time"),
    ("(?P=", "back-references are not supported; repeated letters are undone by `words`"),
    ("++", "possessive repeats are not needed: a search always takes linear time"),
    ("\\Z", "write \\z for the end of the text"),
)


def _options(memory: int | None = None) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    if memory:
        options.max_mem = memory
    return options


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Return an RE2 pattern that ignores case. Raises re2.error."""
    return re2.compile(pattern.encode("utf-8", "replace"), _options())


def problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern, where, and what to use instead, if anything."""
    try:
        expression = compiled(pattern)
    except re2.error as error:
        return _explain(pattern, error.args[0].decode("utf-8", "replace"))
    if expression.programsize > MAX_PROGRAM:
        return f"is too large: {expression.programsize} instructions, at most {MAX_PROGRAM}"
    if expression.search(b""):
        return "matches an empty text, and so every comment"
    return None


def _explain(pattern: str, message: str) -> str:
    fragment = message.partition(": ")[2]
    # RE2 names a back-reference by the three characters with which a named group begins, too.
    at = pattern.find("(?P=" if fragment == "(?P" else fragment) if fragment else -1
    where = f" at character {at + 1}" if at >= 0 else ""
    rest = pattern[max(at, 0) :]
    hint = next((hint for start, hint in _HINTS if rest.startswith(start)), "")
    if fragment[1:].isdigit() and fragment.startswith("\\"):
        hint = "back-references are not supported; repeated letters are undone by `words`"
    return f"is not a pattern that RE2 accepts: {message}{where}" + (f" ({hint})" if hint else "")


class PatternSet:
    """Many patterns searched for in one pass, or one by one if they do not fit into the memory of a set."""

    def __init__(self, patterns: list[str]) -> None:
        self._patterns = [compiled(pattern) for pattern in patterns]
        self._set = re2.Set.SearchSet(_options(SET_MEMORY))
        for pattern in patterns:
            self._set.Add(pattern.encode("utf-8", "replace"))
        # A set that runs out of memory finds nothing and says nothing; the empty pattern is always found.
        self._set.Add(b"")
        try:
            self._set.Compile()
        except re2.error:
            self._set = None

    def found(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns that match somewhere in `data`."""
        numbers = self._set.Match(data) if self._set else None
        if numbers is None:
            return [n for n, pattern in enumerate(self._patterns) if pattern.search(data)]
        return sorted(n for n in numbers if n < len(self._patterns)) if len(numbers) > 1 else numbers[1:]

    def spans(self, number: int, data: bytes, most: int) -> Iterator[tuple[int, int]]:
        """Return the first `most` places at which one pattern matches."""
        return spans(self._patterns[number], data, most)


def spans(pattern: Any, data: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Return the first `most` spans, none of them empty, at which a pattern matches."""
    found = (match.span() for match in pattern.finditer(data))
    return islice(((start, end) for start, end in found if start < end), most)


def build(detectors: Numbered[Patterns]) -> Index:
    """Return the index of all pattern detectors, those of their lists among their own."""
    searches = [_build_over(detectors, fold) for fold in (False, True)]
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


def _build_over(detectors: Numbered[Patterns], fold: bool) -> Index | None:
    owners = [(number, d, pattern) for number, d in detectors if d.fold == fold for pattern in d.any_of]
    if not owners:
        return None
    patterns = PatternSet([pattern for _, _, pattern in owners])

    def add(scan: Scan, text: Text, traced: Traced, found: list[int]) -> None:
        for pattern in found:
            number, detector, _ = owners[pattern]
            _add(scan, text, traced, number, detector, patterns.spans(pattern, traced.data, scan.most))

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
