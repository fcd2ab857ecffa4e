"""Regular expressions in RE2's syntax: what is wrong with one, and where it matches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

MAX_PROGRAM = 5000
"""The size of the largest pattern admitted, in RE2's instructions."""

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


def options(memory: int | None = None) -> re2.Options:
    """Return options to ignore case, and to use so many bytes at most if any number is given."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.case_sensitive = False
    if memory:
        chosen.max_mem = memory
    return chosen


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Return an RE2 pattern that ignores case. Raises re2.error."""
    return re2.compile(pattern.encode("utf-8", "replace"), options())


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


def spans(pattern: Any, data: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Return the first `most` spans, none of them empty, at which a pattern matches."""
    found = (match.span() for match in pattern.finditer(data))
    return islice(((start, end) for start, end in found if start < end), most)
