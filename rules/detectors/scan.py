"""One post under screening, and what detectors have found in it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from rules.policy import NamedList
from rules.post import TEXT, Post
from rules.text.text import Text, texts
from rules.text.vocabulary import Vocabulary
from rules.verdict import Match
from rules.when import Detector
from rules.window import Window

MAX_MATCHES = 20
"""How many matches of one detector a finding has; more would tell nobody more."""


class Hit:
    """What one detector found: spans, or words where no span tells.

    Where a match stands in the original is worked out when somebody asks for it: of most hits, nobody does.
    """

    __slots__ = ("_matches", "_places", "details", "incident")

    def __init__(self) -> None:
        """Begin with nothing but that the detector fired."""
        self._matches: list[Match] = []
        self._places: list[Callable[[], Iterable[Match]]] = []
        self.details: list[str] = []
        self.incident: str | None = None

    def add(self, place: Callable[[], Iterable[Match]]) -> None:
        """Add matches that `place` will return."""
        self._places.append(place)

    def overlaps(self, match: Match) -> bool:
        """Return whether a match shares some of the text of this one."""
        return any(
            m.part == match.part and m.start < match.end and match.start < m.end for m in self._matches
        )

    @property
    def matches(self) -> list[Match]:
        """Return the matches, less those that overlap one before them."""
        places, self._places = self._places, []
        for match in chain.from_iterable(place() for place in places):
            if not self.overlaps(match):
                self._matches.append(match)
        return self._matches


class Scan:
    """The texts of a post and the hits on them, by the number of the detector."""

    def __init__(
        self, post: Post, vocabulary: Vocabulary, window: Window | None = None, most: int = MAX_MATCHES
    ) -> None:
        """Begin with no hits. `most` bounds the matches of each detector, and with them the work."""
        self.post = post
        self.most = most
        self.window = window
        self.texts: Sequence[Text] = (
            texts(TEXT, post.text, vocabulary)
            if post.is_text_alone
            else [text for part in post.texts() for text in texts(part.label, part.text, vocabulary)]
        )
        self.hits: dict[int, Hit] = {}

    def hit(self, detector: int) -> Hit:
        """Return the hit of a detector, which fires by being asked for."""
        hit = self.hits.get(detector)
        if hit is None:
            hit = self.hits[detector] = Hit()
        return hit

    def add(self, detector: int, match: Match) -> None:
        """Record a match of a detector."""
        matches = self.hit(detector).matches
        if len(matches) < self.most:
            matches.append(match)

    def add_later(self, detector: int, place: Callable[[], Iterable[Match]]) -> None:
        """Record that a detector found what `place` returns, as far as it overlaps nothing found before."""
        self.hit(detector).add(place)

    def overlaps(self, detector: int, match: Match) -> bool:
        """Return whether a detector already has a match that shares some of the text of this one."""
        return detector in self.hits and self.hits[detector].overlaps(match)

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
