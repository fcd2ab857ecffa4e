"""Put a case on record, whole, before anything is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from rules.post import Post
from rules.verdict import Verdict
from storage import enforcements
from storage.cases import Case, Incident, incident, of_revision, of_subject
from storage.enforcements import Enforcement
from storage.engine.database import Database, Transaction
from storage.engine.prepared import Prepared, insert
from storage.evidence import KeptFile, add_evidence
from storage.ledger import append, lock_head
from storage.schema import CaseState, IncidentState, cases, incidents

_INSERT = insert(cases, refusable=True)
_JOIN = Prepared(lambda _: update(cases).where(cases.c.id == bindparam("case")), ("incident_id",))


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to record: the post, what the rules said of it, and what is to be done.

    `first` names the enforcements that the recording process carries out at once, `then` those that wait
    until these are over. Posts that are found within `incident_window` of each other and have one of their
    `incident_keys` in common with the first share an incident, and only its first case gets `then_once` too;
    a case without keys always does. An `occasion` after the first is for a revision that came back after its
    case had ended.
    """

    community: int
    post: Post
    verdict: Verdict
    ruleset_version: str
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    then_once: tuple[str, ...] = ()
    incident_keys: tuple[str, ...] = ()
    incident_window: timedelta = timedelta(minutes=10)
    files: tuple[KeptFile, ...] = ()
    earlier: tuple[Post, ...] = ()
    origin: str = "live"
    occasion: int = 1
    state: CaseState = CaseState.OPEN
    series: str | None = None
    due_at: datetime | None = None
    authority: str | None = None
    approver: str | None = None
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case on record. `created` is False where it is one of before: the latest of its revision."""

    case: Case
    enforcements: tuple[Enforcement, ...]
    created: bool
    incident: Incident | None


async def record(db: Database, new: NewCase, *, now: datetime, owner: str, lease_for: timedelta) -> Recorded:
    """Commit a case with its evidence, ledger entry and enforcements, the last leased to `owner`, as one.

    Raises Unavailable, and then nothing is on record.
    """
    return await db.transaction(record_in, new, now=now, owner=owner, lease_for=lease_for)


async def record_many(
    db: Database, batch: Sequence[NewCase], *, now: datetime, owner: str, lease_for: timedelta
) -> tuple[Recorded, ...]:
    """Commit several cases in one transaction: all of them or, with Unavailable, none."""

    def work(tx: Transaction) -> tuple[Recorded, ...]:
        return tuple(record_in(tx, new, now=now, owner=owner, lease_for=lease_for) for new in batch)

    return await db.transaction(work)


def record_in(tx: Transaction, new: NewCase, *, now: datetime, owner: str, lease_for: timedelta) -> Recorded:
    """Record a case in the caller's transaction."""
    head = lock_head(tx, new.community)
    case = _insert_case(tx, new, head.cases + 1, now)
    if case is None:
        known = _known(tx, new)
        found = None if known.incident_id is None else incident(tx, known.incident_id)
        return Recorded(known, enforcements.for_case(tx, known.id), False, found)
    group, opened = _join_incident(tx, new, now)
    if group is not None:
        case = replace(case, incident_id=group.id)
        _JOIN(tx, {"case": case.id, "incident_id": group.id})
    digests = _add_evidence(tx, new, case, now)
    append(
        tx,
        new.community,
        "case.recorded",
        _facts(case, digests),
        at=now,
        case_number=case.number,
        head=head,
        cases=case.number,
    )
    then = new.then + new.then_once if group is None or opened else new.then
    lease = (owner, now + lease_for)
    acts = enforcements.plan(tx, new.community, case.id, new.first, then, now=now, lease=lease)
    return Recorded(case, acts, True, group)


