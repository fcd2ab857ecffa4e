"""Work out what adding entries to a policy's list changes, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.cli.lists.editing import NotEditable, with_items, with_key, written
from bot.cli.lists.published import Numbered
from bot.cli.lists.uses import own_domain
from bot.config import read_text
from rules.check import entry_check
from rules.detectors.links.reading import normal_domain
from rules.detectors.words import terms
from rules.documents import InvalidDocument, read_document
from rules.merge import ADD_FILE, SHIPPED, beside
from rules.policy import NamedList, Policy

Texts = Mapping[str, str]
"""Texts by the name of their file."""


Refused = tuple[int, str, str]
"""The line that an entry stands in, the entry and the reason."""


@dataclass(frozen=True)
class Sorted:
    """Entries that are new, how many a list had already, and those refused."""

    new: tuple[Numbered, ...]
    had: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Change:
    """The texts to be saved, and the line that must be pasted into the policy's `lists` by hand, if any."""

    texts: Texts
    file: str
    to_paste: str | None


def sort_entries(entries: Iterable[Numbered], named: NamedList, policy: Policy) -> Sorted:
    """Tell the entries that a list can take and does not have from the others."""
    check = entry_check(named, {other.id: other for other in policy.lists})
    known = {_read(entry, named.kind) for entry in named.entries}
    new, refused, had = [], [], 0
    for line, entry in entries:
        problem = _too_odd(entry) or check(entry) or own_domain(entry, named, policy)
        form = _read(entry, named.kind)
        if problem:
            refused.append((line, entry, problem))
        elif form in known:
            had += 1
        else:
            known.add(form)
            new.append((line, entry))
    return Sorted(tuple(new), had, tuple(refused))


def without(found: Sorted, reasons: Mapping[str, str]) -> Sorted:
    """Return entries with those new ones refused for which there is a reason."""
    new = tuple((line, entry) for line, entry in found.new if entry not in reasons)
    refused = [(line, entry, reasons[entry]) for line, entry in found.new if entry in reasons]
    return replace(found, new=new, refused=(*found.refused, *refused))


def _too_odd(entry: str) -> str | None:
    if not entry.strip():
        return "is empty"
    if len(entry) > 1000:
        return "is longer than 1,000 characters"
    return None if entry.isprintable() else "holds signs that cannot be seen"


def _read(entry: str, kind: str) -> tuple[object, ...]:
    """Return what tells an entry from others: two that Beadle reads alike are one."""
    if kind == "words":
        return terms.literal(entry), sum(sign.isdecimal() for sign in entry)
    return (normal_domain(entry) if kind == "domains" else entry.casefold() if kind != "patterns" else entry,)


def plan(policy_file: str, list_id: str, kind: str, new: tuple[str, ...], note: str) -> Change:
    """Return what to save so that a policy's list has some new entries, in a file that the policy names."""
    text = read_text(Path(policy_file))
    lists = read_document(text, policy_file).data.get("lists", [])
    number = next((n for n, item in enumerate(lists) if str(item["id"]) == list_id), None)
    item: dict[str, Any] = {} if number is None else lists[number]
    given = item.get(ADD_FILE) or _own(item.get("file"))
    name = str(given or f"lists/{list_id}.yaml")
    file = beside(policy_file, name)
    texts = {file: _extended(file, kind, new, note)}
    if given:
        return Change(texts, file, None)
    reference = {"id": list_id, ADD_FILE: name}
    try:
        if number is None:
            edited = with_items(text, "lists", [reference])
        else:
            edited = with_key(text, "lists", number, ADD_FILE, name)
    except NotEditable:
        return Change(texts, file, f"- {written(item | reference)}")
    return Change(texts | {policy_file: edited}, file, None)


def _own(name: Any) -> str | None:
    """Return the name of a file, if it is the city's own."""
    return None if name is None or str(name).startswith(SHIPPED) else str(name)


def _extended(file: str, kind: str, new: tuple[str, ...], note: str) -> str:
    path = Path(file)
    text = read_text(path) if path.exists() else f"kind: {kind}\nnote: {written(note)}\n"
    try:
        return with_items(text, "entries", new)
    except NotEditable:
        expected = "must hold its entries one a line, each after `- `, for others to be added"
        raise InvalidDocument([read_document(text, file).problem(("entries",), expected)]) from None
