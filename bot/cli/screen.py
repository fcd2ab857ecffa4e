"""`beadle screen`: try a policy on comments from a file."""

from __future__ import annotations

from enum import StrEnum
from time import perf_counter
from typing import Annotated

import typer

from bot.cli.intake import Malformed, read_comments
from bot.cli.verdicts import JsonLines, Summary
from bot.cli.watching import opened
from bot.policies import read_policy
from rules.compile import compile_policy
from rules.window import Window


class Format(StrEnum):
    """How the verdicts are written."""

    JSON = "json"
    TABLE = "table"


def screen(
    file: Annotated[str, typer.Argument(help="A file of comments, or - for standard input.")] = "-",
    policy: Annotated[
        str, typer.Option("--policy", "-p", help="A policy file, or the name of a shipped policy.")
    ] = "default",
    output: Annotated[
        Format, typer.Option("--format", "-f", help="One JSON object a line, or a table for people.")
    ] = Format.JSON,
) -> None:
    """Try a policy on comments: plain lines, JSON Lines, or a DiscordChatExporter JSON export.

    A JSON line has `text` and may have `id`, `author`, `channel` and `at`. Floods are seen where `at` is
    given, those of one author only where `author` is given too. What cannot be read, such as a line of more
    than 1,024 KiB, is named on standard error, the rest goes on, and the exit code is 1.
    """
    ruleset = compile_policy(read_policy(policy), perf_counter)
    window = Window()
    report = JsonLines() if output is Format.JSON else Summary()
    malformed = 0
    with opened(file, quiet=output is Format.JSON) as stream:
        for item in read_comments(stream):
            if isinstance(item, Malformed):
                malformed += 1
                typer.echo(f"{file}: {item.where}: {item.problem}", err=True)
            else:
                report.add(item, ruleset.evaluate(item.post, window if item.timed else None))
    report.close()
    if malformed:
        raise typer.Exit(1)