def _join_incident(tx: Transaction, new: NewCase, now: datetime) -> tuple[Incident | None, bool]:
    """Return the incident the case belongs to, counted into it, and whether the case opens it."""
    if not new.incident_keys:
        return None, False
    recent = (
        select(incidents)
        .where(
            incidents.c.community == new.community,
            incidents.c.key.in_(new.incident_keys),
            incidents.c.last_at >= now - new.incident_window,
            incidents.c.state == IncidentState.OPEN,
        )
        .order_by(incidents.c.last_at.desc())
        .limit(1)
    )
    if (row := tx.execute(recent).one_or_none()) is not None:
        found = Incident(*row)
        values: dict[str, Any] = {"count": found.count + 1, "last_at": max(found.last_at, now)}
        tx.execute(update(incidents).where(incidents.c.id == found.id), values)
        return replace(found, **values), False
    fields: dict[str, Any] = {
        "community": new.community,
        "key": new.incident_keys[0],
        "author_id": new.post.author.id,
        "state": IncidentState.OPEN,
        "count": 1,
        "shown_count": 0,
        "opened_at": now,
        "last_at": now,
    }
    key = tx.execute(incidents.insert().returning(incidents.c.id), fields).scalar_one()
    return Incident(id=key, **fields), True


def _known(tx: Transaction, new: NewCase) -> Case:
    """Return the case whose revision keeps a new one from being recorded."""
    post = new.post
    known = of_revision(tx, new.community, post.subject, post.id, post.revision)
    assert known is not None, "only the same revision is refused"
    return known


def _insert_case(tx: Transaction, new: NewCase, number: int, now: datetime) -> Case | None:
    """Add a case and return it; None where this occasion of the revision is on record already."""
    post, verdict = new.post, new.verdict
    lead = verdict.findings[0] if verdict.findings else None
    fields: dict[str, Any] = {
        "community": new.community,
        "number": number,
        "subject": post.subject,
        "subject_id": post.id,
        "revision": post.revision,
        "occasion": new.occasion,
        "channel_id": post.place.channel_id,
        "author_id": post.author.id,
        "action": verdict.action,
        "priority": verdict.priority,
        "category": lead and lead.category.value,
        "rule": lead and lead.rule,
        "clause": lead and lead.clause,
        "ruleset_version": new.ruleset_version,
        "incident_id": None,
        "origin": new.origin,
        "state": new.state,
        "opened_at": now,
        "posted_at": post.created_at,
        "removed_at": None,
        "received_at": None,
        "received_by": None,
        "series": new.series,
        "due_at": new.due_at,
        "authority": new.authority,
        "approver": new.approver,
        "assigned_to": None,
        "lapses_at": new.lapses_at,
        "previous_case": _previous(tx, post),
        "sealed_at": None,
        "gone_at": None,
        "changed_at": None,
    }
    row = _INSERT(tx, fields)
    return None if row is None else Case(id=row[0], **fields)


def _previous(tx: Transaction, post: Post) -> int | None:
    """Return the id of the latest case about an earlier revision of an edited post."""
    if post.edited_at is None:
        return None
    earlier = of_subject(tx, post.community, post.subject, post.id)
    return earlier[-1].id if earlier else None


def _add_evidence(tx: Transaction, new: NewCase, case: Case, now: datetime) -> list[str]:
    """Put every known revision on record, the one the case is about last, and return their digests."""
    revisions = (*((post, None, ()) for post in new.earlier), (new.post, new.verdict, new.files))
    return [
        add_evidence(tx, new.community, case.id, post, verdict=verdict, files=files, ordinal=ordinal, now=now)
        for ordinal, (post, verdict, files) in enumerate(revisions, 1)
    ]


def _facts(case: Case, digests: list[str]) -> dict[str, Any]:
    """Return what the ledger says of a new case: nothing a person wrote, and no unkeyed hash of it."""
    return {
        "subject": case.subject,
        "subject_id": case.subject_id,
        "channel_id": case.channel_id,
        "author_id": case.author_id,
        "action": case.action.word,
        "priority": case.priority.word,
        "category": case.category,
        "rule": case.rule,
        "clause": case.clause,
        "ruleset_version": case.ruleset_version,
        "incident": case.incident_id,
        "origin": case.origin,
        "evidence": digests,
    }
