"""Links for a wallet card, whose key is sealed here, and how often a link opens."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("share", sa.Column("uses_left", sa.SmallInteger(), nullable=True))
    op.create_table(
        "share_key",
        sa.Column("share_id", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_share_key")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_key_share_id"), ondelete="CASCADE"),
    )
