"""Conversations as the inbox lists them, and numbers of unread messages: ``portal db upgrade`` fills them, before 0060b.

The contracts of schemas name 0060b: who writes messages keeps them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

_UNREAD, _SOME, _THREAD = (sa.text(text) for text in ("read_at IS NULL", "unread > 0", "thread IS NOT NULL"))


def upgrade() -> None:
    op.add_column("record_count", sa.Column("unread", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "message_thread",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("newest_id", sa.String(40), nullable=False),
        sa.Column("sort_at", sa.String(20), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("person_id", "thread", "confidential", "private", "held", "author"), name=op.f("pk_message_thread")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_thread_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_message_thread_newest", "message_thread", ["person_id", "sort_at", "thread"])
    op.create_index("ix_message_thread_source", "message_thread", ["person_id", "source", "sort_at", "thread"])
    op.create_index(
        "ix_message_thread_unread",
        "message_thread",
        ["person_id", "sort_at", "thread"],
        sqlite_where=_SOME,
        postgresql_where=_SOME,
    )
    op.create_index(
        "ix_entry_unread_at",
        "entry",
        ["person_id", "section", "new_at", "row_id"],
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )
    op.create_index(
        "ix_entry_thread",
        "entry",
        ["person_id", "thread", "sort_at", "id"],
        sqlite_where=_THREAD,
        postgresql_where=_THREAD,
    )
