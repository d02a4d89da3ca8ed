"""Whose resource it is, and when it happened, for every resource type we fetch: before and without normalising."""

from collections.abc import Mapping
from typing import Any

from portal.domain.dates import sort_key
from portal.domain.fhir_ids import is_fhir_id
from portal.normalise.context import target_of
from portal.normalise.elements import items, obj, when, word

_PATIENT_ELEMENTS = ("subject", "patient", "beneficiary", "for", "individual")

# Paths in the order of what a reader would call "the date of it" (FHIR R4, element names per resource type).
_DATES: dict[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("onsetDateTime", "onsetPeriod.start", "recordedDate", "lastOccurrence"),
    "Condition": ("onsetDateTime", "onsetPeriod.start", "recordedDate", "abatementDateTime"),
    "Device": ("manufactureDate", "expirationDate"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "Communication": ("sent", "received"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod.start", "issued"),
    "Observation": ("effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued"),
    "Encounter": ("period.start", "period.end"),
    "Appointment": ("start", "created"),
    "CareTeam": ("period.start",),
    "Coverage": ("period.start",),
    "Immunization": ("occurrenceDateTime", "recorded"),
    "Procedure": ("performedDateTime", "performedPeriod.start", "performedPeriod.end"),
    "DocumentReference": ("date", "context.period.start"),
    "Provenance": ("recorded", "occurredDateTime"),
    "Patient": (),
}


def clinical_date(resource: Mapping[str, Any]) -> str:
    """The sort key (``portal.domain.dates.sort_key``) of the date that matters in a resource of any type.

    The empty string when it has none, when it is not a date, or when the type has no such date.
    """
    found = obj(resource)
    for path in _DATES.get(word(found.get("resourceType")), ()):
        head, _, tail = path.partition(".")
        value = found.get(head)
        for step in tail.split(".") if tail else ():
            value = obj(value).get(step)
        date = when(value)
        if date:
            return sort_key(date)
    return ""


def subject_references(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Every patient a resource is about: one for most, several for an appointment of several people."""
    found = obj(resource)
    kind = word(found.get("resourceType"))
    if kind == "Patient":
        own = found.get("id")
        return (f"Patient/{own}",) if is_fhir_id(own) else ()
    for element in _PATIENT_ELEMENTS:
        target = target_of(found.get(element))
        if target:
            return (target,)
    named: list[str] = []
    if kind == "Appointment":
        actors = [one.get("actor") for one in items(found.get("participant"))]
        named = [target_of(actor) for actor in actors if _is_patient(actor)]
    elif kind == "Communication":
        people = (*items(found.get("recipient")), *items(found.get("sender")))
        named = [target_of(person) for person in people if _is_patient(person)]
    return tuple(dict.fromkeys(target for target in named if target))


def subject_reference(resource: Mapping[str, Any]) -> str | None:
    """The reference to the patient a resource is about, as written ("Patient/1", a URL, "urn:uuid:…"), or None.

    Looks at ``subject``, ``patient``, ``beneficiary``, ``for``, an appointment's patient among its participants, a
    message's patient among sender and recipients; a Patient is about itself. An appointment of several patients gives
    the first: use ``subject_references`` to ask whether one of them is the right one.
    """
    found = subject_references(resource)
    return found[0] if found else None


def _is_patient(reference: object) -> bool:
    target = target_of(reference)
    parts = target.split("/")
    return obj(reference).get("type") == "Patient" or (len(parts) >= 2 and parts[-2] == "Patient")
