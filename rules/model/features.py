"""Turn a text into the rows of a table of weights: runs of characters and of words, each by its hash.

A run's hash is the difference of two running sums of a polynomial in the bytes, modulo 2**64, shifted back to
where the run begins; so all the runs of a text are hashed in a few passes over arrays.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BITS = 18
"""The table has 2**BITS rows."""
LONGEST = 8192
"""Bytes of a text that are looked at: twice a comment of 4,000 letters of the Latin alphabet."""
CHARACTERS = (3, 5)
WORDS = (1, 2)
"""Lengths of the runs."""

_SPACE = ord(" ")
_BASE = 0x9E3779B97F4A7C15
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(64 - BITS)

Numbers = NDArray[np.int64]


def _powers(base: int) -> NDArray[np.uint64]:
    """Return base**0, base**1, … modulo 2**64."""
    out, value = np.empty(LONGEST + 2, np.uint64), 1
    for n in range(len(out)):
        out[n] = value
        value = value * base % 2**64
    return out


_FORTH = _powers(_BASE)[1:]
_BACK = _powers(pow(_BASE, -1, 2**64))
_BYTES = np.arange(1, 257, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9) ^ np.uint64(0x94D049BB133111EB)
"""A large number for each byte, so that runs of small letters spread over the table."""
_PLACES = np.arange(LONGEST + 2)


def weight(count: int) -> float:
    """Return what each of so many runs counts: long texts must not score higher for being long."""
    return 1 / sqrt(count) if count else 0.0


class Runs(NamedTuple):
    """The runs of a text: its bytes, where each run begins and ends, and how many are of characters.

    Runs of characters come first.
    """

    data: NDArray[np.uint8]
    begins: Numbers
    ends: Numbers
    characters: int

    @property
    def words(self) -> int:
        """Return how many of the runs are of words."""
        return len(self.begins) - self.characters

    def rows(self) -> Numbers:
        """Return the row of each run in the table, from 0 to 2**BITS - 1."""
        sums = np.zeros(len(self.data) + 1, np.uint64)
        np.cumsum(_BYTES.take(self.data) * _FORTH[: len(self.data)], out=sums[1:])
        hashes = (sums.take(self.ends) - sums.take(self.begins)) * _BACK.take(self.begins) * _MIX
        return (hashes >> _SHIFT).astype(np.int64)


def runs(text: bytes) -> Runs:
    """Return the runs of a text with single spaces before, between and after its words."""
    data = np.frombuffer(text, np.uint8, min(len(text), LONGEST))
    length = len(data)
    spaces = (data == _SPACE).nonzero()[0]
    begins = [_PLACES[: max(length - size + 1, 0)] for size in CHARACTERS]
    ends = [_PLACES[size : length + 1] for size in CHARACTERS]
    characters = sum(map(len, begins))
    begins += [spaces[:-size] for size in WORDS]
    ends += [spaces[size:] + 1 for size in WORDS]
    return Runs(data, np.concatenate(begins), np.concatenate(ends), characters)
