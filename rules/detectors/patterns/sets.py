"""Many patterns searched for at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import re2

from rules.detectors.patterns.expressions import compiled, options

SET_MEMORY = 64 * 1024 * 1024
"""Bytes that a set may take. With RE2's default of 8 MiB, 300 patterns are rebuilt all the time."""
APART_MEMORY = 8 * 1024 * 1024
"""The same of a pattern that is searched for by itself."""


class Search(Protocol):
    """Looks for patterns."""

    def found(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns that match somewhere in `data`, in order."""


class PatternSet:
    """Many patterns searched for in one pass, or one by one if they do not fit into the memory of a set."""

    def __init__(self, patterns: Sequence[str], memory: int | None = None) -> None:
        self._patterns = [compiled(pattern) for pattern in patterns]
        self._set = re2.Set.SearchSet(options(memory or SET_MEMORY))
        for pattern in patterns:
            self._set.Add(pattern.encode("utf-8", "replace"))
        # A set that runs out of memory finds nothing and says nothing; the empty pattern is always found.
        self._set.Add(b"")
        try:
            self._set.Compile()
        except re2.error:
            self._set = None

    def found(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns that match somewhere in `data`."""
        numbers = self._set.Match(data) if self._set else None
        if numbers is None:
            return [n for n, pattern in enumerate(self._patterns) if pattern.search(data)]
        return sorted(n for n in numbers if n < len(self._patterns)) if len(numbers) > 1 else numbers[1:]


class Apart:
    """Patterns of which some are searched for by themselves, because they would slow the others down."""

    def __init__(self, patterns: Sequence[str], apart: frozenset[str]) -> None:
        self._together = [n for n, pattern in enumerate(patterns) if pattern not in apart]
        self._shared = PatternSet([patterns[n] for n in self._together])
        self._alone = [
            (n, PatternSet([pattern], APART_MEMORY)) for n, pattern in enumerate(patterns) if pattern in apart
        ]

    def found(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns that match somewhere in `data`, in order."""
        alone = [n for n, pattern in self._alone if pattern.found(data)]
        return sorted([*alone, *(self._together[n] for n in self._shared.found(data))])
