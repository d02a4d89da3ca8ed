"""A row per timed job and day, and when somebody last signed in: who has not for a year is not refreshed at night."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "scheduled_run",
        sa.Column("job", sa.String(40), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("job", "day", name=op.f("pk_scheduled_run")),
    )
    op.add_column("account", sa.Column("signed_in_at", sa.DateTime(timezone=True)))
    # When that was is not known of accounts of before: their year begins now.
    op.execute(sa.text("UPDATE account SET signed_in_at = CURRENT_TIMESTAMP"))
