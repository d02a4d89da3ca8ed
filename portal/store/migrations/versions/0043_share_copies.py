"""Shared summaries that open with a code and a birth date, and what their readers wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "share_copy",
        sa.Column("share_id", sa.String(40), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_share_copy")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_share_copy_code_hash")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_copy_share_id"), ondelete="CASCADE"),
    )
    op.create_table(
        "share_note",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("share_id", sa.String(40), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_note")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_note_share_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_share_note_share_id"), "share_note", ["share_id"])
