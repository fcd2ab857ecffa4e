"""`beadle check`: find every problem in a configuration and in policies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import DEFAULT_CONFIG
from bot.config import is_file_name, load_config, read_text, shipped_policies
from bot.messages import uneven
from bot.messages.text import count
from bot.policies import read_policy, try_neutrality
from rules.compile import compile_policy
from rules.documents import InvalidDocument, Problem, read_document
from rules.neutrality import AT_LOAD
from rules.policy import Policy
from rules.ruleset import Ruleset

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
    neutrality: Annotated[
        bool,
        typer.Option(
            "--neutrality",
            help="Swap groups, parties, candidates, creeds and sides in hundreds of sentences, and list "
            "every pair that a policy judges unlike.",
        ),
    ] = False,
    frames: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Sentences of your own to swap words in, one a line, with --neutrality.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find every problem in a configuration, in its policy and in other policies.

    Prints each as `file:line: path: problem` and exits with 1, or says what is in order.
    """
    if frames and not neutrality:
        raise typer.BadParameter("is of use with --neutrality alone", param_hint="--frames")
    sound = True
    for file in files or [DEFAULT_CONFIG]:
        try:
            ruleset, name = _examine(file)
            even = _tried(ruleset, name, frames) if neutrality else _warned(ruleset, name)
        except InvalidDocument as error:
            typer.echo(str(error))
            even = False
        sound &= even
    if not sound:
        raise typer.Exit(1)


def _examine(file: Path) -> tuple[Ruleset, str]:
    """Say what is in order, and return the policy's ruleset and name. Raises InvalidDocument.

    A configuration that cannot be used does not keep the policy that it names from being looked into.
    """
    name = str(file)
    if not _is_policy(file):
        try:
            config = load_config(file)
        except InvalidDocument as error:
            raise InvalidDocument([*error.problems, *_of_policy_named_in(file)]) from None
        reminders = count(len(config.reminders), "reminder")
        typer.echo(f"{file}: ok, configuration of {config.community.name} with {reminders}")
        name = config.policy
    ruleset = compile_policy(read_policy(name))
    typer.echo(f"{name}: ok, {_described(ruleset.policy)}")
    return ruleset, name


def _of_policy_named_in(file: Path) -> list[Problem]:
    """Return what is wrong with the policy of a configuration that is malformed itself."""
    try:
        data = read_document(read_text(file), str(file)).data
        name = data.get("policy") if isinstance(data, dict) else None
        if isinstance(name, str) and is_file_name(name) and (file.parent / name).is_file():
            read_policy(str(file.parent / name))
    except InvalidDocument as error:
        return error.problems
    return []


def _tried(ruleset: Ruleset, name: str, frames: Path | None) -> bool:
    """List the pairs that a policy judges unlike, and return whether there are none."""
    trial = try_neutrality(ruleset, frames)
    for pair in trial.pairs:
        typer.echo("\n".join(uneven.lines(pair)))
    found = count(len(trial.pairs), "pair") if trial.pairs else "no pair"
    typer.echo(f"{name}: {found} judged unlike, in {count(trial.frames, 'sentence')}")
    return not trial.pairs


def _warned(ruleset: Ruleset, name: str) -> bool:
    """Warn as loading does, which leaves the policy in order."""
    if told := uneven.warning(try_neutrality(ruleset, most=AT_LOAD), name):
        typer.echo(f"{name}: warning: {told}")
    return True


def _is_policy(file: Path) -> bool:
    if str(file) in shipped_policies():
        return True
    data = read_document(read_text(file), str(file)).data
    return isinstance(data, dict) and not _POLICY_KEYS.isdisjoint(data)


def _described(policy: Policy) -> str:
    size = f"{count(len(policy.rules), 'rule')} under {count(len(policy.clauses), 'clause')}"
    return f"policy “{policy.name}” with {size}, version {policy.version[:12]}"
