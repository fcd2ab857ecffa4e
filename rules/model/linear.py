"""Score a text: a linear model of abuse, hate and threats over hashed runs of characters and words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.model.features import LONGEST, Runs, weight
from rules.model.groups import GROUP, masked, places, without

HEADS = ("abuse", "hate", "threat", "emergency", "promotion", "crisis")
ABUSE = HEADS.index("abuse")
WEIGHTS = "weights.npz"
_FAR = 700.0
"""Log-odds whose exponential still fits into a float."""


class Scores(NamedTuple):
    """The likelihood of each head, from 0 to 1, and whether the text names a group of people."""

    likelihoods: tuple[float, ...]
    names_a_group: bool


@dataclass(frozen=True, slots=True)
class Linear:
    """The weights of each run, by its row, and a bias; one column for each of the heads."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, plain: bytes, least: float = 0.0) -> Scores:
        """Return the scores of a text, given its plain reading.

        A comment that looks like abuse only for naming a group is none: of the scores with and without the
        words for groups, the lower one counts. Below the likelihood `least` it is not looked for.
        """
        text = masked(plain[:LONGEST])
        likelihoods = self._likelihoods(text)
        if likelihoods[ABUSE] >= least and len(bare := without(text)) < len(text):
            likelihoods[ABUSE] = min(likelihoods[ABUSE], self._likelihoods(bare)[ABUSE])
        return Scores(tuple(likelihoods), GROUP in text)

    def heaviest(self, plain: bytes, head: int, most: int) -> list[int]:
        """Return the words, by their number, that weighed most towards a head, the heaviest first.

        A run counts for the word in which its middle lies, and a group named in several words for the first.
        """
        runs = Runs(masked(plain[:LONGEST]))
        rows = runs.rows()
        weights = self.weights[rows, head].astype(np.float64)
        weights[: runs.characters] *= weight(runs.characters)
        weights[runs.characters :] *= weight(len(rows) - runs.characters)
        words = np.searchsorted(runs.spaces, runs.middles(), "right") - 1
        weighed = np.bincount(words.clip(0, max(len(runs.spaces) - 2, 0)), weights)
        heaviest = [int(n) for n in np.argsort(-weighed, kind="stable")[:most] if weighed[n] > 0]
        numbers = places(plain[:LONGEST])
        return [numbers[n] for n in heaviest]

    def _likelihoods(self, text: bytes) -> list[float]:
        rows, characters = Runs(text).distinct()
        words = len(rows) - characters
        if not characters or not words:
            odds = self.bias
        else:
            sums = np.add.reduceat(self.weights.take(rows, 0), (0, characters), 0)
            odds = sums[0] * weight(characters) + sums[1] * weight(words) + self.bias
        return [1 / (1 + exp(min(-value, _FAR))) for value in odds.tolist()]


@cache
def shipped() -> Linear:
    """Return the model that comes with Beadle."""
    with resources.files("rules.model").joinpath(WEIGHTS).open("rb") as file, np.load(file) as stored:
        return Linear(stored["weights"].astype(np.float32), stored["bias"].astype(np.float32))
