"""Links by which a person hands on a part of their record."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_INSTANT = sa.DateTime(timezone=True)


def _of_share() -> sa.Column[str]:
    return sa.Column("share_id", sa.String(40), nullable=False)


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("flags", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("passcode_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("paused_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_token_hash")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_share_person_id"), "share", ["person_id"])
    op.create_table(
        "share_file",
        _of_share(),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_share_file")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_file_share_id"), ondelete="CASCADE"),
    )
    op.create_table(
        "share_location",
        sa.Column("token_hash", sa.String(64), nullable=False),
        _of_share(),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_share_location")),
        sa.ForeignKeyConstraint(
            ["share_id"], ["share.id"], name=op.f("fk_share_location_share_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_share_location_share_id"), "share_location", ["share_id"])
    op.create_table(
        "share_event",
        sa.Column("id", sa.String(40), nullable=False),
        _of_share(),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_event")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_event_share_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_share_event_share_id"), "share_event", ["share_id"])
