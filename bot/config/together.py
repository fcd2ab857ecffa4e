"""What only several values of a configuration show together, found even while others are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from bot.config.sections import Channels, Enforcement, Reminder
from bot.config.values import ref
from bot.schedule import ONE_KIND, Schedule
from rules.documents import Document, Problem


def conflicts(document: Document) -> Iterator[Problem]:
    """Find values that do not go together. Those that cannot be read are named elsewhere and passed over."""
    top = _section(document.data)
    if {"database_path", "database_url"} <= top.keys():
        yield document.problem((), "expected database_path or database_url, not both")
    screening = _section(top.get("screening"))
    if screening.get("only") is not None and screening.get("except"):
        yield document.problem(("screening",), "expected `only` or `except`, not both")
    yield from _channels(document, _section(top.get("channels")))
    yield from _pauses(document, _section(top.get("enforcement")))
    reminders = top.get("reminders")
    yield from _reminders(document, reminders if isinstance(reminders, list) else [])


def _channels(document: Document, given: dict[Any, Any]) -> Iterator[Problem]:
    """Find two offices with one channel: alerts in the review queue would bury what waits there."""
    refs = {}
    for office, field in Channels.model_fields.items():
        try:
            refs[office] = ref(given.get(office, field.default))
        except ValueError:
            continue
    for (office, one), (other, same) in combinations(refs.items(), 2):
        if one == same:
            yield document.problem(
                ("channels",), f"expected a channel for each (got {one!r} for {office} and {other})"
            )


def _pauses(document: Document, given: dict[Any, Any]) -> Iterator[Problem]:
    names = ("first_pause_seconds", "longest_pause_seconds")
    try:
        first, longest = (int(given.get(name, Enforcement.model_fields[name].default)) for name in names)
    except (TypeError, ValueError, OverflowError):
        return
    if first > longest:
        text = "expected first_pause_seconds not to be more than longest_pause_seconds"
        yield document.problem(("enforcement",), text)


def _reminders(document: Document, reminders: list[Any]) -> Iterator[Problem]:
    firsts: dict[str, int] = {}
    for number, reminder in enumerate(map(_section, reminders)):
        name = reminder.get("id")
        if isinstance(name, str) and firsts.setdefault(name, number) != number:
            line = document.line(("reminders", firsts[name], "id"))
            text = f"the id {name!r} is given twice (first in line {line})"
            yield document.problem(("reminders", number, "id"), text)
        said = _given(reminder, ("text", "report"))
        # An unknown key is likely one of the two, misspelt.
        if said == 2 or (said == 0 and reminder and reminder.keys() <= Reminder.model_fields.keys()):
            yield document.problem(("reminders", number), "expected either text or report")
        if _given(_section(reminder.get("schedule")), Schedule.model_fields) > 1:
            yield document.problem(("reminders", number, "schedule"), ONE_KIND)


def _given(section: dict[Any, Any], names: Iterable[str]) -> int:
    """Return how many of the names a section gives a value."""
    return sum(section.get(name) is not None for name in names)


def _section(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
