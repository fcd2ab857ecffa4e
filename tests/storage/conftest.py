"""The same suite over both databases."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import Database, open_database
from tests.postgres import Server, running

PATIENCE = 0.3
"""Seconds that a write waits for a lock in tests."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give a PostgreSQL server, or skip the test where none is installed."""
    with running() as server:
        if server is None:
            if os.environ.get("BEADLE_REQUIRE_ALL") == "1":
                pytest.fail("PostgreSQL is required and not installed")
            pytest.skip("PostgreSQL is not installed")
        yield server
        asyncio.run(server.close())


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Server | None:
    """Give the server to use, and None for SQLite."""
    server: Server | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return server


@pytest.fixture
async def empty_url(backend: Server | None, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of a database with nothing in it."""
    if backend is None:
        yield f"sqlite:///{tmp_path}/beadle.sqlite3"
        return
    url = await backend.create_empty()
    yield url
    await backend.drop(url)


@pytest.fixture
async def url(backend: Server | None, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of a database with empty tables."""
    if backend is None:
        made = f"sqlite:///{tmp_path}/beadle.sqlite3"
        await _upgrade(made)
        yield made
        return
    made = await backend.create(_upgrade)
    yield made
    await backend.drop(made)


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """Give an open database with empty tables."""
    database = await open_database(url, busy_timeout=PATIENCE)
    yield database
    await database.close()


@pytest.fixture
async def sqlite_db(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an open SQLite database with empty tables, for what only SQLite does."""
    address = f"sqlite:///{tmp_path}/beadle.sqlite3"
    await _upgrade(address)
    database = await open_database(address, busy_timeout=PATIENCE)
    yield database
    await database.close()


async def _upgrade(url: str) -> None:
    database = await open_database(url)
    await database.upgrade()
    await database.close()
