"""Messages that were read here, until the organization that they are from knows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, literal, select, update

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records.resources import chunks
from portal.store.schema.base import Instant
from portal.store.schema.messages import message_receipt
from portal.store.schema.records import entry, resource


@dataclass(frozen=True, slots=True)
class MessageReceipt:
    entry_id: str
    person_id: str
    source: str
    fhir_id: str
    read_at: datetime
    tries: int


def add(tx: Tx, *, entry_ids: Collection[str]) -> bool:
    """Note which of these entries are messages that were read now; tell whether any was not noted before."""
    c, noted = entry.c, message_receipt.alias()
    columns = (c.id, c.source, literal(tx.now, Instant), literal(0), literal(tx.now, Instant))
    added = 0
    for batch in chunks(list(entry_ids)):
        unnoted = select(*columns).where(
            c.id.in_(batch), c.section == Section.MESSAGES, ~exists().where(noted.c.entry_id == c.id)
        )
        names = ["entry_id", "source", "read_at", "tries", "due_at"]
        noting = insert(message_receipt).from_select(names, unnoted).returning(message_receipt.c.entry_id)
        added += len(tx.conn.execute(noting).all())  # PostgreSQL's driver does not tell the rowcount of an insert
    return added > 0


def take_due(tx: Tx, *, span: timedelta, limit: int) -> tuple[MessageReceipt, ...]:
    """Return those that are due of one source, and put them off."""
    c = message_receipt.c
    first = tx.conn.execute(select(c.source).where(c.due_at <= tx.now).order_by(c.due_at).limit(1)).scalar()
    if first is None:
        return ()
    query = (
        select(c.entry_id, entry.c.person_id, c.source, resource.c.fhir_id, c.read_at, c.tries)
        .join(entry, entry.c.id == c.entry_id)
        .join(resource, resource.c.id == c.entry_id)
        .where(c.due_at <= tx.now, c.source == first)
        .order_by(c.entry_id)
        .limit(limit)
    )
    due = tuple(
        MessageReceipt(
            *(entry_id, person_id, source), tx.vault.open_id(sealed_id, place=id_place(entry_id)), read_at, tries
        )
        for entry_id, person_id, source, sealed_id, read_at, tries in tx.conn.execute(query)
    )
    ids = [receipt.entry_id for receipt in due]
    tx.conn.execute(update(message_receipt).where(c.entry_id.in_(ids)).values(due_at=tx.now + span, tries=c.tries + 1))
    return due


def any_due(tx: Tx) -> bool:
    due = select(message_receipt.c.entry_id).where(message_receipt.c.due_at <= tx.now).limit(1)
    return tx.conn.execute(due).first() is not None


def end(tx: Tx, *, entry_ids: Iterable[str]) -> None:
    for batch in chunks(list(entry_ids)):
        tx.conn.execute(delete(message_receipt).where(message_receipt.c.entry_id.in_(batch)))
