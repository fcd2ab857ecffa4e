"""A case is on record whole, once, or not at all."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import sys
import threading
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select, text

from rules.post import Subject
from rules.verdict import Action, Priority
from storage import Database, Transaction, cases, enforcements, evidence, ledger, record_many, schema
from storage.cases import Case, Incident
from storage.enforcements import Enforcement
from storage.engine.sqlite import Sqlite
from storage.evidence import KeptFile
from storage.recording import record_in
from storage.rulesets import RulesetVersion
from storage.schema import CaseState, EnforcementState, FileState
from tests.storage.storage_samples import CITY, LEASE, NOW, POST, VERDICT, new_case, recorded

TABLES = (schema.cases, schema.evidence, schema.ledger, schema.enforcements, schema.incidents)


def counts(tx: Transaction) -> list[int]:
    return [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES]


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Case, schema.cases),
        (Incident, schema.incidents),
        (Enforcement, schema.enforcements),
        (RulesetVersion, schema.rulesets),
    ],
)
def test_a_row_reads_as_its_class(kind: Any, table: Table) -> None:
    assert [field.name for field in fields(kind)] == [column.name for column in table.columns]


async def test_a_recorded_case_reads_back_as_it_was_returned(db: Database) -> None:
    made = await recorded(db)
    assert made.created
    assert await db.read(cases.by_number, CITY, 1) == made.case
    assert await db.read(cases.by_id, made.case.id) == made.case
    assert await db.read(enforcements.for_case, made.case.id) == made.enforcements
    assert made.case.action is Action.HIDE
    assert (made.case.category, made.case.rule, made.case.clause) == ("privacy", "private-phone", "privacy")


async def test_the_evidence_holds_the_whole_post_the_verdict_and_the_bytes(db: Database) -> None:
    before = replace(new_case().post, text="hello", edited_at=NOW)
    kept = KeptFile.kept(POST.attachments[0], b"\x89PNG")
    missing = KeptFile.not_kept(POST.attachments[0], FileState.UNAVAILABLE, "the CDN answered 404")
    made = await recorded(db, earlier=(before,), files=(kept, missing))
    first, last = await db.read(evidence.of_case, made.case.id)
    assert (first.post, first.verdict, first.files) == (before, None, ())
    assert (last.post, last.verdict) == (new_case().post, VERDICT)
    image, absent = last.files
    assert image.sha256 == hashlib.sha256(b"\x89PNG").hexdigest()
    assert await db.read(evidence.file_data, image.id) == b"\x89PNG"
    assert (absent.state, absent.reason) == (FileState.UNAVAILABLE, "the CDN answered 404")
    assert await db.read(evidence.file_data, absent.id) is None
    assert await db.read(evidence.altered, made.case.id) == ()


async def test_an_altered_file_or_text_is_named(db: Database) -> None:
    kept = KeptFile.kept(POST.attachments[0], b"\x89PNG")
    made = await recorded(db, earlier=(POST,), files=(kept,))
    await db.transaction(lambda tx: tx.execute(schema.attachments.update().values(data=b"JPEG")))
    assert await db.read(evidence.altered, made.case.id) == (2,)
    await db.transaction(lambda tx: tx.execute(schema.evidence.update().values(content="{}")))
    assert await db.read(evidence.altered, made.case.id) == (1, 2)


@pytest.mark.parametrize("odd", ["\0", "\ud800", "a\0\udfffb", "नमस्ते 👩‍👩‍👧 z͑͗a"])
async def test_no_text_is_too_odd_to_record(db: Database, odd: str) -> None:
    source = replace(POST.attachments[0], filename=odd, content_type=odd)
    post = replace(POST, text=odd, author=replace(POST.author, name=odd), attachments=(source,))
    files = (KeptFile.not_kept(source, FileState.TOO_LARGE, odd),)
    made = await recorded(db, post=post, files=files, incident_keys=(odd,), authority=odd)
    (found,) = await db.read(evidence.of_case, made.case.id)
    assert found.post == post
    assert await db.read(evidence.altered, made.case.id) == ()


async def test_the_same_revision_is_recorded_once(db: Database) -> None:
    made = await recorded(db)
    again = await recorded(db, owner="two", incident_keys=("flood",))
    assert not again.created
    assert (again.case, again.enforcements) == (made.case, made.enforcements)
    assert await db.read(counts) == [1, 1, 1, 4, 0]


async def test_another_revision_is_another_case(db: Database) -> None:
    made = await recorded(db)
    edited = replace(new_case().post, text="worse", edited_at=NOW)
    again = await recorded(db, post=edited)
    assert again.created
    assert (again.case.number, again.case.previous_case) == (2, made.case.id)
    subject = (CITY, Subject.POST, edited.id)
    assert await db.read(cases.of_subject, *subject) == (made.case, again.case)
    assert await db.read(cases.of_revision, *subject, edited.revision) == again.case


@pytest.mark.parametrize("subject", [Subject.POST, Subject.NAME, Subject.TITLE])
async def test_what_comes_back_after_its_case_ended_is_another_case_once(
    db: Database, subject: Subject
) -> None:
    post = replace(POST, subject=subject)
    made = await recorded(db, post=post)
    assert not (await recorded(db, post=post)).created
    await db.transaction(cases.amend, made.case.id, {"removed_at": NOW})
    assert not (await recorded(db, post=post)).created
    again = await recorded(db, post=post, occasion=2)
    assert again.created
    assert (await recorded(db, post=post, occasion=2)).case == again.case
    assert (await recorded(db, post=post)).case == again.case
    assert [again.case.occasion, again.case.revision] == [2, made.case.revision]
    assert [act.kind for act in again.enforcements] == ["delete", "archive", "notice", "queue"]


async def test_case_numbers_run_from_one_in_each_community(db: Database) -> None:
    made = [await recorded(db, n, community=city) for n, city in enumerate((7, 8, 7, 8, 7))]
    assert [r.case.number for r in made] == [1, 1, 2, 2, 3]


async def test_only_the_first_case_of_an_incident_gets_what_is_done_once(db: Database) -> None:
    made = [await recorded(db, n, incident_keys=("flood",)) for n in range(3)]
    assert [[act.kind for act in r.enforcements] for r in made] == [
        ["delete", "archive", "notice", "queue"],
        ["delete", "archive"],
        ["delete", "archive"],
    ]
    last = made[-1].incident
    assert last is not None
    assert (last.count, last.shown_count) == (3, 0)
    assert await db.read(cases.incident, last.id) == last
    assert [c.number for c in await db.read(cases.of_incident, last.id)] == [1, 2, 3]
    assert await db.read(cases.stale_incidents, CITY) == (last,)
    await db.transaction(cases.mark_shown, last.id, 3)
    assert await db.read(cases.stale_incidents, CITY) == ()


async def test_a_post_of_two_floods_joins_the_one_that_is_under_way(db: Database) -> None:
    keys = (("repeats",), ("rate", "repeats"), ("rate",))
    made = [await recorded(db, n, incident_keys=both) for n, both in enumerate(keys)]
    first, second, third = (r.case.incident_id for r in made)
    assert first == second != third


async def test_an_incident_ends_when_its_window_passes(db: Database) -> None:
    window = timedelta(minutes=10)
    incidents = []
    for n, minutes in enumerate((0, 10, 20, 31)):
        new = new_case(n, incident_keys=("flood",), incident_window=window)
        at = NOW + timedelta(minutes=minutes)
        (made,) = await record_many(db, [new], now=at, owner="one", lease_for=LEASE)
        assert made.incident is not None
        incidents.append(made.incident.id)
    assert incidents[0] == incidents[1] == incidents[2] != incidents[3]


async def test_a_closed_incident_takes_no_more_posts(db: Database) -> None:
    first = (await recorded(db, 1, incident_keys=("flood",))).incident
    assert first is not None
    await db.transaction(cases.close_incident, first.id)
    second = (await recorded(db, 2, incident_keys=("flood",))).incident
    assert second is not None
    assert (second.id, second.count) == (first.id + 1, 1)


async def test_a_batch_is_recorded_whole_or_not_at_all(db: Database) -> None:
    batch = [new_case(n) for n in range(5)]
    broken = new_case(6, first=("delete", "delete"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await record_many(db, [*batch, broken], now=NOW, owner="one", lease_for=LEASE)
    assert await db.read(counts) == [0, 0, 0, 0, 0]
    made = await record_many(db, batch, now=NOW, owner="one", lease_for=LEASE)
    assert [r.case.number for r in made] == [1, 2, 3, 4, 5]


async def test_an_exception_in_a_transaction_leaves_nothing(db: Database) -> None:
    def work(tx: Transaction) -> None:
        record_in(tx, new_case(), now=NOW, owner="one", lease_for=LEASE)
        raise LookupError("after the record")

    with pytest.raises(LookupError, match="after the record"):
        await db.transaction(work)
    assert await db.read(counts) == [0, 0, 0, 0, 0]
    assert (await recorded(db)).case.number == 1


async def test_cancellation_in_a_transaction_leaves_nothing(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    inside, leave = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(tx: Transaction) -> None:
        record_in(tx, new_case(), now=NOW, owner="one", lease_for=LEASE)
        loop.call_soon_threadsafe(inside.set)
        if tx.dialect.name == "sqlite":
            leave.wait(30)
        else:
            tx.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(db.transaction(work))
    await inside.wait()
    task.cancel()
    if isinstance(db, Sqlite):
        await asyncio.sleep(0.05)
        assert not task.done()  # a thread cannot be stopped: whoever cancels it waits until it has let go
    leave.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await db.read(counts) == [0, 0, 0, 0, 0]
    assert (await recorded(db)).case.number == 1
    del task
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_transaction_cancelled_in_the_line_never_starts(sqlite_db: Database) -> None:
    leave = threading.Event()
    first = asyncio.create_task(sqlite_db.transaction(lambda _: leave.wait(30)))
    second = asyncio.create_task(recorded(sqlite_db))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    leave.set()
    assert await first
    assert await sqlite_db.read(counts) == [0, 0, 0, 0, 0]


CRASH = """
import asyncio, sys, time
from tests.storage.storage_samples import LEASE, NOW, new_case
from storage import open_database
from storage.recording import record_in

