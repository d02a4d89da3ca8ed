"""By whom at the hospital's OpenID provider an account is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "openid_identity",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_openid_identity")),
        sa.UniqueConstraint("account_id", name=op.f("uq_openid_identity_account_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_openid_identity_account_id"), ondelete="CASCADE"
        ),
    )
