"""What staff let be put together for a person, who opens it once."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "prepared_export",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("opened_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_export")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_prepared_export_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_prepared_export_person_id"), "prepared_export", ["person_id"])
