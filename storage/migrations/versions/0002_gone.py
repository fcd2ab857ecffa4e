"""Note of a case when its subject was found gone before it could be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cases", sa.Column("gone_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
