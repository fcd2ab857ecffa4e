"""What is owed is leased to one at a time, and neither lost nor done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import Database, enforcements, open_database
from storage.enforcements import Enforcement, SentMessage
from storage.schema import EnforcementState
from tests.storage.storage_samples import CITY, LEASE, NOW, recorded

LATER = NOW + LEASE
Mark = Callable[..., bool]
AT_ONCE: dict[str, Any] = {"first": ("delete", "archive", "notice", "queue"), "then": (), "then_once": ()}
"""A case all of whose acts are leased to who recorded it, and wait for nothing."""


async def claim(db: Database, owner: str = "two", **changes: Any) -> tuple[Enforcement, ...]:
    terms: dict[str, Any] = {"now": LATER, "lease_for": LEASE, "limit": 100, **changes}
    return await db.transaction(enforcements.claim_due, CITY, owner, **terms)


async def state_of(db: Database, act: Enforcement) -> Enforcement:
    return next(a for a in await db.read(enforcements.for_case, act.case_id) if a.key == act.key)


async def test_a_leased_act_is_nobody_elses_until_its_lease_ends(db: Database) -> None:
    made = await recorded(db, **AT_ONCE)
    assert await claim(db, now=LATER - timedelta(microseconds=1)) == ()
    claimed = await claim(db)
    assert {a.key for a in claimed} == {a.key for a in made.enforcements}
    assert {(a.lease_owner, a.lease_until, a.attempts) for a in claimed} == {("two", LATER + LEASE, 2)}
    assert await claim(db, "three") == ()


async def test_claims_take_the_oldest_first_and_no_more_than_asked(db: Database) -> None:
    for n in range(3):
        await recorded(db, n, **AT_ONCE)
    claimed = [await claim(db, limit=5) for _ in range(3)]
    assert [[(a.case_id, a.kind) for a in acts] for acts in claimed] == [
        [(1, "archive"), (1, "delete"), (1, "notice"), (1, "queue"), (2, "archive")],
        [(2, "delete"), (2, "notice"), (2, "queue"), (3, "archive"), (3, "delete")],
        [(3, "notice"), (3, "queue")],
    ]


async def test_another_communitys_acts_are_not_claimed(db: Database) -> None:
    await recorded(db, community=7)
    assert await claim(db) == ()


async def test_claims_by_two_owners_at_once_never_overlap(db: Database, url: str) -> None:
    for n in range(25):
        await recorded(db, n, **AT_ONCE)
    other = await open_database(url, busy_timeout=10)
    claims = await asyncio.gather(*(claim((db, other)[n % 2], f"owner {n}", limit=7) for n in range(30)))
    await other.close()
    keys = [act.key for acts in claims for act in acts]
    assert len(keys) == len(set(keys))
    keys += [act.key for act in await claim(db, "rest", limit=1000)]
    assert len(keys) == len(set(keys)) == 100


async def test_an_act_left_in_flight_is_claimed_as_such(db: Database) -> None:
    act = (await recorded(db, **AT_ONCE)).enforcements[1]
    assert await db.transaction(enforcements.mark_sending, act, now=NOW, lease_for=LEASE)
    found = next(a for a in await claim(db) if a.key == act.key)
    assert found.state is EnforcementState.SENDING


async def test_who_lost_the_lease_may_not_send(db: Database) -> None:
    act = (await recorded(db)).enforcements[0]
    await claim(db, "two")
    assert not await db.transaction(enforcements.mark_sending, act, now=LATER, lease_for=LEASE)
    assert (await state_of(db, act)).state is EnforcementState.PENDING


async def test_a_done_act_keeps_its_messages_and_is_never_claimed_again(db: Database) -> None:
    act = (await recorded(db, **AT_ONCE)).enforcements[1]
    parts = (SentMessage(5, 50, "archive"), SentMessage(5, 51, "archive file"))
    assert await db.transaction(enforcements.mark_done, act, now=NOW, sent=parts)
    assert not await db.transaction(enforcements.mark_done, act, now=NOW, sent=parts)
    assert await db.read(enforcements.messages_of, act.case_id) == parts
    found = await state_of(db, act)
    assert (found.state, found.done_at, found.lease_owner) == (EnforcementState.DONE, NOW, None)
    assert act.key not in {a.key for a in await claim(db)}


@pytest.mark.parametrize("mark", [enforcements.mark_failed, enforcements.mark_uncertain, enforcements.cancel])
async def test_an_act_that_is_over_stays_over(db: Database, mark: Mark) -> None:
    act = (await recorded(db)).enforcements[0]
    assert await db.transaction(mark, act, "the channel is gone", now=NOW)
    found = await state_of(db, act)
    assert found.error == "the channel is gone"
    assert not await db.transaction(mark, act, "again", now=NOW)
    assert not await db.transaction(enforcements.mark_done, act, now=NOW)
    assert not await db.transaction(enforcements.retry_at, act, LATER, "again")
    assert not await db.transaction(enforcements.mark_sending, act, now=NOW, lease_for=LEASE)
    assert await state_of(db, act) == found


async def test_a_retry_waits_for_its_time_and_is_anybodys(db: Database) -> None:
    act = (await recorded(db)).enforcements[0]
    soon = NOW + timedelta(seconds=5)
    assert await db.transaction(enforcements.retry_at, act, soon, "429")
    assert await claim(db, now=soon - timedelta(microseconds=1)) == ()
    (found,) = await claim(db, now=soon)
    assert (found.key, found.state, found.error) == (act.key, EnforcementState.PENDING, "429")


async def test_a_retry_of_what_may_have_happened_is_still_in_flight(db: Database) -> None:
    act = (await recorded(db)).enforcements[0]
    assert await db.transaction(enforcements.retry_at, act, NOW, "timed out", happened=None)
    (found,) = await claim(db, now=NOW)
    assert found.state is EnforcementState.SENDING


async def test_a_new_leader_frees_what_others_held_and_keeps_its_own(db: Database) -> None:
    await recorded(db, 1, owner="old", **AT_ONCE)
    mine = await recorded(db, 2, owner="new", **AT_ONCE)
    assert await db.transaction(enforcements.release_others, CITY, "new") == 4
    claimed = await claim(db, "new", now=NOW)
    assert {a.case_id for a in claimed} == {1}
    assert {*await db.read(enforcements.for_case, mine.case.id)} == {*mine.enforcements}


async def test_an_owner_frees_its_leases_but_those_of_what_it_has_under_way(db: Database) -> None:
    mine = await recorded(db, 1, owner="one", **AT_ONCE)
    await recorded(db, 2, owner="other", **AT_ONCE)
    under_way = {act.key for act in mine.enforcements if act.kind == "delete"}
    assert await db.transaction(enforcements.release_idle, CITY, "one", under_way) == 3
    assert {act.kind for act in await claim(db, "one", now=NOW)} == {"archive", "notice", "queue"}
    assert await db.transaction(enforcements.release_idle, CITY, "one", set()) == 4


async def test_a_case_has_each_kind_once(db: Database) -> None:
    made = await recorded(db)
    with pytest.raises(IntegrityError):
        await db.transaction(enforcements.plan, CITY, made.case.id, ["delete"], now=NOW)
    (restore,) = await db.transaction(enforcements.plan, CITY, made.case.id, ["restore"], now=NOW)
    assert (restore.lease_owner, restore.lease_until, restore.attempts) == (None, None, 0)
    assert [a.kind for a in await claim(db, now=NOW)] == ["restore"]


@pytest.mark.parametrize("mark", [enforcements.mark_failed, enforcements.mark_uncertain, enforcements.cancel])
async def test_what_follows_is_due_however_what_comes_first_ended(db: Database, mark: Mark) -> None:
    made = await recorded(db)
    await db.transaction(mark, made.enforcements[0], "404", now=NOW)
    assert [a.kind for a in await claim(db, now=NOW)] == ["archive", "notice", "queue"]


async def test_what_follows_waits_while_what_comes_first_is_tried_again(db: Database) -> None:
    made = await recorded(db)
    await db.transaction(enforcements.retry_at, made.enforcements[0], LATER, "429")
    assert await claim(db, now=NOW) == ()
    assert [a.kind for a in await claim(db, now=LATER)] == ["delete"]


async def test_acts_are_counted_by_state(db: Database) -> None:
    first, second, *_ = (await recorded(db)).enforcements
    await db.transaction(enforcements.mark_done, first, now=NOW)
    await db.transaction(enforcements.mark_sending, second, now=NOW, lease_for=LEASE)
    assert await db.read(enforcements.count_by_state, CITY) == {
        EnforcementState.DONE: 1,
        EnforcementState.SENDING: 1,
        EnforcementState.PENDING: 2,
    }


async def test_what_was_put_off_falls_due_at_once_when_its_hindrance_may_be_gone(db: Database) -> None:
    made = await recorded(db, first=(), then=("archive",), then_once=())
    await db.transaction(enforcements.retry_at, made.enforcements[0], LATER + LEASE, "no such channel")
    assert await claim(db) == ()
    assert await db.transaction(enforcements.hasten, CITY, now=LATER) == 1
    assert [act.kind for act in await claim(db)] == ["archive"]
    assert await db.transaction(enforcements.hasten, CITY, now=LATER) == 0
