"""A private PostgreSQL server for tests, and a fresh database in it for each."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

EXISTING = "BEADLE_TEST_POSTGRES_URL"
"""Names a server to use instead of a private one; its user must be allowed to make databases."""

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that must be free in memory for the server's files to lie there: copying is ten times as fast."""

STARTING = 30.0
"""Seconds that a server may take to start."""


@dataclass
class Postmaster:
    """A private server's process, which can be stopped and started again."""

    programs: Path
    sockets: str
    command: list[str]
    account: dict[str, Any]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with open(f"{self.sockets}/log", "ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, **self.account)
        until = time.monotonic() + STARTING
        ask: list[str | Path] = [self.programs / "pg_isready", "-q", "-h", self.sockets]
        while subprocess.run(ask, check=False).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(
                    "PostgreSQL did not start:\n" + Path(self.sockets, "log").read_text("utf-8")
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None


@dataclass
class Server:
    """A PostgreSQL server: `url` is that of a database which is there from the start.

    Only a private one has a `postmaster`.
    """

    url: URL
    postmaster: Postmaster | None = None
    _template: str | None = field(default=None, init=False)

    async def create(self, prepare: Callable[[str], Coroutine[Any, Any, None]]) -> str:
        """Make a database and return its address. `prepare` fills the first; later ones are copies of it."""
        if self._template is None:
            template = await self.create_empty()
            await prepare(template)
            self._template = make_url(template).database
        return await self.create_empty(self._template)

    async def create_empty(self, template: str | None = None) -> str:
        """Make a database, a copy of `template` where one is given, and return its address."""
        name = f"beadle_test_{uuid4().hex}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    async def close(self) -> None:
        """Remove what later databases were copies of."""
        if self._template is not None:
            await self._execute(f"DROP DATABASE {self._template} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def connect(url: URL | str) -> asyncpg.Connection[asyncpg.Record]:
    """Return a connection beside Beadle's own."""
    address = make_url(url)
    arguments: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "password": address.password,
        **address.query,
    }
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        user=address.username, database=address.database, **arguments
    )
    return connection


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`; None where PostgreSQL is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (config := shutil.which("pg_config")) is not None:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(answer.stdout.strip()))
    if (initdb := shutil.which("initdb")) is not None:
        folders.append(Path(initdb).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def running() -> Iterator[Server | None]:
    """Run a server while the context lasts. Gives None where there is none to run."""
    if (existing := os.environ.get(EXISTING)) is not None:
        yield Server(make_url(existing))
        return
    folder = programs()
    if folder is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="beadle-pg-", dir=_place()) as made:
        # The server refuses to run as root.
        account: dict[str, Any] = {"cwd": made}
        if os.geteuid() == 0:
            account |= {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(made, "postgres", "postgres")
        data = f"{made}/data"
        initdb = [f"{folder}/initdb", "-D", data, "-U", "beadle", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **account)
        settings = {"listen_addresses": "", "unix_socket_directories": made, "fsync": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        postmaster = Postmaster(folder, made, [f"{folder}/postgres", "-D", data, *options], account)
        url = URL.create("postgresql", "beadle", database="postgres", query={"host": made})
        try:
            postmaster.start()
            yield Server(url, postmaster)
        finally:
            postmaster.stop()


def _place() -> Path | None:
    return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM else None
