"""Beadle in a process of its own, which can be made to die at a named moment.

The real client, platform and database are used throughout. Two of Beadle's own seams are wrapped, only to
send the process SIGKILL, which nothing in it can catch.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot import app, service
from bot.config import Config
from bot.discord import client
from bot.discord.client import Client
from bot.discord.platform import DiscordPlatform
from bot.enforcement import enforcement
from bot.ports import Clock, Outgoing, Sent, utc_now
from storage import Database, Transaction, open_database
from storage.leader import Leadership

P = ParamSpec("P")
T = TypeVar("T")

STAFF = {"staff-archive": "archive", "review-queue": "queue", "alerts": "alert"}
"""What a message in each of the staff's channels is."""
PAUSE = 0.5
"""Seconds between the things that Beadle does again and again, and that it waits for a lock."""
MANY = 1_000_000
"""As good as no limit to the pages of a database."""

_fork = multiprocessing.get_context("forkserver")
# Each process is forked from one that has everything imported: a restart costs milliseconds.
_fork.set_forkserver_preload(["bot.app", "storage.engine.postgres", "tests.e2e.resilience_bot"])


@dataclass(frozen=True, slots=True)
class Life:
    """One run of Beadle: its settings, and the moment at which it dies, such as `after archive`.

    `count` says at which time that the moment comes. Without a moment it lives until it is killed or stopped.
    While the file `pages` is there, its database has no more room than so many pages. The file `clock` says
    by how much its clock is ahead.
    """

    settings: dict[str, Any]
    token: str
    log: Path
    ready: Path
    pages: Path
    clock: Path
    moment: str = ""
    count: int = 1


class Ahead:
    """A clock that is ahead of the machine's by as many seconds as a file says, in every process."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=self._seconds())

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass in no time, in every process."""
        new = self._file.with_suffix(".new")
        new.write_text(str(self._seconds() + seconds))
        new.replace(self._file)

    def _seconds(self) -> float:
        return float(self._file.read_text()) if self._file.exists() else 0.0


class Doom:
    """Kills this process at the appointed moment."""

    def __init__(self, moment: str, count: int) -> None:
        self._moment = moment
        self._left = count

    def reached(self, moment: str) -> None:
        """Die, if this is the moment."""
        if moment == self._moment:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """A database that may be full, and whose process may die before, inside and after a transaction."""

    def __init__(self, db: Database, doom: Doom, pages: Path) -> None:
        self._db = db
        self._doom = doom
        self._pages = pages

    async def transaction(
        self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        name = _name(work, args)

        def mortal(tx: Transaction) -> T:
            if tx.dialect.name == "sqlite":
                pages = int(self._pages.read_text()) if self._pages.exists() else MANY
                tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            result = work(tx, *args, **kwargs)
            self._doom.reached(f"inside {name}")
            return result

        self._doom.reached(f"before {name}")
        result = await self._db.transaction(mortal)
        self._doom.reached(f"after {name}")
        return result

    def leadership(self, community: int) -> Leadership:
        return self._db.leadership(community)

    async def close(self) -> None:
        await self._db.close()

    async def _write(self, work: Callable[[Transaction], T], *, limited: bool = True) -> T:
        return await self._db._write(work, limited=limited)

    async def _read(self, work: Callable[[Transaction], T]) -> T:
        return await self._db._read(work)


def _name(work: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """Return what a transaction is for: `record`, `claim`, `note archive`, or its function's name."""
    match work.__qualname__:
        case "record_many.<locals>.work":
            return "record"
        case "Enforcement._take":
            return "claim"
        case "Enforcement._note":
            return f"note {args[0].kind}"
        case name:
            return name


class MortalPlatform(DiscordPlatform):
    """Discord, with a process that may die before and after each request."""

    def __init__(self, connected: Client, guild_id: int, clock: Clock, doom: Doom) -> None:
        super().__init__(connected, guild_id, clock)
        self._mortal_client = connected
        self._doom = doom

    async def delete(self, channel_id: int, message_id: int, reason: str, still: Callable[[], bool]) -> bool:
        return await self._do("delete", super().delete(channel_id, message_id, reason, still))

    async def delete_many(
        self, channel_id: int, message_ids: tuple[int, ...], reason: str, still: Callable[[], bool]
    ) -> frozenset[int]:
        return await self._do("delete", super().delete_many(channel_id, message_ids, reason, still))

    async def send(self, channel_id: int, message: Outgoing, nonce: str) -> Sent:
        names = {self._mortal_client.resolve(channel): name for channel, name in STAFF.items()}
        name = names.get(channel_id, "public notice")
        return await self._do(name, super().send(channel_id, message, nonce))

    async def send_direct(self, user_id: int, message: Outgoing, nonce: str) -> Sent:
        return await self._do("notice", super().send_direct(user_id, message, nonce))

    async def _do(self, name: str, request: Awaitable[T]) -> T:
        self._doom.reached(f"before {name}")
        result = await request
        self._doom.reached(f"after {name}")
        return result


def start(life: Life) -> ForkServerProcess:
    """Start Beadle."""
    process = _fork.Process(target=_main, args=(life,), daemon=True)
    process.start()
    return process


def _main(life: Life) -> None:
    # There is one server, and it is near; nothing is gained by long pauses.
    client.LAST_SERVER, client.LONGEST_WAIT = 0.05, 0.3
    app.PAUSE = enforcement.TICK = service.UPKEEP = PAUSE
    logging.basicConfig(filename=life.log, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(_run(life))


async def _run(life: Life) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    doom = Doom(life.moment, life.count)

    async def open_mortal(url: str) -> Database:
        return MortalDatabase(await open_database(url, busy_timeout=PAUSE), doom, life.pages)

    await app.run(
        Config.model_validate(life.settings),
        life.token,
        stop,
        clock=Ahead(life.clock),
        open_platform=lambda connected, guild_id, clock: MortalPlatform(connected, guild_id, clock, doom),
        open_db=open_mortal,
        on_ready=life.ready.touch,
    )
