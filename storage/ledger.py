"""The ledger: what happened, in order, each entry sealed to the one before it.

It holds no text: only ids, names of rules and clauses, states, and digests keyed with a salt that lies with
what they are digests of. Once that is destroyed, the digest says nothing, and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from storage.engine.database import Transaction, upsert
from storage.engine.prepared import Prepared, insert
from storage.schema import ledger, ledger_heads

GENESIS = "0" * 64
"""What the first entry of a community is chained to."""

SYSTEM = "beadle"
"""The actor where no person acted."""

_BATCH = 1000

_OURS = ledger_heads.c.community == bindparam("of")
_LOCK_HEAD = Prepared(lambda _: select(ledger_heads).where(_OURS).with_for_update())
_MOVE_HEAD = Prepared(lambda _: update(ledger_heads).where(_OURS), ("seq", "hash", "cases"))
_INSERT = insert(ledger)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `body` is canonical JSON, `hash` covers everything else here."""

    community: int
    seq: int
    kind: str
    case_number: int | None
    at: datetime
    actor: str
    body: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a community's ledger stands: its last entry, and the last case number given."""

    community: int
    seq: int
    hash: str
    cases: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a ledger that does not hold, and why."""

    seq: int
    problem: str

    def __str__(self) -> str:
        """Return the entry and the problem in one line."""
        return f"entry {self.seq}: {self.problem}"


def encoder(plain: Callable[[Any], Any] | None = None) -> Callable[[Any], str]:
    """Return what gives the one JSON text of a value: sorted keys, no spaces, ASCII only.

    `plain` returns what stands for a value that JSON does not know.
    """
    return json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=plain).encode


canonical = encoder()


def new_salt() -> bytes:
    """Return 32 random bytes to key a digest with."""
    return secrets.token_bytes(32)


def keyed_digest(salt: bytes, value: Any) -> str:
    """Return the HMAC-SHA256, in hex, of the canonical JSON of a value."""
    return hmac.digest(salt, canonical(value).encode(), "sha256").hex()


def lock_head(tx: Transaction, community: int) -> Head:
    """Return the head of a community's ledger, locked until the transaction ends.

    Every transaction that appends takes this lock; take it first, before other rows, and none can deadlock.
    """
    here = {"of": community}
    row = _LOCK_HEAD(tx, here)
    if row is None:
        empty = {"community": community, "seq": 0, "hash": GENESIS, "cases": 0}
        tx.execute(upsert(tx, ledger_heads).on_conflict_do_nothing(), empty)
        row = _LOCK_HEAD(tx, here)
    assert row is not None, "a head that was just added is there"
    return Head(*row)


def began(tx: Transaction, community: int) -> datetime | None:
    """Return when a community's first entry was made, or None while there is none."""
    first = select(ledger.c.at).where(ledger.c.community == community, ledger.c.seq == 1)
    at: datetime | None = tx.execute(first).scalar_one_or_none()
    return at


def append(
    tx: Transaction,
    community: int,
    kind: str,
    body: Mapping[str, Any],
    *,
    at: datetime,
    actor: str = SYSTEM,
    case_number: int | None = None,
    head: Head | None = None,
    cases: int | None = None,
) -> Entry:
    """Add an entry and return it. `body` must hold no text of a person, and `actor` no name but an id.

    Give the `head` where it is locked already, and `cases` where case numbers were taken from it.
    """
    head = head or lock_head(tx, community)
    text = canonical(body)
    seq = head.seq + 1
    entry = Entry(community, seq, kind, case_number, at, actor, text, head.hash, "")
    entry = replace(entry, hash=_hash(entry))
    _INSERT(tx, {name: getattr(entry, name) for name in Entry.__slots__})
    moved = {"of": community, "seq": seq, "hash": entry.hash, "cases": head.cases if cases is None else cases}
    _MOVE_HEAD(tx, moved)
    return entry


def verify(tx: Transaction, community: int) -> Broken | None:
    """Return the first entry that was altered, removed, reordered or added; None where the ledger holds.

    Reads the ledger in order, a thousand entries at a time.
    """
    expected, previous = 1, GENESIS
    rows = tx.execution_options(yield_per=_BATCH).execute(
        select(ledger).where(ledger.c.community == community).order_by(ledger.c.seq)
    )
    for row in rows:
        if (problem := _problem(row, expected, previous)) is not None:
            rows.close()
            return Broken(expected, problem)
        expected, previous = expected + 1, row.hash
    query = select(ledger_heads).where(ledger_heads.c.community == community)
    head = tx.execute(query).one_or_none()
    at_seq, at_hash = (head.seq, head.hash) if head else (0, GENESIS)
    if at_seq >= expected:
        return Broken(expected, f"is missing: {at_seq} entries were made")
    if (at_seq, at_hash) != (expected - 1, previous):
        return Broken(expected - 1, "is not the last entry that was made")
    return None


def _problem(row: Row[Any], expected: int, previous: str) -> str | None:
    if row.seq != expected:
        return "is missing"
    if row.prev_hash != previous:
        return "is not chained to the entry before it"
    return None if _hash(Entry(**row._mapping)) == row.hash else "was altered"


def _hash(entry: Entry) -> str:
    when = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    sealed = [entry.community, entry.seq, entry.kind, entry.case_number, when, entry.actor, entry.body]
    return hashlib.sha256(canonical([*sealed, entry.prev_hash]).encode()).hexdigest()
