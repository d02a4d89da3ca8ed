"""Entries of clinical documents in the home chart, where the chart itself has nothing: "from a document".

A section is filled from documents only as long as no resource of the chart is in it; when one comes, what was made from
documents goes. Of each custodian the newest document counts: an older one says what was so then. What is made is made
anew from the documents that are stored, so that the same documents always give the same.
"""

from collections.abc import Collection, Iterator
from typing import Any

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.normalise.ccda.home_documents import resources_of
from portal.normalise.elements import obj, word
from portal.normalise.provenance import is_from_document
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import derived, holding, writing
from portal.store.records import resources as stored_resources
from portal.store.records.resources import StoredResource

SECTIONS = {
    "AllergyIntolerance": Section.ALLERGIES,
    "MedicationRequest": Section.MEDICATIONS,
    "MedicationStatement": Section.MEDICATIONS,
    "Condition": Section.HEALTH_ISSUES,
    "Immunization": Section.IMMUNIZATIONS,
    "Observation": Section.TEST_RESULTS,
}
_MOST = 200  # documents of one person


def derive_entries(database: Database, *, person_id: str, patient: str, documents: bool) -> None:
    """Make the entries of a person's documents, and take away what no document or no need gives any more.

    ``patient`` is the person's FHIR id; ``documents``: whether some came now.
    """
    with database.reading() as tx:
        before = derived.entries_of(tx, person_id=person_id, source=HOME, sections=frozenset(SECTIONS.values()))
        if not documents and not any(each.derived for each in before):
            return
        stored = derived.documents(tx, person_id=person_id, source=HOME, limit=_MOST)
        held = holding.held_ids(tx, ids=[document.id for document in stored])
    closed = {each.section for each in before if not each.derived}
    read_out_of: dict[str, str] = {}
    resources: list[dict[str, Any]] = []
    for document in _newest(stored, held):
        for kind, entries in resources_of(document.body, document.fhir_id, patient).items():
            if SECTIONS[kind] not in closed:
                named = [{**resource, "id": f"{derived.DERIVED}{resource['id']}"} for resource in entries]
                read_out_of |= {resource["id"]: document.id for resource in named}
                resources += named
    ingest(database, person_id=person_id, source=HOME, resources=resources, read_out_of=read_out_of)
    current = {
        stored_resources.resource_id(database.vault, source=HOME, type=resource["resourceType"], fhir_id=resource["id"])
        for resource in resources
    }
    for section in sorted({each.section for each in before if each.derived}):
        removed = sorted({each.id for each in before if each.derived and each.section is section} - current)
        if removed:
            with database.transaction() as tx:
                writing.settle(tx, person_id=person_id, source=HOME, section=section, removed=removed)


def _newest(stored: tuple[StoredResource, ...], held: Collection[str]) -> Iterator[StoredResource]:
    """Yield the newest document of each custodian; ``stored`` are newest first.

    What is kept private, waits until the person wants to see it, or is of somebody's message gives no entries: they
    would be open, having ids of their own.
    """
    custodians: set[str] = set()
    for document in stored:
        custodian = word(obj(document.body.get("custodian")).get("display")) or document.fhir_id
        if is_from_document(document.body) and custodian not in custodians and not document.author:
            custodians.add(custodian)
            if not document.private and document.id not in held:
                yield document
