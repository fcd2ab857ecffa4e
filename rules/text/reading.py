"""Readings of a text: the bytes that are searched, and the way back from them to the original.

Every reading is a pipeline of steps over bytes. The quick form keeps only the bytes; the traced form runs the
same steps and keeps for each byte the code point it came from, and is made only when something was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rules.text.characters import fold_character

_LEET = dict(zip("013456789@$", "oieasgtbgas", strict=True))


def _letter(code: int) -> int:
    character = chr(code)
    if code >= 0x80 or character.isalnum():
        return ord(_LEET.get(character, character.lower())) if code < 0x80 else code
    return ord(_LEET.get(character, " "))


LETTERS = bytes(map(_letter, range(256)))
"""Lower-cases, reads digits and signs as the letters they stand for, and the other signs as a space."""
APOSTROPHE = b"'"

JOINS = re.compile(
    rb"(?<=[A-Za-z])(?!\.[A-Z])[^\sA-Za-z0-9'@$\x80-\xff]{1,4}(?=[A-Za-z0-9@$])|(?<=[0-9@$])[*_|~`.-](?=[A-Za-z])"
)
"""Signs inside a word, but not the full stop of a sentence that lacks its space."""
GAPS = re.compile(
    rb"(?<=(?<![A-Za-z0-9])[A-Za-z0-9@$])[^A-Za-z0-9\x80-\xff]{1,3}(?=[A-Za-z0-9@$](?![A-Za-z0-9]))"
)
"""What stands between letters that stand alone."""
SPACES = re.compile(rb"(?<= ) +")
REPEATS = re.compile(rb"(?<=([a-z]))\1+")

_SHAPES = bytes(
    ord("x") if chr(c).isalnum() or c >= 0x80 else ord(" ") if chr(c).isspace() else ord(".")
    for c in range(256)
)
_FOREIGN = re.compile(r"[^\x00-\x7f]{1,16}")


@lru_cache(maxsize=4096)
def _fold_run(run: str) -> str:
    return "".join(map(fold_character, run))


def written(text: str) -> bytes:
    """Return a text as UTF-8, one `?` for a lone surrogate, so that code points keep their places."""
    return text.encode("utf-8", "replace")


def shown(text: str) -> bytes:
    """Return a text as it looks: other scripts' look-alikes as ASCII, case and punctuation kept."""
    if not text.isascii():
        text = _FOREIGN.sub(lambda run: _fold_run(run[0]), text)
    return b" " + written(text) + b" "


def _collapse(data: bytes) -> bytes:
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data


def plain(looks: bytes) -> bytes:
    """Return words of small letters between single spaces, from a text as it looks."""
    return _collapse(looks.translate(LETTERS, APOSTROPHE))


def undone(looks: bytes) -> bytes:
    """Return `plain` after spelled-out, broken-up and drawn-out words are put together."""
    data = JOINS.sub(b"", GAPS.sub(b"", looks))
    return REPEATS.sub(b"", plain(data))


def evades(looks: bytes, words: bytes) -> bool:
    """Return whether `undone` may read a text otherwise than `plain` did, drawn-out words apart."""
    shapes = looks.translate(_SHAPES, APOSTROPHE)
    if b"x.x" in shapes or b"x..x" in shapes or b"x...x" in shapes or b"x....x" in shapes:
        return True
    return b" x x x " in words.translate(_SHAPES)


@dataclass(frozen=True, slots=True)
class Traced:
    """A reading with the origin of each byte: the index of a code point of the text."""

    data: bytes
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points that bytes `start` to `end` came from. `start < end`."""
        return self.origins[start], self.origins[end - 1] + 1

    def without(self, pattern: re.Pattern[bytes]) -> Traced:
        """Return the reading less what `pattern` matches."""
        kept: list[int] = []
        data, last = bytearray(), 0
        for match in pattern.finditer(self.data):
            start, end = match.span()
            data += self.data[last:start]
            kept += self.origins[last:start]
            last = end
        return Traced(bytes(data + self.data[last:]), [*kept, *self.origins[last:]])


def trace_written(text: str) -> Traced:
    """Return the traced form of `written`."""
    return _trace(text, str)


def trace_shown(text: str) -> Traced:
    """Return the traced form of `shown`."""
    inner = _trace(text, fold_character)
    return Traced(b" " + inner.data + b" ", [0, *inner.origins, max(len(text) - 1, 0)])


def _trace(text: str, fold: Callable[[str], str]) -> Traced:
    if text.isascii():
        return Traced(text.encode(), range(len(text)))
    data, origins = bytearray(), []
    for index, character in enumerate(text):
        piece = written(fold(character))
        data += piece
        origins += [index] * len(piece)
    return Traced(bytes(data), origins)


_APOSTROPHES = re.compile(re.escape(APOSTROPHE))


def trace_plain(looks: Traced) -> Traced:
    """Return the traced form of `plain`."""
    bare = looks.without(_APOSTROPHES)
    return Traced(bare.data.translate(LETTERS), bare.origins).without(SPACES)


def trace_joined(looks: Traced) -> Traced:
    """Return the traced form of `undone` before repeated letters are taken out."""
    return trace_plain(looks.without(GAPS).without(JOINS))


def trace_undone(joined: Traced) -> Traced:
    """Return the traced form of `undone`, whose origins are places in `joined`."""
    return Traced(joined.data, range(len(joined.data))).without(REPEATS)
