"""Turn a text into the rows of a table of weights: runs of characters and of words, each by its hash.

A run's hash is the difference of two running sums of a polynomial in the bytes, modulo 2**64, shifted back to
where the run begins; so all the runs of a text are hashed in a few passes over arrays.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

CHARACTER_BITS = 18
WORD_BITS = 17
ROWS = 2**CHARACTER_BITS + 2**WORD_BITS
"""The rows of the table: first those for runs of characters, then those for runs of words."""
LONGEST = 8192
"""Bytes of a text that are looked at: twice a comment of 4,000 letters of the Latin alphabet."""
CHARACTERS = 4
"""The length of a run of characters."""
WORDS = (1, 2)
"""The lengths of runs of words."""

FEW = 8
"""So many runs are added in weighing, so that a word or two are not judged as firmly as a sentence."""

_SPACE = ord(" ")
_BASE = 0x9E3779B97F4A7C15
_CHARACTER_SHIFT = np.uint64(64 - CHARACTER_BITS)
_WORD_SHIFT = np.uint64(64 - WORD_BITS)
_WORD_ROWS = np.uint64(2**CHARACTER_BITS)

Numbers = NDArray[np.int64]


def _powers(base: int, first: int) -> NDArray[np.uint64]:
    """Return first, first * base, first * base**2, … modulo 2**64."""
    out, value = np.empty(LONGEST + 1, np.uint64), first
    for n in range(len(out)):
        out[n] = value
        value = value * base % 2**64
    return out


_FORTH = _powers(_BASE, _BASE)
_BACK = _powers(pow(_BASE, -1, 2**64), 0xD6E8FEB86659FD93)
"""Shifts a run back to the beginning; begins with an odd number that mixes the bits."""
_BYTES = np.arange(1, 257, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9) ^ np.uint64(0x94D049BB133111EB)
"""A large number for each byte, so that runs of small letters spread over the table."""


def weight(count: int) -> float:
    """Return what each of so many runs counts: a text must not score higher for being long."""
    return 1 / sqrt(count + FEW)


class Runs:
    """The runs of characters, then of words, of a text with single spaces around each of its words."""

    def __init__(self, text: bytes) -> None:
        """Find the words; what lies beyond LONGEST bytes is not looked at."""
        self._data = np.frombuffer(text, np.uint8, min(len(text), LONGEST))
        self.spaces: Numbers = (self._data == _SPACE).nonzero()[0]
        self.characters = max(len(self._data) - CHARACTERS + 1, 0)

    def rows(self) -> Numbers:
        """Return the row of each run in the table."""
        data, spaces = self._data, self.spaces
        sums = np.zeros(len(data) + 1, np.uint64)
        np.add.accumulate(_BYTES.take(data) * _FORTH[: len(data)], out=sums[1:])
        parts = [(sums[CHARACTERS:] - sums[:-CHARACTERS]) * _BACK[: self.characters]]
        before, after, back = sums.take(spaces), sums.take(spaces + 1), _BACK.take(spaces)
        parts += [(after[size:] - before[:-size]) * back[:-size] for size in WORDS]
        hashes = np.concatenate(parts)
        hashes[: self.characters] >>= _CHARACTER_SHIFT
        of_words = hashes[self.characters :]
        of_words >>= _WORD_SHIFT
        of_words += _WORD_ROWS
        return hashes.view(np.int64)

    def distinct(self) -> tuple[Numbers, int]:
        """Return each row once, and how many are of characters: saying a thing again proves no more."""
        rows = self.rows()
        rows.sort()
        new = np.ones(len(rows), np.bool_)
        np.not_equal(rows[1:], rows[:-1], out=new[1:])
        rows = rows[new]
        return rows, int(rows.searchsorted(2**CHARACTER_BITS))

    def middles(self) -> Numbers:
        """Return the byte in the middle of each run."""
        spaces = self.spaces
        of_words = [(spaces[:-size] + spaces[size:]) // 2 for size in WORDS]
        return np.concatenate([np.arange(self.characters) + CHARACTERS // 2, *of_words])
