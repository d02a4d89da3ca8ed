"""Entries that were made from documents, told from those that came as resources by how their FHIR ids begin.

In the home chart ids are ours to give; what an organization sends may begin with anything, but not with our keyed hash.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.access.visibility import Sight
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records import privacy
from portal.store.records.grouping import lock_person
from portal.store.records.resources import COLUMNS, StoredResource, stored_of
from portal.store.schema.records import entry, resource

DERIVED = "cda-"
"""How the ids begin of resources that were made from a document of the home chart."""


def prefix(tx: Tx, *, source: str) -> str:
    """Return how the ids begin of resources that were made from a document of a source."""
    return DERIVED if source == HOME else f"{DERIVED}{tx.vault.hash('derived', source)[:16]}-"


KEY = 12
"""Letters, after the prefix of a linked organization, that tell the version of a document (``document_key``)."""
_LABELLED, _BEFORE = "3", "2"  # how entries are labelled: what was made otherwise is made anew


def document_key(tx: Tx, document: StoredResource) -> str:
    """Return what the ids of a document's entries have after the prefix of a linked organization."""
    return _key(tx, document, _LABELLED)


def _key(tx: Tx, document: StoredResource, labelled: str) -> str:
    return tx.vault.hash("document", f"{labelled}|{document.id}|{document.version}")[:KEY]


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """An entry of a source: its id and FHIR id, its section, and whether it was made from a document."""

    id: str
    section: Section
    derived: bool
    fhir_id: str


def documents(
    tx: Tx, *, person_id: str, source: str, private_only: bool = False, limit: int | None = None
) -> tuple[StoredResource, ...]:
    """Return a person's documents of one source, the newest first, with those that they keep private."""
    c = resource.c
    query = select(*COLUMNS).where(
        c.person_id == person_id, c.source == source, c.type == "DocumentReference", c.deleted_at.is_(None)
    )
    query = query.where(c.private) if private_only else query
    listed = tx.conn.execute(query.order_by(c.date.desc(), c.number.desc()).limit(limit))
    return tuple(stored_of(tx, row) for row in listed)


def open_documents(tx: Tx, *, person_id: str, ids: Collection[str]) -> frozenset[str]:
    """Return which documents are nobody's alone (private, of somebody's message) and do not wait, and let that be so
    until what they give is stored.

    Entries that are read out of them have ids of their own, which no choice reaches.
    """
    lock_person(tx, person_id=person_id)
    sight = Sight(confidential=True, private=False, held=False, sections=frozenset(Section), account="")
    return privacy.still_seen(tx, person_id=person_id, ids=ids, sight=sight)


def made_of(
    tx: Tx,
    entries: Iterable[SectionEntry],
    documents: Iterable[StoredResource],
    *,
    source: str,
    home_ids: Collection[str],
) -> tuple[SectionEntry, ...]:
    """Return which entries of a source were made of these documents.

    ``home_ids`` are the ids that the home chart's documents give (``portal.normalise.ccda.home_documents``).
    """
    start, own = prefix(tx, source=source), {f"{DERIVED}{each}" for each in home_ids}
    keys = {_key(tx, document, labelled) for document in documents for labelled in (_LABELLED, _BEFORE)}
    return tuple(
        each
        for each in entries
        if each.derived and (each.fhir_id in own if source == HOME else each.fhir_id.removeprefix(start)[:KEY] in keys)
    )


def entries_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> tuple[SectionEntry, ...]:
    """Return the entries of one source in these sections."""
    query = (
        select(entry.c.id, entry.c.section, resource.c.fhir_id)
        .join(resource, resource.c.id == entry.c.id)
        .where(entry.c.person_id == person_id, entry.c.source == source, entry.c.section.in_(sections))
    )
    start = prefix(tx, source=source)
    named = {section.value: section for section in sections}
    listed = []
    for entry_id, section, sealed_id in tx.conn.execute(query):
        fhir_id = tx.vault.open_id(sealed_id, place=id_place(entry_id))
        listed.append(SectionEntry(entry_id, named[section], fhir_id.startswith(start), fhir_id))
    return tuple(listed)


def ids_of(tx: Tx, *, person_id: str, source: str, sections: Collection[Section]) -> frozenset[str]:
    """Return the ids of those that were made from documents."""
    entries = entries_of(tx, person_id=person_id, source=source, sections=sections)
    return frozenset(each.id for each in entries if each.derived)
