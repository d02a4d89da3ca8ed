"""Data keys of people, and by what the keys are recognized that the database is filled with (``store.engine``)."""

from sqlalchemy import Column, ForeignKey, LargeBinary, Table

from portal.store.schema.base import Hash, Id, Word, metadata

key_check = Table(
    "key_check",
    metadata,
    Column("kind", Word, primary_key=True),  # encryption, index
    Column("key_id", Word, primary_key=True),
    Column("value", Hash, nullable=False),
)

person_key = Table(
    "person_key",
    metadata,
    Column("id", Id, primary_key=True),  # named by each value that it sealed
    Column(
        "person_id",
        Id,
        ForeignKey("person.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),  # it seals the person's row
        nullable=False,
        unique=True,
    ),
    Column("data", LargeBinary, nullable=False),  # sealed: the 32 bytes of the key
)
