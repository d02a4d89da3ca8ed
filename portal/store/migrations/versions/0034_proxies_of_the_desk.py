"""Who acts for a patient because the front desk set it up: the clerk, and which document they saw."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("proxy_grant", sa.Column("desk_account_id", sa.String(40)))
    op.add_column("proxy_grant", sa.Column("document", sa.String(40)))
