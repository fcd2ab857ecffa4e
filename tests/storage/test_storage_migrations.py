"""The tables come from migrations, all of them or none."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from storage import Database, Incompatible, Transaction, open_database
from storage.engine.migrate import MIGRATIONS, upgrade
from storage.schema import metadata


def tables(tx: Transaction) -> set[str]:
    return set(inspect(tx).get_table_names())


def differences(tx: Transaction) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(tx), metadata))


async def test_an_empty_database_is_brought_up_to_date_once(empty_url: str) -> None:
    db = await open_database(empty_url)
    assert not await db.is_current()
    await db.upgrade()
    assert await db.is_current()
    await db.upgrade()
    assert await db.read(tables) == {*metadata.tables, "alembic_version"}
    await db.close()


async def test_the_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    assert await db.read(differences) == []


async def test_every_table_carries_the_community_and_is_strict(sqlite_db: Database) -> None:
    assert all("community" in table.columns for table in metadata.tables.values())
    query = text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict")
    strict = await sqlite_db.read(lambda tx: set(tx.execute(query).scalars()))
    assert strict == set(metadata.tables)


BROKEN = '''
"""Make a table, then fail."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = {down!r}


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO half (id) VALUES (1)")
    op.execute("SELECT 1 FROM nowhere")
'''


def with_a_broken_one(folder: Path) -> Path:
    copy = folder / "with 100% of them"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max((copy / "versions").glob("*.py"))
    found = re.search(r'^revision = "(\w+)"', newest.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    (copy / "versions" / "9999_broken.py").write_text(BROKEN.format(down=found[1]), "utf-8")
    return copy


@pytest.mark.parametrize("start", ["from nothing", "from the version before"])
async def test_a_migration_that_fails_midway_leaves_nothing(
    empty_url: str, tmp_path: Path, start: str
) -> None:
    db = await open_database(empty_url)
    if start == "from the version before":
        await db.upgrade()
    before = await db.read(tables)
    with pytest.raises(Exception, match="nowhere"):
        await db.transaction(upgrade, with_a_broken_one(tmp_path))
    assert await db.read(tables) == before
    await db.upgrade()
    assert await db.is_current()
    await db.close()


async def test_two_processes_that_start_together_migrate_once(empty_url: str) -> None:
    pair = [await open_database(empty_url, busy_timeout=10) for _ in range(2)]
    await asyncio.gather(*(db.upgrade() for db in pair))
    assert await pair[0].read(differences) == []
    for db in pair:
        await db.close()


async def test_a_database_of_a_later_beadle_is_refused(db: Database) -> None:
    await db.transaction(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = 'later'")))
    assert not await db.is_current()
    with pytest.raises(Incompatible, match="later version of Beadle"):
        await db.upgrade()


async def make(db: Database, *statements: str) -> None:
    for statement in statements:
        await db.transaction(Transaction.exec_driver_sql, statement)


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        (["CREATE TABLE cases (x INTEGER)"], "cases"),
        (
            [
                "CREATE TABLE people (x INTEGER)",
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
                "INSERT INTO alembic_version VALUES ('0001')",
            ],
            "",
        ),
    ],
)
async def test_the_tables_of_another_program_are_left_alone(
    empty_url: str, statements: list[str], names: str
) -> None:
    db = await open_database(empty_url)
    await make(db, *statements)
    before = await db.read(tables)
    with pytest.raises(Incompatible, match=f"holds another program's tables: {names}"):
        await db.upgrade()
    assert await db.read(tables) == before
    await db.close()


async def test_a_file_is_one_programs_and_the_database_of_a_server_may_be_shared(empty_url: str) -> None:
    db = await open_database(empty_url)
    await make(db, "CREATE TABLE people (x INTEGER)")
    if empty_url.startswith("sqlite"):
        with pytest.raises(Incompatible, match="people"):
            await db.upgrade()
        assert await db.read(tables) == {"people"}
    else:
        await db.upgrade()
        assert await db.is_current()
    await db.close()


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("table", ["people", "cases"])
async def test_the_file_of_another_program_is_refused_untouched(
    tmp_path: Path, mode: str, table: str
) -> None:
    path = tmp_path / "theirs.sqlite3"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute(f"PRAGMA journal_mode = {mode}")
        theirs.execute(f"CREATE TABLE {table} (x INTEGER)")
    before = path.read_bytes()
    db = await open_database(f"sqlite:///{path}")
    with pytest.raises(Incompatible, match=f"theirs.sqlite3 holds another program's tables: {table}"):
        await db.upgrade()
    await db.close()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


async def test_databases_that_one_process_migrates_at_once_do_not_meet(tmp_path: Path) -> None:
    some = [await open_database(f"sqlite:///{tmp_path}/{n}.sqlite3") for n in range(4)]
    await asyncio.gather(*(db.upgrade() for db in some))
    for db in some:
        assert await db.read(differences) == []
        await db.close()
