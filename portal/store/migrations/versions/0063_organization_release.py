"""What one organization's portal does not get from here, and after how many days it gets results."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0061"


def upgrade() -> None:
    op.add_column("organization", sa.Column("withheld", sa.JSON()))
    op.add_column("organization", sa.Column("results_delay_days", sa.Integer(), nullable=False, server_default="0"))
