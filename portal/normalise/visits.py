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
    extension,
    first,
    items,
    line,
    notes,
    number,
    obj,
    paragraph,
    period,
    unique,
    uri,
    when,
    word,
)
from portal.normalise.facts import facts, qualifiers
from portal.normalise.names import address, named, party, phone
from portal.normalise.quantities import quantity, quantity_text
from portal.normalise.reasons import reason_of, reasons
from portal.normalise.status import APPOINTMENT, ENCOUNTER, status_of

_GENERIC = frozenset({"unknown", "other", "encounter", "visit", "patient encounter procedure", "not available", "n/a"})
_PREFERRED = (coding.SNOMED, coding.CPT)
_ACT_CODES = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "http://hl7.org/fhir/v3/ActCode", "")


def encounter(context: Context) -> Entry:
    """Return the entry of an Encounter: a visit that is planned, goes on, or is over."""
    resource = context.resource
    group = _visit_class(resource.get("class"))
    kinds = [_visit_words(name) for name in coding.names_of(resource.get("type"), _PREFERRED)]
    kinds = [name for name in kinds if name.casefold() not in _GENERIC]
    service = coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC)
    start, end = period(resource.get("period") or resource.get("actualPeriod"))
    planned = when(resource.get("plannedStartDate"))
    locations = items(resource.get("location"))
    place, where = _place(locations, context, "location")
    provider = context.resolve(resource.get("serviceProvider"))
    organization = named(resource.get("serviceProvider"), provider)
    participants = items(resource.get("participant"))
    names = [party(part.get("individual") or part.get("actor"), context) for part in participants]
    stay = obj(resource.get("hospitalization") or resource.get("admission"))
    status = word(resource.get("status"))
    places = unique([party(part.get("location"), context) for part in locations]) if locations else ()
    name = kinds[0] if kinds else _visit_words(service)
    return Entry(
        section=Section.VISITS,
        title=name or _class_words(resource.get("class"), group) or phrases.VISIT,
        status=status_of(status, ENCOUNTER),
        start=start or planned,
        end=end,
        recorder=organization,
        codes=coding.codes_of(*items(resource.get("type"))),
        qualifiers=qualifiers(phrases.VISIT_STATUS.get(status, "")),
        facts=facts(
            (phrases.KIND, kinds[1:]),
            (phrases.SERVICE, "" if service == name else service),
            (phrases.WITH, [_role(part, person) for part, person in zip(participants, names, strict=True)]),
            (phrases.LOCATIONS, [other for other in places if other != (place or organization)]),
            (phrases.LOCATIONS, [_stay(part, context) for part in locations]),
            (phrases.PRIORITY, coding.name_of(resource.get("priority"))),
            *(_of_stay(stay, context) if stay else ()),
            (phrases.NUMBERED, quantity_text(quantity(resource.get("length")))),
            (phrases.PART_OF, reasons(resource.get("partOf"), context)),
        ),
        detail=Visit(
            visit_class=group,
            kind=_class_words(resource.get("class"), group),
            place=place or organization,
            address=where or (address(provider.resource.get("address")) if provider else ""),
            people=unique(names),
            reason=reason_of(context),
            fhir_status=status,
            phone=(_phone(locations, context) if locations else "") or _own_phone(provider),
            organization=organization,
            discharge=coding.name_of(stay.get("dischargeDisposition")),
            diagnoses=(
                reasons([part.get("condition") for part in items(resource["diagnosis"])], context)
                if "diagnosis" in resource
                else ()
            ),
        ),
    )


