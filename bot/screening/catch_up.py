"""Read back what was posted and edited while Beadle was not connected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.alerts import Alerts
from bot.config import CatchUp as Settings
from bot.enforcement.plan import QUEUE
from bot.messages.text import clip, count, ranges
from bot.ports import CLOCK_SLACK, Channel, Clock, Platform, PlatformError, Refusal
from bot.screening.screening import READ_BACK, Screening
from bot.screening.watermarks import Watermarks
from rules.post import Place, Post

log = logging.getLogger(__name__)

TRIES = 5
PAUSE = 2.0
"""Seconds before a channel that could not be read is tried again, doubled each time."""
WORTH_TELLING = timedelta(seconds=10)


@dataclass
class _Findings:
    since: datetime
    read: int = 0
    cases: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class CatchUp:
    """Reads each channel back from its mark, and rereads some earlier posts for edits."""

    def __init__(
        self,
        platform: Platform,
        screening: Screening,
        marks: Watermarks,
        alerts: Alerts,
        clock: Clock,
        settings: Settings,
    ) -> None:
        """Take how much is read, in messages a channel."""
        self._platform = platform
        self._screening = screening
        self._marks = marks
        self._alerts = alerts
        self._clock = clock
        self._settings = settings
        self._lost_at: datetime | None = None
        self._new_here = False
        self.last: datetime | None = None

    def lost(self, at: datetime | None = None) -> None:
        """Note that the connection is gone, since `at` or now: from here on posts may be missed."""
        self._marks.open_gaps()
        self._lost_at = self._lost_at or at or self._clock()

    async def run(self) -> None:
        """Close every gap, then say what was found. Called on every new connection."""
        found = _Findings(since=(self._lost_at or self._clock()) - CLOCK_SLACK)
        # Closing a gap moves marks, and a first run may be cut short: this is how it stood before either.
        at_work = self._marks.newest()
        self._new_here = self._new_here or at_work is None
        for channel in await self._channels():
            try:
                await self._channel(channel, None if self._new_here else at_work, found)
            except PlatformError as error:
                log.warning("channel %s cannot be read back: %s", channel.place.channel_id, error)
                found.unread.append(f"#{channel.place.channel_name}")
        if not self._new_here:
            for name in await self._platform.names():
                await self._see(name, found)
        self._marks.close_gaps()
        self._new_here = False
        self.last = self._clock()
        self._report(found)
        self._lost_at = None

    async def _channels(self) -> tuple[Channel, ...]:
        attempt = 0
        while True:
            try:
                return await self._platform.channels()
            except PlatformError as error:
                log.warning("the channels cannot be listed: %s", error)
                attempt += 1
                await asyncio.sleep(min(PAUSE * 2**attempt, 60))

    async def _channel(self, channel: Channel, at_work: int | None, found: _Findings) -> None:
        place = channel.place
        newest = channel.last_message_id or place.channel_id
        mark = self._start(place.channel_id, at_work)
        # Where Beadle is new, what was posted before it came is not its to judge.
        if mark is not None and self._screening.scope.includes(place):
            if channel.title is not None:
                await self._see(channel.title, found)
            # First what came first: a flood is told by the posts before it.
            await self._reread(place, mark, found)
            if newest > mark:
                newest = max(newest, await self._read(place, mark, found))
        self._marks.close_gap(place.channel_id, newest)

    def _start(self, channel_id: int, at_work: int | None) -> int | None:
        """Return the id after which a channel is read; `at_work` is the last that Beadle saw anywhere."""
        mark = self._marks.get(channel_id)
        if mark is not None or at_work is None:
            return mark
        # A thread or channel that was opened while Beadle was away has no mark; its own id is its birth.
        return max(channel_id - 1, at_work)

    async def _read(self, place: Place, mark: int, found: _Findings) -> int:
        """Screen what is younger than the mark, oldest first, and return the last id."""
        last, read = mark, 0
        for attempt in range(1, TRIES + 1):
            try:
                async for post in self._platform.history(place.channel_id, last, self._settings.limit - read):
                    await self._see(post, found)
                    last, read = post.id, read + 1
                break
            except PlatformError as error:
                if error.refusal is not Refusal.UNAVAILABLE or attempt == TRIES:
                    raise
                await asyncio.sleep(PAUSE * 2**attempt)
        found.read += read
        if read >= self._settings.limit:
            found.unread.append(f"#{place.channel_name} after its first {count(read, 'post')}")
        return last

    async def _reread(self, place: Place, mark: int, found: _Findings) -> None:
        """Look again at posts that were seen before: an edit made meanwhile sent no event."""
        posts: AsyncIterator[Post] = self._platform.recent(place.channel_id, mark, self._settings.reread)
        async for post in posts:
            if post.edited_at is not None and post.edited_at >= found.since:
                await self._see(post, found)
            else:
                self._screening.recall(post)

    async def _see(self, post: Post, found: _Findings) -> None:
        opened = await self._screening.see(post, origin=READ_BACK)
        if opened is None:
            return
        found.cases.append(opened.case.number)
        if any(act.kind == QUEUE for act in opened.enforcements):
            found.queued.append(opened.case.number)

    def _report(self, found: _Findings) -> None:
        gap = self._clock() - self._lost_at if self._lost_at else timedelta()
        if not (found.cases or found.unread or (self._lost_at and gap >= WORTH_TELLING)):
            return
        read = f"{count(found.read, 'new post')}, and looked again for edits, names and titles"
        words = [f"Beadle was away for {_duration(gap)} and has read back {read}."]
        if found.cases:
            words.append(f"What breaks the policy or may: {_told(found)}.")
        if found.unread:
            words.append(f"Not read, please look yourselves: {clip(', '.join(found.unread), 400)}.")
        self._alerts.tell(" ".join(words))


def _told(found: _Findings) -> str:
    """Return the new cases in words, and under which of them staff find them: a flood has one entry."""
    cases, queued = found.cases, found.queued
    all_of_them = f"{'case' if len(cases) == 1 else 'cases'} {clip(ranges(cases), 400)}"
    if len(queued) == len(cases):
        return f"{all_of_them} in the review queue"
    rest = "the first case of the flood that each belongs to"
    if not queued:
        return f"{all_of_them}, in the review queue under {rest}"
    return f"{all_of_them}. In the review queue: {clip(ranges(queued), 400)}; the others under {rest}"


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 120:
        return count(seconds, "second")
    minutes = seconds // 60
    if minutes < 120:
        return count(minutes, "minute")
    left = f" and {count(minutes % 60, 'minute')}" if minutes % 60 else ""
    return count(minutes // 60, "hour") + left
