"""Signing in: second factors, browsers that are known, and e-mails that wait for the mail server."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("account", sa.Column("password_changed_at", INSTANT))
    op.add_column("sign_in", sa.Column("confirmed_at", INSTANT))
    op.add_column("sign_in", sa.Column("device", sa.LargeBinary()))
    op.add_column("sign_in", sa.Column("kept", sa.LargeBinary()))
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    op.create_index(op.f("ix_outgoing_mail_due_at"), "outgoing_mail", ["due_at"])
    op.create_table(
        "factor",
        sa.Column("id", sa.String(40), nullable=False),
        _account(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("credential_hash", sa.String(64)),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        *_keys("factor", "id"),
        sa.UniqueConstraint("credential_hash", name=op.f("uq_factor_credential_hash")),
    )
    op.create_table(
        "single_use_code",
        sa.Column("code_hash", sa.String(64), nullable=False),
        _account(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        *_keys("single_use_code", "code_hash"),
    )
    op.create_table(
        "known_browser",
        sa.Column("token_hash", sa.String(64), nullable=False),
        _account(),
        sa.Column("skips_code", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        *_keys("known_browser", "token_hash"),
    )
    op.create_table(
        "challenge",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        *_keys("challenge", "secret_hash"),
    )
    for table in ("factor", "single_use_code", "known_browser", "challenge"):
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])


def _account() -> "sa.Column[str]":
    return sa.Column("account_id", sa.String(40), nullable=False)


def _keys(table: str, key: str) -> tuple[sa.Constraint, ...]:
    account = sa.ForeignKeyConstraint(
        ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"
    )
    return account, sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}"))
