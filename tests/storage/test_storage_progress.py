"""What was seen and what was posted are remembered once, and never go backwards by themselves."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from storage import Database, cursors, reminders
from storage.schema import OccurrenceState
from tests.storage.storage_samples import CITY, NOW

LATER = NOW + timedelta(minutes=1)


async def test_a_cursor_only_moves_forward(db: Database) -> None:
    await db.transaction(cursors.advance, CITY, {1: 100, 2: 200}, now=NOW)
    await db.transaction(cursors.advance, CITY, {1: 99, 2: 201, 3: 1}, now=LATER)
    await db.transaction(cursors.advance, CITY, {}, now=LATER)
    assert await db.read(cursors.positions, CITY) == {1: 100, 2: 201, 3: 1}
    assert await db.read(cursors.positions, 7) == {}


async def test_a_cursor_moves_back_when_told(db: Database) -> None:
    await db.transaction(cursors.advance, CITY, {1: 100}, now=NOW)
    await db.transaction(cursors.reset, CITY, 1, 50, now=LATER)
    await db.transaction(cursors.reset, CITY, 2, 7, now=LATER)
    assert await db.read(cursors.positions, CITY) == {1: 50, 2: 7}


async def test_writers_at_once_leave_the_furthest_position(db: Database) -> None:
    moves = (dict.fromkeys(range(20), n * 37 % 101) for n in range(40))
    await asyncio.gather(*(db.transaction(cursors.advance, CITY, move, now=NOW) for move in moves))
    furthest = max((n * 37) % 101 for n in range(40))
    assert await db.read(cursors.positions, CITY) == dict.fromkeys(range(20), furthest)


async def test_the_last_beat_is_remembered_in_utc(db: Database) -> None:
    assert await db.read(cursors.last_beat, CITY) is None
    await db.transaction(cursors.beat, CITY, now=NOW)
    await db.transaction(cursors.beat, CITY, now=LATER.astimezone(timezone(timedelta(hours=-6))))
    seen = await db.read(cursors.last_beat, CITY)
    assert seen == LATER
    assert seen is not None
    assert seen.utcoffset() == timedelta()


async def test_a_naive_time_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="expected an aware time"):
        await db.transaction(cursors.beat, CITY, now=datetime(2026, 3, 2))  # noqa: DTZ001 - the point
    assert await db.read(cursors.last_beat, CITY) is None


async def test_an_occurrence_is_claimed_once(db: Database) -> None:
    claims = (
        db.transaction(reminders.claim, CITY, "911", "2026-03-02T09:00", owner=f"{n}", now=NOW)
        for n in range(20)
    )
    assert sum(await asyncio.gather(*claims)) == 1
    assert await db.transaction(reminders.claim, CITY, "911", "2026-03-03T09:00", owner="x", now=NOW)
    assert await db.transaction(reminders.claim, CITY, "forms", "2026-03-02T09:00", owner="x", now=NOW)
    assert await db.transaction(reminders.claim, 7, "911", "2026-03-02T09:00", owner="x", now=NOW)


async def test_what_became_of_an_occurrence_is_noted_once(db: Database) -> None:
    keys = ["sent", "missed", "failed", "left"]
    for n, key in enumerate(keys):
        at = NOW + timedelta(seconds=n)
        await db.transaction(reminders.claim, CITY, "911", key, owner="one", now=at)
    sent: dict[str, Any] = {"channel_id": 5, "message_id": 50, "now": LATER}
    assert await db.transaction(reminders.mark_sent, CITY, "911", "sent", **sent)
    assert not await db.transaction(reminders.mark_sent, CITY, "911", "sent", **sent)
    assert not await db.transaction(reminders.mark_failed, CITY, "911", "sent", "late", now=LATER)
    assert await db.transaction(reminders.mark_missed, CITY, "911", "missed", "an hour late", now=LATER)
    assert await db.transaction(reminders.mark_failed, CITY, "911", "failed", "403", now=LATER)
    (left,) = await db.read(reminders.unfinished, CITY)
    assert (left.occurrence, left.claimed_by, left.state) == ("left", "one", OccurrenceState.CLAIMED)
    assert await db.read(reminders.latest, CITY, "911") == left
    assert await db.read(reminders.latest, CITY, "forms") is None


async def test_an_unclaimed_occurrence_cannot_be_finished(db: Database) -> None:
    assert not await db.transaction(reminders.mark_missed, CITY, "911", "never", "late", now=NOW)
