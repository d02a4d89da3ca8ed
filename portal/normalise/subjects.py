"""Whose resource it is, and when it happened, for every resource type we fetch: before and without normalising."""

from collections.abc import Mapping
from typing import Any

from portal.domain.dates import sort_key
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.resource_types import TYPES
from portal.normalise.context import target_of
from portal.normalise.elements import items, obj, when, word

_PATIENT_ELEMENTS = ("subject", "patient", "beneficiary", "for", "individual")


def clinical_date(resource: Mapping[str, Any]) -> str:
    """Return the sort key (``portal.domain.dates.sort_key``) of the date that matters in a resource of any type.

    The empty string when it has none, when it is not a date, or when the type has no such date.
    """
    body = obj(resource)
    resource_type = TYPES.get(word(body.get("resourceType")))
    for path in resource_type.happened if resource_type else ():
        head, _, tail = path.partition(".")
        value = body.get(head)
        for step in tail.split(".") if tail else ():
            value = obj(value).get(step)
        date = when(value)
        if date:
            return sort_key(date)
    return ""


def subject_references(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Every patient a resource is about: one for most, several for an appointment of several people."""
    body = obj(resource)
    kind = word(body.get("resourceType"))
    if kind == "Patient":
        own = body.get("id")
        return (f"Patient/{own}",) if is_fhir_id(own) else ()
    for element in _PATIENT_ELEMENTS:
        reference = body.get(element)
        target = target_of(reference) if reference else ""
        if target:
            return (target,)
    named: list[str] = []
    if kind == "Appointment":
        actors = [part.get("actor") for part in items(body.get("participant"))]
        named = [target_of(actor) for actor in actors if _is_patient(actor)]
    elif kind == "Communication":
        people = (*items(body.get("recipient")), *items(body.get("sender")))
        named = [target_of(person) for person in people if _is_patient(person)]
    return tuple(dict.fromkeys(target for target in named if target))


def subject_reference(resource: Mapping[str, Any]) -> str | None:
    """Return the reference to the patient a resource is about, as written ("Patient/1", a URL, "urn:uuid:…"), or None.

    Looks at ``subject``, ``patient``, ``beneficiary``, ``for``, an appointment's patient among its participants, a
    message's patient among sender and recipients; a Patient is about itself. An appointment of several patients gives
    the first: use ``subject_references`` to ask whether one of them is the right one.
    """
    references = subject_references(resource)
    return references[0] if references else None


def _is_patient(reference: object) -> bool:
    target = target_of(reference)
    parts = target.split("/")
    return obj(reference).get("type") == "Patient" or (len(parts) >= 2 and parts[-2] == "Patient")
