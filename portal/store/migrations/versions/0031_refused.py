"""The index of what gave no entry, so that it is used: by person alone it was passed over for that of all resources."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.drop_index("ix_resource_refused", "resource")
    refused = sa.text("refusal IS NOT NULL")
    columns = ["person_id", "refusal", "source"]
    op.create_index("ix_resource_refused", "resource", columns, sqlite_where=refused, postgresql_where=refused)
