"""Score a text: a linear model of abuse, hate and threats over hashed runs of characters and words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from rules.model.features import LONGEST, Runs, runs
from rules.model.groups import masked, without

HEADS = ("abuse", "hate", "threat")
WEIGHTS = "weights.npz"


@dataclass(frozen=True, slots=True)
class Linear:
    """The weights of each run, by its row, and a bias; one column for each of the heads."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, plain: bytes) -> tuple[float, ...]:
        """Return a probability for each head, given the plain reading of a text.

        A comment that scores as abuse only for naming a group is none: the lower of the scores with and
        without the words for groups counts.
        """
        text = masked(plain[:LONGEST])
        bare = without(text)
        full = self._sums(runs(text))
        if len(bare) < len(text):
            full[0] = min(full[0], self._sums(runs(bare))[0])
        return tuple(map(_probability, full))

    def heaviest(self, plain: bytes, head: int, most: int) -> list[int]:
        """Return the words, by their number, that weighed most towards a head, the heaviest first."""
        found = runs(masked(plain[:LONGEST]))
        scale = np.repeat(
            [1 / sqrt(max(found.characters, 1)), 1 / sqrt(max(len(found.begins) - found.characters, 1))],
            [found.characters, len(found.begins) - found.characters],
        )
        parts = self.weights[found.rows(), head] * scale
        spaces = np.flatnonzero(found.data == ord(" "))
        # Each run counts for the word in which its middle lies.
        middles = (found.begins + found.ends) // 2
        words = np.clip(np.searchsorted(spaces, middles, "right") - 1, 0, max(len(spaces) - 2, 0))
        weighed = np.bincount(words, parts)
        return [int(n) for n in np.argsort(-weighed, kind="stable")[:most] if weighed[n] > 0]

    def _sums(self, found: Runs) -> list[float]:
        """Return the log-odds of each head. Runs of characters and of words each have length 1 together."""
        of_words = len(found.begins) - found.characters
        if not found.characters or not of_words:
            return [float(value) for value in self.bias]
        parts = np.add.reduceat(self.weights.take(found.rows(), 0), (0, found.characters), 0)
        sums: list[float] = (
            parts[0] / sqrt(found.characters) + parts[1] / sqrt(of_words) + self.bias
        ).tolist()
        return sums


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


@cache
def shipped() -> Linear:
    """Return the model that comes with Beadle."""
    with resources.files("rules.model").joinpath(WEIGHTS).open("rb") as file, np.load(file) as stored:
        return Linear(stored["weights"].astype(np.float32), stored["bias"].astype(np.float32))
