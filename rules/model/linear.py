"""Score a text: a linear model of abuse, hate and threats over hashed runs of characters and words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.model.features import LONGEST, Runs, runs, weight
from rules.model.groups import GROUP, masked, without

HEADS = ("abuse", "hate", "threat")
WEIGHTS = "weights.npz"


class Scores(NamedTuple):
    """The likelihood of each head, from 0 to 1, and whether the text names a group of people."""

    likelihoods: tuple[float, ...]
    names_a_group: bool


@dataclass(frozen=True, slots=True)
class Linear:
    """The weights of each run, by its row, and a bias; one column for each of the heads."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, plain: bytes) -> Scores:
        """Return the scores of a text, given its plain reading.

        A comment that scores as abuse only for naming a group is none: the lower of the scores with and
        without the words for groups counts.
        """
        text = masked(plain[:LONGEST])
        bare = without(text)
        full = self._sums(runs(text))
        if len(bare) < len(text):
            full[0] = min(full[0], self._sums(runs(bare))[0])
        return Scores(tuple(map(_probability, full)), GROUP in text)

    def heaviest(self, plain: bytes, head: int, most: int) -> list[int]:
        """Return the words, by their number, that weighed most towards a head, the heaviest first."""
        found = runs(masked(plain[:LONGEST]))
        scale = np.repeat([weight(found.characters), weight(found.words)], [found.characters, found.words])
        parts = self.weights[found.rows(), head] * scale
        spaces = np.flatnonzero(found.data == ord(" "))
        # Each run counts for the word in which its middle lies.
        middles = (found.begins + found.ends) // 2
        words = np.clip(np.searchsorted(spaces, middles, "right") - 1, 0, max(len(spaces) - 2, 0))
        weighed = np.bincount(words, parts)
        return [int(n) for n in np.argsort(-weighed, kind="stable")[:most] if weighed[n] > 0]

    def _sums(self, found: Runs) -> list[float]:
        """Return the log-odds of each head."""
        if not found.characters or not found.words:
            return [float(value) for value in self.bias]
        parts = np.add.reduceat(self.weights.take(found.rows(), 0), (0, found.characters), 0)
        odds = parts[0] * weight(found.characters) + parts[1] * weight(found.words) + self.bias
        return [float(value) for value in odds]


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


@cache
def shipped() -> Linear:
    """Return the model that comes with Beadle."""
    with resources.files("rules.model").joinpath(WEIGHTS).open("rb") as file, np.load(file) as stored:
        return Linear(stored["weights"].astype(np.float32), stored["bias"].astype(np.float32))
