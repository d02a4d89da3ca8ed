"""One registration for all organizations of a vendor."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "vendor_client",
        sa.Column("vendor", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("auth_method", sa.String(40), nullable=False),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vendor", name=op.f("pk_vendor_client")),
    )
