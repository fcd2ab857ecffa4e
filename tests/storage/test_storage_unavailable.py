"""Whatever befalls the database is one failure, leaves nothing half done, and passes."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from storage import Database, Incompatible, Transaction, Unavailable, cursors, ledger, open_database, schema
from storage.evidence import KeptFile
from tests.postgres import connect
from tests.storage.storage_samples import CITY, POST, recorded

GIVEN_UP_EARLY = 5.0
"""Seconds within which twenty writers must have given up; one after another they would take six or more."""


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[None]:
    """Hold what a writer needs, from another connection."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    connection = await connect(url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE cases, ledger_heads IN ACCESS EXCLUSIVE MODE")
        yield
    await connection.close()


def count_cases(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(schema.cases)).scalar_one()


async def test_a_locked_database_is_unavailable_until_it_is_released(db: Database, url: str) -> None:
    async with locked(url):
        with pytest.raises(Unavailable, match="lock"):
            await recorded(db)
    assert await db.read(count_cases) == 0
    assert (await recorded(db)).created


async def test_a_line_of_writers_waits_for_a_lock_once_and_not_each_in_turn(
    sqlite_db: Database, tmp_path: Path
) -> None:
    async with locked(f"sqlite:///{tmp_path}/beadle.sqlite3"), asyncio.timeout(GIVEN_UP_EARLY):
        results = await asyncio.gather(*(recorded(sqlite_db, n) for n in range(20)), return_exceptions=True)
    assert all(isinstance(result, Unavailable) for result in results)
    assert (await recorded(sqlite_db)).created


async def test_a_lock_that_is_soon_released_is_waited_for(db: Database, url: str) -> None:
    async with locked(url):
        task = asyncio.create_task(recorded(db))
        await asyncio.sleep(0.05)
    assert (await task).created


async def test_reads_go_on_while_another_writes(sqlite_db: Database, tmp_path: Path) -> None:
    await recorded(sqlite_db)
    async with locked(f"sqlite:///{tmp_path}/beadle.sqlite3"):
        assert await sqlite_db.read(count_cases) == 1


async def test_a_full_database_is_unavailable_and_keeps_nothing_half_written(sqlite_db: Database) -> None:
    await recorded(sqlite_db, 1)
    await sqlite_db.transaction(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1"))
    large = KeptFile.kept(POST.attachments[0], os.urandom(100_000))
    with pytest.raises(Unavailable, match="full"):
        await recorded(sqlite_db, 2, files=(large,))
    assert await sqlite_db.read(count_cases) == 1
    await sqlite_db.transaction(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    assert (await recorded(sqlite_db, 2, files=(large,))).case.number == 2
    assert await sqlite_db.read(ledger.verify, CITY) is None


async def test_a_file_that_is_no_database_is_incompatible(tmp_path: Path) -> None:
    path = tmp_path / "beadle.sqlite3"
    path.write_bytes(b"not a database at all" * 1000)
    db = await open_database(f"sqlite:///{path}")
    with pytest.raises(Incompatible, match="not a database"):
        await db.upgrade()
    await db.close()


async def test_a_damaged_file_is_incompatible(sqlite_db: Database, tmp_path: Path) -> None:
    await recorded(sqlite_db)
    await sqlite_db.close()
    path = tmp_path / "beadle.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[:4096].ljust(len(data), b"\xff"))
    db = await open_database(f"sqlite:///{path}")
    with pytest.raises(Incompatible, match="malformed"):
        await db.read(count_cases)
    await db.close()


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="file"):
        await open_database(f"sqlite:///{tmp_path}/file/beadle.sqlite3")


async def test_a_database_without_tables_is_unavailable(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/beadle.sqlite3")
    with pytest.raises(Unavailable, match="no such table"):
        await recorded(db)
    await db.close()


async def test_a_view_cannot_be_written_to(db: Database) -> None:
    with pytest.raises(Unavailable, match=r"(?i)read-?only"):
        await db.read(ledger.append, CITY, "test", {}, at=POST.created_at)


async def test_the_file_is_for_its_owner_alone(sqlite_db: Database, tmp_path: Path) -> None:
    await recorded(sqlite_db)
    modes = {name: stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in os.listdir(tmp_path)}
    assert modes == dict.fromkeys(("beadle.sqlite3", "beadle.sqlite3-wal", "beadle.sqlite3-shm"), 0o600)


async def test_the_file_is_safe_against_power_loss_and_wipes_what_is_deleted(sqlite_db: Database) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")

    def pragmas(tx: Transaction) -> list[object]:
        return [tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert await sqlite_db.transaction(pragmas) == ["wal", 2, 1, 1]


@pytest.fixture
async def remote(backend: object, url: str) -> AsyncIterator[tuple[Database, str]]:
    """Give a database on the server, for what only a server does."""
    if backend is None:
        pytest.fail("ask for postgresql alone")
    db = await open_database(url, busy_timeout=2.0)
    yield db, url
    await db.close()


only_postgres = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


async def end_connections(url: str) -> None:
    other = await connect(url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()


@only_postgres
async def test_a_connection_lost_in_a_transaction_is_unavailable_and_made_anew(
    remote: tuple[Database, str],
) -> None:
    db, _ = remote

    def work(tx: Transaction) -> None:
        cursors.advance(tx, CITY, {1: 1}, now=POST.created_at)
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable):
        await db.transaction(work)
    assert await db.read(cursors.positions, CITY) == {}
    assert (await recorded(db)).created


@only_postgres
async def test_connections_lost_between_transactions_go_unnoticed(remote: tuple[Database, str]) -> None:
    db, url = remote
    await asyncio.gather(*(recorded(db, n) for n in range(5)))
    await end_connections(url)
    assert (await recorded(db, 9)).case.number == 6


@pytest.mark.parametrize(
    "open_and_use",
    [
        "postgresql://beadle@127.0.0.1:1/none",
        "postgresql://beadle@/none?host=/nowhere",
    ],
)
async def test_a_server_that_is_not_there_is_unavailable(open_and_use: str) -> None:
    db = await open_database(open_and_use)
    with pytest.raises(Unavailable, match="cannot be used"):
        await recorded(db)
    with pytest.raises(Unavailable, match="cannot be used"):
        await db.leadership(CITY).acquire()
    await db.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("beadle.sqlite3", "expected a database address"),
        ("sqlite://", "expected the path of a file"),
        ("sqlite:///:memory:", "expected the path of a file"),
        ("mysql://host/name", "expected sqlite:///PATH or postgresql://"),
    ],
)
async def test_another_kind_of_address_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        await open_database(url)