def _of_stay(stay: Mapping[str, Any], context: Context) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Return from where to where somebody came and went for a stay, as facts are labelled."""
    return (
        (phrases.ADMITTED_FROM, coding.name_of(stay.get("admitSource"))),
        (phrases.ADMITTED_FROM, party(stay.get("origin"), context)),
        (phrases.ADMISSION, coding.name_of(stay.get("reAdmission"))),
        (phrases.DIET, coding.names_of(stay.get("dietPreference"))),
        (phrases.WENT_TO, party(stay.get("destination"), context)),
    )


def _stay(location: Mapping[str, Any], context: Context) -> str:
    """Where somebody was for which part of a stay, where that is stated."""
    start, end = period(location.get("period"))
    name = party(location.get("location"), context) if start or end else ""
    return f"{name} ({start or '…'} \N{EN DASH} {end or '…'})" if name else ""


def _role(participant: Mapping[str, Any], name: str) -> str:
    """ "Dr. Kim Lee: attender", with the days where somebody took part for less than the visit."""
    roles = "; ".join(coding.names_of(participant.get("type")))
    start, end = period(participant.get("period"))
    days = f"({start or '…'} \N{EN DASH} {end or '…'})" if start or end else ""
    return (
        " ".join(part for part in (f"{name}: {roles}" if name and roles else name or roles, days) if part)
        if roles or days
        else ""
    )


def appointment(context: Context) -> Entry:
    """Return the entry of an Appointment, with whom and where, and what to bring or do before (``patientInstruction``).

    Who declined is not among those it is with.
    """
    resource = context.resource
    people: list[str] = []
    places: list[Mapping[str, Any]] = []
    declined: list[str] = []
    unanswered: list[str] = []
    by_patient = False
    for part in items(resource.get("participant")):
        actor, answer = part.get("actor"), word(part.get("status"))
        kind = _kind_of(actor, context)
        if kind == "Location":
            places.append({"location": actor})
        elif kind == "Patient":
            by_patient = by_patient or answer == "declined"
        elif kind not in ("RelatedPerson", "Device"):
            name = party(actor, context) or coding.name_of(first(part.get("type")))
            (declined if answer == "declined" else people).append(name)
            unanswered.append(name if answer in ("tentative", "needs-action") else "")
    place, where = _place(tuple(places), context, "location")
    title = (
        coding.name_of(resource.get("appointmentType"), generic=_GENERIC)
        or coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC)
        or line(resource.get("description"))
        or coding.name_of(resource.get("specialty"))
        or phrases.APPOINTMENT
    )
    description = line(resource.get("description"))
    status = word(resource.get("status"))
    cancelled = resource.get("cancelationReason") or resource.get("cancellationReason")
    why = coding.name_of(cancelled)
    return Entry(
        section=Section.VISITS,
        title=title,
        status=status_of(status, APPOINTMENT),
        start=when(resource.get("start")) or period(first(resource.get("requestedPeriod")))[0],
        end=when(resource.get("end")),
        recorded=when(resource.get("created")),
        codes=coding.codes_of(*items(resource.get("serviceType")), resource.get("appointmentType")),
        notes=unique((paragraph(resource.get("comment")), *notes(resource.get("note")))),
        qualifiers=qualifiers(phrases.YOU_DECLINED if by_patient else ""),
        facts=facts(
            (phrases.DECLINED, declined),
            (phrases.UNANSWERED, unanswered),
            (phrases.SPECIALTY, [name for name in coding.names_of(resource.get("specialty")) if name != title]),
            (phrases.SERVICE, [name for name in coding.names_of(resource.get("serviceCategory")) if name != title]),
            (phrases.ABOUT, description if description != title else ""),
        ),
        detail=Visit(
            kind=coding.name_of(resource.get("serviceType"), _PREFERRED, generic=_GENERIC),
            place=place,
            address=where,
            people=unique(people),
            reason=reason_of(context),
            instructions=_instructions(resource.get("patientInstruction")),
            appointment=True,
            fhir_status=status,
            phone=_phone(tuple(places), context),
            minutes=number(resource.get("minutesDuration")),
            cancelled_reason=why,
            changed_by=_canceller(cancelled) if status == "cancelled" else "",
            booking=_booking(resource),
        ),
    )


def _canceller(reason: object) -> str:
    """Return who cancelled, by the code of the reason (HL7 appointment-cancellation-reason: "pat-…", "prov-…")."""
    code = coding.code_in(reason, _CANCELLATIONS).partition("-")[0]
    return {"pat": phrases.THE_PATIENT, "prov": phrases.THE_CLINIC}.get(code, "")


def _booking(resource: Mapping[str, Any]) -> str:
    """Return where it can be changed, as SMART Scheduling Links write it on a slot; https only."""
    part = extension(resource, _BOOKING)
    address = uri(part.get("valueUrl") or part.get("valueUri"))
    return address if address.startswith("https://") else ""


_BOOKING = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"
_CANCELLATIONS = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
_ENCOUNTER = re.compile(r"\b(E|e)ncounter\b(?! (?:with|between))")


def _visit_words(name: str) -> str:
    """Say "visit", as people do, for "encounter": "Encounter for check up" → "Visit for check up"."""
    if "ncounter" not in name:
        return name
    return _ENCOUNTER.sub(lambda match: "Visit" if match.group(1) == "E" else "visit", name)


def _visit_class(value: object) -> str:
    """Return the class code; R4 has one Coding, R5 a list of concepts, DSTU2 a plain code."""
    return coding.code_in(first(value) or value)


def _class_words(value: object, code: str) -> str:
    everyday = phrases.VISIT_CLASSES.get(code) or phrases.VISIT_CLASSES.get(code.lower())
    if everyday:
        return everyday
    group = first(value)
    shown = coding.words_of(group, generic=_GENERIC) or coding.tidy(line(group.get("display")))
    return shown[:1].upper() + shown[1:]


def _instructions(value: object) -> str:
    """R4 has one text; R5 a list of references with a concept or markdown in it."""
    if isinstance(value, str):
        return paragraph(value)
    return "; ".join(coding.names_of([part.get("concept", part) for part in items(value)]))


def _kind_of(reference: object, context: Context) -> str:
    """Return the resource type that a reference names, says, or leads to."""
    target = target_of(reference)
    parts = target.split("/")
    if len(parts) >= 2:
        return parts[-2]
    kind = word(obj(reference).get("type"))
    resource = None if kind else context.resolve(reference)
    return kind or (word(resource.resource.get("resourceType")) if resource else "")


def _place(entries: tuple[Mapping[str, Any], ...], context: Context, element: str) -> tuple[str, str]:
    """Name and address of where it was: the last place of a stay that is over is where it went on longest or ended."""
    for part in reversed(entries):
        reference = part.get(element)
        name = party(reference, context)
        location = context.resolve(reference)
        where = address((location.resource if location else EMPTY).get("address"))
        if name or where:
            return name, where
    return "", ""


def _phone(entries: tuple[Mapping[str, Any], ...], context: Context) -> str:
    for part in reversed(entries):
        number_ = _own_phone(context.resolve(part.get("location")))
        if number_:
            return number_
    return ""


def _own_phone(place: Context | None) -> str:
    return phone(place.resource.get("telecom")) if place else ""
