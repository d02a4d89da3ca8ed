"""What a patient chose at the desk for the link to a visit's record: their passcode, and who of them chose it."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("assist", sa.Column("passcode_hash", sa.LargeBinary(), nullable=True))
    op.add_column("assist", sa.Column("agreed_by", sa.String(40), nullable=True))
