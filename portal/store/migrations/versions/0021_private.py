"""What a person keeps private, by item and by topic; what a proxy may see and do, choice by choice."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_INSTANT = sa.DateTime(timezone=True)
_LEVELS = {
    "full": ("record", "visits", "messages", "insurance", "confidential", "write", "link", "share"),
    "no-confidential": ("record", "visits", "messages", "insurance", "write", "link"),
    "messages-only": ("messages", "write"),
}


def upgrade() -> None:
    # Not as batches: on SQLite those drop the old table, and what refers to it with ON DELETE CASCADE goes too.
    for table in ("resource", "entry", "record_row", "record_row_source"):
        op.add_column(table, sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "next_record_count",
        sa.Column("person_id", sa.String(40), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("rank", sa.SmallInteger(), primary_key=True),
        sa.Column("confidential", sa.Boolean(), primary_key=True),
        sa.Column("private", sa.Boolean(), primary_key=True),
        sa.Column("rows", sa.Integer(), nullable=False),
    )
    op.execute(
        "INSERT INTO next_record_count (person_id, section, source, rank, confidential, private, rows) "
        "SELECT person_id, section, source, rank, confidential, false, rows FROM record_count"
    )
    op.drop_table("record_count")
    op.rename_table("next_record_count", "record_count")
    op.create_table(
        "private_choice",
        sa.Column("person_id", sa.String(40), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("section", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("entry_id", sa.String(40), primary_key=True),
        sa.Column("chosen_at", _INSTANT, nullable=False),
    )
    _proxies()


def _proxies() -> None:
    op.add_column("proxy_grant", sa.Column("choices", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("proxy_grant", sa.Column("told_at", _INSTANT))
    op.add_column("proxy_grant", sa.Column("owner_is", sa.LargeBinary()))
    grants = sa.table("proxy_grant", sa.column("level", sa.String()), sa.column("choices", sa.JSON()))
    for level, choices in _LEVELS.items():
        op.execute(grants.update().where(grants.c.level == level).values(choices=list(choices)))
    op.drop_column("proxy_grant", "level")
    op.create_table(
        "proxy_invitation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("grant_ends_at", _INSTANT),
        sa.Column("account_id", sa.String(40)),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_proxy_invitation_code_hash")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proxy_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_proxy_invitation_account_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_proxy_invitation_person_id"), "proxy_invitation", ["person_id"])
