"""What a person measured at home, as Observations of a source of its own: never an organization's, never one with them.

Source: US Core 6.1.0, vital signs; HL7 v3 ObservationValue (PATAST: patient asserted).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from portal.domain.code_systems import LOINC, UCUM
from portal.domain.errors import ConflictError
from portal.domain.ids import OWN
from portal.domain.phrases import N_
from portal.domain.readings import KINDS
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import resources, writing

MOST = 5000
"""Readings of one person."""

_PROFILE = "http://hl7.org/fhir/us/core/StructureDefinition/"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ASSERTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "PATAST",
    "display": "patient asserted",
}
_NAMES = {
    "29463-7": N_("Body weight"),
    "85354-9": N_("Blood pressure"),
    "8480-6": N_("Systolic blood pressure"),
    "8462-4": N_("Diastolic blood pressure"),
    "41653-7": N_("Blood sugar"),
    "8310-5": N_("Body temperature"),
    "59408-5": N_("Oxygen saturation"),
    "2708-6": N_("Oxygen saturation"),
    "8867-4": N_("Heart rate"),
}
_UNITS = {"[lb_av]": "lb", "mm[Hg]": "mmHg", "[degF]": "°F", "Cel": "°C"}


class OwnReading(msgspec.Struct, frozen=True, kw_only=True):
    """One reading. ``numbers`` as typed, one for each part of the kind; ``at`` a FHIR instant with its offset.

    ``by`` is the name of who added it for the person; empty where that is the person.
    """

    id: str
    kind: str
    numbers: tuple[str, ...]
    unit: str
    at: str
    by: str = ""


def put(database: Database, *, person_id: str, patient: str, reading: OwnReading) -> None:
    """Store a reading, or change the one with its id. ``patient`` is the person's FHIR id.

    Raises:
        ConflictError: "full": the person would have more than ``MOST``.
    """
    with database.reading() as tx:
        stored = writing.entry_ids(tx, person_id=person_id, source=OWN, section=Section.VITAL_SIGNS)
    if entry_id(database, reading.id) not in stored and len(stored) >= MOST:
        raise ConflictError("full")
    ingest(database, person_id=person_id, source=OWN, resources=[observation(reading, patient=patient)])


def remove(database: Database, *, person_id: str, reading_id: str) -> None:
    """Remove a reading; one that is not there is removed already."""
    with database.transaction() as tx:
        removed = entry_id(database, reading_id)
        if removed in writing.entry_ids(tx, person_id=person_id, source=OWN, section=Section.VITAL_SIGNS):
            writing.settle(tx, person_id=person_id, source=OWN, section=Section.VITAL_SIGNS, removed=[removed])


def entry_id(database: Database, reading_id: str) -> str:
    """Return the id of the entry that a reading is shown as."""
    return resources.resource_id(database.vault, source=OWN, type="Observation", fhir_id=reading_id)


def observation(reading: OwnReading, *, patient: str) -> dict[str, Any]:
    """Return the reading as an Observation: in the vital signs, performed by the Patient or who acts for them."""
    kind = KINDS[reading.kind]
    security = {"security": [_ASSERTED]}
    subject = {"reference": f"Patient/{patient}"}
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": reading.id,
        "meta": {"profile": [_PROFILE + kind.profile], **security} if kind.profile else security,
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "vital-signs", "display": "Vital Signs"}]}],
        "code": _concept(*kind.codes),
        "subject": subject,
        "effectiveDateTime": reading.at,
        "performer": [subject],
    }
    if reading.by:
        helper = {"resourceType": "RelatedPerson", "id": "by", "patient": subject, "name": [{"text": reading.by}]}
        resource |= {"contained": [helper], "performer": [{"reference": "#by", "display": reading.by}]}
    quantities = [_quantity(number, reading.unit) for number in reading.numbers]
    if len(kind.parts) == 1:
        return {**resource, "valueQuantity": quantities[0]}
    parts = zip(kind.parts, quantities, strict=True)
    return {**resource, "component": [{"code": _concept(part.code), "valueQuantity": value} for part, value in parts]}


def read(resource: Mapping[str, Any], *, reading_id: str) -> OwnReading | None:
    """Return the reading that an Observation of ours is; None for one that is none."""
    code = resource["code"]["coding"][0]["code"]
    key = next((key for key, kind in KINDS.items() if kind.codes[0] == code), "")
    quantities = [part["valueQuantity"] for part in resource.get("component", [resource]) if "valueQuantity" in part]
    if not key or len(quantities) != len(KINDS[key].parts):
        return None
    return OwnReading(
        id=reading_id,
        kind=key,
        numbers=tuple(str(quantity["value"]) for quantity in quantities),
        unit=str(quantities[0]["code"]),
        at=str(resource["effectiveDateTime"]),
        by=str(resource["performer"][0].get("display", "")),
    )


def unit_name(unit: str) -> str:
    """Return a unit as people write it."""
    return _UNITS.get(unit, unit)


def _concept(*codes: str) -> dict[str, Any]:
    coding = [{"system": LOINC, "code": code} for code in codes]
    return {"coding": coding, "text": _NAMES[codes[0]]}


def _quantity(number: str, unit: str) -> dict[str, Any]:
    return {"value": Decimal(number), "unit": unit_name(unit), "system": UCUM, "code": unit}
