"""Bring the tables up to date with Alembic, in the caller's transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from storage.engine.failure import Unavailable

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x4265_6164_6C65


def upgrade(connection: Connection, folder: Path = MIGRATIONS) -> None:
    """Apply every migration that is missing. A failure leaves nothing, once the caller rolls back.

    Raises Unavailable where the database has a migration that this Beadle does not know.
    """
    if connection.dialect.name == "postgresql":
        # Two processes that start together: the second waits, then finds nothing left to do.
        connection.execute(
            text(f"SELECT set_config('lock_timeout', '0', true), pg_advisory_xact_lock({_LOCK})")
        )
    config = _config(folder)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Unavailable(f"the database was made by a later version of Beadle: {error}") from error


def is_current(connection: Connection) -> bool:
    """Return whether no migration is missing."""
    applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(_config(MIGRATIONS)).get_heads())


def revision(connection: Connection) -> str | None:
    """Return the last migration that was applied, or None where none was."""
    applied: str | None = MigrationContext.configure(connection).get_current_revision()
    return applied


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
