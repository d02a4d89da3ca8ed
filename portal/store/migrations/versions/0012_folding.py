"""By which version of the folding of names somebody's keyed hashes were made.

They are made anew after the migrations, in small transactions (``portal.store.engine.upgrade``): only the running
program has the key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("person", sa.Column("folding", sa.SmallInteger(), nullable=False, server_default="0"))
