"""`beadle migrate`: bring the database to the current schema."""

from __future__ import annotations

import asyncio

import typer

from bot.cli import DEFAULT_CONFIG, ConfigFile
from bot.config import load_config
from storage import open_database
from storage.engine.migrate import revision


def migrate(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Bring the database to the current schema, and say from which one to which."""
    typer.echo(asyncio.run(_migrate(load_config(config).database)))


async def _migrate(address: str) -> str:
    database = await open_database(address)
    try:
        before = await database.read(revision)
        await database.upgrade()
        after = await database.read(revision)
    finally:
        await database.close()
    if before == after:
        return f"The database is at schema {after}; nothing was missing."
    return f"The database went from {f'schema {before}' if before else 'nothing'} to schema {after}."
