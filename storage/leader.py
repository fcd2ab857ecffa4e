"""Who acts: of several processes on one database, one a community."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine.failure import Unavailable, surfacing

ANSWER = 5.0
"""Seconds that a server has to say that the lead is still held."""


class Leadership(ABC):
    """The right to act for one community. It ends with the process that holds it, however that ends."""

    @abstractmethod
    async def acquire(self) -> bool:
        """Take the lead if nobody has it, and return whether it is ours. Raises Unavailable."""

    @abstractmethod
    async def held(self) -> bool:
        """Return whether the lead is still ours. Ask again before every round of work."""

    @abstractmethod
    async def release(self) -> None:
        """Give up the lead."""


class FileLead(Leadership):
    """A lock on a file beside the database, which the system drops when the process ends."""

    def __init__(self, path: Path) -> None:
        """Lock the file at `path`, made where missing."""
        self._path = path
        self._file: int | None = None

    async def acquire(self) -> bool:
        """Take the lead if nobody has it, and return whether it is ours. Raises Unavailable."""
        if await self.held():
            return True
        await self.release()
        with surfacing():
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return False
            except OSError:
                os.close(file)
                raise
        self._file = file
        return await self.held()

    async def held(self) -> bool:
        """Return whether the lead is still ours: the locked file is the one at the path."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    async def release(self) -> None:
        """Give up the lead. The file stays: removing it would let two processes lock two files."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class SessionLead(Leadership):
    """A PostgreSQL advisory lock, which the server drops when the connection ends."""

    def __init__(self, connect: Callable[[], Awaitable[AsyncConnection]], community: int) -> None:
        """Hold the lock on a connection that `connect` opens, outside any transaction."""
        self._connect = connect
        digest = hashlib.sha256(f"beadle leads {community}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)
        self._connection: AsyncConnection | None = None

    async def acquire(self) -> bool:
        """Take the lead if nobody has it, and return whether it is ours. Raises Unavailable."""
        if await self.held():
            return True
        await self.release()
        self._connection = await self._connect()
        try:
            with surfacing():
                query = text("SELECT pg_try_advisory_lock(:key)")
                won: bool = (await self._connection.execute(query, {"key": self._key})).scalar_one()
        except BaseException:
            await self.release()
            raise
        if not won:
            await self.release()
        return won

    async def held(self) -> bool:
        """Return whether the lead is still ours: the connection that holds it still answers."""
        if self._connection is None:
            return False
        try:
            with surfacing():
                async with asyncio.timeout(ANSWER):
                    await self._connection.execute(text("SELECT 1"))
        except Unavailable:
            await self.release()
            return False
        return True

    async def release(self) -> None:
        """Give up the lead, by ending the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()
