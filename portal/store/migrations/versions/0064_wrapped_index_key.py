"""The key of the hashes is stored, sealed with a key that PORTAL_INDEX_KEY gives. ``portal db upgrade`` fills this."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.add_column("key_check", sa.Column("wrapped", sa.LargeBinary()))
