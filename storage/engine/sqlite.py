"""SQLite: one thread that writes, a few that read."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event

from storage.engine.database import Database, Transaction
from storage.engine.failure import surfacing
from storage.engine.migrate import refuse_stranger
from storage.leader import FileLead, Leadership

T = TypeVar("T")

READERS = 4


class Sqlite(Database):
    """A database in a file.

    Each transaction runs whole in one thread. Handing every statement to a thread by itself, as an async
    driver must, costs about four times as much for the ten statements of a record.
    """

    def __init__(self, path: Path, busy_timeout: float) -> None:
        """Use the file at `path`, waiting at most `busy_timeout` seconds for another process's lock."""
        self.path = path
        self._patience = busy_timeout
        self._wait = self._set = busy_timeout
        self._writer = self._engine(1)
        self._readers = self._engine(READERS, "PRAGMA query_only = ON")
        event.listen(self._readers, "begin", _begin_view)
        self._writing = ThreadPoolExecutor(1, "beadle-write")
        self._reading = ThreadPoolExecutor(READERS, "beadle-read")
        self._connection: Connection | None = None

    def leadership(self, community: int) -> Leadership:
        """Return a lock on a file beside the database."""
        return FileLead(self.path.with_name(f"{self.path.name}.{community}.lock"))

    async def close(self) -> None:
        """Finish what is under way and close every connection."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for threads in (self._reading, self._writing):
            threads.shutdown()
        self._readers.dispose()
        if self._connection is not None:
            self._connection.close()
        self._writer.dispose()  # last: it clears away the write-ahead log

    async def _write(self, work: Callable[[Transaction], T], *, limited: bool = True) -> T:
        return await _in_thread(self._writing, partial(self._commit, work, time.monotonic()))

    async def _read(self, work: Callable[[Transaction], T]) -> T:
        return await _in_thread(self._reading, partial(self._look, work))

    def _commit(self, work: Callable[[Transaction], T], since: float, cancelled: Cancelled) -> T:
        # Whoever has stood in line while the file was locked has waited already: with fifty in line, the last
        # must not wait fifty times.
        self._wait = max(0, round(self._patience - (time.monotonic() - since), 1))
        with surfacing():
            if self._connection is None:
                self._connection = self._writer.connect()
            with self._transaction(self._connection):
                result = work(self._connection)
                if cancelled():
                    raise asyncio.CancelledError
                return result

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[None]:
        """Begin, and in the end commit, past SQLAlchemy, which takes three times as long to do so."""
        raw: Any = connection.connection.driver_connection
        if self._wait != self._set:
            raw.execute(f"PRAGMA busy_timeout = {int(self._wait * 1000)}")
            self._set = self._wait
        raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            raw.commit()
        except BaseException:
            raw.rollback()
            raise
        finally:
            if connection.in_transaction():
                connection.rollback()  # of nothing any more: SQLAlchemy began by itself at a statement

    def _look(self, work: Callable[[Transaction], T], cancelled: Cancelled) -> T:
        with surfacing(), self._readers.begin() as connection:
            return work(connection)

    def _engine(self, size: int, *pragmas: str) -> Engine:
        engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(self.path)),
            pool_size=size,
            max_overflow=0,
            pool_timeout=self._patience,
            connect_args={"check_same_thread": False, "timeout": self._patience},
        )

        def connect(raw: Any, _: object) -> None:
            raw.isolation_level = None  # else the driver leaves table definitions outside the transaction
            if raw.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                # What follows writes to the file, which must be ours.
                _refuse_stranger(self.path, raw)
                raw.execute("PRAGMA journal_mode = WAL")
            for pragma in (
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA secure_delete = ON",
                *pragmas,
            ):
                raw.execute(pragma)

        event.listen(engine, "connect", connect)
        return engine


Cancelled = Callable[[], bool]


async def _in_thread(threads: ThreadPoolExecutor, job: Callable[[Cancelled], T]) -> T:
    """Run `job` in a thread. When cancelled, tell it so and wait until it has let go."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = job(done.cancelled)
        except BaseException as error:
            loop.call_soon_threadsafe(_settle, done, None, error)
        else:
            loop.call_soon_threadsafe(_settle, done, result, None)

    # Not through asyncio.wrap_future, by which a result takes two turns of the loop more.
    running = threads.submit(run)
    try:
        return await done
    except asyncio.CancelledError:
        if done.cancelled() and not running.cancel():
            await asyncio.wait([asyncio.wrap_future(running)])
        raise


def _begin_view(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    raw.execute("BEGIN")


def _settle(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


def _refuse_stranger(path: Path, raw: Any) -> None:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = {name for (name,) in raw.execute(query)}
    versions = "alembic_version" in tables and raw.execute("SELECT 1 FROM alembic_version").fetchall()
    refuse_stranger(str(path), tables, migrated=bool(versions))


def create_file(path: Path) -> None:
    """Make the database file, and folders on the way, for its owner alone. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