def work(tx):
    record_in(tx, new_case(), now=NOW, owner="one", lease_for=LEASE)
    print("written", flush=True)
    time.sleep(60)

async def main():
    await (await open_database(sys.argv[1])).transaction(work)

asyncio.run(main())
"""


async def test_a_killed_process_leaves_nothing(db: Database, url: str) -> None:
    command = [sys.executable, "-c", CRASH, url]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"written\n"
    process.kill()
    await process.wait()
    assert await db.read(counts) == [0, 0, 0, 0, 0]
    assert (await recorded(db)).case.number == 1


async def test_a_case_is_amended_but_keeps_what_it_is(db: Database) -> None:
    made = await recorded(db)
    await db.transaction(cases.amend, made.case.id, {"received_at": NOW, "received_by": "Kim"})
    found = await db.read(cases.by_number, CITY, 1)
    assert found == replace(made.case, received_at=NOW, received_by="Kim")
    with pytest.raises(ValueError, match="a case keeps its number, revision"):
        await db.transaction(cases.amend, made.case.id, {"revision": "x", "number": 2})


async def test_the_most_urgent_case_waits_first(db: Database) -> None:
    mild = replace(VERDICT, priority=Priority.LOW)
    kinds: tuple[dict[str, Any], ...] = ({"verdict": mild}, {}, {"state": CaseState.DECIDED}, {})
    for n, changes in enumerate(kinds):
        await recorded(db, n, **changes)
    assert [c.number for c in await db.read(cases.open_cases, CITY)] == [2, 4, 1]


async def test_cases_due_in_a_span_are_counted_by_series(db: Database) -> None:
    for n, (series, days) in enumerate(
        (("removed", 1), ("removed", 2), ("flags", 3), (None, 3), ("flags", 9))
    ):
        await recorded(db, n, series=series, due_at=NOW + timedelta(days=days))
    due = await db.read(cases.count_due, CITY, NOW + timedelta(days=1), NOW + timedelta(days=9))
    assert due == {"removed": 2, "flags": 1, "": 1}


async def test_only_what_comes_first_is_leased_to_who_recorded_it(db: Database) -> None:
    made = await recorded(db)
    assert [(a.kind, a.state, a.lease_owner, a.lease_until) for a in made.enforcements] == [
        ("delete", EnforcementState.PENDING, "one", NOW + LEASE),
        ("archive", EnforcementState.PENDING, None, None),
        ("notice", EnforcementState.PENDING, None, None),
        ("queue", EnforcementState.PENDING, None, None),
    ]
    assert len({a.nonce for a in made.enforcements}) == 4
    assert all(0 < len(a.nonce) <= 25 for a in made.enforcements)


async def test_what_follows_is_not_due_before_what_comes_first_is_over(db: Database) -> None:
    made = await recorded(db)
    terms: Any = {"now": NOW, "lease_for": LEASE, "limit": 9}
    assert await db.transaction(enforcements.claim_due, CITY, "two", **terms) == ()
    await db.transaction(enforcements.mark_done, made.enforcements[0], now=NOW)
    due = await db.transaction(enforcements.claim_due, CITY, "two", **terms)
    assert [act.kind for act in due] == ["archive", "notice", "queue"]


async def test_the_ledger_holds_no_text_and_no_unkeyed_hash_of_it(db: Database) -> None:
    made = await recorded(db)
    bodies = await db.read(lambda tx: "".join(tx.execute(select(schema.ledger.c.body)).scalars()))
    (found,) = await db.read(evidence.of_case, made.case.id)
    assert found.digest in bodies
    for secret in (POST.text, "Sam", "alex", "town-square", "555-0100", made.case.revision):
        assert secret not in bodies
    assert await db.read(ledger.verify, CITY) is None
