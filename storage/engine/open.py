"""Open the database that an address names."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from storage.engine.database import Database
from storage.engine.failure import surfacing
from storage.engine.sqlite import Sqlite, create_file

BUSY_TIMEOUT = 2.0


async def open_database(url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """Return the database at `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`.

    `busy_timeout` is how many seconds a write waits for another's lock. A missing file is made, for its owner
    alone. Raises ValueError on another kind of address, ImportError where the `postgres` extra is not
    installed, and Unavailable where the file cannot be made.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError("expected a database address such as sqlite:///beadle.sqlite3") from None
    kind = address.get_backend_name()
    if kind == "sqlite":
        if address.database in (None, "", ":memory:"):
            raise ValueError("expected the path of a file: sqlite:///beadle.sqlite3")
        path = Path(str(address.database))
        with surfacing():
            await asyncio.to_thread(create_file, path)
        return Sqlite(path, busy_timeout)
    if kind in ("postgresql", "postgres"):
        try:
            from storage.engine.postgres import Postgres  # noqa: PLC0415 - its driver is an extra
        except ModuleNotFoundError as error:
            raise ImportError(f"PostgreSQL needs {error.name}: install beadle[postgres]") from error
        return Postgres(address, busy_timeout)
    raise ValueError(f"expected sqlite:///PATH or postgresql://…, got {kind}://…")
