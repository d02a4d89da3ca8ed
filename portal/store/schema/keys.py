"""By what the keys are recognized that the database is filled with (``portal.store.engine.key_checks``)."""

from sqlalchemy import Column, Table

from portal.store.schema.base import Hash, Word, metadata

key_check = Table(
    "key_check",
    metadata,
    Column("kind", Word, primary_key=True),  # encryption, index
    Column("key_id", Word, primary_key=True),
    Column("value", Hash, nullable=False),
)
