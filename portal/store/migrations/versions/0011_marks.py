"""Facts of entries, marks between rows, and the place of rows that stand together.

What is stored was grouped by other rules. Its rows stay as they are, and pages readable, until ``portal records
renormalise`` has read the resources again and grouped them anew; entries that come before that join none of the old
ones, since too many rows only cost a second look.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Not as batches: on SQLite those drop the old table, and what refers to it with ON DELETE CASCADE goes too.
    op.add_column("entry", sa.Column("facts", sa.LargeBinary()))
    op.drop_column("entry", "traits")
    op.add_column("record_row", sa.Column("place_at", sa.String(20), nullable=False, server_default=""))
    op.add_column("record_row", sa.Column("place_id", sa.String(40), nullable=False, server_default=""))
    for name, kind in (
        ("current", sa.Integer()),
        ("first_at", sa.String(20)),
        ("place_at", sa.String(20)),
        ("place_id", sa.String(40)),
    ):
        default = "0" if name == "current" else ""
        op.add_column("record_row_source", sa.Column(name, kind, nullable=False, server_default=default))
    op.execute("UPDATE record_row SET place_at = sort_at, place_id = id")
    op.execute("UPDATE record_row_source SET place_at = sort_at, place_id = row_id, first_at = sort_at")
    op.drop_index("ix_record_row_page", "record_row")
    op.drop_index("ix_record_row_source_page", "record_row_source")
    op.create_index(
        "ix_record_row_place",
        "record_row",
        ["person_id", "section", "rank", "place_at", "place_id", "sort_at", "id"],
    )
    op.create_index(
        "ix_record_row_source_place",
        "record_row_source",
        ["person_id", "section", "source", "rank", "place_at", "place_id", "sort_at", "row_id"],
    )
    op.create_table(
        "record_row_mark",
        sa.Column("row_id", sa.String(40), sa.ForeignKey("record_row.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("entry_id", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.execute("DELETE FROM entry_key")  # of the old rules: they would bring nothing together
