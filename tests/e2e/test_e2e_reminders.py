"""Scheduled reminders, posted on Discord and noted in the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage import Transaction, cases, cursors, open_database
from storage.cases import Case
from storage.reminders import Occurrence, latest
from storage.schema import OccurrenceState, reminder_occurrences
from tests.e2e.e2e_support import POLICY, Beadle, Start, eventually, seen

PUBLIC = "In an emergency call 9-1-1. The city cannot guarantee a timely response to comments here."
EMERGENCY: dict[str, Any] = {
    "id": "emergency",
    "text": PUBLIC,
    "channels": ["town-square"],
    "schedule": {"every": "5m"},
    "if_missed": {"send_within": "30m"},
}
RETENTION: dict[str, Any] = {
    "id": "retention",
    "report": "retention",
    "channels": ["alerts"],
    "schedule": {"every": "5m"},
    "if_missed": {"send_within": "30m"},
}


async def start_after_an_absence(start: Start, *reminders: dict[str, Any], minutes: int) -> Beadle:
    """Return Beadle back at work, with a record that says how long it was away."""
    beadle = await start(POLICY, reminders=list(reminders))
    await beadle.stop()
    await beadle.start()
    await beadle.stop()
    return await back_after(beadle, minutes)


async def back_after(beadle: Beadle, minutes: int) -> Beadle:
    db = await open_database(beadle.config.database)
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    await db.transaction(cursors.beat, beadle.community.guild.id, now=then)
    await db.close()
    await beadle.start()
    return beadle


def reminders_in(beadle: Beadle, channel: str, words: str) -> list[Any]:
    return [message for message in beadle.standing(channel) if words in message.content]


async def occurrence(beadle: Beadle, reminder: str) -> Occurrence | None:
    return await beadle.read(latest, beadle.community.guild.id, reminder)


async def test_a_reminder_missed_during_an_absence_is_sent_late_once_and_pings_nobody(start: Start) -> None:
    beadle = await start_after_an_absence(start, EMERGENCY, minutes=7)
    await eventually(lambda: reminders_in(beadle, "town-square", PUBLIC), "the reminder")
    (message,) = reminders_in(beadle, "town-square", PUBLIC)
    assert seen(message)["mentions"] == []
    assert not seen(message)["mention_everyone"]
    await beadle.stop()
    await back_after(beadle, 7)
    await beadle.everything_seen()
    found = await occurrence(beadle, "emergency")
    assert found is not None
    assert (found.state, found.message_id) == (OccurrenceState.SENT, message.id)
    assert len(reminders_in(beadle, "town-square", PUBLIC)) == 1


async def test_one_missed_too_long_ago_is_recorded_as_missed_and_staff_are_told(start: Start) -> None:
    skipped = EMERGENCY | {"schedule": {"every": "1d"}, "if_missed": "skip"}
    beadle = await start_after_an_absence(start, skipped, minutes=60 * 25)
    await eventually(lambda: reminders_in(beadle, "alerts", "emergency"), "word of the missed reminder")
    found = await occurrence(beadle, "emergency")
    assert found is not None
    assert found.state is OccurrenceState.MISSED
    assert reminders_in(beadle, "town-square", PUBLIC) == []


async def test_the_staff_reminder_counts_the_forms_whose_keeping_ends_soon(
    start: Start, people: Any, square: int
) -> None:
    beadle = await start(POLICY, reminders=[RETENTION])
    post = await people["resident"].say(square, "you zounderkite")
    case = await beadle.case(post["id"])
    await beadle.db.transaction(_end_soon, case)
    await beadle.stop()
    await back_after(beadle, 7)
    await eventually(lambda: reminders_in(beadle, "alerts", "end of their keeping"), "the report")
    (report,) = reminders_in(beadle, "alerts", "end of their keeping")
    assert "removed-comments: 1 to end by" in report.content.replace("\\", "")


def _end_soon(tx: Transaction, case: Case) -> None:
    cases.amend(tx, case.id, {"due_at": datetime.now(UTC) + timedelta(days=20)})


async def test_every_occurrence_of_a_reminder_is_on_record_by_its_own_time(start: Start) -> None:
    beadle = await start_after_an_absence(start, EMERGENCY, minutes=17)
    await eventually(lambda: reminders_in(beadle, "town-square", PUBLIC), "the reminder")

    def states(tx: Transaction) -> list[OccurrenceState]:
        table = reminder_occurrences
        rows = tx.execute(table.select().order_by(table.c.occurrence))
        return [row.state for row in rows]

    async def finished() -> bool:
        return OccurrenceState.CLAIMED not in await beadle.read(states)

    await eventually(finished, "the delivery is noted")
    found = await beadle.read(states)
    assert found[-1] is OccurrenceState.SENT
    assert set(found[:-1]) == {OccurrenceState.MISSED}
    assert 3 <= len(found) <= 4
