from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.config import Config
from bot.ports import Refusal
from bot.reminders import keeping_ends
from bot.schedule import Occurrence, Schedule
from rules.post import Author, Place, Post
from rules.verdict import Verdict
from storage import Database, NewCase, open_database, record, reminders
from storage.schema import OccurrenceState
from tests.bot.reminders_house import CHANNELS, CHICAGO, CITY, EIGHT, Clock, House, notice


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(f"sqlite:///{tmp_path}/beadle.sqlite3", busy_timeout=0.1)
    await database.upgrade()
    yield database
    await database.close()


@pytest.fixture
def house(db: Database) -> House:
    return House(db, EIGHT - timedelta(minutes=1))


async def test_an_occurrence_is_posted_once_and_its_message_recorded(house: House) -> None:
    made = await house.awake(notice())
    assert house.board.posted == []
    house.clock.advance(minutes=1)
    await made.look()
    await made.look()
    text = "Call 9-1-1.\n-# Reminder notice · 2026-07-01T08:00"
    assert house.board.posted == [(CHANNELS["announcements"], text)]
    assert await house.rows() == {"2026-07-01T08:00 announcements": ("sent", 1, None)}
    assert [len(nonce) for nonce in house.board.by_nonce] == [25]


async def test_after_a_restart_nothing_is_posted_again(house: House) -> None:
    made = await house.awake(notice())
    house.clock.advance(minutes=1)
    await made.look()
    await house.awake(notice(), since=EIGHT - timedelta(minutes=5))
    assert len(house.board.posted) == 1
    assert house.alerts == []


async def test_a_missed_one_is_sent_late_if_its_window_allows(house: House) -> None:
    house.clock.advance(minutes=50)
    await house.awake(notice(if_missed={"send_within": "60m"}), since=EIGHT - timedelta(hours=1))
    assert len(house.board.posted) == 1
    assert house.alerts == []


async def test_a_missed_one_beyond_its_window_is_recorded_and_told(house: House) -> None:
    house.clock.advance(minutes=70)
    await house.awake(notice(if_missed={"send_within": "60m"}), since=EIGHT - timedelta(hours=1))
    assert house.board.posted == []
    assert await house.rows() == {"2026-07-01T08:00 announcements": ("missed", None, "Beadle was not awake")}
    assert house.alerts == [
        "The reminder notice missed 1 post, the last due Jul 1, 2026, 8:00 am CDT: Beadle was not awake."
    ]


async def test_of_several_missed_only_the_last_is_sent_late(house: House) -> None:
    house.clock.advance(minutes=2)
    hourly = notice(schedule={"every": "1h"}, if_missed={"send_within": "1d"})
    await house.awake(hourly, since=EIGHT - timedelta(hours=2, minutes=30))
    assert [text[-20:] for _, text in house.board.posted] == ["2026-07-01T13:00:00Z"]
    states = [state for state, _, _ in (await house.rows()).values()]
    assert sorted(states) == ["missed", "missed", "sent"]


async def test_one_never_given_before_is_not_missed_on_the_first_run(house: House) -> None:
    house.clock.advance(hours=3)
    await house.awake(notice(), since=None)
    assert (house.board.posted, house.alerts) == ([], [])


async def test_what_was_due_before_beadle_came_is_not_missed_at_its_second_start(house: House) -> None:
    house.clock.advance(hours=3)
    came = house.clock.now
    made = house.reminders({**notice(), "schedule": {"every": "1m"}})
    house.clock.advance(seconds=30)
    await made.start(came + timedelta(seconds=20), came + timedelta(seconds=10))
    await made.stop()
    assert (house.board.posted, house.alerts) == ([], [])


async def claim(house: House, occurrence: str) -> None:
    claimed = await house.db.transaction(
        reminders.claim, CITY, "notice", occurrence, owner="dead", now=house.clock.now
    )
    assert claimed


async def test_one_claimed_before_a_crash_and_not_sent_is_sent_after_it(house: House) -> None:
    house.clock.advance(minutes=1)
    await claim(house, "2026-07-01T08:00 announcements")
    await house.awake(notice(), since=house.clock.now)
    assert len(house.board.posted) == 1
    assert (await house.rows())["2026-07-01T08:00 announcements"][0] == "sent"


