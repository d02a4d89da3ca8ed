"""Entries that were made from documents, told from those that came as resources by how their FHIR ids begin.

In the home chart ids are ours to give; what an organization sends may begin with anything, but not with our keyed hash.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.schema.records import entry, resource

DERIVED = "cda-"
"""How the ids begin of resources that were made from a document of the home chart."""


def prefix(tx: Tx, *, source: str) -> str:
    """Return how the ids begin of resources that were made from a document of a source."""
    return DERIVED if source == HOME else f"{DERIVED}{tx.vault.hash('derived', source)[:16]}-"


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """An entry of a source: its id and FHIR id, its section, and whether it was made from a document."""

    id: str
    section: Section
    derived: bool
    fhir_id: str


def entries_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> tuple[SectionEntry, ...]:
    """Return the entries of one source in these sections."""
    query = (
        select(entry.c.id, entry.c.section, resource.c.fhir_id)
        .join(resource, resource.c.id == entry.c.id)
        .where(entry.c.person_id == person_id, entry.c.source == source, entry.c.section.in_(sections))
    )
    start = prefix(tx, source=source)
    rows = tx.conn.execute(query)
    return tuple(SectionEntry(row.id, Section(row.section), row.fhir_id.startswith(start), row.fhir_id) for row in rows)


def ids_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> frozenset[str]:
    """Return the ids of those that were made from documents."""
    entries = entries_of(tx, person_id=person_id, source=source, sections=sections)
    return frozenset(each.id for each in entries if each.derived)
