"""When a person wants to see new results, and which of them wait until then."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0035"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Not as batches: on SQLite those drop the old table, and what refers to it with ON DELETE CASCADE goes too.
    for table in ("entry", "record_row", "record_row_source"):
        op.add_column(table, sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("held_at", _INSTANT))
    op.add_column("entry", sa.Column("held_until", _INSTANT))
    op.create_index(
        "ix_entry_held",
        "entry",
        ["person_id", "section"],
        sqlite_where=sa.text("held = 1"),
        postgresql_where=sa.text("held"),
    )
    op.create_table(
        "new_record_count",
        sa.Column("person_id", sa.String(40), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("rank", sa.SmallInteger(), primary_key=True),
        sa.Column("confidential", sa.Boolean(), primary_key=True),
        sa.Column("private", sa.Boolean(), primary_key=True),
        sa.Column("held", sa.Boolean(), primary_key=True, server_default=sa.false()),
        sa.Column("rows", sa.Integer(), nullable=False),
    )
    op.execute(
        "INSERT INTO new_record_count (person_id, section, source, rank, confidential, private, held, rows) "
        "SELECT person_id, section, source, rank, confidential, private, false, rows FROM record_count"
    )
    op.drop_table("record_count")
    op.rename_table("new_record_count", "record_count")
    op.create_table(
        "release_choice",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_release_choice")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_release_choice_person_id"), ondelete="CASCADE"
        ),
    )