async def test_one_sent_before_a_crash_and_not_recorded_is_found_and_not_sent_again(house: House) -> None:
    house.clock.advance(minutes=1)
    await claim(house, "2026-07-01T08:00 announcements")
    text = "Call 9-1-1.\n-# Reminder notice · 2026-07-01T08:00"
    house.board.posted.append((CHANNELS["announcements"], text))
    house.clock.advance(hours=5)
    await house.awake(notice(), since=house.clock.now)
    assert len(house.board.posted) == 1
    assert await house.rows() == {"2026-07-01T08:00 announcements": ("sent", 1, None)}


async def test_one_claimed_before_a_long_outage_is_missed(house: House) -> None:
    house.clock.advance(minutes=1)
    await claim(house, "2026-07-01T08:00 announcements")
    house.clock.advance(hours=5)
    await house.awake(notice(), since=house.clock.now)
    assert house.board.posted == []
    assert (await house.rows())["2026-07-01T08:00 announcements"][0] == "missed"
    assert house.alerts == [
        "The reminder notice, due 2026-07-01T08:00 in announcements, was not posted: "
        "it would have come too late."
    ]


async def test_one_claimed_of_a_reminder_that_is_no_more_is_missed(house: House) -> None:
    house.clock.advance(minutes=1)
    await claim(house, "2026-07-01T08:00 announcements")
    await house.awake(notice(id="other"))
    assert (await house.rows())["2026-07-01T08:00 announcements"] == (
        "missed",
        None,
        "is no longer configured",
    )


async def test_an_answer_that_got_lost_does_not_double_the_post(house: House) -> None:
    made = await house.awake(notice())
    house.clock.advance(minutes=1)
    house.board.dies_after_posting = True
    await made.look()
    house.board.dies_after_posting = False
    await made.look()
    assert len(house.board.posted) == 1
    assert await house.rows() == {"2026-07-01T08:00 announcements": ("sent", 1, None)}


async def test_a_refusal_in_one_channel_does_not_stop_the_others(house: House) -> None:
    made = await house.awake(notice(channels=["announcements", "parks", "gone"]))
    house.clock.advance(minutes=1)
    house.board.refusing[CHANNELS["announcements"]] = Refusal.FORBIDDEN
    await made.look()
    rows = await house.rows()
    assert {key.split()[1]: state for key, (state, _, _) in rows.items()} == {
        "announcements": "failed",
        "parks": "sent",
        "gone": "failed",
    }
    assert rows["2026-07-01T08:00 gone"][2] == "there is no channel gone"
    assert len(house.alerts) == 2


async def test_an_outage_of_discord_is_waited_out_within_the_window(house: House) -> None:
    made = await house.awake(notice(if_missed={"send_within": "30m"}))
    house.clock.advance(minutes=1)
    house.board.refusing[CHANNELS["announcements"]] = Refusal.UNAVAILABLE
    await made.look()
    house.clock.advance(minutes=20)
    await made.look()
    assert (house.board.posted, house.alerts) == ([], [])
    house.board.refusing.clear()
    await made.look()
    assert len(house.board.posted) == 1


async def test_where_it_cannot_be_known_staff_are_told_that_it_is_not_certain(house: House) -> None:
    made = await house.awake(notice())
    house.clock.advance(minutes=1)
    house.board.refusing[CHANNELS["announcements"]] = Refusal.UNAVAILABLE
    await made.look()
    house.clock.advance(minutes=3)
    await made.look()
    state, _, error = (await house.rows())["2026-07-01T08:00 announcements"]
    assert state == "failed"
    assert str(error).startswith("it is not certain whether it was posted: ")
    assert "it is not certain whether it was posted" in house.alerts[0]


async def test_two_processes_on_one_database_post_once(house: House) -> None:
    one, two = await house.awake(notice()), await house.awake(notice())
    house.clock.advance(minutes=1)
    house.board.gate = asyncio.Event()
    first = asyncio.create_task(one.look())
    second = asyncio.create_task(two.look())
    house.board.gate.set()
    await asyncio.gather(first, second)
    assert len(house.board.posted) == 1


async def test_a_locked_database_delays_the_post_and_staff_are_told(house: House, tmp_path: Path) -> None:
    made = await house.awake(notice())
    house.clock.advance(minutes=1)
    other = sqlite3.connect(tmp_path / "beadle.sqlite3")
    try:
        other.execute("BEGIN IMMEDIATE")
        await made.look()
        assert house.board.posted == []
        assert house.alerts[0].startswith("Reminders wait for the database: ")
    finally:
        other.close()
    await made.look()
    assert len(house.board.posted) == 1


