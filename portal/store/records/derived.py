"""Entries that were made from documents, told from those that came as resources by how their FHIR ids begin."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.schema.records import entry, resource

DERIVED = "cda-"
"""How the ids begin of resources that were made from a document."""


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """An entry of a source: its id, its section, and whether it was made from a document."""

    id: str
    section: Section
    derived: bool


def entries_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> tuple[SectionEntry, ...]:
    """Return the entries of one source in these sections."""
    query = (
        select(entry.c.id, entry.c.section, resource.c.fhir_id)
        .join(resource, resource.c.id == entry.c.id)
        .where(entry.c.person_id == person_id, entry.c.source == source, entry.c.section.in_(sections))
    )
    rows = tx.conn.execute(query)
    return tuple(SectionEntry(row.id, Section(row.section), row.fhir_id.startswith(DERIVED)) for row in rows)


def ids_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> frozenset[str]:
    """Return the ids of those that were made from documents."""
    entries = entries_of(tx, person_id=person_id, source=source, sections=sections)
    return frozenset(each.id for each in entries if each.derived)
