"""Procedure → procedures. Source: https://hl7.org/fhir/R4/procedure.html, US Core 6.1 procedure."""

from portal.domain.entry import Entry, Procedure
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, line, notes, period, unique, when, word
from portal.normalise.medications import reasons
from portal.normalise.names import parties, party
from portal.normalise.status import EVENT, status_of

_PREFERRED = (coding.SNOMED, coding.CPT)


def procedure(context: Context) -> Entry:
    """The entry of a Procedure; refused as "not-done" when it was not: a list of what was done must not name it."""
    resource = context.resource
    if word(resource.get("status")) == "not-done" or resource.get("notDone") is True:
        raise NormaliseError("not-done")
    category = coding.name_of(resource.get("category"))
    title = coding.title_of(resource.get("code"), _PREFERRED) or category
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("performedPeriod") or resource.get("occurrencePeriod"))
    said = line(resource.get("performedString"))
    performers = parties([one.get("actor") for one in items(resource.get("performer"))], context)
    why = coding.names_of(resource.get("reasonCode"), (coding.SNOMED,))
    why = why or reasons(resource.get("reasonReference"), context)
    devices = [target_of(one.get("manipulated")) for one in items(resource.get("focalDevice"))]
    devices += [target_of(one) for one in items(resource.get("usedReference"))]
    return Entry(
        section=Section.PROCEDURES,
        title=title,
        status=status_of(resource.get("status"), EVENT),
        start=when(resource.get("performedDateTime")) or when(resource.get("occurrenceDateTime")) or start,
        end=end,
        recorded=when(resource.get("recorded")),
        recorder=party(resource.get("recorder") or resource.get("asserter"), context) or next(iter(performers), ""),
        codes=coding.codes_of(resource.get("code")),
        notes=unique((said, *notes(resource.get("note")))),
        detail=Procedure(
            performers=performers,
            reason="; ".join(why),
            body_site=", ".join(coding.names_of(resource.get("bodySite"))),
            outcome=coding.name_of(resource.get("outcome")),
            place=party(resource.get("location"), context),
            fhir_status=word(resource.get("status")),
            category=category,
            complications=coding.names_of(resource.get("complication")),
            follow_up=coding.names_of(resource.get("followUp")),
            devices=unique(devices),
        ),
    )
