"""Immunization → immunizations. Source: https://hl7.org/fhir/R4/immunization.html, US Core 6.1 immunization."""

from portal.domain.entry import Entry, Immunization
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding
from portal.normalise.context import Context
from portal.normalise.elements import first, items, line, notes, obj, unique, when, word
from portal.normalise.names import parties, party
from portal.normalise.quantities import decimal_text, quantity, quantity_text
from portal.normalise.status import EVENT, status_of
from portal.normalise.vaccines import diseases

_PREFERRED = (coding.CVX, coding.SNOMED, coding.NDC)


def immunization(context: Context) -> Entry:
    """The entry of an Immunization. One that was not given says so (``detail.not_given``) with the reason."""
    resource = context.resource
    title = coding.title_of(resource.get("vaccineCode"), _PREFERRED)
    if not title:
        raise NormaliseError("no-code")
    codes = coding.codes_of(resource.get("vaccineCode"))
    not_given = word(resource.get("status")) == "not-done" or resource.get("notGiven") is True
    protocols = items(resource.get("protocolApplied")) or items(resource.get("vaccinationProtocol"))
    targets = unique(name for one in protocols for name in coding.names_of(one.get("targetDisease")))
    said = line(resource.get("occurrenceString"))
    performers = parties([one.get("actor") for one in items(resource.get("performer"))], context)
    return Entry(
        section=Section.IMMUNIZATIONS,
        title=title,
        status=status_of(resource.get("status"), EVENT),
        start=when(resource.get("occurrenceDateTime")) or when(resource.get("date")),
        recorded=when(resource.get("recorded")),
        recorder=next(iter(performers), ""),
        codes=codes,
        notes=unique((said, *notes(resource.get("note")))),
        detail=Immunization(
            manufacturer=party(resource.get("manufacturer"), context),
            lot=line(resource.get("lotNumber")),
            dose_number=_dose(first(protocols)),
            site=coding.name_of(resource.get("site")),
            route=coding.name_of(resource.get("route")),
            dose=quantity_text(quantity(resource.get("doseQuantity"))),
            targets=targets or diseases(codes),
            not_given=not_given,
            not_given_reason=coding.name_of(resource.get("statusReason")) if not_given else "",
            place=party(resource.get("location"), context),
            expires=when(resource.get("expirationDate")),
            performer=", ".join(performers),
            reported=resource.get("primarySource") is False or bool(obj(resource.get("reportOrigin"))),
        ),
    )


def _dose(protocol: object) -> str:
    """ "2 of 3", "2", or the organization's words ("booster")."""
    found = obj(protocol)
    number = decimal_text(found.get("doseNumberPositiveInt")) or line(found.get("doseNumberString"))
    number = number or decimal_text(found.get("doseSequence")) or line(found.get("doseNumber"))
    series = decimal_text(found.get("seriesDosesPositiveInt")) or line(found.get("seriesDosesString"))
    return f"{number} of {series}" if number and series else number
