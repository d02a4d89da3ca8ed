"""Where the small search tokens go: ``portal db upgrade`` fills them, in small transactions, before 0058."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.add_column("resource", sa.Column("number", sa.BigInteger()))
    op.create_index("uq_resource_number", "resource", ["number"], unique=True)
    op.create_table(
        "search_token",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "date", "number", name=op.f("pk_search_token")),
        sa.ForeignKeyConstraint(
            ["number"], ["resource.number"], name=op.f("fk_search_token_number"), ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_token_number", "search_token", ["number"])
