"""Which occurrence of which reminder was posted: each is claimed once, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_, update

from storage.engine.database import Transaction, upsert
from storage.schema import OccurrenceState, reminder_occurrences

_TABLE = reminder_occurrences


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a reminder. `occurrence` is its key: a local date and time, or a UTC instant."""

    community: int
    reminder: str
    occurrence: str
    state: OccurrenceState
    claimed_by: str
    claimed_at: datetime
    finished_at: datetime | None
    channel_id: int | None
    message_id: int | None
    error: str | None


def claim(
    tx: Transaction, community: int, reminder: str, occurrence: str, *, owner: str, now: datetime
) -> bool:
    """Claim an occurrence. Returns False where it is taken: it must not be posted again."""
    row = {
        "community": community,
        "reminder": reminder,
        "occurrence": occurrence,
        "state": OccurrenceState.CLAIMED,
        "claimed_by": owner,
        "claimed_at": now,
    }
    return tx.execute(upsert(tx, _TABLE).on_conflict_do_nothing(), row).rowcount == 1


def mark_sent(
    tx: Transaction,
    community: int,
    reminder: str,
    occurrence: str,
    *,
    channel_id: int,
    message_id: int,
    now: datetime,
) -> bool:
    """Note the message that a claimed occurrence became. Returns False where it was finished already."""
    sent = {"state": OccurrenceState.SENT, "channel_id": channel_id, "message_id": message_id}
    return _finish(tx, (community, reminder, occurrence), sent, now)


def mark_missed(
    tx: Transaction, community: int, reminder: str, occurrence: str, error: str, *, now: datetime
) -> bool:
    """Note that a claimed occurrence came too late. Returns False where it was finished already."""
    missed = {"state": OccurrenceState.MISSED, "error": error}
    return _finish(tx, (community, reminder, occurrence), missed, now)


def mark_failed(
    tx: Transaction, community: int, reminder: str, occurrence: str, error: str, *, now: datetime
) -> bool:
    """Note that a claimed occurrence could not be posted. Returns False where it was finished already."""
    failed = {"state": OccurrenceState.FAILED, "error": error}
    return _finish(tx, (community, reminder, occurrence), failed, now)


def unfinished(tx: Transaction, community: int, limit: int = 1000) -> tuple[Occurrence, ...]:
    """Return at most `limit` occurrences that were claimed and not finished, oldest first."""
    where = (_TABLE.c.community == community, _TABLE.c.state == OccurrenceState.CLAIMED)
    rows = tx.execute(select(_TABLE).where(*where).order_by(_TABLE.c.claimed_at).limit(limit))
    return tuple(Occurrence(**row._mapping) for row in rows)


def latest(tx: Transaction, community: int, reminder: str) -> Occurrence | None:
    """Return the occurrence of a reminder that was claimed last."""
    where = (_TABLE.c.community == community, _TABLE.c.reminder == reminder)
    order = (_TABLE.c.claimed_at.desc(), _TABLE.c.occurrence.desc())
    row = tx.execute(select(_TABLE).where(*where).order_by(*order).limit(1)).one_or_none()
    return None if row is None else Occurrence(**row._mapping)


def _finish(tx: Transaction, key: tuple[int, str, str], values: dict[str, Any], now: datetime) -> bool:
    claimed = _TABLE.c.state == OccurrenceState.CLAIMED
    query = update(_TABLE).where(tuple_(*_TABLE.primary_key.columns) == tuple_(*key), claimed)
    return tx.execute(query, {**values, "finished_at": now}).rowcount == 1
