"""`beadle check`: find every problem in a configuration and in policies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import DEFAULT_CONFIG
from bot.config import load_config, read_text, shipped_policies
from bot.messages.text import count
from bot.policies import read_policy
from rules.documents import InvalidDocument, read_document
from rules.policy import Policy

_POLICY_KEYS = frozenset({"extends", "clauses", "rules"})


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CONFIG] [POLICY]...",
            help="Configurations and policies, told apart by their keys, and names of shipped policies. "
            f"{DEFAULT_CONFIG} if none is given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find every problem in a configuration, in its policy and in other policies.

    Prints each as `file:line: path: problem` and exits with 1, or says what is in order.
    """
    sound = True
    for file in files or [DEFAULT_CONFIG]:
        try:
            for line in _examine(file):
                typer.echo(line)
        except InvalidDocument as error:
            typer.echo(str(error))
            sound = False
    if not sound:
        raise typer.Exit(1)


def _examine(file: Path) -> Iterator[str]:
    if _is_policy(file):
        yield f"{file}: ok, {_described(read_policy(str(file)))}"
        return
    config = load_config(file)
    reminders = count(len(config.reminders), "reminder")
    yield f"{file}: ok, configuration of {config.community.name} with {reminders}"
    yield f"{config.policy}: ok, {_described(read_policy(config.policy))}"


def _is_policy(file: Path) -> bool:
    if str(file) in shipped_policies():
        return True
    data = read_document(read_text(file), str(file)).data
    return isinstance(data, dict) and not _POLICY_KEYS.isdisjoint(data)


def _described(policy: Policy) -> str:
    size = f"{count(len(policy.rules), 'rule')} under {count(len(policy.clauses), 'clause')}"
    return f"policy “{policy.name}” with {size}, version {policy.version[:12]}"
