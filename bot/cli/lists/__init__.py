"""`beadle list`: add entries to a list of a policy, or import a published list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli.lists.adding import Sorted, plan, sort_entries, without
from bot.cli.lists.editing import save
from bot.cli.lists.published import Numbered, read_entries
from bot.cli.lists.trying import COMMON, found_in_examples, found_in_talk
from bot.cli.lists.uses import decides_alone, is_used
from bot.config import is_file_name
from bot.messages.text import count
from bot.policies import read_policy
from rules.documents import InvalidDocument, Problem, explain
from rules.policy import NamedList, Policy

KINDS = ("words", "patterns", "sentences", "domains", "contacts", "hashes")
MOST_SHOWN = 20
"""How many refused entries, and how many found in ordinary talk, are shown."""

lists = typer.Typer(
    help="Add to the lists of a policy, or import a published list.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
PolicyFile = Annotated[
    str,
    typer.Option("--policy", "-p", metavar="FILE", help="The city's own policy file.", show_default=False),
]
ListId = Annotated[
    str, typer.Option("--id", metavar="ID", help="The list, such as vulgarity or phishing-domains.")
]
Kind = Annotated[
    str | None, typer.Option(help=f"What a list that is new holds: {', '.join(KINDS)}.", show_default=False)
]

Anyway = Annotated[
    bool, typer.Option("--anyway", help=f"Also add what is in {COMMON} or more ordinary comments.")
]


@lists.command("add")
def add(
    entries: Annotated[list[str], typer.Argument(metavar="ENTRY...", help="What to add.")],
    policy: PolicyFile,
    list_id: ListId,
    kind: Kind = None,
    anyway: Anyway = False,
) -> None:
    """Add entries to a list of a policy.

    What is refused is named with the reason, the rest is saved, and the exit code is then 1.
    """
    _extend(policy, list_id, kind, None, lambda _: list(enumerate(entries, 1)), anyway=anyway)


@lists.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Plain lines, .csv, .tsv, .json or .yaml.")],
    policy: PolicyFile,
    list_id: ListId,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of a table to read.", show_default=False)
    ] = None,
    kind: Kind = None,
    anyway: Anyway = False,
) -> None:
    """Add what a published file holds to a list of a policy. Doing so again adds what is new since.

    What is refused is named with the reason, the rest is saved, and the exit code is then 1.
    """
    _extend(policy, list_id, kind, file, lambda of: read_entries(file, of, column), anyway=anyway)


def _extend(
    policy_file: str,
    list_id: str,
    kind: str | None,
    source: Path | None,
    read: Callable[[str], list[Numbered]],
    *,
    anyway: bool,
) -> None:
    """Add what `read` returns for a kind of list. Nothing is saved unless the policy then loads."""
    if not is_file_name(policy_file):
        raise typer.BadParameter(
            f"{policy_file} comes with Beadle; name a file of your own, which may extend it",
            param_hint="--policy",
        )
    policy = read_policy(policy_file)
    named = _list(policy, list_id, kind)
    entries = read(named.kind)
    if not entries:
        raise InvalidDocument([Problem(str(source), 1, "", "holds no entries")])
    found = sort_entries(entries, named, policy)
    found = without(found, found_in_examples(named, _entries(found), policy))
    talk = found_in_talk(named, _entries(found), policy)
    if not anyway and decides_alone(policy, list_id):
        hint = "to add it all the same, say --anyway"
        common = {entry: f"{told}; {hint}" for entry, (times, told) in talk.items() if times >= COMMON}
        found = without(found, common)
    refused = [f"{source or 'entry'}:{line}: {entry!r} {problem}" for line, entry, problem in found.refused]
    _show(refused, "refused")
    new = count(len(found.new), "new entry", "new entries")
    said = f"{new}, {found.had:,} there already, {len(refused):,} refused"
    if not found.new:
        typer.echo(f"{list_id}: {said}")
        raise typer.Exit(1 if refused else 0)
    note = f"Imported from {source.name}." if source else "Our own."
    change = plan(policy_file, list_id, named.kind, _entries(found), note)
    changed = read_policy(policy_file, unsaved=change.texts)
    warned = [f"warning: {entry!r} {talk[entry][1]}" for entry in _entries(found) if entry in talk]
    _show(warned, "such warnings")
    # The list first: a policy that names a file which is not there would not load.
    for name, text in change.texts.items():
        save(Path(name), text)
    typer.echo(f"{change.file}: saved {said}")
    if change.to_paste:
        typer.echo(
            f"{policy_file}: put this line under `lists:`, which is not written in a way to be added to:"
        )
        typer.echo(f"  {change.to_paste}")
    if not is_used(changed, list_id):
        typer.echo(
            f"No rule looks for the list yet. In a rule: when: {{{named.kind}: {{lists: [{list_id}]}}}}"
        )
    if refused:
        raise typer.Exit(1)


def _entries(found: Sorted) -> tuple[str, ...]:
    return tuple(entry for _, entry in found.new)


def _list(policy: Policy, list_id: str, kind: str | None) -> NamedList:
    """Return a policy's list, or an empty one of a kind. Raises BadParameter."""
    known = {named.id: named for named in policy.lists}
    if list_id in known:
        if kind not in (None, known[list_id].kind):
            raise typer.BadParameter(
                f"the list {list_id} is one of {known[list_id].kind}", param_hint="--kind"
            )
        return known[list_id]
    if kind is None:
        raise typer.BadParameter(
            f"the policy has no list {list_id!r}; begin one with --kind, or name one of {', '.join(known)}",
            param_hint="--id",
        )
    try:
        return NamedList.model_validate({"id": list_id, "kind": kind})
    except ValidationError as error:
        raise typer.BadParameter("; ".join(explain(e, lambda _: True)[1] for e in error.errors())) from None


def _show(lines: list[str], what: str) -> None:
    for line in lines[:MOST_SHOWN]:
        typer.echo(line, err=True)
    if len(lines) > MOST_SHOWN:
        typer.echo(f"… and {len(lines) - MOST_SHOWN:,} more {what}", err=True)
