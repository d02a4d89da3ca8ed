"""A message that somebody writes for a patient is its author's: others who act for the patient do not see it."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    for table in ("resource", "entry", "record_row", "record_row_source"):
        op.add_column(table, sa.Column("author", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "record_count_by_author",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("author", sa.String(40), nullable=False, server_default=""),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("person_id", "section", "source", "rank", "confidential", "private", "held", "author"),
            name=op.f("pk_record_count"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_record_count_person_id"), ondelete="CASCADE"
        ),
    )
    op.execute(
        "INSERT INTO record_count_by_author (person_id, section, source, rank, confidential, private, held, author, rows) "
        "SELECT person_id, section, source, rank, confidential, private, held, '', rows FROM record_count"
    )
    op.drop_table("record_count")
    op.rename_table("record_count_by_author", "record_count")
    op.create_table(
        "message_author",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message_author")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_author_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_message_author_person_id", "message_author", ["person_id"])
