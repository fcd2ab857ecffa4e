"""PostgreSQL: a pool of connections through asyncpg."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.engine.database import Database, Transaction
from storage.engine.failure import surfacing
from storage.leader import Leadership, SessionLead

T = TypeVar("T")

CONNECTIONS = 5
WRITE_LIMIT = 15.0
READ_LIMIT = 60.0
"""Seconds until a transaction is given up: a server that went without a word never answers."""


class Postgres(Database):
    """A database on a server."""

    def __init__(self, url: URL, busy_timeout: float) -> None:
        """Use the server at `url`, waiting at most `busy_timeout` seconds for a lock or a connection."""
        arguments: dict[str, Any] = {
            "timeout": busy_timeout,
            "server_settings": {"lock_timeout": f"{int(busy_timeout * 1000)}", "application_name": "beadle"},
        }
        # libpq spells it sslmode, asyncpg ssl, and people paste what libpq takes.
        if (mode := url.query.get("sslmode")) is not None:
            url = url.difference_update_query(["sslmode"])
            arguments["ssl"] = mode
        self.url = url.set(drivername="postgresql+asyncpg")
        self._engine = create_async_engine(
            self.url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WRITE_LIMIT,
            pool_pre_ping=True,
            connect_args=arguments,
        )
        self._views = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def leadership(self, community: int) -> Leadership:
        """Return an advisory lock on a connection of its own."""
        return SessionLead(self._connect, community)

    async def close(self) -> None:
        """Finish what is under way and close every connection."""
        await self._engine.dispose()

    async def _write(self, work: Callable[[Transaction], T], *, limited: bool = True) -> T:
        with surfacing(InterfaceError, PostgresError):
            async with asyncio.timeout(WRITE_LIMIT if limited else None), self._engine.begin() as connection:
                return await connection.run_sync(work)

    async def _read(self, work: Callable[[Transaction], T]) -> T:
        with surfacing(InterfaceError, PostgresError):
            async with asyncio.timeout(READ_LIMIT), self._views.begin() as connection:
                return await connection.run_sync(work)

    async def _connect(self) -> AsyncConnection:
        with surfacing(InterfaceError, PostgresError):
            connection = await self._engine.connect()
            return await connection.execution_options(isolation_level="AUTOCOMMIT")
