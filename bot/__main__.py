"""Run Beadle from the command line."""

from __future__ import annotations

import sys
from importlib import import_module, metadata
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "check": "Find every problem in a configuration and in policies.",
    "run": "Work for one community until told to stop.",
    "sandbox": "Try Beadle in a sample community on this machine.",
    "screen": "Try a policy on comments from a file.",
    "list": "Add to the lists of a policy, or import a published list.",
    "migrate": "Bring the database to the current schema.",
}
"""Each command and its summary. `bot.cli.<name>` holds a function of that name, imported when it is used."""
MODULES = {"list": "lists"}
"""Where a command is whose name means something else in Python: there it is a group of commands."""


class _Commands(TyperGroup):
    """The commands, listed without importing what they need."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(str(name)), rest


def _load(name: str) -> Any:
    place = MODULES.get(name, name)
    found = getattr(import_module(f"bot.cli.{place}"), place)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
        alone.command(name)(found)
        found = alone
    return typer.main.get_command(found)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"beadle {metadata.version('beadle')}")
        raise typer.Exit


app = typer.Typer(cls=_Commands, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def _beadle(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", is_eager=True, callback=_show_version
    ),
) -> None:
    """Keep order in a city's community server, and the record of it."""


def main() -> None:
    """Run the `beadle` command. What it can foresee ends in one clear line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Comments hold every letter there is, and not every terminal or pipe can take them.
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="beadle")
    except Exception as error:
        lines = import_module("bot.cli.failures").explain(error)
        if lines is None:
            raise
        sys.exit(lines)


if __name__ == "__main__":
    main()
