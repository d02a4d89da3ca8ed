"""Ids of other servers are up to 255 characters long."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it keeps no lengths, and could only copy the whole table
    op.alter_column("resource", "fhir_id", type_=sa.String(255), existing_type=sa.String(64), existing_nullable=False)
    op.alter_column("person", "fhir_id", type_=sa.String(255), existing_type=sa.String(64), existing_nullable=True)
