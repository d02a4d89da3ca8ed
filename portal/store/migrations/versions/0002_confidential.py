"""Whether an entry, and with it a row, is confidential.

What is stored already counts as confidential until ``portal records renormalise`` has looked at it: rather too little
is shown to those who may not see such items than too much.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = ("entry", "record_row", "record_row_source")


def upgrade() -> None:
    for table in _TABLES:
        # Not as a batch: on SQLite that drops the old table, and what refers to it with ON DELETE CASCADE goes too.
        op.add_column(table, sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "new_record_count",
        sa.Column("person_id", sa.String(40), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("rank", sa.SmallInteger(), primary_key=True),
        sa.Column("confidential", sa.Boolean(), primary_key=True),
        sa.Column("rows", sa.Integer(), nullable=False),
    )
    op.execute(
        "INSERT INTO new_record_count (person_id, section, source, rank, confidential, rows) "
        "SELECT person_id, section, source, rank, true, rows FROM record_count"
    )
    op.drop_table("record_count")
    op.rename_table("new_record_count", "record_count")
