"""While the record cannot be written nothing is removed; staff are told, and afterwards all is dealt with."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from storage.schema import EnforcementState
from tests.e2e.resilience_bot import PAUSE
from tests.e2e.resilience_city import FINE, FOUL, City, city, until
from tests.postgres import running

OUTAGE = "The record cannot be written"
OVER = "The record can be written again"
SOME = 20
LEAD_CHECKED = 1.0
"""Seconds in which Beadle looks at least once whether it still has the lead."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock that a writer needs, from a process that is not Beadle's."""
    other = sqlite3.connect(folder / "beadle.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def full(home: City) -> Iterator[None]:
    """Let Beadle's database have not one page more than it has."""
    home.pages.write_text("1")
    try:
        yield
    finally:
        home.pages.unlink()


def stands(home: City, message_id: int) -> bool:
    return message_id in home.channel("town-square").log.ids


async def test_while_the_database_is_locked_posts_stay_up_and_staff_know(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        with locked(tmp_path):
            foul = await home.say(FOUL)
            await until(lambda: bool(home.alerts(OUTAGE)), "an alert")
            assert stands(home, foul)
        await home.quiet(1)
        assert set(await home.account([foul])) == {EnforcementState.DONE}
        await until(lambda: bool(home.alerts(OVER)), "the all-clear")
        assert len(home.alerts()) == 2


async def test_while_the_database_is_full_posts_stay_up_and_staff_know(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        with full(home):
            posts = [await home.say(f"{FOUL} {n}", files=10) for n in range(3)]
            await until(lambda: bool(home.alerts(OUTAGE)), "an alert")
            assert all(stands(home, post) for post in posts)
        await home.quiet(len(posts))
        assert set(await home.account(posts)) == {EnforcementState.DONE}


async def test_a_lock_in_the_middle_of_a_flood_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        posts = [await home.say(f"{FOUL} {n}") for n in range(SOME)]
        for _ in range(2):
            with locked(tmp_path):
                posts += [await home.say(f"{FOUL} {n}") for n in range(SOME)]
                await asyncio.sleep(2 * PAUSE)
            posts += [await home.say(f"{FOUL} {n}") for n in range(SOME)]
        await home.quiet(len(posts))
        assert set(await home.account(posts)) == {EnforcementState.DONE}


async def test_beadle_waits_for_a_database_that_is_locked_when_it_starts(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        await home.say(FINE)
        await home.stop()
        foul = await home.say(FOUL)
        with locked(tmp_path):
            home.launch()
            await until(lambda: "waiting for the database" in home.log_text, "it waits")
        await home.quiet(1)
        assert set(await home.account([foul])) == {EnforcementState.DONE}


async def test_a_post_that_waits_for_the_database_is_found_again_after_a_kill(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        with full(home):
            foul = await home.say(FOUL, files=10)
            last = await home.say(FINE, where="parks-and-rec")
            await home.say(FINE)
            await until(lambda: bool(home.alerts(OUTAGE)), "an alert")
            # How far each channel was seen is saved still: that takes no new page.
            await until(partial(home.seen, last, "parks-and-rec"), "the mark of a channel moves")
            assert not await home.seen(foul, "town-square")
            await home.kill()
        await home.start()
        await home.quiet(1)
        assert set(await home.account([foul])) == {EnforcementState.DONE}


async def test_beadle_outlives_a_stop_of_its_postgresql_server(tmp_path: Path) -> None:
    with running() as server:
        if server is None or server.postmaster is None:
            assert os.environ.get("BEADLE_REQUIRE_ALL") != "1", "a private PostgreSQL server is required"
            pytest.skip("there is no PostgreSQL server to stop")
        async with city(tmp_path, await server.create_empty()) as home:
            await home.start()
            before = await home.say(FOUL)
            await home.quiet(1)
            await asyncio.to_thread(server.postmaster.stop)
            during = await home.say(FOUL)
            await until(lambda: bool(home.alerts(OUTAGE)), "an alert")
            await asyncio.sleep(LEAD_CHECKED)
            assert stands(home, during)
            assert home.alive
            await asyncio.to_thread(server.postmaster.start)
            await home.quiet(2)
            await asyncio.sleep(LEAD_CHECKED)
            after = await home.say(FOUL)
            await home.quiet(3)
            assert set(await home.account([before, during, after])) == {EnforcementState.DONE}
