"""Until when another organization lets a link read there, where it says so, and whom that was told."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("link", sa.Column("ends_at", sa.DateTime(timezone=True)))
    op.add_column("link", sa.Column("warned_at", sa.DateTime(timezone=True)))
