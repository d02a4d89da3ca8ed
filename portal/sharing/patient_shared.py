"""The Bundle that a front desk gets: one person, what they chose, and documents of it. Pure.

Source: the draft "Patient-Shared Health Documents via SMART Health Links" 0.9 (https://ktc-spec.github.io/), profiles
PatientSharedBundle and PatientSharedDocumentReference. Each source's statement is a resource of its own, so that where
sources disagree all of them are in; what a source documents as absent is in, too.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.sharing.contents import Contents, Resource, instant
from portal.sharing.summary import SummaryContent

PDF = "application/pdf"
LOINC = "http://loinc.org"
CATEGORY = "https://cms.gov/fhir/CodeSystem/patient-shared-category"
_ASSERTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"


class DocumentKind(StrEnum):
    """The two kinds of PDF, by their LOINC code."""

    RENDERED = "60591-5"
    STORY = "51855-5"


_NAMES = {DocumentKind.RENDERED: "Patient summary Document", DocumentKind.STORY: "Patient Note"}
_DESCRIPTIONS = {
    DocumentKind.RENDERED: "All shared items, to be read",
    DocumentKind.STORY: "In the patient's own words",
}


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """A PDF that goes along."""

    kind: DocumentKind
    content: bytes


def bundle(summary: SummaryContent, *, bundle_id: UUID, documents: Iterable[SharedDocument]) -> Resource:
    """Return the Bundle of type ``collection``; ``bundle_id`` names it and what only it holds."""
    contents = Contents(summary, bundle_id, with_absences=True)
    contents.assembler = contents.own("organization:")
    person = contents.person()
    # US Core asks for an identifier; this one is good within the Bundle only, and leads to no other.
    person["identifier"] = [{"system": "urn:ietf:rfc:3986", "value": contents.patient}]
    entries = [
        (contents.patient, person),
        *(_document(contents, document) for document in documents),
        *contents.stated(),
        *contents.supporting(),
        *contents.organizations(),
        *contents.provenances(),
    ]
    return {
        "resourceType": "Bundle",
        "id": str(bundle_id),
        "type": "collection",
        "timestamp": instant(summary.moment),
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    }


def holds_anything(summary: SummaryContent) -> bool:
    """Tell whether the Bundle would hold anything beside who it is."""
    return any(content.rows or content.absences for content in summary.sections.values())


def _document(contents: Contents, document: SharedDocument) -> tuple[str, Resource]:
    name = f"document:{document.kind.value}"
    patient = {"reference": contents.patient}
    return contents.own(name), {
        "resourceType": "DocumentReference",
        "id": contents.own_id(name),
        "meta": {"security": [{"system": _ASSERTED, "code": "PATAST", "display": "patient asserted"}]},
        "status": "current",
        "type": _concept(LOINC, document.kind.value, _NAMES[document.kind]),
        "category": [_concept(CATEGORY, "patient-shared", "Patient-Shared")],
        "subject": patient,
        "author": [patient],
        "date": instant(contents.summary.moment),
        "description": _DESCRIPTIONS[document.kind],
        "content": [{"attachment": {"contentType": PDF, "data": b64encode(document.content).decode()}}],
    }


def _concept(system: str, code: str, display: str) -> Resource:
    coding: Sequence[Resource] = [{"system": system, "code": code, "display": display}]
    return {"coding": coding}
