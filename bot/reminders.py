"""Post the reminders of the configuration: each occurrence once in each channel, and never silently not."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.config import Config, Ref, Reminder
from bot.messages.text import count, local
from bot.ports import Clock, Outgoing, Platform, PlatformError, Refusal
from bot.schedule import Occurrence, Schedule, instant_of
from storage import Database, Transaction, Unavailable, cases, reminders

log = logging.getLogger(__name__)

ON_TIME = timedelta(minutes=2)
"""How late any reminder may be and still count as on time: two looks at what is due."""
LOOK = timedelta(minutes=1)
"""How often it is looked again for what could not be finished."""
LOOK_BACK = timedelta(days=31)
MOST_MISSED = 1_000
"""How many missed occurrences of one reminder are recorded after one outage, the latest ones."""
SKEW = timedelta(minutes=5)
"""How far Discord's clock may be behind ours."""
SOON = timedelta(days=30)
"""What the retention report calls soon."""


Mark = Callable[..., bool]
"""How an occurrence ended, as `storage.reminders` notes it."""


class Alert(Protocol):
    """Tells staff. What has a key is not repeated all the time."""

    def __call__(self, text: str, *, key: str | None = None) -> None:
        """Tell staff `text`."""


class _WhenDue(BaseTrigger):  # type: ignore[misc]  # APScheduler is untyped
    """Wakes the scheduler at each occurrence of a schedule."""

    def __init__(self, schedule: Schedule, zone: ZoneInfo) -> None:
        self._schedule = schedule
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the occurrence after the last one, or after now."""
        return self._schedule.next_after(previous_fire_time or now, self._zone).at


class Reminders:
    """The reminders of one community. The database says which occurrences are dealt with.

    The scheduler only wakes this up; what is due is worked out each time from the moment up to which
    everything is dealt with. So a late, repeated or lost wake-up changes nothing.
    """

    def __init__(
        self,
        config: Config,
        db: Database,
        platform: Platform,
        *,
        community: int,
        owner: str,
        resolve_channel: Callable[[Ref], int | None],
        clock: Clock,
        alert: Alert,
    ) -> None:
        """Take `resolve_channel`, which returns a channel's id, or None where there is no such channel."""
        self._reminders = {reminder.id: reminder for reminder in config.reminders}
        self._zone = config.community.timezone
        self._db = db
        self._platform = platform
        self._community = community
        self._owner = owner
        self._resolve_channel = resolve_channel
        self._clock = clock
        self._alert = alert
        self._dealt_with: dict[str, datetime] = {}
        self._turn = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def start(self, since: datetime | None, began: datetime | None = None) -> None:
        """Deal with what was missed since Beadle was last awake (None on its first run), then keep time.

        What was due before Beadle `began` its work for the community was never its to post.
        """
        # A little further back, for what came due just before the end: claiming it again is harmless.
        start = since - ON_TIME if since else self._clock()
        if since and began:
            start = max(start, min(began, since))
        self._dealt_with = dict.fromkeys(self._reminders, start)
        await self.look()
        # Never dropped for being late, and once for several lost wake-ups: whether an occurrence is still
        # worth sending is for its own `if_missed` to say, and the record must show it either way.
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        for reminder in self._reminders.values():
            self._scheduler.add_job(self.look, _WhenDue(reminder.schedule, self._zone), **options)
        self._scheduler.add_job(self.look, IntervalTrigger(seconds=int(LOOK.total_seconds())), **options)
        self._scheduler.start()

    async def stop(self) -> None:
        """Keep time no longer. A reminder that is being sent is sent first."""
        if self._scheduler.running:
            self._scheduler.pause()
        async with self._turn:
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Send what is due, finish what was begun, and record what was missed."""
        async with self._turn:
            try:
                for row in await self._db.read(reminders.unfinished, self._community):
                    await self._finish(row)
                for reminder in self._reminders.values():
                    await self._give(reminder)
            except Unavailable as error:
                self._alert(f"Reminders wait for the database: {error}", key="reminders-database")

    async def _give(self, reminder: Reminder) -> None:
        now = self._clock()
        after = max(self._dealt_with[reminder.id], now - LOOK_BACK)
        missed = deque(reminder.schedule.between(after, now, self._zone), maxlen=MOST_MISSED)
        # Of several that are due only the last is worth sending: they say the same.
        fresh = [missed.pop()] if missed and not self._is_late(reminder, missed[-1].at) else []
        if missed or fresh:
            lost, claimed = await self._db.transaction(self._claim, reminder, missed, fresh, now)
            if lost:
                self._tell_missed(reminder, missed[-1].at, lost)
            for key in claimed:
                await self._deliver(reminder, key)
        self._dealt_with[reminder.id] = max(after, now)

    def _claim(
        self,
        tx: Transaction,
        reminder: Reminder,
        missed: Iterable[Occurrence],
        fresh: Iterable[Occurrence],
        now: datetime,
    ) -> tuple[int, list[str]]:
        """Return how many were recorded as missed, and which were claimed to be sent."""

        def claim(occurrences: Iterable[Occurrence]) -> list[str]:
            keys = [f"{o.key} {channel}" for o in occurrences for channel in reminder.channels]
            return [
                key
                for key in keys
                if reminders.claim(tx, self._community, reminder.id, key, owner=self._owner, now=now)
            ]

        lost = claim(missed)
        for key in lost:
            reminders.mark_missed(tx, self._community, reminder.id, key, "Beadle was not awake", now=now)
        return len(lost), claim(fresh)

    async def _finish(self, row: reminders.Occurrence) -> None:
        """Take up an occurrence that was claimed, and perhaps sent, before a crash or an outage."""
        reminder = self._reminders.get(row.reminder)
        if reminder is None:
            await self._close(row.reminder, row.occurrence, reminders.mark_missed, "is no longer configured")
        else:
            await self._deliver(reminder, row.occurrence, again=True)

    async def _deliver(self, reminder: Reminder, occurrence: str, *, again: bool = False) -> None:
        key, _, place = occurrence.partition(" ")
        at = instant_of(key, self._zone)
        late = self._is_late(reminder, at)
        channel = next((c for c in reminder.channels if str(c) == place), None)
        # What was claimed before may have been posted: only its channel knows.
        unsure = "it is not certain whether it was posted: " if again else ""
        marker = f"Reminder {reminder.id} · {key}"
        try:
            channel_id = self._resolve_channel(channel) if channel is not None else None
            if channel_id is None:
                raise PlatformError(Refusal.MISSING, f"there is no channel {place}")
            sent = await self._platform.find_own(channel_id, marker, at - SKEW) if again else None
            unsure = ""
            if sent is None and late:
                await self._close(
                    reminder.id, occurrence, reminders.mark_missed, "it would have come too late"
                )
                return
            if sent is None:
                words = Outgoing(f"{await self._words(reminder)}\n-# {marker}")
                sent = await self._platform.send(channel_id, words, self._nonce(reminder.id, occurrence))
        except PlatformError as error:
            if error.refusal is Refusal.UNAVAILABLE and not late:
                log.warning("reminder %s in %s waits: %s", reminder.id, place, error)
                return
            await self._close(reminder.id, occurrence, reminders.mark_failed, f"{unsure}{error}")
            return
        await self._db.transaction(
            reminders.mark_sent,
            self._community,
            reminder.id,
            occurrence,
            channel_id=sent.channel_id,
            message_id=sent.message_id,
            now=self._clock(),
        )

    async def _close(self, reminder: str, occurrence: str, mark: Mark, why: str) -> None:
        await self._db.transaction(mark, self._community, reminder, occurrence, why, now=self._clock())
        self._alert(f"The reminder {reminder}, due {occurrence.replace(' ', ' in ')}, was not posted: {why}.")

    async def _words(self, reminder: Reminder) -> str:
        if reminder.text is not None:
            return reminder.text
        return await self._db.read(keeping_ends, self._community, self._clock(), self._zone)

    def _is_late(self, reminder: Reminder, at: datetime) -> bool:
        return self._clock() - at > max(reminder.if_missed, ON_TIME)

    def _nonce(self, reminder: str, occurrence: str) -> str:
        return hashlib.sha256(f"{self._community}/{reminder}/{occurrence}".encode()).hexdigest()[:25]

    def _tell_missed(self, reminder: Reminder, last: datetime, lost: int) -> None:
        posts, when = count(lost, "post"), local(last, self._zone)
        self._alert(f"The reminder {reminder.id} missed {posts}, the last due {when}: Beadle was not awake.")


def keeping_ends(tx: Transaction, community: int, now: datetime, zone: ZoneInfo) -> str:
    """Return the report on records whose keeping ends within 30 days or has ended, in words."""
    ended = cases.count_due(tx, community, datetime.fromtimestamp(0, UTC), now)
    ending = cases.count_due(tx, community, now, now + SOON)
    by = f"by {local(now + SOON, zone)}"
    if not ended and not ending:
        return f"No record comes to the end of its keeping {by}."
    lines = [f"- {series or 'no series'}: {n:,} ended already" for series, n in sorted(ended.items())]
    lines += [f"- {series or 'no series'}: {n:,} to end {by}" for series, n in sorted(ending.items())]
    return "\n".join(["**Records that come to the end of their keeping**", *lines])
