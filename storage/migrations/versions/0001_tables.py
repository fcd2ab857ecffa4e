"""Make every table, and the triggers that keep the ledger append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_GUARDS = (
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger "
    "WHEN EXISTS (SELECT 1 FROM ledger WHERE community = NEW.community AND seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
)

POSTGRES_GUARDS = (
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger "
    "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
)


def upgrade() -> None:
    """Make what is missing."""
    op.create_table(
        "cursors",
        sa.Column("community", WHOLE, autoincrement=False, nullable=False),
        sa.Column("channel_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("last_message_id", WHOLE, nullable=False),
        sa.Column("updated_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("community", "channel_id", name=op.f("pk_cursors")),
        sqlite_strict=True,
    )
    op.create_table(
        "heartbeats",
        sa.Column("community", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seen_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_heartbeats")),
        sqlite_strict=True,
    )
    op.create_table(
        "incidents",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("author_id", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.Column("shown_count", WHOLE, nullable=False),
        sa.Column("opened_at", WHOLE, nullable=False),
        sa.Column("last_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_incidents_community_key_last_at"), "incidents", ["community", "key", "last_at"], unique=False
    )
    op.create_table(
        "ledger",
        sa.Column("community", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_number", WHOLE, nullable=True),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("community", "seq", name=op.f("pk_ledger")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_ledger_community_case_number"), "ledger", ["community", "case_number"], unique=False
    )
    op.create_table(
        "ledger_heads",
        sa.Column("community", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("cases", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_ledger_heads")),
        sqlite_strict=True,
    )
    op.create_table(
        "reminder_occurrences",
        sa.Column("community", WHOLE, autoincrement=False, nullable=False),
        sa.Column("reminder", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_at", WHOLE, nullable=False),
        sa.Column("finished_at", WHOLE, nullable=True),
        sa.Column("channel_id", WHOLE, nullable=True),
        sa.Column("message_id", WHOLE, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("community", "reminder", "occurrence", name=op.f("pk_reminder_occurrences")),
        sqlite_strict=True,
    )
    op.create_table(
        "rulesets",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("parent", WHOLE, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("diff", sa.Text(), nullable=False),
        sa.Column("author_id", WHOLE, nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver_id", WHOLE, nullable=True),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulesets")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_rulesets_community_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_rulesets_community_version"), "rulesets", ["community", "version"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", WHOLE, nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("occasion", WHOLE, nullable=False),
        sa.Column("channel_id", WHOLE, nullable=True),
        sa.Column("author_id", WHOLE, nullable=False),
        sa.Column("action", WHOLE, nullable=False),
        sa.Column("priority", WHOLE, nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("ruleset_version", sa.Text(), nullable=False),
        sa.Column("incident_id", WHOLE, nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", WHOLE, nullable=False),
        sa.Column("posted_at", WHOLE, nullable=True),
        sa.Column("removed_at", WHOLE, nullable=True),
        sa.Column("received_at", WHOLE, nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("due_at", WHOLE, nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("assigned_to", WHOLE, nullable=True),
        sa.Column("lapses_at", WHOLE, nullable=True),
        sa.Column("previous_case", WHOLE, nullable=True),
        sa.Column("sealed_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_cases_incident_id")),
        sa.ForeignKeyConstraint(["previous_case"], ["cases.id"], name=op.f("fk_cases_previous_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_cases_community_number")),
        sa.UniqueConstraint(
            "community",
            "subject",
            "subject_id",
            "revision",
            "occasion",
            name=op.f("uq_cases_community_subject_subject_id_revision_occasion"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_cases_community_author_id_opened_at"),
        "cases",
        ["community", "author_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_community_due_at"),
        "cases",
        ["community", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_cases_community_state_opened_at"), "cases", ["community", "state", "opened_at"], unique=False
    )
    op.create_index(
        op.f("ix_cases_incident_id"),
        "cases",
        ["incident_id"],
        unique=False,
        sqlite_where=sa.text("incident_id IS NOT NULL"),
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("case_id", WHOLE, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("actor_id", WHOLE, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_decisions_case_id"), "decisions", ["case_id"], unique=False)
    op.create_table(
        "enforcements",
        sa.Column("case_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("ordinal", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("next_at", WHOLE, nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", WHOLE, nullable=True),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("channel_id", WHOLE, nullable=True),
        sa.Column("target_id", WHOLE, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("done_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_enforcements_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_enforcements")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_enforcements_community_next_at"),
        "enforcements",
        ["community", "next_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("case_id", WHOLE, nullable=False),
        sa.Column("ordinal", WHOLE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recorded_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_evidence_case_id_ordinal")),
        sqlite_strict=True,
    )
    op.create_table(
        "attachments",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("evidence_id", WHOLE, nullable=False),
        sa.Column("ordinal", WHOLE, nullable=False),
        sa.Column("source_id", WHOLE, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_attachments_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("evidence_id", "ordinal", name=op.f("uq_attachments_evidence_id_ordinal")),
        sqlite_strict=True,
    )
    op.create_table(
        "sent_messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("community", WHOLE, nullable=False),
        sa.Column("case_id", WHOLE, nullable=True),
        sa.Column("channel_id", WHOLE, nullable=False),
        sa.Column("message_id", WHOLE, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sent_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sent_messages_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_messages")),
        sa.UniqueConstraint("community", "message_id", name=op.f("uq_sent_messages_community_message_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sent_messages_case_id"), "sent_messages", ["case_id"], unique=False)
    guards = POSTGRES_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS
    for guard in guards:
        op.execute(guard)
