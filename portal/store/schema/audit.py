"""What happened: append-only, and the sealed segments over it (``portal.audit.chain``)."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from portal.store.schema.base import Id, Instant, Word, metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("action", Word, nullable=False),
    Column("outcome", Word, nullable=False),
    Column("actor_kind", Word, nullable=False),  # account, client, job, operator
    Column("actor_id", Id),
    Column("person_id", Id),  # no foreign key: the event outlives what it is about
    Column("seal_id", Id, nullable=False),  # what the sealed detail is bound to
    Column("detail", LargeBinary, nullable=False),  # sealed: which section, which organization …
)
Index("ix_audit_event_person", audit_event.c.person_id, audit_event.c.seq)
Index("ix_audit_event_actor", audit_event.c.actor_id, audit_event.c.seq)
_REFUSED = audit_event.c.outcome == "denied"
Index(
    "ix_audit_event_refused",
    audit_event.c.actor_id,
    audit_event.c.person_id,
    audit_event.c.action,
    audit_event.c.at,
    sqlite_where=_REFUSED,
    postgresql_where=_REFUSED,
)

audit_segment = Table(
    "audit_segment",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger().with_variant(Integer, "sqlite"), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("newest_at", Instant, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),  # keyed, over all before and the mac of the segment before
    Column("leaves", LargeBinary, nullable=False),  # seq and leaf hash of each event
    Column("removed_at", Instant),  # when its events were removed, after their time
    Column("removed_mac", LargeBinary),
)
