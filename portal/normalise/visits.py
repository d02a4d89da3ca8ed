"""Encounter and Appointment → visits. Source: https://hl7.org/fhir/R4/encounter.html, appointment.html.

Whether a booked appointment is over is for the page to say, which knows the time: here only FHIR's status counts.
"""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Entry, Visit
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context, target_of
from portal.normalise.elements import (
    EMPTY,
    first,
    items,
    line,
    notes,
    number,
    obj,
    paragraph,
    period,
    unique,
    when,
    word,
)
from portal.normalise.medications import reasons
from portal.normalise.names import address, party, phone
from portal.normalise.status import APPOINTMENT, ENCOUNTER, status_of

_GENERIC = frozenset({"unknown", "other", "encounter", "visit", "patient encounter procedure", "not available", "n/a"})
_PREFERRED = (coding.SNOMED, coding.CPT)
_ACT_CODES = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "http://hl7.org/fhir/v3/ActCode", "")


def encounter(context: Context) -> Entry:
    """The entry of an Encounter: a visit that is planned, goes on, or is over."""
    resource = context.resource
    group = _visit_class(resource.get("class"))
    kind = coding.name_of(resource.get("type"), _PREFERRED, generic=_GENERIC)
    service = coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC)
    start, end = period(resource.get("period") or resource.get("actualPeriod"))
    planned = when(resource.get("plannedStartDate"))
    place, where = _place(items(resource.get("location")), context, "location")
    organization = party(resource.get("serviceProvider"), context)
    provider = context.resolve(resource.get("serviceProvider"))
    people = unique(
        party(one.get("individual") or one.get("actor"), context) for one in items(resource.get("participant"))
    )
    stay = obj(resource.get("hospitalization") or resource.get("admission"))
    return Entry(
        section=Section.VISITS,
        title=_visit_words(kind or service) or _class_words(resource.get("class"), group) or phrases.VISIT,
        status=status_of(resource.get("status"), ENCOUNTER),
        start=start or planned,
        end=end,
        recorder=organization,
        codes=coding.codes_of(*items(resource.get("type"))),
        detail=Visit(
            visit_class=group,
            kind=_class_words(resource.get("class"), group),
            place=place or organization,
            address=where or (address(provider.resource.get("address")) if provider else ""),
            people=people,
            reason=_reason(context),
            fhir_status=word(resource.get("status")),
            phone=_phone(items(resource.get("location")), context) or _own_phone(provider),
            organization=organization,
            discharge=coding.name_of(stay.get("dischargeDisposition")),
            diagnoses=reasons([one.get("condition") for one in items(resource.get("diagnosis"))], context),
        ),
    )


def appointment(context: Context) -> Entry:
    """The entry of an Appointment, with whom and where, and what to bring or do before (``patientInstruction``)."""
    resource = context.resource
    actors = [one.get("actor") for one in items(resource.get("participant"))]
    people, places = [], []
    for actor in actors:
        kind = _kind_of(actor, context)
        if kind == "Location":
            places.append({"location": actor})
        elif kind not in ("Patient", "RelatedPerson", "Device"):
            people.append(party(actor, context))
    place, where = _place(tuple(places), context, "location")
    title = (
        coding.name_of(resource.get("appointmentType"), generic=_GENERIC)
        or coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC)
        or line(resource.get("description"))
        or coding.name_of(resource.get("specialty"))
        or phrases.APPOINTMENT
    )
    said = coding.names_of(resource.get("reasonCode"), (coding.SNOMED,)) or coding.names_of(resource.get("reason"))
    return Entry(
        section=Section.VISITS,
        title=title,
        status=status_of(resource.get("status"), APPOINTMENT),
        start=when(resource.get("start")) or period(first(resource.get("requestedPeriod")))[0],
        end=when(resource.get("end")),
        recorded=when(resource.get("created")),
        codes=coding.codes_of(*items(resource.get("serviceType")), resource.get("appointmentType")),
        notes=unique((paragraph(resource.get("comment")), *notes(resource.get("note")))),
        detail=Visit(
            kind=coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC),
            place=place,
            address=where,
            people=unique(people),
            reason="; ".join(said or reasons(resource.get("reasonReference"), context)),
            instructions=_instructions(resource.get("patientInstruction")),
            appointment=True,
            fhir_status=word(resource.get("status")),
            phone=_phone(tuple(places), context),
            minutes=number(resource.get("minutesDuration")),
            cancelled_reason=coding.name_of(resource.get("cancelationReason") or resource.get("cancellationReason")),
        ),
    )


_ENCOUNTER = re.compile(r"\b(E|e)ncounter\b(?! (?:with|between))")


def _visit_words(name: str) -> str:
    """A visit is what people call an encounter: "Encounter for check up" → "Visit for check up"."""
    return _ENCOUNTER.sub(lambda found: "Visit" if found.group(1) == "E" else "visit", name)


def _visit_class(value: object) -> str:
    """The class code; R4 has one Coding, R5 a list of concepts, DSTU2 a plain code."""
    return coding.code_in(first(value) or value)


def _class_words(value: object, code: str) -> str:
    known = phrases.VISIT_CLASSES.get(code) or phrases.VISIT_CLASSES.get(code.lower())
    if known:
        return known
    found = first(value)
    shown = coding.name_of(found, generic=_GENERIC) or coding.tidy(line(found.get("display")))
    return shown[:1].upper() + shown[1:]


def _reason(context: Context) -> str:
    resource = context.resource
    said = coding.names_of(resource.get("reasonCode"), (coding.SNOMED,))
    if not said and isinstance(resource.get("reason"), list):  # STU3: concepts; R5: lists of references
        said = coding.names_of(resource["reason"], (coding.SNOMED,))
    return "; ".join(said or reasons(resource.get("reasonReference"), context))


def _instructions(value: object) -> str:
    """R4 has one text; R5 a list of references with a concept or markdown in it."""
    if isinstance(value, str):
        return paragraph(value)
    return "; ".join(coding.names_of([one.get("concept", one) for one in items(value)]))


def _kind_of(reference: object, context: Context) -> str:
    """The resource type that a reference names, says, or leads to."""
    target = target_of(reference)
    parts = target.split("/")
    if len(parts) >= 2:
        return parts[-2]
    said = word(obj(reference).get("type"))
    found = None if said else context.resolve(reference)
    return said or (word(found.resource.get("resourceType")) if found else "")


def _place(entries: tuple[Mapping[str, Any], ...], context: Context, element: str) -> tuple[str, str]:
    """Name and address of where it was: the last place of a stay that is over is where it went on longest or ended."""
    for one in reversed(entries):
        reference = one.get(element)
        name = party(reference, context)
        found = context.resolve(reference)
        where = address((found.resource if found else EMPTY).get("address"))
        if name or where:
            return name, where
    return "", ""


def _phone(entries: tuple[Mapping[str, Any], ...], context: Context) -> str:
    for one in reversed(entries):
        number_ = _own_phone(context.resolve(one.get("location")))
        if number_:
            return number_
    return ""


def _own_phone(found: Context | None) -> str:
    return phone(found.resource.get("telecom")) if found else ""
