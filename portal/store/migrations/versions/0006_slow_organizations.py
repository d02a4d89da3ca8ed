"""Whether an organization's last refresh took long, and what ended lately."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Not as a batch: on SQLite that drops the old table, and what refers to it with ON DELETE CASCADE goes too.
    op.add_column("organization", sa.Column("slow", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_refresh_ended", "refresh", ["ended_at"])
