"""Who runs an app, and its logo."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Not as a batch: on SQLite that drops the old table, and what refers to it with ON DELETE CASCADE goes too.
    op.add_column("oauth_client", sa.Column("owner", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "oauth_client_logo",
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["oauth_client.client_id"],
            name=op.f("fk_oauth_client_logo_client_id_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_oauth_client_logo")),
    )
    op.create_index(op.f("ix_oauth_client_logo_digest"), "oauth_client_logo", ["digest"])
