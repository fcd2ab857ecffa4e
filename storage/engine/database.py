"""One database, whichever it is: transactions, reads, and the one failure they may end in."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine.failure import Unavailable
from storage.engine.migrate import is_current, upgrade
from storage.leader import Leadership

__all__ = ["Database", "Transaction", "Unavailable", "upsert"]

Transaction: TypeAlias = Connection
"""A connection inside a transaction: the first argument of every function that reads or writes."""

MIGRATION_LOOK = 0.02
"""Seconds between looks whether another migration in this process is over."""
_migrating = threading.Lock()

P = ParamSpec("P")
T = TypeVar("T")


class Database(ABC):
    """A database, open. It recovers by itself once what made it unavailable is over.

    What is done in a transaction is a plain function of a Transaction, so that several compose into one:
    it never waits for anything but the database, and costs the event loop one step and not one a statement.
    """

    async def transaction(
        self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return `work(transaction, ...)`, committed. Rolls back on any exception and on cancellation.

        A cancellation that arrives during the commit itself comes too late. Where several rows are locked,
        take `ledger.lock_head` first. Raises Unavailable on every failure of the database.
        """
        return await self._write(partial(_call, work, args, kwargs))

    async def read(
        self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return `work(transaction, ...)` on one consistent view, which cannot be written to.

        Raises Unavailable on every failure of the database.
        """
        return await self._read(partial(_call, work, args, kwargs))

    async def upgrade(self) -> None:
        """Bring the tables up to date, all in one transaction. Raises Unavailable or Incompatible."""
        # Alembic knows one migration under way in a process. Not by waiting for the lock, in which case
        # this could be the very thread that is to give it up.
        while not _migrating.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(MIGRATION_LOOK)
        try:
            await self._write(upgrade, limited=False)
        finally:
            _migrating.release()

    async def is_current(self) -> bool:
        """Return whether the tables are up to date. Raises Unavailable."""
        return await self._read(is_current)

    @abstractmethod
    def leadership(self, community: int) -> Leadership:
        """Return the means to be the one process on this database that acts for a community."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way and close every connection."""

    @abstractmethod
    async def _write(self, work: Callable[[Transaction], T], *, limited: bool = True) -> T:
        """Run `work` in a transaction, within the usual time where `limited`."""

    @abstractmethod
    async def _read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent view."""


def upsert(tx: Transaction, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that can say what to do on conflict, in the database's own words."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


def _call(work: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object], tx: Transaction) -> T:
    return work(tx, *args, **kwargs)
