"""The first tables."""

from alembic import op

from portal.store import directory_index
from portal.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    directory_index.create(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
