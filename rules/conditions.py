"""How the detectors of a rule combine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rules.detectors.scan import Hit
from rules.when import Classifier, Detector, When

Hits = Mapping[int, Hit]
Condition = Callable[[Hits], list[Hit] | None]
"""Returns the hits that satisfy a condition, or None if it does not hold."""


def condition(when: When, number: Callable[[Detector], int]) -> Condition:
    """Return the condition that a policy spells, its detectors numbered by `number`."""
    if when.detector is not None:
        this = number(when.detector)
        return lambda hits: [hits[this]] if this in hits else None
    parts = [condition(part, number) for part in when.parts]
    if when.key == "not":
        return lambda hits: [] if parts[0](hits) is None else None
    least = _least(when)

    def holds(hits: Hits) -> list[Hit] | None:
        found = [satisfied for part in parts if (satisfied := part(hits)) is not None]
        return [hit for satisfied in found for hit in satisfied] if len(found) >= least else None

    return holds


def needs(when: When, number: Callable[[Detector], int]) -> frozenset[int]:
    """Return detectors without which a condition cannot hold, whatever others find."""
    if when.detector is not None:
        return frozenset([number(when.detector)])
    if when.key == "not":
        return frozenset()
    parts = [needs(part, number) for part in when.parts]
    if _least(when) == len(parts):
        return frozenset().union(*parts)
    return frozenset.intersection(*parts) if _least(when) else frozenset()


def _least(when: When) -> int:
    """Return how many of the parts of a combination must hold."""
    if when.at_least:
        return when.at_least.count
    return len(when.parts) if when.key == "all" else 1


def holds_on_nothing(when: When) -> bool:
    """Return whether a condition could hold though no detector found anything."""
    if when.key == "not":
        return not holds_on_nothing(when.parts[0])
    return sum(map(holds_on_nothing, when.parts)) >= _least(when)


def asked(when: When, denied: bool = False) -> Iterator[tuple[Detector, bool]]:
    """Yield every detector of a condition, and whether it speaks against it: under `not`, but not two."""
    if when.detector is not None:
        yield when.detector, denied
    for part in when.parts:
        yield from asked(part, denied != (when.key == "not"))


def detectors(when: When) -> Iterator[Detector]:
    """Yield every detector of a condition, those under `not` too."""
    return (detector for detector, _ in asked(when))


def asks_the_model(when: When) -> bool:
    """Return whether what a condition finds depends on the model."""
    return any(isinstance(detector, Classifier) for detector in detectors(when))
