"""Papers at the desk wait for a second member of staff, and notices have a link that ends what was set up."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column(
        "proxy_invitation", sa.Column("awaits_second", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for table in ("proxy_invitation", "proxy_grant"):
        op.add_column(table, sa.Column("stop_hash", sa.String(64)))
        op.create_index(op.f(f"ix_{table}_stop_hash"), table, ["stop_hash"], unique=True)
