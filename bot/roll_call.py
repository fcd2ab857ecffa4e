"""Find what the configuration and the policy name and the server does not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.config import Config, Ref
from rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What a server has, by every id and name: its channels, with threads and categories, and its roles."""

    channels: frozenset[str]
    roles: frozenset[str]


def absent(config: Config, policy: Policy, there: Landmarks) -> list[str]:
    """Return where a channel or role is named that the server does not have, as `roles.clerk: 'Clark'`."""
    named = [
        *((path, ref, there.channels) for path, ref in _channels(config, policy)),
        *((path, ref, there.roles) for path, ref in _roles(config, policy)),
    ]
    return [f"{path}: {ref!r}" for path, ref, known in named if str(ref) not in known]


def _channels(config: Config, policy: Policy) -> Iterator[tuple[str, Ref]]:
    for office in ("review_queue", "staff_archive", "alerts"):
        yield f"channels.{office}", getattr(config.channels, office)
    yield from (("screening.only", ref) for ref in config.screening.only or ())
    yield from (("screening.except", ref) for ref in config.screening.except_)
    for reminder in config.reminders:
        yield from ((f"reminder {reminder.id}", ref) for ref in reminder.channels)
    for rule in policy.rules:
        scoped = (*rule.scope.channels, *rule.scope.exempt_channels)
        yield from ((f"scope of rule {rule.id}", ref) for ref in scoped)


def _roles(config: Config, policy: Policy) -> Iterator[tuple[str, Ref]]:
    for office in ("moderator", "coordinator", "clerk", "admin"):
        yield from ((f"roles.{office}", ref) for ref in getattr(config.roles, office))
    yield from (("screening.exempt_roles", ref) for ref in config.screening.exempt_roles)
    for rule in policy.rules:
        yield from ((f"scope of rule {rule.id}", ref) for ref in rule.scope.exempt_roles)
