"""The one failure that any use of the database may end in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Unavailable(Exception):  # noqa: N818 - reads as what it is at every raise and except
    """The database cannot be used now: locked, full, unreachable or broken. Nothing was written.

    Where a server goes away while it commits, nobody can tell: ask again, recording twice changes nothing.
    """


class Incompatible(Unavailable):
    """What is there is no database that this Beadle can use, and waiting does not make it one."""


@contextmanager
def surfacing(*driver_errors: type[Exception]) -> Iterator[None]:
    """Turn every failure of the database, but no mistake of ours, into Unavailable."""
    failures: tuple[type[Exception], ...] = (PoolTimeoutError, sqlite3.Error, OSError, *driver_errors)
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except DBAPIError as error:
        raise _kind(error.orig)(f"the database cannot be used: {error.orig}") from error
    except failures as error:
        problem = f"the database cannot be used: {str(error) or type(error).__name__}"
        raise _kind(error)(problem) from error


def _kind(error: BaseException | None) -> type[Unavailable]:
    # The low byte is the kind, the rest a finer distinction: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return Incompatible if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) else Unavailable
