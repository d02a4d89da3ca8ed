"""What a directory's source contains is called so."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Plain SQL that both databases speak: as a batch SQLite would copy the whole table.
    op.execute("ALTER TABLE organization_source RENAME COLUMN said_hash TO content_hash")
    op.execute("ALTER TABLE organization_source RENAME COLUMN said TO content")
