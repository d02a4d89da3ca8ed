"""Which earlier versions this schema serves (``portal.store.engine.contracts``)."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "schema_contract",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("oldest", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_contract")),
    )
