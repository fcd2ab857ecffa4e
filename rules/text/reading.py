"""Readings of a text: the bytes that are searched, and the way back from them to the original.

Every reading is a pipeline of steps over bytes. The quick form keeps only the bytes; the traced form runs the
same steps and keeps for each byte the code point it came from, and is made only when something was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TypeVar

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


def plain(looks: bytes) -> bytes:
    """Return words of small letters between single spaces, from a text as it looks."""
    words = b" ".join(looks.translate(LETTERS, APOSTROPHE).split())
    return b" " + words + b" " if words else b" "


Span = tuple[int, int]
S = TypeVar("S", bytes, Sequence[int])
Step = Callable[[bytes], Iterable[Span]]
"""Returns what is to be left out of a reading, from the first place to the last."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A reading with the origin of each byte: the index of a code point of the text."""

    data: bytes
    origins: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return the code points that bytes `start` to `end` came from. `start < end`."""
        return self.origins[start], self.origins[end - 1] + 1

    def without(self, step: Step) -> Traced:
        """Return the reading less what a step leaves out."""
        spans = [*step(self.data)]
        if not spans:
            return self
        return Traced(b"".join(_kept(self.data, spans)), [*chain.from_iterable(_kept(self.origins, spans))])

    def reading(self, data: bytes) -> Traced:
        """Return other bytes, as many, with the same origins."""
        return Traced(data, self.origins)


def cut(data: bytes, step: Step) -> bytes:
    """Return a reading less what a step leaves out: the quick form of `Traced.without`."""
    return b"".join(_kept(data, step(data)))


def _kept(data: S, spans: Iterable[Span]) -> Iterator[S]:
    at = 0
    for start, end in spans:
        yield data[at:start]
        at = end
    yield data[at:]


def leave_out(pattern: re.Pattern[bytes]) -> Step:
    """Return the step that leaves out what a pattern matches."""
    return lambda data: (match.span() for match in pattern.finditer(data))


_APOSTROPHES = leave_out(re.compile(re.escape(APOSTROPHE)))
_MANY_SPACES = re.compile(rb"  +")


def _spaces(data: bytes) -> Iterator[Span]:
    return ((match.start() + 1, match.end()) for match in _MANY_SPACES.finditer(data))


def trace_written(text: str) -> Traced:
    """Return the traced form of `written`."""
    return _trace(text, str)


def trace_shown(text: str) -> Traced:
    """Return the traced form of `shown`."""
    inner = _trace(text, fold_character)
    return Traced(b" " + inner.data + b" ", [0, *inner.origins, max(len(text) - 1, 0)])


def trace_plain(looks: Traced) -> Traced:
    """Return the traced form of `plain`."""
    bare = looks.without(_APOSTROPHES)
    return bare.reading(bare.data.translate(LETTERS)).without(_spaces)


def _trace(text: str, fold: Callable[[str], str]) -> Traced:
    if text.isascii():
        return Traced(text.encode(), range(len(text)))
    data, origins = bytearray(), list[int]()
    at = 0
    for foreign in _FOREIGN.finditer(text):
        start, end = foreign.span()
        data += text[at:start].encode()
        origins += range(at, start)
        for at, character in enumerate(foreign[0], start):
            piece = written(fold(character))
            data += piece
            origins += [at] * len(piece)
        at = end
    data += text[at:].encode()
    origins += range(at, len(text))
    return Traced(bytes(data), origins)
