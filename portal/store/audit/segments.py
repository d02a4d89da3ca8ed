"""Sealed segments of the audit trail: rows only; ``portal.audit.chain`` knows what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from portal.domain.errors import DecryptionError
from portal.store.audit.events import about
from portal.store.engine.database import Database, Tx
from portal.store.schema.audit import audit_event, audit_segment

PAGE = 4096
"""Events of one segment at most, and of one statement."""
_LEAF = 40  # bytes of one event in ``leaves``: its seq, then its leaf hash


@dataclass(frozen=True, slots=True)
class Segment:
    """A batch of events that was sealed. ``leaves`` are (seq, leaf hash) in the order of seq; none after removal."""

    number: int
    last_seq: int
    size: int
    sealed_at: datetime
    newest_at: datetime  # of its events
    root: bytes
    mac: bytes
    leaves: tuple[tuple[int, bytes], ...]
    removed_at: datetime | None = None
    removed_mac: bytes | None = None


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event with everything that its leaf is made of. ``detail`` is the JSON text as it was sealed."""

    seq: int
    seal_id: str
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: str | None
    person_id: str | None
    detail: str | None  # None: it cannot be decrypted


def settled(database: Database) -> int | None:
    """Return the newest seq below which no transaction can add an event any more; None while writers are busy.

    SQLite's writers come one after another. PostgreSQL gives numbers before it commits: a lock that waits for the
    writers there are, and that is given up after 100 ms, makes sure that none is under way.
    """
    newest_seq = select(func.coalesce(func.max(audit_event.c.seq), 0))
    if database.is_sqlite:
        with database.reading() as tx:
            return int(tx.conn.execute(newest_seq).scalar_one())
    try:
        with database.transaction() as tx:
            tx.conn.execute(text("SET LOCAL lock_timeout = 100"))
            tx.conn.execute(text("LOCK TABLE audit_event IN SHARE MODE"))
            return int(tx.conn.execute(newest_seq).scalar_one())
    except OperationalError:
        return None


def oldest_unsealed(tx: Tx) -> datetime | None:
    """Return when the oldest event was written that is in no segment yet."""
    last_seq = select(func.max(audit_segment.c.last_seq)).scalar_subquery()
    query = select(audit_event.c.at).where(audit_event.c.seq > func.coalesce(last_seq, 0))
    return tx.conn.execute(query.order_by(audit_event.c.seq).limit(1)).scalar()


def newest(tx: Tx) -> Segment | None:
    row = tx.conn.execute(select(audit_segment).order_by(audit_segment.c.number.desc()).limit(1)).first()
    return _segment(row) if row else None


def by_number(tx: Tx, *, number: int) -> Segment | None:
    row = tx.conn.execute(select(audit_segment).where(audit_segment.c.number == number)).first()
    return _segment(row) if row else None


def holding(tx: Tx, *, seq: int) -> Segment | None:
    """Return the segment that an event of this seq is in."""
    query = select(audit_segment).where(audit_segment.c.last_seq >= seq).order_by(audit_segment.c.number).limit(1)
    row = tx.conn.execute(query).first()
    return _segment(row) if row else None


def add(tx: Tx, segment: Segment) -> None:
    """Store a segment. Raises IntegrityError where another process sealed this number meanwhile."""
    values = {
        "number": segment.number,
        "last_seq": segment.last_seq,
        "size": segment.size,
        "sealed_at": segment.sealed_at,
        "newest_at": segment.newest_at,
        "root": segment.root,
        "mac": segment.mac,
        "leaves": b"".join(seq.to_bytes(8, "big", signed=True) + leaf for seq, leaf in segment.leaves),
    }
    tx.conn.execute(insert(audit_segment), values)


def every(tx: Tx) -> Iterator[Segment]:
    """Yield all segments in their order."""
    after = 0
    while True:
        query = select(audit_segment).where(audit_segment.c.number > after).order_by(audit_segment.c.number)
        rows = tx.conn.execute(query.limit(100)).all()
        yield from map(_segment, rows)
        if len(rows) < 100:
            return
        after = rows[-1].number


def events(
    tx: Tx, *, after: int | None = None, until: int | None = None, person_id: str | None = None
) -> Iterator[RawEvent]:
    """Yield events in the order of seq, of a person or of all; ``after`` exclusive, ``until`` inclusive."""
    c = audit_event.c
    while True:
        query = select(audit_event).order_by(c.seq).limit(PAGE)
        if after is not None:
            query = query.where(c.seq > after)
        if until is not None:
            query = query.where(c.seq <= until)
        if person_id is not None:
            query = query.where(about(person_id))
        rows = tx.conn.execute(query).all()
        for row in rows:
            yield RawEvent(
                row.seq,
                row.seal_id,
                row.at,
                row.action,
                row.outcome,
                row.actor_kind,
                row.actor_id,
                row.person_id,
                _detail(tx, row),
            )
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def oldest_before(tx: Tx, *, before: datetime) -> Segment | None:
    """Return the oldest segment whose events are still there, if all of them are older."""
    c = audit_segment.c
    row = tx.conn.execute(select(audit_segment).where(c.removed_at.is_(None)).order_by(c.number).limit(1)).first()
    return _segment(row) if row and row.newest_at < before else None


def remove_events(tx: Tx, *, segment: Segment, removed_mac: bytes) -> None:
    """Delete a segment's events; what it was stays, with the proof that it was we who removed them."""
    first = min(seq for seq, _ in segment.leaves)
    tx.conn.execute(delete(audit_event).where(audit_event.c.seq >= first, audit_event.c.seq <= segment.last_seq))
    tx.conn.execute(
        update(audit_segment)
        .where(audit_segment.c.number == segment.number)
        .values(removed_at=tx.now, removed_mac=removed_mac, leaves=b"")
    )


def _detail(tx: Tx, row: Row[Any]) -> str | None:
    try:
        return tx.vault.open(bytes(row.detail), row=f"audit_event.detail:{row.seal_id}").decode()
    except (DecryptionError, ValueError, IndexError):
        return None


def _segment(row: Row[Any]) -> Segment:
    packed = bytes(row.leaves)
    leaves = tuple(
        (int.from_bytes(packed[place : place + 8], "big", signed=True), packed[place + 8 : place + _LEAF])
        for place in range(0, len(packed), _LEAF)
    )
    return Segment(
        row.number,
        row.last_seq,
        row.size,
        row.sealed_at,
        row.newest_at,
        bytes(row.root),
        bytes(row.mac),
        leaves,
        row.removed_at,
        bytes(row.removed_mac) if row.removed_mac else None,
    )
