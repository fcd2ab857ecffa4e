"""Note of a case when its subject was found changed before it could be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cases", sa.Column("changed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
