"""A community's reminders on a board of messages, with a clock set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.config import Config, Ref
from bot.ports import Outgoing, Platform, PlatformError, Refusal, Sent
from bot.reminders import Reminders
from storage import Database, Transaction

CITY = 1100000000000000001
CHANNELS = {"announcements": 1100000000000000010, "parks": 1100000000000000020}
CHICAGO = ZoneInfo("America/Chicago")
EIGHT = datetime(2026, 7, 1, 13, 0, tzinfo=UTC)
"""Eight in the morning in Chicago."""


class Clock:
    """A clock set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Board:
    """The part of the platform that reminders use: channels that messages stand in."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.posted: list[tuple[int, str]] = []
        self.by_nonce: dict[str, Sent] = {}
        self.arrived = asyncio.Semaphore(0)
        self.refusing: dict[int, Refusal] = {}
        self.gate: asyncio.Event | None = None
        self.dies_after_posting = False

    async def send(self, channel_id: int, message: Outgoing, nonce: str) -> Sent:
        if self.gate:
            await self.gate.wait()
        self._answer(channel_id)
        if nonce not in self.by_nonce:
            self.posted.append((channel_id, message.text))
            self.by_nonce[nonce] = Sent(channel_id, len(self.posted))
            self.arrived.release()
        if self.dies_after_posting:
            raise PlatformError(Refusal.UNAVAILABLE, "the answer got lost")
        return self.by_nonce[nonce]

    async def find_own(self, channel_id: int, marker: str, since: datetime) -> Sent | None:
        self._answer(channel_id)
        found = (
            n for n, (place, text) in enumerate(self.posted, 1) if place == channel_id and marker in text
        )
        return next((Sent(channel_id, n) for n in found), None)

    def _answer(self, channel_id: int) -> None:
        if refusal := self.refusing.get(channel_id):
            raise PlatformError(refusal, f"channel {channel_id} {refusal.value}")


class House:
    """A community's reminders, which can be restarted, on one database and one board."""

    def __init__(self, db: Database, now: datetime) -> None:
        self.db = db
        self.clock = Clock(now)
        self.board = Board(self.clock)
        self.alerts: list[str] = []

    def reminders(self, *entries: dict[str, Any]) -> Reminders:
        config = Config.model_validate(
            {
                "community": {"name": "Rivertown", "guild": CITY, "timezone": "America/Chicago"},
                "reminders": list(entries),
            }
        )
        return self.of(config)

    def of(self, config: Config) -> Reminders:
        return Reminders(
            config,
            self.db,
            cast(Platform, self.board),
            community=CITY,
            owner="here",
            resolve_channel=self.find,
            clock=self.clock,
            alert=self.alert,
        )

    def find(self, channel: Ref) -> int | None:
        return CHANNELS.get(str(channel))

    def alert(self, text: str, *, key: str | None = None) -> None:
        self.alerts.append(text)

    async def awake(self, *entries: dict[str, Any], since: datetime | None = None) -> Reminders:
        """Return reminders that have looked once, as at a start, without a scheduler of their own."""
        made = self.reminders(*entries)
        await made.start(since)
        await made.stop()
        return made

    async def rows(self) -> dict[str, tuple[str, int | None, str | None]]:
        """Return what the database says of every occurrence: state, message and error."""

        def read(tx: Transaction) -> dict[str, tuple[str, int | None, str | None]]:
            rows = tx.exec_driver_sql("SELECT occurrence, state, message_id, error FROM reminder_occurrences")
            return {row[0]: (row[1], row[2], row[3]) for row in rows}

        return await self.db.read(read)


def notice(**changes: Any) -> dict[str, Any]:
    entry = {
        "id": "notice",
        "text": "Call 9-1-1.",
        "channels": ["announcements"],
        "schedule": {"daily": "08:00"},
    }
    return entry | changes
