"""The large search tokens are gone, indexes that repeated their tables are smaller, and links are found by person."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.drop_table("resource_token")
    op.drop_index("ix_resource_search", table_name="resource")
    op.create_index("ix_resource_search", "resource", ["person_id", "source", "type", "date", "number"])
    op.drop_index("ix_entry_key_hash", table_name="entry_key")
    if op.get_bind().dialect.name == "sqlite":
        _again()
    else:
        op.drop_constraint("pk_entry_key", "entry_key", type_="primary")
        op.drop_constraint("uq_resource_source_type_fhir_id", "resource", type_="unique")  # its id is a hash of these
    op.create_index("ix_entry_key_entry_id", "entry_key", ["entry_id"])
    op.create_index("ix_entry_key_hash", "entry_key", ["hash"])
    op.create_index("ix_link_person_id", "link", ["person_id"])


def _again() -> None:
    """Make the table anew without its primary key, which SQLite cannot take from one."""
    op.rename_table("entry_key", "entry_key_before")
    op.create_table(
        "entry_key",
        sa.Column("entry_id", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("bond", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_key_entry_id"), ondelete="CASCADE"),
    )
    op.execute("INSERT INTO entry_key (entry_id, hash, bond) SELECT entry_id, hash, bond FROM entry_key_before")
    op.drop_table("entry_key_before")
