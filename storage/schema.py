"""The tables, each under its community, and the words their states are told in."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rules.post import Subject
from rules.verdict import Action, Priority
from storage.engine.types import Choice, Moment, Prose, Whole


class CaseState(StrEnum):
    """Whether somebody still has to look at a case."""

    OPEN = "open"
    DECIDED = "decided"


class IncidentState(StrEnum):
    """Whether more posts may join an incident."""

    OPEN = "open"
    CLOSED = "closed"


class FileState(StrEnum):
    """Whether a file's bytes are on record."""

    KEPT = "kept"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


class EnforcementState(StrEnum):
    """How far one outward act has come. `SENDING` is noted before the request leaves."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What was decided on a case."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    REMOVED = "removed"
    RESTORED = "restored"
    LAPSED = "lapsed"


class OccurrenceState(StrEnum):
    """How far one occurrence of a reminder has come."""

    CLAIMED = "claimed"
    SENT = "sent"
    MISSED = "missed"
    FAILED = "failed"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _need(name: str, kind: Any, *args: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *args, nullable=False, **options)


def _table(name: str, *items: Any, **options: Any) -> Table:
    return Table(name, metadata, *items, sqlite_strict=True, **options)


def _index_where(condition: str, *columns: str) -> Index:
    return Index(None, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def _id() -> Column[Any]:
    return Column("id", Whole, primary_key=True)


def _of(table: str, name: str, **options: Any) -> Column[Any]:
    return Column(name, Whole, ForeignKey(f"{table}.id"), **options)


rulesets = _table(
    "rulesets",
    _id(),
    _need("community", Whole),
    _need("number", Whole),
    _need("version", Text),
    Column("parent", Whole),
    _need("source", Prose),
    _need("diff", Prose),
    Column("author_id", Whole),
    _need("author", Prose),
    Column("approver_id", Whole),
    Column("approver", Prose),
    _need("reason", Prose),
    Column("authority", Prose),
    _need("created_at", Moment),
    UniqueConstraint("community", "number"),
    Index(None, "community", "version"),
)

incidents = _table(
    "incidents",
    _id(),
    _need("community", Whole),
    _need("key", Prose),
    _need("author_id", Whole),
    _need("state", Choice(IncidentState)),
    _need("count", Whole),
    _need("shown_count", Whole),
    _need("opened_at", Moment),
    _need("last_at", Moment),
    Index(None, "community", "key", "last_at"),
)

cases = _table(
    "cases",
    _id(),
    _need("community", Whole),
    _need("number", Whole),
    _need("subject", Choice(Subject)),
    _need("subject_id", Whole),
    _need("revision", Text),
    _need("occasion", Whole),
    Column("channel_id", Whole),
    _need("author_id", Whole),
    _need("action", Choice(Action)),
    _need("priority", Choice(Priority)),
    Column("category", Text),
    Column("rule", Text),
    Column("clause", Text),
    _need("ruleset_version", Text),
    _of("incidents", "incident_id"),
    _need("origin", Text),
    _need("state", Choice(CaseState)),
    _need("opened_at", Moment),
    Column("posted_at", Moment),
    Column("removed_at", Moment),
    Column("received_at", Moment),
    Column("received_by", Prose),
    Column("series", Text),
    Column("due_at", Moment),
    Column("authority", Prose),
    Column("approver", Prose),
    Column("assigned_to", Whole),
    Column("lapses_at", Moment),
    _of("cases", "previous_case"),
    Column("sealed_at", Moment),
    Column("gone_at", Moment),
    Column("changed_at", Moment),
    UniqueConstraint("community", "number"),
    UniqueConstraint("community", "subject", "subject_id", "revision", "occasion"),
    Index(None, "community", "state", "opened_at"),
    Index(None, "community", "author_id", "opened_at"),
    # Of what most cases have not when they are recorded: one page less to write before a post can go.
    _index_where("due_at IS NOT NULL", "community", "due_at"),
    _index_where("incident_id IS NOT NULL", "incident_id"),
)

evidence = _table(
    "evidence",
    _id(),
    _need("community", Whole),
    _of("cases", "case_id", nullable=False),
    _need("ordinal", Whole),
    _need("content", Text),
    Column("verdict", Text),
    _need("salt", LargeBinary),
    _need("digest", Text),
    _need("recorded_at", Moment),
    UniqueConstraint("case_id", "ordinal"),
)

attachments = _table(
    "attachments",
    _id(),
    _need("community", Whole),
    _of("evidence", "evidence_id", nullable=False),
    _need("ordinal", Whole),
    _need("source_id", Whole),
    _need("filename", Prose),
    Column("content_type", Prose),
    _need("size", Whole),
    Column("sha256", Text),
    _need("state", Choice(FileState)),
    Column("reason", Prose),
    Column("data", LargeBinary),
    UniqueConstraint("evidence_id", "ordinal"),
)

ledger = _table(
    "ledger",
    Column("community", Whole, primary_key=True, autoincrement=False),
    Column("seq", Whole, primary_key=True, autoincrement=False),
    _need("kind", Text),
    Column("case_number", Whole),
    _need("at", Moment),
    _need("actor", Text),
    _need("body", Text),
    _need("prev_hash", Text),
    _need("hash", Text),
    Index(None, "community", "case_number"),
    sqlite_with_rowid=False,
)

ledger_heads = _table(
    "ledger_heads",
    Column("community", Whole, primary_key=True, autoincrement=False),
    _need("seq", Whole),
    _need("hash", Text),
    _need("cases", Whole),
)

enforcements = _table(
    "enforcements",
    _of("cases", "case_id", primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    _need("community", Whole),
    _need("ordinal", Whole),
    _need("state", Choice(EnforcementState)),
    _need("attempts", Whole),
    _need("next_at", Moment),
    Column("lease_owner", Text),
    Column("lease_until", Moment),
    _need("nonce", Text),
    Column("channel_id", Whole),
    Column("target_id", Whole),
    Column("error", Prose),
    _need("created_at", Moment),
    Column("done_at", Moment),
    _index_where("done_at IS NULL", "community", "next_at"),
    sqlite_with_rowid=False,
)

sent_messages = _table(
    "sent_messages",
    _id(),
    _need("community", Whole),
    _of("cases", "case_id", index=True),
    _need("channel_id", Whole),
    _need("message_id", Whole),
    _need("purpose", Text),
    _need("sent_at", Moment),
    UniqueConstraint("community", "message_id"),
)

decisions = _table(
    "decisions",
    _id(),
    _need("community", Whole),
    _of("cases", "case_id", nullable=False, index=True),
    _need("outcome", Choice(Outcome)),
    Column("actor_id", Whole),
    _need("actor", Prose),
    _need("reason", Prose),
    Column("clause", Text),
    Column("authority", Prose),
    Column("approver", Prose),
    _need("at", Moment),
    _need("salt", LargeBinary),
    _need("digest", Text),
)

cursors = _table(
    "cursors",
    Column("community", Whole, primary_key=True, autoincrement=False),
    Column("channel_id", Whole, primary_key=True, autoincrement=False),
    _need("last_message_id", Whole),
    _need("updated_at", Moment),
)

heartbeats = _table(
    "heartbeats",
    Column("community", Whole, primary_key=True, autoincrement=False),
    _need("seen_at", Moment),
)

reminder_occurrences = _table(
    "reminder_occurrences",
    Column("community", Whole, primary_key=True, autoincrement=False),
    Column("reminder", Text, primary_key=True),
    Column("occurrence", Text, primary_key=True),
    _need("state", Choice(OccurrenceState)),
    _need("claimed_by", Text),
    _need("claimed_at", Moment),
    Column("finished_at", Moment),
    Column("channel_id", Whole),
    Column("message_id", Whole),
    Column("error", Prose),
)
