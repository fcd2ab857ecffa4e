"""Score a text: a linear model of abuse, hate and threats over hashed words and runs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import exp
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.model.features import BEGIN, END, FEW, LONGEST, alone, hashed, once, pairs, runs, weight
from rules.model.groups import GROUP, masked, places, without

HEADS = ("abuse", "hate", "threat", "emergency", "promotion", "crisis")
ABUSE = HEADS.index("abuse")
_HEADS = len(HEADS)
WEIGHTS = "weights.npz"
STRETCH = 12
"""So many words are looked at by themselves: as many as a sentence has that threatens or calls for help."""
_FAR = 700.0
"""Log-odds whose exponential still fits into a float."""
_REMEMBERED = 20_000
"""Words whose sums are kept, at some 150 bytes each; when there are more, all are forgotten."""

Floats = NDArray[np.float32]


class Scores(NamedTuple):
    """The likelihood of each head, from 0 to 1, and whether the text names a group of people."""

    likelihoods: tuple[float, ...]
    names_a_group: bool


class _Memory:
    """What each word says by itself, worked out once: words come again and again."""

    def __init__(self) -> None:
        self.places: dict[bytes, int] = {}
        self.hashes = np.zeros(_REMEMBERED, np.uint64)
        self.sums = np.zeros((_REMEMBERED, 2 * _HEADS + 1), np.float32)
        """By head the sum of a word's runs of characters, then its own weight; last how many runs it has."""


class Linear:
    """The weights of each row, and a bias; one column for each of the heads. Threads may share a model."""

    def __init__(self, weights: Floats, bias: Floats) -> None:
        """Take the weights, and remember no word yet."""
        self.weights, self.bias = weights, bias
        self._bias: list[float] = bias.tolist()
        self._memory = _Memory()
        self._learning = Lock()

    def scores(self, plain: bytes, least: float = 0.0) -> Scores:
        """Return the scores of a text, given its plain reading.

        A comment that looks like abuse only for naming a group is none: of the scores with and without the
        words for groups, the lower one counts. Below the likelihood `least` it is not looked for.
        """
        said = masked(plain[:LONGEST]).split()
        likelihoods = self._likelihoods(said)
        if likelihoods[ABUSE] >= least and len(bare := without(said)) < len(said):
            likelihoods[ABUSE] = min(likelihoods[ABUSE], self._likelihoods(bare)[ABUSE])
        return Scores(tuple(likelihoods), GROUP in said)

    def anywhere(self, plain: bytes) -> list[float]:
        """Return the greatest likelihood of each head for a stretch of a text, STRETCH words long."""
        said = masked(plain[:LONGEST]).split()
        memory, known = self._recall([BEGIN, *said, END])
        totals = np.cumsum(memory.sums.take(known, 0), 0, np.float64)
        of_pairs = np.cumsum(self.weights.take(pairs(memory.hashes.take(known)), 0), 0, np.float64)
        # The words from `first` on to before `last`, and the pairs that they make.
        step = STRETCH // 3
        first = np.arange(1, max(len(said) - STRETCH, 0) + 1 + step, step)
        last = np.minimum(first + STRETCH, len(said) + 1)
        sums, beside = totals[last - 1] - totals[first - 1], of_pairs[last - 2] - of_pairs[first - 1]
        run, word = 1 / np.sqrt(sums[:, -1:] + FEW), 1 / np.sqrt(2 * (last - first)[:, None] + FEW)
        odds = sums[:, :_HEADS] * run + (sums[:, _HEADS:-1] + beside) * word + self.bias
        return [_likelihood(most) for most in odds.max(0).tolist()]

    def heaviest(self, plain: bytes, head: int, most: int) -> list[int]:
        """Return the words, by their number, that weighed most towards a head, the heaviest first.

        A pair counts by halves for its words, and a group named in several words for the first.
        """
        said = masked(plain[:LONGEST]).split()
        memory, known = self._recall([BEGIN, *said, END])
        sums, beside = memory.sums.take(known, 0)[1:-1], pairs(memory.hashes.take(known))
        of_pairs = self.weights[beside, head] / 2
        weighed = sums[:, head] * weight(sums[:, -1].sum())
        weighed += (sums[:, _HEADS + head] + of_pairs[1:] + of_pairs[:-1]) * weight(2 * len(said))
        numbers = places(plain[:LONGEST])
        return [numbers[n] for n in np.argsort(-weighed, kind="stable")[:most] if weighed[n] > 0]

    def _likelihoods(self, said: Sequence[bytes]) -> list[float]:
        if not said:
            return [_likelihood(bias) for bias in self._bias]
        memory, known = self._recall([BEGIN, *said, END])
        distinct = [*dict.fromkeys(known[1:-1])]
        beside = once(pairs(memory.hashes.take(known)))
        *sums, count = np.add.reduce(memory.sums.take(distinct, 0), 0).tolist()
        of_pairs = np.add.reduce(self.weights.take(beside, 0), 0).tolist()
        run, word = weight(count), weight(len(distinct) + len(beside))
        return [
            _likelihood(of_runs * run + (of_words + of_pair) * word + bias)
            for of_runs, of_words, of_pair, bias in zip(
                sums[:_HEADS], sums[_HEADS:], of_pairs, self._bias, strict=True
            )
        ]

    def _recall(self, words: Sequence[bytes]) -> tuple[_Memory, list[int]]:
        """Return where the memory has what some words say."""
        memory = self._memory
        try:
            return memory, [memory.places[word] for word in words]
        except KeyError:
            memory = self._learn([*dict.fromkeys(words)])
            return memory, [memory.places[word] for word in words]

    def _learn(self, words: list[bytes]) -> _Memory:
        with self._learning:
            memory = self._memory
            new = [word for word in words if word not in memory.places]
            if not new:
                return memory  # another thread met the same words, and was first
            if len(memory.places) + len(new) > _REMEMBERED:
                memory, new = _Memory(), words
            at = slice(len(memory.places), len(memory.places) + len(new))
            memory.hashes[at] = hashes = np.array([*map(hashed, new)], np.uint64)
            rows = [*map(runs, new)]
            lengths = np.array([*map(len, rows)], np.int64)
            own = self.weights.take(np.concatenate(rows), 0)
            memory.sums[at, :_HEADS] = np.add.reduceat(own, np.cumsum(lengths) - lengths, 0)
            memory.sums[at, _HEADS:-1] = self.weights.take(alone(hashes), 0)
            memory.sums[at, -1] = lengths
            # Last: another thread that finds a word here takes its sums at once.
            memory.places.update(zip(new, range(at.start, at.stop), strict=True))
            self._memory = memory
        return memory


def _likelihood(odds: float) -> float:
    return 1 / (1 + exp(min(-odds, _FAR)))


@cache
def shipped() -> Linear:
    """Return the model that comes with Beadle."""
    with resources.files("rules.model").joinpath(WEIGHTS).open("rb") as file, np.load(file) as stored:
        return Linear(stored["weights"].astype(np.float32), stored["bias"].astype(np.float32))
