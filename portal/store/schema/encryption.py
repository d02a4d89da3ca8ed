"""What ``store.engine`` keeps: people's data keys, by what the instance's keys are recognized, whom a schema serves."""

from sqlalchemy import Column, ForeignKey, LargeBinary, SmallInteger, Table

from portal.store.schema.base import Hash, Id, Word, metadata

key_check = Table(
    "key_check",
    metadata,
    Column("kind", Word, primary_key=True),  # encryption, index
    Column("key_id", Word, primary_key=True),
    Column("value", Hash, nullable=False),
    Column("wrapped", LargeBinary),  # of the index key: itself, sealed with a key that PORTAL_INDEX_KEY gives
)

schema_contract = Table(  # one row: the first revision whose version this database serves
    "schema_contract",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("oldest", Word, nullable=False),
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
