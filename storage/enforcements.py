"""Outward acts owed or done: leased by one process at a time, never lost, never doubled."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, and_, exists, func, or_, select, tuple_, update

from storage.engine.database import Transaction
from storage.engine.prepared import insert
from storage.schema import EnforcementState, enforcements, sent_messages

FIRST = 1
"""The ordinal of what nothing in its case comes before."""
_INSERT = insert(enforcements)
_UNFINISHED = enforcements.c.done_at.is_(None)
"""As the index has it that finds what is due: an act that is over for good has its time."""
_KEY = (enforcements.c.case_id, enforcements.c.kind)
_IN_ORDER = (enforcements.c.case_id, enforcements.c.ordinal, enforcements.c.kind)


@dataclass(frozen=True, slots=True)
class Enforcement:
    """One outward act for a case, which has each kind once. A `nonce` has at most 25 characters, for Discord.

    Claimed in the state `SENDING`, it may have happened already: look before doing it again.
    """

    case_id: int
    kind: str
    community: int
    ordinal: int
    state: EnforcementState
    attempts: int
    next_at: datetime
    lease_owner: str | None
    lease_until: datetime | None
    nonce: str
    channel_id: int | None
    target_id: int | None
    error: str | None
    created_at: datetime
    done_at: datetime | None

    @property
    def key(self) -> tuple[int, str]:
        """Return what tells the act from every other."""
        return self.case_id, self.kind


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A Discord message of ours: where it stands and what it is for."""

    channel_id: int
    message_id: int
    purpose: str


def plan(
    tx: Transaction,
    community: int,
    case_id: int,
    first: Sequence[str],
    then: Sequence[str] = (),
    *,
    now: datetime,
    lease: tuple[str, datetime] | None = None,
) -> tuple[Enforcement, ...]:
    """Add one pending enforcement a kind. Those in `then` fall due when those in `first` are over.

    `lease` gives the first to an owner until a time. A case has each kind once: a kind that it has already
    raises sqlalchemy's IntegrityError.
    """
    owner, until = lease if lease is not None else (None, None)
    rows: list[dict[str, Any]] = [
        {
            "case_id": case_id,
            "kind": kind,
            "community": community,
            "ordinal": ordinal,
            "state": EnforcementState.PENDING,
            "attempts": 1 if at_once and owner else 0,
            "next_at": now,
            "lease_owner": owner if at_once else None,
            "lease_until": until if at_once else None,
            "nonce": secrets.token_urlsafe(15),
            "channel_id": None,
            "target_id": None,
            "error": None,
            "created_at": now,
            "done_at": None,
        }
        for ordinal, at_once, kind in [(FIRST, True, k) for k in first]
        + [(FIRST + 1, False, k) for k in then]
    ]
    if not rows:
        return ()
    _INSERT.many(tx, rows)
    return tuple(Enforcement(**row) for row in rows)


def claim_due(
    tx: Transaction, community: int, owner: str, *, now: datetime, lease_for: timedelta, limit: int
) -> tuple[Enforcement, ...]:
    """Lease at most `limit` acts that are due and nobody's, and return them, oldest case first.

    An act waits for those that come before it in its case. Two owners never get the same act. Each comes with
    the state it was left in.
    """
    before = enforcements.alias()
    waits = exists().where(
        before.c.case_id == enforcements.c.case_id,
        before.c.ordinal < enforcements.c.ordinal,
        before.c.done_at.is_(None),
    )
    due = (
        select(*_KEY)
        .where(
            enforcements.c.community == community,
            _UNFINISHED,
            enforcements.c.next_at <= now,
            or_(enforcements.c.lease_until.is_(None), enforcements.c.lease_until <= now),
            ~waits,
        )
        .order_by(enforcements.c.next_at, *_IN_ORDER)
        .limit(limit)
        .with_for_update(of=enforcements, skip_locked=True)
    )
    keys = [(case_id, kind) for case_id, kind in tx.execute(due)]
    if not keys:
        return ()
    lease = {"lease_owner": owner, "lease_until": now + lease_for, "attempts": enforcements.c.attempts + 1}
    claimed = update(enforcements).where(tuple_(*_KEY).in_(keys)).values(lease).returning(enforcements)
    acts = [Enforcement(*row) for row in tx.execute(claimed)]
    return tuple(sorted(acts, key=lambda act: (act.case_id, act.ordinal, act.kind)))


def mark_sending(tx: Transaction, act: Enforcement, *, now: datetime, lease_for: timedelta) -> bool:
    """Note that the request is about to leave, and renew the lease.

    Returns False, and changes nothing, where the lease has passed to somebody else or the act is over.
    """
    values = {"state": EnforcementState.SENDING, "lease_until": now + lease_for}
    mine = _unfinished(act).where(enforcements.c.lease_owner == act.lease_owner)
    return tx.execute(mine, values).rowcount == 1


