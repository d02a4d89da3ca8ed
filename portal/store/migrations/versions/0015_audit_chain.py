"""The audit trail's sealed segments; its refusals are counted before another one is written."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    refused = sa.text("outcome = 'denied'")
    op.create_index(
        "ix_audit_event_refused",
        "audit_event",
        ["actor_id", "person_id", "action", "at"],
        sqlite_where=refused,
        postgresql_where=refused,
    )
    op.create_table(
        "audit_segment",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_mac", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_segment")),
        sa.UniqueConstraint("last_seq", name=op.f("uq_audit_segment_last_seq")),
    )