async def test_a_clock_set_back_repeats_nothing(house: House) -> None:
    made = await house.awake(notice())
    house.clock.advance(minutes=1)
    await made.look()
    house.clock.advance(hours=-2)
    await made.look()
    house.clock.advance(hours=2)
    await made.look()
    assert len(house.board.posted) == 1


@pytest.mark.parametrize("start", ["2026-03-06T00:00", "2026-10-30T00:00", "2028-02-27T00:00"])
@pytest.mark.parametrize("seed", range(3))
async def test_every_local_day_gets_its_notice_once_whatever_happens(
    db: Database, start: str, seed: int
) -> None:
    """Clock changes, a leap day, restarts and short outages; the expected days are counted by themselves."""
    random = Random(seed)
    house = House(db, datetime.fromisoformat(start).replace(tzinfo=CHICAGO).astimezone(UTC))
    entry = notice(schedule={"cron": "30 1,2 * * *"}, if_missed={"send_within": "3h"})
    made = await house.awake(entry)
    end = house.clock.now + timedelta(days=5)
    while house.clock.now < end:
        awake = house.clock.now
        house.clock.now = min(awake + timedelta(minutes=random.randint(1, 50)), end)
        if random.random() < 0.2:
            made = await house.awake(entry, since=awake)
        else:
            await made.look()
    days = {(datetime.fromisoformat(start) + timedelta(days=n)).date().isoformat() for n in range(5)}
    spring = "2026-03-08"
    expected = {f"{day}T0{hour}" for day in days for hour in ("1:30", "3:00" if day == spring else "2:30")}
    handled = await house.rows()
    assert {key.split()[0] for key in handled} == expected
    marks = [text.split(" · ")[1] for _, text in house.board.posted]
    sent = [key.split()[0] for key, (state, _, _) in handled.items() if state == "sent"]
    assert sorted(marks) == sorted(sent)
    assert {state for state, _, _ in handled.values()} <= {"sent", "missed"}


class Often(Schedule):
    """A schedule that a test need not wait for."""

    def next_after(self, after: datetime, zone: ZoneInfo) -> Occurrence:
        at = after + timedelta(milliseconds=50)
        return Occurrence(at.isoformat(), at)


async def test_the_scheduler_wakes_it_when_something_is_due(house: House) -> None:
    house.clock = cast(Clock, lambda: datetime.now(UTC))
    config = Config.model_validate(
        {
            "community": {"name": "Rivertown", "guild": CITY, "timezone": "America/Chicago"},
            "reminders": [notice()],
        }
    )
    often = config.reminders[0].model_copy(update={"schedule": Often(every=timedelta(minutes=1))})
    made = house.of(config.model_copy(update={"reminders": (often,)}))
    await made.start(None)
    async with asyncio.timeout(10):
        await house.board.arrived.acquire()
        await house.board.arrived.acquire()
    await made.stop()
    posted = len(house.board.posted)
    await asyncio.sleep(0.15)
    assert len(house.board.posted) == posted
    assert all(state == OccurrenceState.SENT for state, _, _ in (await house.rows()).values())


async def test_the_retention_report_counts_what_ends_soon_and_what_has_ended(house: House) -> None:
    for n, (series, days) in enumerate(
        [("removed", 5), ("removed", 29), ("removed", 31), ("appeals", -2)], 1
    ):
        post = Post(n, CITY, Place(1, "parks"), Author(1, "ann", "Ann"), "text", EIGHT)
        due = house.clock.now + timedelta(days=days)
        case = NewCase(CITY, post, Verdict(), "v1", (), series=series, due_at=due)
        await record(house.db, case, now=EIGHT, owner="here", lease_for=timedelta(minutes=1))
    made = await house.awake(
        {"id": "keeping", "report": "retention", "channels": ["parks"], "schedule": {"daily": "08:00"}}
    )
    house.clock.advance(minutes=1)
    await made.look()
    ((_, text),) = house.board.posted
    assert "- appeals: 1 ended already" in text
    assert "- removed: 2 to end by Jul 31, 2026, 8:00 am CDT" in text


async def test_the_retention_report_says_so_when_nothing_ends(db: Database) -> None:
    words = await db.read(keeping_ends, CITY, EIGHT, CHICAGO)
    assert words == "No record comes to the end of its keeping by Jul 31, 2026, 8:00 am CDT."
