"""Recent posts, remembered so that a flood can be told from a conversation."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar


class Timed(Protocol):
    """Something that happened at a time, in seconds since 1970, and in an order."""

    at: float
    order: int


T = TypeVar("T", bound=Timed)

END = 40
"""How many bytes at either end of a text tell it from others."""
MAX_LIKE = 128
"""How many posts of one author, or of one text, are remembered. More than any rule may count."""
MAX_JOINS = 2000
"""How many of those who joined last are remembered. More than any rule may count."""


class Print(NamedTuple):
    """The fingerprint of a text: its number of letters, and checksums of those first, last and within.

    `core` is 0 where a text is too short to be known by its inner letters alone.
    """

    letters: int
    head: int
    tail: int
    core: int = 0

    @property
    def key(self) -> int:
        """Return what texts have in common that differ at most in letters put before and after.

        A number, which the collector of garbage passes over.
        """
        return self.core or self.letters << 64 | self.head << 32 | self.tail


@dataclass(slots=True, eq=False)
class Seen:
    """A post as the window remembers it. `at` is in seconds since 1970.

    `arrived` counts posts as they came, `order` texts as they came, so that an edit has a new one. The
    fingerprint is kept as its numbers: of twenty thousand posts, each object less spares the collector work.
    """

    id: int
    arrived: int
    order: int
    author: int
    at: float
    letters: int
    head: int
    tail: int
    core: int
    key: int
    rate: str | None = None
    repeats: str | None = None
    """The incidents that the post was found to belong to."""

    @property
    def print(self) -> Print:
        """Return the fingerprint of the text."""
        return Print(self.letters, self.head, self.tail, self.core)


@dataclass(slots=True, eq=False)
class Joined:
    """Somebody who joined: when, the number of the person, and the incident it was found to belong to."""

    at: float
    order: int
    wave: str | None = None


@dataclass(slots=True, eq=False)
class Line:
    """Posts as they arrived, and whether each is as young as those before it."""

    posts: list[Seen] = field(default_factory=list)
    in_time: bool = True

    def __len__(self) -> int:
        """Return how many posts there are."""
        return len(self.posts)

    def add(self, seen: Seen) -> None:
        """Remember a post, and forget the one that arrived first if there are too many."""
        posts = self.posts
        if posts and posts[-1].at > seen.at:
            self.in_time = False
        posts.append(seen)
        if len(posts) > MAX_LIKE:
            del posts[0]

    def drop(self, seen: Seen) -> None:
        """Forget a post, if it is remembered."""
        if seen in self.posts:
            self.posts.remove(seen)

    def near(self, at: float, seconds: int) -> list[Seen]:
        """Return the posts at most so many seconds before or after a time."""
        if not self.in_time:
            return [seen for seen in self.posts if abs(seen.at - at) <= seconds]
        found = []
        for seen in reversed(self.posts):
            if seen.at < at - seconds:
                break
            if seen.at <= at + seconds:
                found.append(seen)
        return found


_NOTHING = Line()


class Window:
    """The last posts of one community, by author and by text.

    It has no clock: a post counts by its own time, wherever it arrives in the order. At most `posts` are
    kept, none older than `horizon` seconds before the newest.
    """

    def __init__(self, *, posts: int = 20_000, horizon: int = 14_400) -> None:
        self._most = posts
        self._horizon = horizon
        self._newest = 0.0
        self._order = 0
        self._posts: OrderedDict[int, Seen] = OrderedDict()
        self._authors: dict[int, Line] = {}
        self._texts: dict[int, Seen | Line] = {}
        """Most texts are said once; a line is made for those that are said again."""
        self._joins: list[Joined] = []
        self._joined: dict[int, Joined] = {}

    def __len__(self) -> int:
        """Return how many posts are remembered."""
        return len(self._posts)

    def record(self, post_id: int, author: int, at: datetime, text: Print) -> Seen:
        """Remember a post, once however often it is recorded, and return what is remembered of it.

        An edit moves the post to its new text and keeps its time and its author.
        """
        seen = self._posts.get(post_id)
        if seen is not None:
            if seen.print != text:
                self._drop_text(seen)
                self._order += 1
                seen.order, seen.repeats = self._order, None
                seen.letters, seen.head, seen.tail, seen.core = text
                seen.key = text.key
                self._keep_text(seen)
            return seen
        self._order += 1
        seen = Seen(post_id, self._order, self._order, author, at.timestamp(), *text, text.key)
        self._newest = max(self._newest, seen.at)
        if seen.at >= self._newest - self._horizon:
            self._posts[post_id] = seen
            self._keep_author(author, seen)
            self._keep_text(seen)
        self._expire()
        return seen

    def posted_more(self, seen: Seen, seconds: int) -> bool:
        """Return whether the author of a post posted anything else around it."""
        return len(self._authors.get(seen.author, _NOTHING).near(seen.at, seconds)) > 1

    def by_author(self, seen: Seen, seconds: int) -> list[Seen]:
        """Return the posts of an author around a post of theirs, it and those that arrived before it."""
        near = self._authors.get(seen.author, _NOTHING).near(seen.at, seconds)
        return [s for s in near if s.arrived <= seen.arrived]

    def by_author_and_text(self, seen: Seen, seconds: int) -> list[Seen]:
        """Return those around a post that are by its author and like it, it and those so before it."""
        near = self._authors.get(seen.author, _NOTHING).near(seen.at, seconds)
        return [s for s in near if s.order <= seen.order and alike(s, seen)]

    def by_text(self, seen: Seen, seconds: int) -> list[Seen]:
        """Return the posts around a post that have its text, it and those that had it before it."""
        held = self._texts.get(seen.key, _NOTHING)
        near = held.near(seen.at, seconds) if isinstance(held, Line) else [held]
        return [s for s in near if s.order <= seen.order]

    def join(self, person: int, at: datetime, now: datetime) -> Joined | None:
        """Remember when somebody joined, once, and return it; None if that was before the horizon."""
        known = self._joined.get(person)
        if known is not None and known.at == at.timestamp():
            return known
        if (now - at).total_seconds() > self._horizon:
            return None
        if known is not None:
            self._joins.remove(known)
        joined = self._joined[person] = Joined(at.timestamp(), person)
        insort(self._joins, joined, key=lambda j: j.at)
        if len(self._joins) > MAX_JOINS:
            del self._joined[self._joins.pop(0).order]
        return joined

    def joins(self) -> Sequence[Joined]:
        """Return who joined last, in the order of their joining."""
        return self._joins

    def _keep_author(self, author: int, seen: Seen) -> None:
        line = self._authors.get(author)
        if line is None:
            line = self._authors[author] = Line()
        line.add(seen)

    def _keep_text(self, seen: Seen) -> None:
        held = self._texts.get(seen.key)
        if held is None:
            self._texts[seen.key] = seen
        elif isinstance(held, Line):
            held.add(seen)
        else:
            line = self._texts[seen.key] = Line([held])
            line.add(seen)

    def _drop_author(self, seen: Seen) -> None:
        line = self._authors.get(seen.author)
        if line is not None:
            line.drop(seen)
            if not line.posts:
                del self._authors[seen.author]

    def _drop_text(self, seen: Seen) -> None:
        held = self._texts.get(seen.key)
        if isinstance(held, Line):
            held.drop(seen)
        if held is seen or (isinstance(held, Line) and not held.posts):
            del self._texts[seen.key]

    def _expire(self) -> None:
        oldest = self._newest - self._horizon
        while self._posts:
            seen = next(iter(self._posts.values()))
            if len(self._posts) <= self._most and seen.at >= oldest:
                return
            del self._posts[seen.id]
            self._drop_author(seen)
            self._drop_text(seen)


def alike(a: Seen, b: Seen) -> bool:
    """Return whether two posts have the same text, or long ones that begin or end the same."""
    if min(a.letters, b.letters) <= END:
        return a.print == b.print
    return a.head == b.head or a.tail == b.tail or 0 != a.core == b.core


def crowd(posts: Iterable[T], around: float, seconds: int) -> list[T]:
    """Return the most things that fall, with the time `around`, into one stretch of so many seconds."""
    near = sorted((s for s in posts if abs(s.at - around) <= seconds), key=lambda s: (s.at, s.order))
    best: list[T] = []
    first = 0
    for last, seen in enumerate(near):
        while seen.at - near[first].at > seconds:
            first += 1
        if near[first].at <= around <= seen.at and last - first >= len(best):
            best = near[first : last + 1]
    return best
