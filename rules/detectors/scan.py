"""One post under screening, and what detectors have found in it so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rules.policy import NamedList
from rules.post import Post
from rules.text.text import texts
from rules.text.vocabulary import Vocabulary
from rules.verdict import Match
from rules.when import Detector
from rules.window import Window

MAX_MATCHES = 20
"""How many matches of one detector a finding has; more would tell nobody more."""


@dataclass(slots=True)
class Hit:
    """What one detector found: spans, or words where no span tells."""

    matches: list[Match] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    incident: str | None = None


class Scan:
    """The texts of a post and the hits on them, by the number of the detector."""

    def __init__(
        self, post: Post, vocabulary: Vocabulary, window: Window | None = None, most: int = MAX_MATCHES
    ) -> None:
        """Begin with no hits. `most` bounds the matches of each detector, and with them the work."""
        self.post = post
        self.most = most
        self.window = window
        self.texts = [text for part in post.texts() for text in texts(part.label, part.text, vocabulary)]
        self.hits: dict[int, Hit] = {}

    def hit(self, detector: int) -> Hit:
        """Return the hit of a detector, which fires by being asked for."""
        return self.hits.setdefault(detector, Hit())

    def add(self, detector: int, match: Match) -> None:
        """Record a match of a detector."""
        matches = self.hit(detector).matches
        if len(matches) < self.most:
            matches.append(match)

    def overlaps(self, detector: int, match: Match) -> bool:
        """Return whether a detector already has a match that shares some of the text of this one."""
        hit = self.hits.get(detector)
        return hit is not None and any(
            m.part == match.part and m.start < match.end and match.start < m.end for m in hit.matches
        )

    def full(self, detector: int) -> bool:
        """Return whether a detector has as many matches as are kept."""
        hit = self.hits.get(detector)
        return hit is not None and len(hit.matches) >= self.most


Index = Callable[[Scan], None]
"""Looks for everything that the detectors of one kind look for, at once, and adds the hits to the scan."""

Lists = Mapping[str, NamedList]
D = TypeVar("D", bound=Detector)
Numbered = Sequence[tuple[int, D]]
"""Detectors of one kind with their numbers, from which an index is built."""


def gather(entries: Sequence[str], names: Sequence[str], lists: Lists) -> tuple[str, ...]:
    """Return a detector's own entries and those of the lists it names."""
    return (*entries, *(entry for name in names for entry in lists[name].entries))
