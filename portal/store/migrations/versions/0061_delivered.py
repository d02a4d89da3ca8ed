"""What tells a resource that is delivered again byte for byte, so that it need not be decoded."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060b"


def upgrade() -> None:
    op.add_column("resource", sa.Column("delivered", sa.String(64)))