def mark_done(tx: Transaction, act: Enforcement, *, now: datetime, sent: Iterable[SentMessage] = ()) -> bool:
    """Note that the act happened, and the messages it made. Returns False where it was over already."""
    if not _finish(tx, act, EnforcementState.DONE, now, None):
        return False
    for message in sent:
        remember_message(tx, act.community, message, now=now, case_id=act.case_id)
    return True


def mark_failed(tx: Transaction, act: Enforcement, error: str, *, now: datetime) -> bool:
    """Note that the act cannot happen, and why. Returns False where it was over already."""
    return _finish(tx, act, EnforcementState.FAILED, now, error)


def mark_uncertain(tx: Transaction, act: Enforcement, error: str, *, now: datetime) -> bool:
    """Note that nobody can tell whether the act happened. Returns False where it was over already."""
    return _finish(tx, act, EnforcementState.UNCERTAIN, now, error)


def cancel(tx: Transaction, act: Enforcement, reason: str, *, now: datetime) -> bool:
    """Note that the act is no longer wanted. Returns False where it was over already."""
    return _finish(tx, act, EnforcementState.CANCELLED, now, reason)


def retry_at(
    tx: Transaction, act: Enforcement, at: datetime, error: str, *, happened: bool | None = False
) -> bool:
    """Give the act back until `at`. Returns False where it was over already.

    With `happened` None nobody knows whether the request took effect, and it stays `SENDING`.
    """
    state = EnforcementState.SENDING if happened is None else EnforcementState.PENDING
    values = {"state": state, "next_at": at, "lease_owner": None, "lease_until": None, "error": error}
    return tx.execute(_unfinished(act), values).rowcount == 1


def release_others(tx: Transaction, community: int, owner: str) -> int:
    """Free every lease that another process holds, and return how many.

    Only who leads the community may: the others are gone.
    """
    held = and_(enforcements.c.community == community, _UNFINISHED)
    query = update(enforcements).where(held, enforcements.c.lease_owner != owner)
    return int(tx.execute(query, {"lease_owner": None, "lease_until": None}).rowcount)


def release_idle(tx: Transaction, community: int, owner: str, under_way: Collection[tuple[int, str]]) -> int:
    """Free every lease of an owner's own but those of the acts it knows to be under way; return how many."""
    held = and_(enforcements.c.community == community, _UNFINISHED, enforcements.c.lease_owner == owner)
    query = update(enforcements).where(held, tuple_(*_KEY).not_in(under_way))
    return int(tx.execute(query, {"lease_owner": None, "lease_until": None}).rowcount)


def hasten(tx: Transaction, community: int, *, now: datetime) -> int:
    """Let every act that was put off and is nobody's fall due at once, and return how many."""
    waits = and_(
        enforcements.c.community == community,
        _UNFINISHED,
        enforcements.c.next_at > now,
        enforcements.c.lease_owner.is_(None),
    )
    return int(tx.execute(update(enforcements).where(waits), {"next_at": now}).rowcount)


def for_case(tx: Transaction, case_id: int) -> tuple[Enforcement, ...]:
    """Return every act of a case, in order."""
    query = select(enforcements).where(enforcements.c.case_id == case_id).order_by(*_IN_ORDER)
    return tuple(Enforcement(*row) for row in tx.execute(query))


def count_by_state(tx: Transaction, community: int) -> dict[EnforcementState, int]:
    """Return how many acts are in each state; states with none are left out."""
    state = enforcements.c.state
    query = select(state, func.count()).where(enforcements.c.community == community).group_by(state)
    return {row[0]: row[1] for row in tx.execute(query)}


def remember_message(
    tx: Transaction,
    community: int,
    message: SentMessage,
    *,
    now: datetime,
    case_id: int | None = None,
) -> None:
    """Keep the ids of a Discord message of ours."""
    links = {"community": community, "case_id": case_id, "sent_at": now}
    row = {**links, **{name: getattr(message, name) for name in SentMessage.__slots__}}
    tx.execute(sent_messages.insert(), row)


def messages_of(tx: Transaction, case_id: int) -> tuple[SentMessage, ...]:
    """Return every Discord message made for a case, oldest first."""
    columns = [sent_messages.c[name] for name in SentMessage.__slots__]
    query = select(*columns).where(sent_messages.c.case_id == case_id).order_by(sent_messages.c.id)
    return tuple(SentMessage(*row) for row in tx.execute(query))


def _finish(
    tx: Transaction, act: Enforcement, state: EnforcementState, now: datetime, error: str | None
) -> bool:
    values = {"state": state, "done_at": now, "lease_owner": None, "lease_until": None, "error": error}
    return tx.execute(_unfinished(act), values).rowcount == 1


def _unfinished(act: Enforcement) -> Update:
    this = enforcements.c.case_id == act.case_id, enforcements.c.kind == act.kind
    return update(enforcements).where(*this, _UNFINISHED)
