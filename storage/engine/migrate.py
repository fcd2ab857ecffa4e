"""Bring the tables up to date with Alembic, in the caller's transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from storage.engine.failure import Incompatible
from storage.schema import metadata

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x4265_6164_6C65


def upgrade(connection: Connection, folder: Path = MIGRATIONS) -> None:
    """Apply every migration that is missing. A failure leaves nothing, once the caller rolls back.

    Raises Incompatible where the database is another program's, or has a migration that this Beadle does not
    know.
    """
    if connection.dialect.name == "postgresql":
        # Two processes that start together: the second waits, then finds nothing left to do.
        connection.execute(
            text(f"SELECT set_config('lock_timeout', '0', true), pg_advisory_xact_lock({_LOCK})")
        )
    refuse_stranger(
        str(connection.engine.url.database),
        set(inspect(connection).get_table_names()),
        migrated=revision(connection) is not None,
        shared=connection.dialect.name == "postgresql",
    )
    config = _config(folder)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Incompatible(f"the database was made by a later version of Beadle: {error}") from error


def is_current(connection: Connection) -> bool:
    """Return whether no migration is missing."""
    applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(_config(MIGRATIONS)).get_heads())


def revision(connection: Connection) -> str | None:
    """Return the last migration that was applied, or None where none was."""
    applied: str | None = MigrationContext.configure(connection).get_current_revision()
    return applied


def refuse_stranger(name: str, tables: set[str], *, migrated: bool, shared: bool = False) -> None:
    """Raise Incompatible where these are the tables of another program.

    A file belongs to one program; a server's database may be `shared`, as long as no name is taken.
    """
    there = tables - {"alembic_version"}
    ours = there & metadata.tables.keys()
    taken = ours if shared else there
    if (migrated and not ours) or (taken and not migrated):
        names = ", ".join(sorted(taken)) or "alembic_version"
        raise Incompatible(f"{name} holds another program's tables: {names}")


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
