"""Put together words that were broken up, spelled out, drawn out or doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_lowercase
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from rules.text.reading import Span, Step, Traced, cut, leave_out, plain, trace_plain


def _shape(code: int) -> str:
    character = chr(code)
    if character.isspace() and code < 0x80:
        return " "
    if code >= 0x80 or character.isalpha() or character in "@$":
        return "x"
    if character == "'":
        return "x"
    return "0" if character.isdigit() else "*" if character in "*#%^+" else "."


_SHAPES = "".join(map(_shape, range(256))).encode()
_LONG = [
    *(letter.encode() * (4 if letter == "w" else 3) for letter in ascii_lowercase),
    *(b" " + letter.encode() * 2 for letter in "bcdfghjkmnpqrstvwxyz"),
]
_APART = len(_LONG)
_TELLTALE = BytesAhoCorasick(
    _LONG + [f" {one} {other} ".encode() for one, other in product(ascii_lowercase, repeat=2)],
    implementation=Implementation.DFA,
)
"""Letters drawn out, or doubled at the beginning of a word; from `_APART` on, letters alone side by side."""
_THREE_APART = re.compile(rb" [^ ] [^ ] [^ ] ")
_BROKEN = re.compile(rb"[.*](?:(?<=x[.*])[.*]{0,3}[x0]|(?<=0[.*])[.*]{0,3}x|(?<=xx\*))")

_SPELLED = re.compile(
    rb"(?<![A-Za-z0-9@$\x80-\xff])[A-Za-z0-9@$]([^A-Za-z0-9@$\x80-\xff]{1,3})[A-Za-z0-9@$]"
    rb"(?:\1[A-Za-z0-9@$](?![A-Za-z0-9@$\x80-\xff]))+"
)
"""Three or more letters that stand alone, all the same way apart: the words of what was spelled out stand."""
_GAPS = re.compile(
    rb"[^A-Za-z0-9@$\x80-\xff](?<=(?<![A-Za-z0-9])[A-Za-z0-9@$].)[^A-Za-z0-9@$\x80-\xff]{0,2}"
    rb"(?=[A-Za-z0-9@$](?![A-Za-z0-9]))",
    re.DOTALL,
)
"""What else stands between letters that stand alone."""
_JOINS = re.compile(
    rb"[^\sA-Za-z0-9'@$\x80-\xff](?:(?:(?<=[A-Za-z][^.])|(?<=[A-Za-z]\.)(?![A-Z]))"
    rb"[^\sA-Za-z0-9'@$\x80-\xff]{0,3}(?=[A-Za-z0-9@$])|(?<=[0-9@$][*_|~`.-])(?=[A-Za-z]))"
)
"""Signs inside a word, but not the full stop of a sentence that lacks its space."""
_DOUBLED = re.compile(rb"(?<= )(?:([a-z])\1){3,}(?= )")
_DRAWN = re.compile(rb"([a-z])\1{2,}")
_REPEATS = re.compile(rb"([a-z])\1+")


class Signs(NamedTuple):
    """What makes a text suspect: words broken up by signs, letters standing apart, letters drawn out."""

    broken: bool
    apart: bool
    drawn: bool


NO_SIGNS = Signs(False, False, False)


def broken(looks: bytes) -> list[bytes]:
    """Return the words of a text that signs break up, with all that stands beside them without a space."""
    shapes = looks.translate(_SHAPES)
    words, at = [], 0
    for match in _BROKEN.finditer(shapes):
        if match.start() >= at:
            at = shapes.find(b" ", match.end())
            words.append(looks[shapes.rfind(b" ", 0, match.start()) + 1 : at])
    return words


def lengthened(words: bytes) -> tuple[bool, list[bytes]]:
    """Return whether letters stand apart in plain words, and which words have letters drawn out."""
    found = _TELLTALE.find_matches_as_indexes(words)
    if not found:
        return False, []
    apart = any(number >= _APART for number, _, _ in found) and _THREE_APART.search(words) is not None
    drawn = {
        words[words.rfind(b" ", 0, start + 1) + 1 : words.find(b" ", end)]
        for number, start, end in found
        if number < _APART
    }
    return apart, sorted(drawn)


def _spelled(data: bytes) -> Iterator[Span]:
    for match in _SPELLED.finditer(data):
        start, end = match.span()
        apart = len(match[1])
        yield from ((at, at + apart) for at in range(start + 1, end, 1 + apart))


def _doubled(data: bytes) -> Iterator[Span]:
    for match in _DOUBLED.finditer(data):
        yield from ((at, at + 1) for at in range(match.start() + 1, match.end(), 2))


_APARTS: tuple[Step, ...] = (_spelled, leave_out(_GAPS))
_JOINING = leave_out(_JOINS)


def _steps(why: Signs) -> tuple[Step, ...]:
    return (*(_APARTS if why.apart else ()), *((_JOINING,) if why.broken else ()))


def joined(looks: bytes, why: Signs) -> bytes:
    """Return `plain` after broken-up, spelled-out and doubled words are put together."""
    for step in _steps(why):
        looks = cut(looks, step)
    words = plain(looks)
    return cut(words, _doubled) if why.drawn else words


def trace_joined(looks: Traced, why: Signs) -> Traced:
    """Return the traced form of `joined`."""
    for step in _steps(why):
        looks = looks.without(step)
    words = trace_plain(looks)
    return words.without(_doubled) if why.drawn else words


def runs_of(most: int) -> Step:
    """Return the step that shortens each run of three or more of a letter to `most`."""
    return lambda data: ((m.start() + most, m.end()) for m in _DRAWN.finditer(data))


def squash(data: bytes) -> Iterator[Span]:
    """Leave one letter of each run of a letter: a step."""
    return ((m.start() + 1, m.end()) for m in _REPEATS.finditer(data))
