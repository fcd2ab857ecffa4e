"""Cases: one revision of a post, a name or a title under consideration, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from rules.post import Subject
from rules.verdict import Action, Priority
from storage.engine.database import Transaction
from storage.schema import CaseState, IncidentState, cases, incidents

LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `number` runs from 1 in its community; times are in UTC.

    What was taken away or changed can be set again: `occasion` counts how often, from 1. `gone_at` is when
    it was found gone before Beadle could remove it, `changed_at` when it was found to say something else by
    then: a case has at most one of these and `removed_at`.
    """

    id: int
    community: int
    number: int
    subject: Subject
    subject_id: int
    revision: str
    occasion: int
    channel_id: int | None
    author_id: int
    action: Action
    priority: Priority
    category: str | None
    rule: str | None
    clause: str | None
    ruleset_version: str
    incident_id: int | None
    origin: str
    state: CaseState
    opened_at: datetime
    posted_at: datetime | None
    removed_at: datetime | None
    received_at: datetime | None
    received_by: str | None
    series: str | None
    due_at: datetime | None
    authority: str | None
    approver: str | None
    assigned_to: int | None
    lapses_at: datetime | None
    previous_case: int | None
    sealed_at: datetime | None
    gone_at: datetime | None
    changed_at: datetime | None

    @property
    def ended_at(self) -> datetime | None:
        """Return since when this revision is not to be seen any more, as far as the case itself says."""
        return self.removed_at or self.gone_at or self.changed_at


@dataclass(frozen=True, slots=True)
class Incident:
    """The posts of one flood. `shown_count` is what its queue entry last said."""

    id: int
    community: int
    key: str
    author_id: int
    state: IncidentState
    count: int
    shown_count: int
    opened_at: datetime
    last_at: datetime


def by_number(tx: Transaction, community: int, number: int) -> Case | None:
    """Return a case by its number."""
    return _first(tx, cases.c.community == community, cases.c.number == number)


def get(tx: Transaction, case_id: int) -> Case:
    """Return a case that is there, by the id that other rows refer to it with. Raises LookupError."""
    found = by_id(tx, case_id)
    if found is None:
        raise LookupError(f"no case has the id {case_id}")
    return found


def by_id(tx: Transaction, case_id: int) -> Case | None:
    """Return a case by the id that other rows refer to it with."""
    return _first(tx, cases.c.id == case_id)


def of_revision(
    tx: Transaction, community: int, subject: Subject, subject_id: int, revision: str
) -> Case | None:
    """Return the case of one revision, the latest where it came back, if there is one."""
    where = (cases.c.community == community, cases.c.subject == subject, cases.c.subject_id == subject_id)
    query = select(cases).where(*where, cases.c.revision == revision).order_by(cases.c.occasion.desc())
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else Case(*row)


def of_subject(tx: Transaction, community: int, subject: Subject, subject_id: int) -> tuple[Case, ...]:
    """Return the cases of every revision of a post, name or title, oldest first."""
    where = (cases.c.community == community, cases.c.subject == subject, cases.c.subject_id == subject_id)
    return tuple(Case(*row) for row in tx.execute(select(cases).where(*where).order_by(cases.c.id)))


def open_cases(tx: Transaction, community: int, limit: int = LIMIT) -> tuple[Case, ...]:
    """Return at most `limit` cases that wait for somebody, the most urgent and then the oldest first."""
    query = (
        select(cases)
        .where(cases.c.community == community, cases.c.state == CaseState.OPEN)
        .order_by(cases.c.priority.desc(), cases.c.opened_at, cases.c.id)
        .limit(limit)
    )
    return tuple(Case(*row) for row in tx.execute(query))


def of_incident(tx: Transaction, incident_id: int, limit: int = LIMIT) -> tuple[Case, ...]:
    """Return at most `limit` cases of an incident, oldest first."""
    query = select(cases).where(cases.c.incident_id == incident_id).order_by(cases.c.id).limit(limit)
    return tuple(Case(*row) for row in tx.execute(query))


def of_incidents(tx: Transaction, community: int, since: datetime, limit: int = LIMIT) -> tuple[Case, ...]:
    """Return the last `limit` cases of any incident that were opened since then, oldest first."""
    query = (
        select(cases)
        .where(cases.c.community == community, cases.c.incident_id.is_not(None), cases.c.opened_at >= since)
        .order_by(cases.c.id.desc())
        .limit(limit)
    )
    return tuple(Case(*row) for row in reversed(tx.execute(query).all()))


def count_due(tx: Transaction, community: int, start: datetime, end: datetime) -> dict[str, int]:
    """Return how many cases have `start <= due_at < end`, by record series; none counts as `""`."""
    query = (
        select(cases.c.series, func.count())
        .where(cases.c.community == community, cases.c.due_at >= start, cases.c.due_at < end)
        .group_by(cases.c.series)
    )
    return {row[0] or "": row[1] for row in tx.execute(query)}


def amend(tx: Transaction, case_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a case by the names of `Case`. Raises ValueError on what never changes."""
    if fixed := values.keys() - _CHANGES:
        raise ValueError(f"a case keeps its {', '.join(sorted(fixed))}")
    tx.execute(update(cases).where(cases.c.id == case_id), dict(values))


def incident(tx: Transaction, incident_id: int) -> Incident | None:
    """Return an incident by its id."""
    row = tx.execute(select(incidents).where(incidents.c.id == incident_id)).one_or_none()
    return None if row is None else Incident(*row)


def mark_shown(tx: Transaction, incident_id: int, count: int) -> None:
    """Note the count that an incident's queue entry shows."""
    tx.execute(update(incidents).where(incidents.c.id == incident_id), {"shown_count": count})


def close_incident(tx: Transaction, incident_id: int) -> None:
    """Let no more posts join an incident: the next of its kind opens another."""
    tx.execute(update(incidents).where(incidents.c.id == incident_id), {"state": IncidentState.CLOSED})


def stale_incidents(tx: Transaction, community: int) -> tuple[Incident, ...]:
    """Return the incidents that have grown since their queue entry was last brought up to date."""
    grown = (incidents.c.community == community, incidents.c.count > incidents.c.shown_count)
    query = select(incidents).where(*grown).order_by(incidents.c.id).limit(LIMIT)
    return tuple(Incident(*row) for row in tx.execute(query))


_FIXED = {
    "id",
    "community",
    "number",
    "subject",
    "subject_id",
    "revision",
    "occasion",
    "ruleset_version",
    "opened_at",
}
_CHANGES = {field.name for field in fields(Case)} - _FIXED


def _first(tx: Transaction, *where: ColumnElement[bool]) -> Case | None:
    row = tx.execute(select(cases).where(*where)).one_or_none()
    return None if row is None else Case(*row)
