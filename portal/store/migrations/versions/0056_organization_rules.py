"""What administrators decide of one organization: that going there is confidential, and that nobody writes there."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    for name in ("confidential", "messages_off"):
        op.add_column("organization", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
