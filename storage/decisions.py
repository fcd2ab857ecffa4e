"""What was decided on a case, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.cases import Case, amend
from storage.engine.database import Transaction
from storage.engine.types import storable
from storage.ledger import SYSTEM, append, keyed_digest, lock_head, new_salt
from storage.schema import CaseState, Outcome, decisions


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to record. `actor_id` None is Beadle itself."""

    outcome: Outcome
    actor_id: int | None
    actor: str
    reason: str
    clause: str | None = None
    authority: str | None = None
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on record."""

    id: int
    case_id: int
    outcome: Outcome
    actor_id: int | None
    actor: str
    reason: str
    clause: str | None
    authority: str | None
    approver: str | None
    at: datetime
    digest: str


def decide(
    tx: Transaction, case: Case, new: NewDecision, *, after: int | None, now: datetime
) -> Decision | None:
    """Record a decision, mark the case decided, and return the decision.

    `after` is the id of the last decision that the actor knew of. Returns None, and changes nothing, where
    another has been made since: of fifty presses at once, one decides.
    """
    head = lock_head(tx, case.community)
    latest = of_case(tx, case.id)
    if after != (latest[-1].id if latest else None):
        return None
    salt = new_salt()
    facts: dict[str, Any] = {name: getattr(new, name) for name in NewDecision.__slots__}
    words = [storable(w) if isinstance(w, str) else w for w in facts.values()]
    digest = keyed_digest(salt, [*words, now.isoformat()])
    row = {
        **facts,
        "community": case.community,
        "case_id": case.id,
        "at": now,
        "salt": salt,
        "digest": digest,
    }
    key = tx.execute(decisions.insert().returning(decisions.c.id), row).scalar_one()
    amend(tx, case.id, {"state": CaseState.DECIDED})
    body = {"outcome": new.outcome, "clause": new.clause, "decision": digest}
    actor = SYSTEM if new.actor_id is None else str(new.actor_id)
    append(tx, case.community, "case.decided", body, at=now, actor=actor, case_number=case.number, head=head)
    return Decision(id=key, case_id=case.id, at=now, digest=digest, **facts)


def of_case(tx: Transaction, case_id: int) -> tuple[Decision, ...]:
    """Return every decision on a case, oldest first."""
    columns = [decisions.c[name] for name in Decision.__slots__]
    rows = tx.execute(select(*columns).where(decisions.c.case_id == case_id).order_by(decisions.c.id))
    return tuple(Decision(*row) for row in rows)
