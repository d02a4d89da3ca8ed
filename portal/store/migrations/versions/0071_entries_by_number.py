"""Entries have the numbers of their resources, and say whether their row has no other: ``portal db upgrade`` fills both,
in small transactions, before 0071b.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("entry", sa.Column("number", sa.BigInteger()))
    op.add_column("entry", sa.Column("alone", sa.Boolean(), server_default=sa.false(), nullable=False))
