"""Learn which words are used alike, by those that stand beside them: what one teaches then holds for others.

A word's vector comes from a singular value decomposition of how much more often than by chance it stands near
each common word (Levy and Goldberg, Neural Word Embedding as Implicit Matrix Factorization, 2014).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 100
FEWEST = 5
"""How often a word must come to have a vector."""
CONTEXTS = 2_000
"""The common words beside which words are counted, before and after apart."""
NEAR = 4
"""The words on either side that count; one that is n words away counts 1/n."""
_ROUNDS, _MORE = 4, 30
"""Of the randomised decomposition: its rounds, and the dimensions beyond those that are kept."""

Floats = NDArray[np.float32]


def learn(texts: Sequence[Sequence[bytes]], seed: int) -> tuple[list[bytes], Floats]:
    """Return the words that come often enough in some texts, and a vector of length 1 for each."""
    counted = Counter(word for text in texts for word in text)
    vocabulary = [word for word, count in counted.most_common() if count >= FEWEST]
    if not vocabulary:
        return [], np.zeros((0, DIMENSIONS), np.float32)
    vectors = _decompose(_surprise(_near(texts, vocabulary)), seed)
    return vocabulary, vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)


def _near(texts: Sequence[Sequence[bytes]], vocabulary: Sequence[bytes]) -> Floats:
    """Return for each word how often it stands near each context: those after it, then those before it."""
    numbers = {word: n for n, word in enumerate(vocabulary)}
    contexts = min(CONTEXTS, len(vocabulary))
    near = np.zeros((len(vocabulary), 2 * contexts), np.float32)
    for text in texts:
        places = np.array([numbers.get(word, -1) for word in text], np.int64)
        for away in range(1, min(NEAR, len(places) - 1) + 1):
            before, after = places[:-away], places[away:]
            known = (before >= 0) & (after >= 0)
            for word, other, shift in ((before, after, 0), (after, before, contexts)):
                counts = known & (other < contexts)
                np.add.at(near, (word[counts], shift + other[counts]), 1 / away)
    return near


def _surprise(near: Floats) -> Floats:
    """Return the logarithm of how much more often than by chance, 0 where it is not more often."""
    of_words = near.sum(1, keepdims=True)
    of_contexts = near.sum(0, keepdims=True) ** 0.75
    by_chance = of_words * (of_contexts / max(of_contexts.sum(), 1e-9))
    surprise: Floats = np.log(np.maximum(near / np.maximum(by_chance, 1e-9), 1.0))
    return surprise


def _decompose(matrix: Floats, seed: int) -> Floats:
    chance = np.random.Generator(np.random.PCG64(seed))
    basis = chance.standard_normal((matrix.shape[1], DIMENSIONS + _MORE)).astype(np.float32)
    for _ in range(_ROUNDS):
        across, _ = np.linalg.qr(matrix @ basis)
        basis, _ = np.linalg.qr(matrix.T @ across)
    left, values, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    kept: Floats = (left[:, :DIMENSIONS] * np.sqrt(values[:DIMENSIONS])).astype(np.float32)
    return kept
