"""What each post, name and title says now: as heard a moment ago, or else as the platform says when asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Clock, Platform, PlatformError, Refusal
from rules.post import Post, Subject

A_MOMENT = timedelta(seconds=3)
"""How long what was heard or read is taken to be so still."""
REMEMBERED = 20_000
"""How many posts, names and titles are remembered, the latest heard ones."""
PAGE = 100
"""Messages in one answer of Discord's."""


@dataclass(frozen=True, slots=True)
class _Heard:
    revision: str
    written_at: datetime
    as_of: datetime


class Standing:
    """Remembers what is about to be removed, and reads again what may have been changed meanwhile."""

    def __init__(self, platform: Platform, clock: Clock) -> None:
        """Take the platform to ask."""
        self._platform = platform
        self._clock = clock
        self._heard: dict[tuple[Subject, int], _Heard] = {}

    def heard(self, post: Post) -> None:
        """Note what an event said. It may tell late of what was written long ago."""
        now = self._clock()
        # The platform's clock may be ahead of ours: then, too, nobody knows how late it is.
        lag = abs(now - _written(post)) if post.subject is Subject.POST else timedelta()
        self._note(post, now - lag)

    def forget(self, subject: Subject, subject_id: int) -> None:
        """Have something read again before it is believed to be as it was."""
        self._heard.pop((subject, subject_id), None)

    def says(self, subject: Subject, subject_id: int, revision: str) -> bool:
        """Return whether it is known, without asking, that this is what it says."""
        heard = self._heard.get((subject, subject_id))
        return heard is not None and heard.revision == revision and self._clock() - heard.as_of <= A_MOMENT

    async def read(self, subject: Subject, subject_id: int, channel_id: int) -> Post | None:
        """Return what something says now, or None where it is gone. Raises PlatformError."""
        if subject is Subject.POST:
            return (await self.read_posts(channel_id, (subject_id,))).get(subject_id)
        ask = self._platform.title if subject is Subject.TITLE else self._platform.name
        asked_at = self._clock()
        try:
            found = await ask(subject_id)
        except PlatformError as error:
            if error.refusal is not Refusal.MISSING:
                raise
            return None
        self._note(found, asked_at)
        return found

    async def read_posts(self, channel_id: int, ids: Collection[int]) -> dict[int, Post]:
        """Return what posts of one channel say now, those of them that are there. Raises PlatformError.

        Posts that stand close together are read together.
        """
        found: dict[int, Post] = {}
        left = sorted(ids)
        while left:
            asked_at = self._clock()
            most = 1 if len(left) == 1 else PAGE
            try:
                page = [post async for post in self._platform.recent(channel_id, left[-1], most)]
            except PlatformError as error:
                if error.refusal is not Refusal.MISSING:
                    raise
                break
            for post in page:
                if post.id in left:
                    found[post.id] = post
                    self._note(post, asked_at)
            oldest = min((post.id for post in page), default=left[-1])
            left = [key for key in left[:-1] if key < oldest]
        return found

    def _note(self, post: Post, as_of: datetime) -> None:
        key, written = (post.subject, post.id), _written(post)
        before = self._heard.pop(key, None)
        # Events may come out of order, and an answer may be older than the last event.
        later = before is not None and before.written_at > written
        self._heard[key] = before if before is not None and later else _Heard(post.revision, written, as_of)
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]


def _written(post: Post) -> datetime:
    return post.edited_at or post.created_at
