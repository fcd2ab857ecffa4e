"""The `beadle` command in processes of its own, which can be stopped, killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.e2e_support import eventually

Json = dict[str, Any]


@dataclass
class Command:
    """One `beadle` command, running; what it prints goes to a file."""

    arguments: tuple[str, ...]
    output: Path
    token: str = ""
    _process: Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start it, again too."""
        environment = os.environ | {"BEADLE_TOKEN": self.token, "COLUMNS": "120"}
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *self.arguments, stdout=output, stderr=output, env=environment
            )

    @property
    def printed(self) -> str:
        """Return what it has printed so far."""
        return self.output.read_text("utf-8")

    @property
    def running(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> int:
        """Return its exit code, once it has ended by itself."""
        assert self._process
        return await self._process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and return its exit code."""
        assert self._process
        if self.running:
            self._process.send_signal(number)
        return await self._process.wait()


@dataclass
class Apart:
    """The sandbox and Beadle in a process each."""

    folder: Path
    commands: list[Command] = field(default_factory=list)
    facts: Json = field(default_factory=dict)

    def command(self, *arguments: str, token: str = "") -> Command:
        """Return a command that will be ended with the test."""
        made = Command(arguments, self.folder / f"output-{len(self.commands)}.txt", token)
        self.commands.append(made)
        return made

    async def sandbox(self, *arguments: str) -> Command:
        """Start a sandbox and return once it is ready; `facts` then say where everything is."""
        ready = self.folder / "ready.json"
        command = self.command("sandbox", "--ready-file", str(ready), *arguments)
        await command.start()
        await eventually(lambda: ready.exists() or not command.running, "the sandbox is ready")
        assert ready.exists(), command.printed
        self.facts = json.loads(ready.read_text("utf-8"))
        return command

    def bot(self, policy: str, **sections: Any) -> Command:
        """Return `beadle run`, set up for the sandbox and not yet started."""
        (self.folder / "policy.yaml").write_text(policy, "utf-8")
        config = {
            "community": {"name": "Sample City", "guild": "Sample City", "timezone": "America/Chicago"},
            "policy": "policy.yaml",
            "database_path": "beadle.sqlite3",
            "discord": {name: self.facts[name] for name in ("api", "gateway", "cdn")},
            "enforcement": {"lease_seconds": 5, "first_pause_seconds": 1, "longest_pause_seconds": 1},
        }
        file = self.folder / "beadle.yaml"
        file.write_text(yaml.safe_dump(config | sections), "utf-8")
        return self.command("run", str(file), token=self.facts["bot"]["token"])

    async def close(self) -> None:
        """End what still runs."""
        for command in self.commands:
            if command.running:
                await command.stop(signal.SIGKILL)
