"""The administrator reads the directory page by page, in the order of the names."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_organization_name", "organization", ["name", "id"])
