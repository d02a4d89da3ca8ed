"""Immunization → immunizations. Source: https://hl7.org/fhir/R4/immunization.html, US Core 6.1 immunization."""

from portal.domain.entry import Absence, Entry, Immunization
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.absence import absence_of
from portal.normalise.context import Context
from portal.normalise.elements import first, flag, items, line, notes, obj, unique, uri, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import in_role, parties, party
from portal.normalise.quantities import decimal_text, dose, quantity_text
from portal.normalise.reasons import reason_of
from portal.normalise.status import EVENT, status_of
from portal.normalise.vaccines import diseases

_PREFERRED = (coding.CVX, coding.SNOMED, coding.NDC)


def immunization(context: Context) -> Entry:
    """Return the entry of an Immunization. One that was not given says so (``detail.not_given``) with the reason."""
    resource = context.resource
    vaccine = resource.get("vaccineCode")
    absence, scope = absence_of(vaccine, Section.IMMUNIZATIONS)
    title = coding.name_of(vaccine, _PREFERRED)
    if absence is Absence.NONE and not coding.words_of(vaccine):
        title = phrases.NO_KNOWN["immunizations", "all"]
    elif absence is not Absence.NONE:
        absence = None
    if not title:
        raise NormaliseError("no-code")
    codes = coding.codes_of(vaccine)
    status = word(resource.get("status"))
    not_given = status == "not-done" or resource.get("notGiven") is True or resource.get("wasNotGiven") is True
    protocols = items(resource.get("protocolApplied")) or items(resource.get("vaccinationProtocol"))
    targets = unique(name for part in protocols for name in coding.names_of(part.get("targetDisease")))
    written = line(resource.get("occurrenceString"))
    performers = parties([part.get("actor") for part in items(resource.get("performer"))], context)
    subpotent = flag(resource.get("isSubpotent"))
    why = coding.name_of(resource.get("statusReason"))
    return Entry(
        section=Section.IMMUNIZATIONS,
        title=title,
        status=status_of(status, EVENT),
        start=when(resource.get("occurrenceDateTime")) or when(resource.get("date")),
        recorded=when(resource.get("recorded")),
        recorder=next(iter(performers), ""),
        codes=codes,
        notes=unique((written, *notes(resource.get("note")))),
        qualifiers=qualifiers(
            phrases.EVENT_STATUS.get("not-done" if not_given else status, ""), phrases.SUBPOTENT if subpotent else ""
        ),
        facts=(
            *common_facts(context),
            *facts(
                (phrases.PERFORMED_BY, [in_role(part, context) for part in items(resource.get("performer"))]),
                (phrases.INACTIVE_DOSE, coding.names_of(resource.get("subpotentReason"))),
                (phrases.WHY_STATUS, "" if not_given else why),
                (phrases.REASON, reason_of(context)),
                (phrases.SOURCE, coding.name_of(resource.get("reportOrigin"))),
                (phrases.FUNDING, coding.name_of(resource.get("fundingSource"))),
                (phrases.PROGRAM, coding.names_of(resource.get("programEligibility"))),
                (phrases.SERIES, [line(part.get("series")) for part in protocols]),
                (phrases.REACTION, _reactions(context)),
                (phrases.EDUCATION, [line(part.get("documentType")) for part in items(resource.get("education"))]),
            ),
        ),
        absence=absence,
        scope=scope if absence is not None else "",
        visit=visit_of(resource),
        detail=Immunization(
            manufacturer=party(resource.get("manufacturer"), context) or _maker(resource.get("manufacturer")),
            lot=line(resource.get("lotNumber")),
            dose_number=_dose(first(protocols)),
            site=coding.name_of(resource.get("site")),
            route=coding.name_of(resource.get("route")),
            dose=quantity_text(dose(resource.get("doseQuantity"))),
            targets=targets or diseases(codes),
            not_given=not_given,
            not_given_reason=why if not_given else "",
            place=party(resource.get("location"), context),
            expires=when(resource.get("expirationDate")),
            performer=", ".join(performers),
            reported=resource.get("primarySource") is False or bool(obj(resource.get("reportOrigin"))),
        ),
    )


def _reactions(context: Context) -> list[str]:
    reactions = []
    for part in items(context.resource.get("reaction")):
        reference = part.get("detail")
        target = context.resolve(reference)
        name = line(obj(reference).get("display")) or (coding.name_of(target.resource.get("code")) if target else "")
        date = when(part.get("date")) or ""
        reactions.append(f"{name} ({date[:10]})" if name and date else name or date[:10])
    return reactions


def _maker(reference: object) -> str:
    """Return the code of a maker in CDC's MVX table, with its name; a reference may carry nothing else."""
    identifier = obj(obj(reference).get("identifier"))
    code = word(identifier.get("value"))
    return f"MVX {code}" if code and uri(identifier.get("system")).endswith("/mvx") else ""


def _dose(protocol: object) -> str:
    """ "2 of 3", "2", or the organization's words ("booster")."""
    applied = obj(protocol)
    number = decimal_text(applied.get("doseNumberPositiveInt")) or line(applied.get("doseNumberString"))
    number = number or decimal_text(applied.get("doseSequence")) or line(applied.get("doseNumber"))
    series = decimal_text(applied.get("seriesDosesPositiveInt")) or line(applied.get("seriesDosesString"))
    return f"{number} of {series}" if number and series else number
