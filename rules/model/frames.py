"""Write out frames: sentences with places for one of several words, which stand for many lines.

A file of frames holds `name = one|other` for a place's words, `== 1 0 1 kind` for how far the frames that
follow are each head, in the order of the heads (those not named are 0), and frames. In a frame `{name}` or
`{one|other}` stands for one of its words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FEWEST, FOR_EACH = 24, 1.5
"""The lines that are made of a frame: so many, or more where a place has many words, for each of those."""

_PART = re.compile(r"(\w+) = (.+)")
_PLACE = re.compile(r"\{([^{}]*)\}")


class Written(NamedTuple):
    """Lines made of one frame, and how far each is each head."""

    frame: str
    labels: tuple[float, ...]
    lines: tuple[str, ...]


def write_out(file: Path) -> Iterator[Written]:
    """Yield the lines of each frame in a file, the same at every run."""
    parts: dict[str, list[str]] = {}
    labels: tuple[float, ...] = ()
    for line in file.read_text(encoding="utf-8").splitlines():
        part = _PART.fullmatch(line)
        if part:
            parts[part[1]] = part[2].split("|")
        elif line.startswith("=="):
            labels = tuple(float(word) for word in line.split() if word.isdigit())
        elif line and not line.startswith("#"):
            chance = random.Random(line)  # noqa: S311 - the same lines at every training, no secret
            largest = max((len(_words(place, parts)) for place in _PLACE.findall(line)), default=1)
            count = max(FEWEST, int(FOR_EACH * largest))
            made = dict.fromkeys(_written(line, parts, chance) for _ in range(count))
            yield Written(line, labels, tuple(made))


def _words(place: str, parts: dict[str, list[str]]) -> list[str]:
    return parts.get(place) or place.split("|")


def _written(frame: str, parts: dict[str, list[str]], chance: random.Random) -> str:
    while place := _PLACE.search(frame):
        frame = frame[: place.start()] + chance.choice(_words(place[1], parts)) + frame[place.end() :]
    return " ".join(frame.split())
