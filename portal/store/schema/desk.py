"""The front desk: assists, what was handed over, who waits, second factors that are about to be removed."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table

from portal.store.schema.base import Hash, Id, Instant, Word, metadata

assist = Table(
    "assist",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),  # the clerk's
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Word, nullable=False),
    Column("purpose", Word),
    Column("consent", Word),  # how the patient says yes
    Column("id_checked", Boolean, nullable=False, default=False),  # the clerk compared an identity document
    Column("code_hash", Hash),  # of the code that was sent to the patient
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("agreed_at", Instant),
    Column("ended_at", Instant),
    Column("ending", Word),
    Column("passcode_hash", LargeBinary),  # sealed: of the link to a visit's record, which the patient alone is told
    Column("agreed_by", Id),  # whose account chose that
)
_OPEN = assist.c.ended_at.is_(None)
Index("uq_assist_account", assist.c.account_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

handover = Table(  # a link that the desk started and the patient finishes on a device of their own
    "handover",
    metadata,
    Column("code_hash", Hash, primary_key=True),
    Column("assist_id", Id, ForeignKey("assist.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("organization_id", Id, nullable=False),
    Column("code", LargeBinary, nullable=False),  # sealed
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Column("ended_at", Instant),
)

waiting = Table(  # who waits for the desk
    "waiting",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", Word, nullable=False),
    Column("place", Word, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

factor_reset = Table(  # second factors that are removed unless their owner objects
    "factor_reset",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("assist_id", Id),
    Column("secret_hash", Hash, nullable=False, unique=True),  # of the link that cancels
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ending", Word),  # done, cancelled
)
