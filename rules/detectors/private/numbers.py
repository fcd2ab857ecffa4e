"""What the finders of numbers share: how a number stands in a text, and what is said around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rules.detectors.patterns.expressions import compiled

Span = tuple[int, int]
Find = Callable[[bytes, int], Iterator[Span]]
"""Returns where private data stands in a text as it looks, after so many tries at most."""

_NOT_DIGITS = bytes(c for c in range(256) if not chr(c).isdigit() or c >= 0x80)
_DIGITS = b"0123456789"
_NOT_BEFORE = tuple(bytes([c]) for c in b"@#&=_/.$-")
_JOINS = tuple(bytes([c]) for c in b"=-._#")
"""Of these, what joins a word to a number that is still one by itself: `ssn_219-45-6789`, `tel=…`."""
_NOT_AFTER = tuple(bytes([c]) for c in b"/_>")
_CUE_REACH = 60
"""How many bytes before or after a number a word may stand that says what it is."""

_WORDS = {b"zero": b"0", b"oh": b"0", b"o": b"0"} | {
    word: b"%d" % n for n, word in enumerate(b"one two three four five six seven eight nine".split(), 1)
}
_DIGIT = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|\d{1,4})"
SPELLED = rf"\b{_DIGIT}(?:[\s.,()-]{{1,4}}(?:dash )?{_DIGIT}){{4,18}}\b"
_SPELLED = compiled(SPELLED)
_WORD = rb"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine)"
_SPELLS = re.compile(rb" %b %b " % (_WORD, _WORD))
_TOKEN = re.compile(rb"\d+|[a-z]+")
_FEWEST, _MOST = 7, 19
_COUNTING = b"0123456789012345678"


class Finder(NamedTuple):
    """Finds private data in texts that one of some patterns, its shapes, matches."""

    shapes: tuple[str, ...]
    find: Find


class Spelled(NamedTuple):
    """A number written digit by digit, in words or with gaps: where it stands, and its digits."""

    start: int
    end: int
    digits: bytes


def digits_of(data: bytes) -> bytes:
    """Return the digits alone."""
    return data.translate(None, _NOT_DIGITS)


def spells(words: bytes) -> bool:
    """Return whether plain words have spelled-out digits among them, two in a row at least."""
    return _SPELLS.search(words) is not None


def spelled(data: bytes, tries: int) -> Iterator[Spelled]:
    """Yield numbers of 7 to 19 digits of which each stands alone: `five five five, oh one`, `2 0 6 5`."""
    at = 0
    while tries > 0 and (match := _SPELLED.search(data, at)):
        tries -= 1
        start, at = match.span()
        tokens = [token for token in _TOKEN.findall(data[start:at].lower()) if token != b"dash"]
        digits = b"".join(_WORDS.get(token, token) for token in tokens)
        apart = any(token.isalpha() for token in tokens) or len(digits) == len(tokens)
        if apart and _FEWEST <= len(digits) <= _MOST and digits not in _COUNTING:
            yield Spelled(start, at, digits)


def alone(data: bytes, start: int, end: int) -> bool:
    """Return whether a span is no part of a longer number, a name, a mention, a sum or a link."""
    before, after, beyond = data[start - 1 : start], data[end : end + 1], data[end + 1 : end + 2]
    if before.isalnum() or after.isalnum():
        return False
    if after in _NOT_AFTER and not (after == b"_" and beyond.isalpha()):
        return False
    if before in _NOT_BEFORE and not (before in _JOINS and data[start - 2 : start - 1].isalpha()):
        return False
    return not (after in (b"-", b".") and beyond.isdigit())


def cued(cue: Any, data: bytes, start: int, reach: int = _CUE_REACH) -> bool:
    """Return whether a pattern matches shortly before a span."""
    return cue.search(data[max(0, start - reach) : start].replace(b"_", b" ")) is not None


def cued_around(cue: Any, data: bytes, start: int, end: int) -> bool:
    """Return whether a pattern matches shortly before or after a span."""
    return cued(cue, data, start) or cued(cue, data, end + _CUE_REACH)


def grouped(
    pattern: Any, data: bytes, tries: int, accept: Callable[[bytes, int, int], bool]
) -> Iterator[Span]:
    """Yield what is accepted of each match of a pattern: the most of its groups, from the first on.

    Two numbers side by side look like one longer number, so the last groups are given back one by one.
    """
    at = 0
    while tries > 0 and (match := pattern.search(data, at)):
        start, end = match.span()
        at = start + len(data[start:end]) - len(data[start:end].lstrip(b"+(").lstrip(_DIGITS))
        while start < end and tries > 0:
            tries -= 1
            if accept(data, start, end):
                yield start, end
                at = end
                break
            end = start + len(data[start:end].rstrip(_DIGITS).rstrip(b"-. ()/+"))
