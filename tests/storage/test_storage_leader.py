"""One process acts for a community, and its end, however sudden, makes room for the next."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from storage import Database, open_database
from tests.postgres import connect
from tests.storage.storage_samples import CITY

CONTENDER = """
import asyncio, sys
from storage import open_database

async def main():
    db = await open_database(sys.argv[1])
    won = await db.leadership(int(sys.argv[2])).acquire()
    print("won" if won else "lost", flush=True)
    if won:
        await asyncio.sleep(60)
    await db.close()

asyncio.run(main())
"""


async def contend(url: str) -> tuple[asyncio.subprocess.Process, str]:
    command = [sys.executable, "-c", CONTENDER, url, str(CITY)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


async def test_of_two_processes_one_leads_until_it_is_killed(db: Database, url: str) -> None:
    (first, one), (second, other) = await asyncio.gather(contend(url), contend(url))
    assert {one, other} == {"won", "lost"}
    leader, follower = (first, second) if one == "won" else (second, first)
    await follower.wait()
    mine = db.leadership(CITY)
    assert not await mine.acquire()
    leader.kill()
    await leader.wait()
    async with asyncio.timeout(10):
        while not await mine.acquire():  # noqa: ASYNC110 - a server notices a closed connection in its own time
            await asyncio.sleep(0.05)
    assert await mine.held()
    await mine.release()


async def test_the_lead_is_per_community_and_can_be_given_up(db: Database, url: str) -> None:
    other = await open_database(url)
    mine, theirs, elsewhere = db.leadership(CITY), other.leadership(CITY), other.leadership(7)
    assert not await mine.held()
    assert await mine.acquire()
    assert await mine.acquire()
    assert not await theirs.acquire()
    assert await elsewhere.acquire()
    await mine.release()
    assert not await mine.held()
    async with asyncio.timeout(10):
        while not await theirs.acquire():  # noqa: ASYNC110 - a server notices a closed connection in its own time
            await asyncio.sleep(0.05)
    assert not await mine.acquire()
    await theirs.release()
    await elsewhere.release()
    await other.close()


async def test_a_leader_whose_lock_file_is_replaced_no_longer_leads(
    sqlite_db: Database, tmp_path: Path
) -> None:
    mine = sqlite_db.leadership(CITY)
    assert await mine.acquire()
    (tmp_path / f"beadle.sqlite3.{CITY}.lock").unlink()
    assert not await mine.held()
    assert await mine.acquire()
    await mine.release()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_leader_that_loses_its_connection_knows(db: Database, url: str) -> None:
    mine = db.leadership(CITY)
    assert await mine.acquire()
    other = await connect(url)
    await other.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    await other.close()
    assert not await mine.held()
    assert await mine.acquire()
    await mine.release()
