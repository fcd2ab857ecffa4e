"""Put together words that were broken up, spelled out, drawn out or doubled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rules.text.reading import LETTERS, Span, Step, leave_out


def _shape(code: int) -> str:
    character = chr(code)
    if character.isspace() and code < 0x80:
        return " "
    if code >= 0x80 or character.isalpha() or character in "@$":
        return "x"
    if character == "'":
        return "x"
    if character.isdigit():
        return "0"
    return "*" if character in "*#%^+" else "_" if character in "_|~`" else "."


_SHAPES = "".join(map(_shape, range(256))).encode()
_BROKEN = re.compile(
    rb"[.*_](?:(?<=x[.*_])[.*_]{0,3}[x0]|(?<=0[.*_])[.*_]{0,3}x|(?<=0[*_])[*_]{0,3}0|(?<=xx\*))"
)

_SPELLED = re.compile(
    rb"(?<![A-Za-z0-9@$\x80-\xff])[A-Za-z0-9@$]([^A-Za-z0-9@$\x80-\xff]{1,3})[A-Za-z0-9@$]"
    rb"(?:\1[A-Za-z0-9@$](?![A-Za-z0-9@$\x80-\xff]))+"
)
"""Three or more letters that stand alone, all the same way apart: the words of what was spelled out stand."""
_JOINS = re.compile(
    rb"[^\sA-Za-z0-9'@$\x80-\xff](?:(?:(?<=[A-Za-z][^.])|(?<=[A-Za-z]\.)(?![A-Z]))"
    rb"[^\sA-Za-z0-9'@$\x80-\xff]{0,3}(?=[A-Za-z0-9@$])|(?<=[0-9@$][.-])(?=[A-Za-z])"
    rb"|(?<=[0-9@$][*_|~`])[*_|~`]{0,3}(?=[A-Za-z0-9@$]))"
)
"""Signs inside a word, but not the full stop of a sentence that lacks its space."""
_MIXED = re.compile(rb"[0-9@$](?:(?<=[A-Za-z].)|(?=[A-Za-z]))")
_DOUBLED = re.compile(rb"(?<= )(?:([a-z])\1){3,}(?= )")
_DRAWN = re.compile(rb"([a-z])\1{2,}")
_REPEATS = re.compile(rb"([a-z])\1+")


class Signs(NamedTuple):
    """What makes a text suspect: words broken up by signs; letters apart, drawn out, doubled."""

    broken: bool
    apart: bool
    drawn: bool
    doubled: bool


NO_SIGNS = Signs(False, False, False, False)
Segment = Callable[[bytes], list[int]]
"""Returns where words end in letters that were spelled out."""


def broken(looks: bytes) -> list[bytes]:
    """Return the words of a text that signs break up, with all that stands beside them without a space."""
    shapes = looks.translate(_SHAPES)
    words, at = [], 0
    for match in _BROKEN.finditer(shapes):
        if match.start() >= at:
            at = shapes.find(b" ", match.end())
            words.append(looks[shapes.rfind(b" ", 0, match.start()) + 1 : at])
    return words


def mixes(looks: bytes) -> bool:
    """Return whether digits or signs that may be letters stand beside letters."""
    return _MIXED.search(looks) is not None


def _spelled(data: bytes, segment: Segment) -> Iterator[Span]:
    for match in _SPELLED.finditer(data):
        start, end = match.span()
        apart = len(match[1])
        ends = segment(data[start : end : 1 + apart].translate(LETTERS))
        gaps = range(start + 1, end, 1 + apart)
        yield from ((at, at + apart) for n, at in enumerate(gaps, 1) if n not in ends)


def undouble_all(data: bytes) -> Iterator[Span]:
    """Leave out every second letter of words in which each is doubled: a step."""
    for match in _DOUBLED.finditer(data):
        yield from ((at, at + 1) for at in range(match.start() + 1, match.end(), 2))


_JOIN = leave_out(_JOINS)


def mending(why: Signs, segment: Segment) -> tuple[Step, ...]:
    """Return the steps that put the broken-up and spelled-out words of a text as it looks together."""
    spelled: Step = lambda data: _spelled(data, segment)  # noqa: E731
    return (*((spelled,) if why.apart else ()), *((_JOIN,) if why.broken else ()))


def runs_of(most: int) -> Step:
    """Return the step that shortens each run of three or more of a letter to `most`."""
    return lambda data: ((m.start() + most, m.end()) for m in _DRAWN.finditer(data))


def squash(data: bytes) -> Iterator[Span]:
    """Leave one letter of each run of a letter: a step."""
    return ((m.start() + 1, m.end()) for m in _REPEATS.finditer(data))
