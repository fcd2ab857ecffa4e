"""Find by timing which patterns would make the search slow; no measure of the pattern itself tells."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median

from rules.detectors.patterns.sets import APART_MEMORY, PatternSet

Clock = Callable[[], float]
"""Returns the time in seconds, from any beginning."""

TOO_SLOW = 100e-6
"""Seconds that a pattern by itself may take over a comment of some 400 characters."""
SLOW = 8e-6
"""Seconds that patterns searched for together may take."""

_WORDS = (
    "the a to of and is in that it for on you this are not be have with was they at what there all so my "
    "council park road library winter budget meeting bridge river school bus snow plow garden market street "
    "light trail music summer mayor water tax open closed early late again people about would because should "
    "really think never always City Hall, question quickly jazz vox https://example.gov 25 $5,000 "
    "Monday. December; friend's well-known everybody's knowledge of which exactly zero experts approve! why?"
)


def _samples() -> list[bytes]:
    chance = random.Random(1)  # noqa: S311 - no secret depends on it
    words = _WORDS.split()
    return [" ".join(chance.choices(words, k=68)).encode() for _ in range(48)]


SAMPLES = _samples()
"""Comments of common words; a search is warmed up on the first half, and timed on the other."""
_USUAL = [rf"\b{word}\w*\s+\d+" for word in ("council", "meeting", "budget", "library", "bridge", "winter")]
"""Patterns in whose company a pattern shows whether it slows others down."""


def seconds(patterns: Sequence[str], clock: Clock, memory: int | None = None) -> float:
    """Return the median of the seconds that a search for patterns takes over a comment new to it."""
    search = PatternSet(patterns, memory)
    half = len(SAMPLES) // 2
    for sample in SAMPLES[:half]:
        search.found(sample)
    times = []
    for sample in SAMPLES[half:]:
        started = clock()
        search.found(sample)
        times.append(clock() - started)
    return median(times)


def problem(pattern: str, clock: Clock) -> str | None:
    """Return that a pattern is too slow, if it is. The pattern must compile."""
    took = seconds([pattern], clock, APART_MEMORY)
    if took <= TOO_SLOW:
        return None
    return (
        f"is too slow: it takes {took * 1e6:.0f} µs over a comment, at most {TOO_SLOW * 1e6:.0f}; "
        "avoid repeats of a large fixed number, such as .{40}"
    )


def costly(patterns: Sequence[str], clock: Clock) -> frozenset[str]:
    """Return the patterns that would slow the others down."""
    if seconds([*_USUAL, *patterns], clock) <= SLOW:
        return frozenset()
    if len(patterns) == 1:
        return frozenset(patterns)
    half = len(patterns) // 2
    return costly(patterns[:half], clock) | costly(patterns[half:], clock)
