"""The front desk: assists, what was handed over, who waits, second factors that are about to be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"

_INSTANT = sa.DateTime(timezone=True)
_OPEN = sa.text("ended_at IS NULL")


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, _INSTANT, nullable=nullable)


def _reference(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "seq"])
    op.create_table(
        "assist",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=True),
        sa.Column("consent", sa.String(40), nullable=True),
        sa.Column("id_checked", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        _instant("created_at", nullable=False),
        _instant("seen_at", nullable=False),
        _instant("agreed_at"),
        _instant("ended_at"),
        sa.Column("ending", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assist")),
        _reference("assist", "account_id", "account"),
        _reference("assist", "person_id", "person"),
    )
    op.create_index(op.f("ix_assist_person_id"), "assist", ["person_id"])
    op.create_index(
        "uq_assist_account", "assist", ["account_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "handover",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("assist_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("organization_id", sa.String(40), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        _instant("created_at", nullable=False),
        _instant("expires_at", nullable=False),
        _instant("opened_at"),
        _instant("ended_at"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_handover")),
        _reference("handover", "assist_id", "assist"),
        _reference("handover", "person_id", "person"),
    )
    op.create_index(op.f("ix_handover_assist_id"), "handover", ["assist_id"])
    op.create_index(op.f("ix_handover_person_id"), "handover", ["person_id"])
    op.create_table(
        "waiting",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        _instant("created_at", nullable=False),
        _instant("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        _reference("waiting", "person_id", "person"),
    )
    op.create_index(op.f("ix_waiting_person_id"), "waiting", ["person_id"])
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("assist_id", sa.String(40), nullable=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        _instant("created_at", nullable=False),
        _instant("due_at", nullable=False),
        _instant("ended_at"),
        sa.Column("ending", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_factor_reset_secret_hash")),
        _reference("factor_reset", "account_id", "account"),
    )
    op.create_index(op.f("ix_factor_reset_account_id"), "factor_reset", ["account_id"])
