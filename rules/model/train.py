"""Train the model: `python -m rules.model.train DATA_DIR`.

Measures on texts kept aside, then trains on all of them and writes the weights.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rules.model import corpora, vectors
from rules.model.features import BEGIN, END, LONGEST, ROWS, Hashes, alone, hashed, once, pairs, runs, weight
from rules.model.groups import masked
from rules.model.linear import HEADS, WEIGHTS, Linear
from rules.text import reading

EPOCHS = 12
BATCH = 128
STEP = 0.2
KEPT = 0.7
"""The share of a text's runs that a step learns from, picked anew each time: none is relied on alone."""
SEED = 1
ENOUGH = 20
"""A set is reported on for a head only with so many texts of either kind."""

Floats = NDArray[np.float32]


def plain(text: str) -> bytes:
    """Return the reading of a text that the model scores."""
    return reading.plain(reading.shown(text))


class Table:
    """What many texts say: rows and their values, where each text begins, and what its words are like."""

    def __init__(self, texts: Sequence[corpora.Text]) -> None:
        said = [masked(plain(text.text)[:LONGEST]).split() for text in texts]
        self.words, self.vectors = vectors.learn(said, SEED)
        numbers = {word: n for n, word in enumerate(self.words)}
        self.alike = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        rows: list[NDArray[np.int64]] = []
        values: list[Floats] = []
        lengths: list[int] = []
        for n, words in enumerate(said):
            distinct = dict.fromkeys(words)
            of_runs = [found for word in distinct for found in runs(word)]
            beside = once(pairs(_hashes([BEGIN, *words, END])))
            own = (np.array(of_runs), np.concatenate((alone(_hashes(distinct)), beside)))
            rows += own
            values += [np.full(len(part), weight(len(part)), np.float32) for part in own]
            lengths.append(sum(map(len, own)))
            known = [numbers[word] for word in distinct if word in numbers]
            self.alike[n] = self.vectors[known].sum(0) * weight(len(own[1]))
        self.rows, self.values = np.concatenate(rows).astype(np.int32), np.concatenate(values)
        self.lengths = np.array(lengths)
        self.begins = np.concatenate(([0], np.cumsum(self.lengths)))[:-1]


def _hashes(words: Iterable[bytes]) -> Hashes:
    return np.array([*map(hashed, words)], np.uint64)


class Learned:
    """Weights that AdaGrad learns."""

    def __init__(self, rows: int) -> None:
        self.weights = np.zeros((rows, len(HEADS)), np.float32)
        self._squares = np.ones((rows, len(HEADS)), np.float32)

    def step(self, slopes: NDArray[np.floating], used: NDArray[np.int64] | slice = slice(None)) -> None:
        """Go one step down some slopes, at the rows that were used."""
        self._squares[used] += slopes * slopes
        self.weights[used] -= STEP * slopes / np.sqrt(self._squares[used])


def fit(texts: Sequence[corpora.Text]) -> Linear:
    """Return the model that fits some texts: logistic regression by AdaGrad, the same at every run.

    What words that are used alike teach in common becomes part of the weight of each.
    """
    texts = [text for text in texts if len(plain(text.text)) > 4]
    table = Table(texts)
    labels = np.array([text.labels for text in texts], np.float32)
    known = ~np.isnan(labels)
    labels[~known] = 0
    counts = known * np.array([text.weight for text in texts], np.float32)[:, None]
    own, alike, bias = Learned(ROWS), Learned(table.vectors.shape[1]), Learned(1)
    shuffle = np.random.Generator(np.random.PCG64(SEED))
    for _ in range(EPOCHS):
        order = shuffle.permutation(len(texts))
        for batch in np.split(order, range(BATCH, len(order), BATCH)):
            lengths = table.lengths[batch]
            firsts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
            places = np.repeat(table.begins[batch] - firsts, lengths) + np.arange(lengths.sum())
            kept = shuffle.random(len(places), np.float32) < KEPT
            rows, values = table.rows[places], table.values[places] * kept / np.float32(KEPT)
            odds = np.add.reduceat(own.weights[rows] * values[:, None], firsts)
            odds += table.alike[batch] @ alike.weights + bias.weights
            slopes = (1 / (1 + np.exp(-odds)) - labels[batch]) * counts[batch]
            used, where = np.unique(rows, return_inverse=True)
            by_row = np.repeat(slopes, lengths, 0) * values[:, None]
            by_head = [np.bincount(where, by_row[:, h], len(used)) for h in range(len(HEADS))]
            own.step(np.stack(by_head, 1), used)
            alike.step(table.alike[batch].T @ slopes)
            bias.step(slopes.sum(0, keepdims=True))
    np.add.at(own.weights, alone(_hashes(table.words)), table.vectors @ alike.weights)
    return Linear(own.weights.astype(np.float16).astype(np.float32), bias.weights[0])


def report(model: Linear, texts: Sequence[corpora.Text]) -> list[str]:
    """Return, by set and head, how well a model tells texts it has not seen, as lines of a table."""
    scores = np.array([model.scores(plain(text.text)).likelihoods for text in texts])
    labels = np.array([text.labels for text in texts])
    sources = np.array([text.source for text in texts])
    lines = ["| set | head | texts | of them so | area under the curve | best F1 | recall at 2 % | at 10 % |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for source in dict.fromkeys(sources):
        for number, head in enumerate(HEADS):
            own = (sources == source) & ~np.isnan(labels[:, number])
            truth, score = labels[own, number] >= 0.5, scores[own, number]
            if min(truth.sum(), (~truth).sum()) >= ENOUGH:
                figures = " | ".join(f"{figure:.2f}" for figure in _figures(truth, score))
                lines.append(f"| {source} | {head} | {len(truth)} | {truth.sum()} | {figures} |")
    return lines


def _figures(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the area under the curve, the best F1, and the recall at 2 % and at 10 % false positives."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(truth[order])
    false = np.cumsum(~truth[order])
    best = (2 * found / (np.arange(1, len(truth) + 1) + found[-1])).max()
    area = np.trapezoid(found / found[-1], false / false[-1])
    at = [found[np.searchsorted(false, rate * false[-1], "right") - 1] / found[-1] for rate in (0.02, 0.1)]
    return float(area), float(best), *map(float, at)


def main(folder: Path) -> None:
    """Print figures of a model trained on seven texts in ten, then train on all and write the weights."""
    texts = corpora.gather(folder)
    learned = fit([text for text in texts if not text.aside])
    print("\n".join(report(learned, [text for text in texts if text.aside])))
    final = fit(texts)
    np.savez_compressed(
        Path(__file__).parent / WEIGHTS, weights=final.weights.astype(np.float16), bias=final.bias
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rules.model.train DATA_DIR")
    main(Path(sys.argv[1]))
