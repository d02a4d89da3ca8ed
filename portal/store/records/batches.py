"""Raw resources and entries as they are kept, in batches: for making everything derived again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from portal.domain.sections import Section
from portal.store.engine import compression
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records.resources import chunks
from portal.store.schema.records import entry, resource


@dataclass(frozen=True, slots=True)
class PackedResource:
    """A raw resource as ``portal.store.records.packing`` packed it."""

    id: str
    type: str
    fhir_id: str
    content_hash: str
    packed: bytes


def owners(tx: Tx) -> tuple[tuple[str | None, str], ...]:
    """Return every (person id, source) that has resources, in an order that stays."""
    query = select(resource.c.person_id, resource.c.source).where(resource.c.deleted_at.is_(None)).distinct()
    return tuple(sorted(((row[0], row[1]) for row in tx.conn.execute(query)), key=lambda row: (row[0] or "", row[1])))


def sources(tx: Tx, *, person_id: str) -> tuple[str, ...]:
    """Return the sources from which a person has resources."""
    query = select(resource.c.source).where(resource.c.person_id == person_id, resource.c.deleted_at.is_(None))
    return tuple(sorted(tx.conn.execute(query.distinct()).scalars()))


def resources(tx: Tx, *, person_id: str | None, source: str, after: str, limit: int) -> tuple[PackedResource, ...]:
    """Return the next resources of one owner by id, beginning after ``after``."""
    c = resource.c
    owned = c.person_id == person_id, c.source == source, c.id > after
    return _packed(tx, *owned, limit=limit)


def of_type(tx: Tx, *, person_id: str, source: str, kind: str) -> tuple[PackedResource, ...]:
    """Return all of one owner's resources of a type, of which there are few."""
    c = resource.c
    return _packed(tx, c.person_id == person_id, c.source == source, c.type == kind)


def _packed(tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None) -> tuple[PackedResource, ...]:
    c = resource.c
    query = select(c.id, c.type, c.fhir_id, c.content_hash, c.body).where(*conditions, c.deleted_at.is_(None))
    return tuple(
        PackedResource(
            row.id,
            row.type,
            tx.vault.open_id(row.fhir_id, place=id_place(row.id)),
            row.content_hash,
            tx.open(row.body, row=f"resource.body:{row.id}"),
        )
        for row in tx.conn.execute(query.order_by(c.id).limit(limit))
    )


def entries(tx: Tx, *, ids: Sequence[str]) -> dict[str, tuple[Section, bytes]]:
    """Return section and JSON of the entries with these ids, those that exist."""
    by_id: dict[str, tuple[Section, bytes]] = {}
    for batch in chunks(ids):
        query = select(entry.c.id, entry.c.section, entry.c.body).where(entry.c.id.in_(batch))
        for row in tx.conn.execute(query):
            by_id[row.id] = (Section(row.section), compression.plain(tx.open(row.body, row=f"entry.body:{row.id}")))
    return by_id


def sections(tx: Tx, *, person_id: str) -> tuple[Section, ...]:
    """Return every section in which a person has entries."""
    query = select(entry.c.section).where(entry.c.person_id == person_id).distinct().order_by(entry.c.section)
    return tuple(Section(section) for section in tx.conn.execute(query).scalars())
