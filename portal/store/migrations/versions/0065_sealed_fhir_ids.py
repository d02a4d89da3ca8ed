"""FHIR ids are sealed, which makes them longer. ``portal db upgrade`` seals those that are stored."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

_COLUMNS = (
    ("person", "fhir_id", True),
    ("former_person", "fhir_id", True),
    ("resource", "fhir_id", False),
    ("message_file", "fhir_id", True),
    ("conversation", "first_id", False),
    ("conversation_message", "fhir_id", False),
    ("messaging_policy", "practitioner", False),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it keeps no lengths, and could only copy the whole table
    for table, column, nullable in _COLUMNS:
        op.alter_column(
            table, column, type_=sa.String(1400), existing_type=sa.String(255), existing_nullable=nullable
        )
