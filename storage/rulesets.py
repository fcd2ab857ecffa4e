"""Every version of the rules that was ever in force, with who changed it and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.engine.database import Transaction
from storage.ledger import SYSTEM, append, lock_head
from storage.schema import rulesets


@dataclass(frozen=True, slots=True)
class RulesetVersion:
    """One version. `version` is the hash of its content, `source` the policy as YAML, `parent` a number."""

    id: int
    community: int
    number: int
    version: str
    parent: int | None
    source: str
    diff: str
    author_id: int | None
    author: str
    approver_id: int | None
    approver: str | None
    reason: str
    authority: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RulesetChange:
    """A change to the rules: the new content, and who answers for it. `author_id` None is the policy file."""

    version: str
    source: str
    diff: str
    author_id: int | None
    author: str
    reason: str
    approver_id: int | None = None
    approver: str | None = None
    authority: str | None = None


def remember(
    tx: Transaction, community: int, change: RulesetChange, *, parent: int | None, now: datetime
) -> RulesetVersion | None:
    """Put a change in force and return the version, or the current one where nothing changes.

    `parent` is the number that the change was made from. Returns None where another came into force since.
    """
    head = lock_head(tx, community)
    latest = current(tx, community)
    if latest is not None and latest.version == change.version:
        return latest
    if parent != (latest and latest.number):
        return None
    fields = {
        "community": community,
        "number": 1 if latest is None else latest.number + 1,
        "parent": parent,
        "created_at": now,
        **{name: getattr(change, name) for name in RulesetChange.__slots__},
    }
    row = tx.execute(rulesets.insert().returning(rulesets), fields).one()
    body = {"number": row.number, "version": row.version, "parent": parent, "approver": change.approver_id}
    actor = SYSTEM if change.author_id is None else str(change.author_id)
    append(tx, community, "rules.changed", body, at=now, actor=actor, head=head)
    return RulesetVersion(*row)


def current(tx: Transaction, community: int) -> RulesetVersion | None:
    """Return the version in force."""
    return _newest(tx, community)


def by_version(tx: Transaction, community: int, version: str) -> RulesetVersion | None:
    """Return the newest version with this content."""
    return _newest(tx, community, version)


def history(tx: Transaction, community: int, limit: int) -> tuple[RulesetVersion, ...]:
    """Return at most `limit` versions, newest first."""
    query = select(rulesets).where(rulesets.c.community == community)
    rows = tx.execute(query.order_by(rulesets.c.number.desc()).limit(limit))
    return tuple(RulesetVersion(*row) for row in rows)


def _newest(tx: Transaction, community: int, version: str | None = None) -> RulesetVersion | None:
    query = select(rulesets).where(rulesets.c.community == community)
    if version is not None:
        query = query.where(rulesets.c.version == version)
    row = tx.execute(query.order_by(rulesets.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else RulesetVersion(*row)
