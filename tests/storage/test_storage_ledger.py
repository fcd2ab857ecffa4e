"""The ledger only grows, and shows whatever else was done to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from storage import Database, Transaction, ledger, open_database
from storage.evidence import KeptFile
from storage.ledger import Broken, Entry
from storage.schema import attachments, evidence, ledger_heads
from storage.schema import ledger as entries
from tests.storage.storage_samples import CITY, NOW, POST, recorded


async def fill(db: Database, count: int, community: int = CITY) -> None:
    def work(tx: Transaction) -> None:
        for n in range(count):
            ledger.append(tx, community, "test", {"n": n}, at=NOW, case_number=n)

    await db.transaction(work)


def unguarded(tx: Transaction, statement: Any) -> None:
    """Do what no user of the database can: go behind the triggers."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
    else:
        for name in ("ledger_no_update", "ledger_no_delete", "ledger_no_replace"):
            tx.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    tx.execute(statement)


def at(seq: int) -> Any:
    return (entries.c.community == CITY) & (entries.c.seq == seq)


async def test_an_empty_ledger_holds(db: Database) -> None:
    assert await db.read(ledger.verify, CITY) is None


async def test_fifty_writers_at_once_make_one_chain(db: Database) -> None:
    made = await asyncio.gather(*(recorded(db, n) for n in range(50)))
    assert sorted(r.case.number for r in made) == list(range(1, 51))
    assert await db.read(ledger.verify, CITY) is None
    rows = await db.read(lambda tx: tx.execute(select(entries).order_by(entries.c.seq)).all())
    assert [row.seq for row in rows] == list(range(1, 51))
    assert [row.prev_hash for row in rows] == [ledger.GENESIS, *(row.hash for row in rows[:-1])]


async def test_writers_on_two_sets_of_connections_make_one_chain(url: str) -> None:
    pair = [await open_database(url, busy_timeout=10) for _ in range(2)]
    await asyncio.gather(*(recorded(pair[n % 2], n) for n in range(30)))
    assert await pair[0].read(ledger.verify, CITY) is None
    for db in pair:
        await db.close()


async def test_a_long_ledger_is_verified_across_batches(db: Database) -> None:
    await fill(db, 2100)
    assert await db.read(ledger.verify, CITY) is None
    await db.transaction(unguarded, update(entries).where(at(2050)).values(body="{}"))
    assert await db.read(ledger.verify, CITY) == Broken(2050, "was altered")


async def test_each_community_has_its_own_chain(db: Database) -> None:
    await fill(db, 3, 1)
    await fill(db, 2, 2)
    await db.transaction(unguarded, update(entries).where(entries.c.community == 2).values(actor="x"))
    assert await db.read(ledger.verify, 1) is None
    assert await db.read(ledger.verify, 2) == Broken(1, "was altered")


@pytest.mark.parametrize(
    "statement",
    [
        update(entries).values(body="{}"),
        delete(entries),
        update(entries).where(at(2)).values(actor="somebody else"),
        delete(entries).where(at(3)),
    ],
    ids=["update all", "delete all", "update one", "delete the last"],
)
async def test_entries_cannot_be_changed_or_removed(db: Database, statement: Any) -> None:
    await fill(db, 3)
    with pytest.raises(IntegrityError, match="append-only"):
        await db.transaction(lambda tx: tx.execute(statement))
    assert await db.read(ledger.verify, CITY) is None


async def test_entries_cannot_be_replaced_or_truncated(db: Database) -> None:
    await fill(db, 3)

    def attempt(tx: Transaction) -> None:
        if tx.dialect.name == "postgresql":
            tx.execute(text("TRUNCATE ledger"))
        else:
            tx.execute(text("INSERT OR REPLACE INTO ledger SELECT * FROM ledger"))

    with pytest.raises(IntegrityError, match="append-only"):
        await db.transaction(attempt)
    assert await db.read(ledger.verify, CITY) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "other"),
        ("case_number", 9),
        ("case_number", None),
        ("at", NOW.replace(microsecond=678902)),
        ("actor", "21"),
        ("body", '{"n":7}'),
        ("hash", "f" * 64),
    ],
)
async def test_the_first_altered_entry_is_named(db: Database, column: str, value: Any) -> None:
    await fill(db, 6)
    for seq in (5, 3):
        await db.transaction(unguarded, update(entries).where(at(seq)).values({column: value}))
    assert await db.read(ledger.verify, CITY) == Broken(3, "was altered")


async def test_a_broken_link_is_named(db: Database) -> None:
    await fill(db, 3)
    await db.transaction(unguarded, update(entries).where(at(2)).values(prev_hash="0" * 64))
    found = await db.read(ledger.verify, CITY)
    assert str(found) == "entry 2: is not chained to the entry before it"


@pytest.mark.parametrize("seq", [1, 3])
async def test_a_removed_entry_is_named(db: Database, seq: int) -> None:
    await fill(db, 5)
    await db.transaction(unguarded, delete(entries).where(at(seq)))
    assert await db.read(ledger.verify, CITY) == Broken(seq, "is missing")


async def test_entries_missing_at_the_end_are_named(db: Database) -> None:
    await fill(db, 5)
    await db.transaction(unguarded, delete(entries).where(entries.c.seq > 3))
    assert await db.read(ledger.verify, CITY) == Broken(4, "is missing: 5 entries were made")


async def test_an_added_entry_is_named(db: Database) -> None:
    await fill(db, 2)
    last = await db.read(lambda tx: Entry(*tx.execute(select(entries).where(at(2))).one()))
    forged = replace(last, seq=3, prev_hash=last.hash, hash="")
    forged = replace(forged, hash=ledger._hash(forged))
    row = {name: getattr(forged, name) for name in Entry.__slots__}
    await db.transaction(unguarded, insert(entries).values(row))
    assert await db.read(ledger.verify, CITY) == Broken(3, "is not the last entry that was made")


async def test_a_chain_without_its_head_does_not_hold(db: Database) -> None:
    await fill(db, 2)
    await db.transaction(lambda tx: tx.execute(delete(ledger_heads)))
    assert await db.read(ledger.verify, CITY) == Broken(2, "is not the last entry that was made")


async def test_the_chain_holds_once_evidence_and_salt_are_destroyed(db: Database) -> None:
    for n in range(3):
        await recorded(db, n, files=(KeptFile.kept(POST.attachments[0], b"bytes"),))
    await db.transaction(lambda tx: tx.execute(delete(attachments)))
    await db.transaction(lambda tx: tx.execute(delete(evidence)))
    assert await db.read(ledger.verify, CITY) is None


async def test_an_append_that_is_rolled_back_leaves_no_gap(db: Database) -> None:
    def work(tx: Transaction) -> None:
        ledger.append(tx, CITY, "test", {}, at=NOW)
        raise LookupError

    await fill(db, 1)
    with pytest.raises(LookupError):
        await db.transaction(work)
    await fill(db, 1)
    assert await db.read(ledger.verify, CITY) is None


async def test_a_ledger_began_with_its_first_entry(db: Database) -> None:
    assert await db.read(ledger.began, CITY) is None
    await fill(db, 2)
    assert await db.read(ledger.began, CITY) == NOW
