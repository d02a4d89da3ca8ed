"""Entries are found by their numbers, which all have. Made of numbers in order, the index is as small as it can be."""

from alembic import op

revision = "0071b"
down_revision = "0071"


def upgrade() -> None:
    op.create_index("uq_entry_number", "entry", ["number"], unique=True)
