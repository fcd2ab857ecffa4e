"""Turn a text into rows of a table of weights: its words, pairs of words, and runs of characters in a word.

Each has the row that its hash tells. No run of characters goes past a word, so that what a word says by
itself is worked out once.
"""

from __future__ import annotations

from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

CHARACTER_BITS = 18
WORD_BITS = 17
ROWS = 2**CHARACTER_BITS + 2**WORD_BITS
"""The rows of the table: first those for runs of characters, then those for words and pairs of words."""
LONGEST = 4096
"""Bytes of a text that are looked at: a comment of 4,000 letters of the Latin alphabet."""
CHARACTERS = 4
"""The length of a run of characters."""
BEGIN, END = b"^", b"$"
"""Stand for the beginning and the end of a text; no reading of a text contains them."""

_LONGEST_WORD = 40
FEW = 8
"""So many runs are added in weighing, so that a word or two are not judged as firmly as a sentence."""
_SPREAD = 0x9E3779B97F4A7C15
"""An odd number that mixes the bits of a hash (multiplicative hashing; Knuth)."""
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(64 - WORD_BITS)
_AFTER_RUNS = np.uint64(2**CHARACTER_BITS)

Rows = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def weight(count: float) -> float:
    """Return what each of so many runs counts: a text must not score higher for being long."""
    return 1 / sqrt(count + FEW)


def runs(word: bytes) -> list[int]:
    """Return the rows of a word's runs of characters with the spaces around it, each once: one at least."""
    spaced = b" %b " % word[:_LONGEST_WORD]
    last = max(len(spaced) - CHARACTERS, 0)
    found = (crc32(spaced[n : n + CHARACTERS]) % 2**CHARACTER_BITS for n in range(last + 1))
    return [*dict.fromkeys(found)]


def hashed(word: bytes) -> int:
    """Return the hash of a word, of 64 bits."""
    return crc32(word) * _SPREAD % 2**64


def alone(hashes: Hashes) -> Rows:
    """Return the rows of words, given their hashes."""
    return ((hashes >> _SHIFT) + _AFTER_RUNS).view(np.int64)


def pairs(hashes: Hashes) -> Rows:
    """Return the row of each word with the next, given their hashes."""
    return alone(hashes[:-1] * _FIRST + hashes[1:])


def once(rows: Rows) -> Rows:
    """Return rows in order, each once: saying a thing again proves no more."""
    rows = np.sort(rows)
    new = np.ones(len(rows), np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=new[1:])
    return rows[new]
