"""What came and is not shown can be counted: per resource whether it is confidential, per section what left no trace."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("resource", sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("section_state", sa.Column("left_out", sa.JSON(), nullable=True))
    refused = sa.text("refusal IS NOT NULL")
    op.create_index(
        "ix_resource_refused", "resource", ["person_id"], sqlite_where=refused, postgresql_where=refused
    )
