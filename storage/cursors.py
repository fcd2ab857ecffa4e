"""How far Beadle has seen: the last message dealt with in each channel, and when it was last awake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from storage.engine.database import Transaction, upsert
from storage.schema import cursors, heartbeats


def advance(tx: Transaction, community: int, seen: Mapping[int, int], *, now: datetime) -> None:
    """Move cursors forward to the message ids in `seen`, by channel id. None ever moves back."""
    if not seen:
        return
    statement = upsert(tx, cursors)
    new = statement.excluded
    forward = statement.on_conflict_do_update(
        index_elements=[cursors.c.community, cursors.c.channel_id],
        set_={"last_message_id": new.last_message_id, "updated_at": new.updated_at},
        where=new.last_message_id > cursors.c.last_message_id,
    )
    # In one order, lest two writers wait for each other.
    tx.execute(forward, [_row(community, channel, seen[channel], now) for channel in sorted(seen)])


def reset(tx: Transaction, community: int, channel_id: int, message_id: int, *, now: datetime) -> None:
    """Set one cursor to a message id, backwards too."""
    statement = upsert(tx, cursors)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[cursors.c.community, cursors.c.channel_id],
            set_={
                "last_message_id": statement.excluded.last_message_id,
                "updated_at": statement.excluded.updated_at,
            },
        ),
        _row(community, channel_id, message_id, now),
    )


def positions(tx: Transaction, community: int) -> dict[int, int]:
    """Return the last message id dealt with, by channel id."""
    query = select(cursors.c.channel_id, cursors.c.last_message_id).where(cursors.c.community == community)
    return {row[0]: row[1] for row in tx.execute(query)}


def beat(tx: Transaction, community: int, *, now: datetime) -> None:
    """Note that Beadle is awake."""
    statement = upsert(tx, heartbeats)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[heartbeats.c.community], set_={"seen_at": statement.excluded.seen_at}
        ),
        {"community": community, "seen_at": now},
    )


def last_beat(tx: Transaction, community: int) -> datetime | None:
    """Return when Beadle was last awake."""
    query = select(heartbeats.c.seen_at).where(heartbeats.c.community == community)
    seen: datetime | None = tx.execute(query).scalar_one_or_none()
    return seen


def _row(community: int, channel_id: int, message_id: int, now: datetime) -> dict[str, object]:
    return {
        "community": community,
        "channel_id": channel_id,
        "last_message_id": message_id,
        "updated_at": now,
    }
