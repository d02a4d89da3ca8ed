"""Refusals of the audit trail are counted before another one is written."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"


def upgrade() -> None:
    refused = sa.text("outcome = 'denied'")
    op.create_index(
        "ix_audit_event_refused",
        "audit_event",
        ["actor_id", "person_id", "action", "at"],
        sqlite_where=refused,
        postgresql_where=refused,
    )
