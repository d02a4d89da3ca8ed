"""Procedure → procedures. Source: https://hl7.org/fhir/R4/procedure.html, US Core 6.1 procedure."""

from portal.domain.entry import Absence, Entry, Procedure
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.absence import absence_of
from portal.normalise.ages import age_facts
from portal.normalise.body_sites import body_sites
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, line, notes, period, unique, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import in_role, parties, party
from portal.normalise.quantities import amount_text
from portal.normalise.reasons import reason_of, reasons
from portal.normalise.status import EVENT, status_of

_PREFERRED = (coding.SNOMED, coding.CPT)


def procedure(context: Context) -> Entry:
    """Return the entry of a Procedure; one that was not done says so, with the reason."""
    resource = context.resource
    status = "not-done" if resource.get("notDone") is True else word(resource.get("status"))
    category = coding.name_of(resource.get("category"))
    code = resource.get("code")
    absence, scope = absence_of(code, Section.PROCEDURES)
    title = coding.name_of(code, _PREFERRED)
    if absence is Absence.NONE and not coding.words_of(code):
        title = phrases.NO_KNOWN["procedures", "all"]
    elif absence is not None and not title:
        title = phrases.NO_INFORMATION["procedures"] if absence is Absence.NOT_ASKED else ""
        absence = absence if title else None
    title = title or category
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("performedPeriod") or resource.get("occurrencePeriod"))
    written = line(resource.get("performedString")) or line(resource.get("occurrenceString"))
    performers = parties([part.get("actor") for part in items(resource.get("performer"))], context)
    handled = [part.get("manipulated") for part in items(resource.get("focalDevice"))]
    handled += items(resource.get("usedReference"))
    why_status = coding.name_of(resource.get("statusReason")) or coding.name_of(resource.get("notDoneReason"))
    return Entry(
        section=Section.PROCEDURES,
        title=title,
        status=status_of(status, EVENT),
        start=when(resource.get("performedDateTime")) or when(resource.get("occurrenceDateTime")) or start,
        end=end,
        recorded=when(resource.get("recorded")),
        recorder=party(resource.get("recorder") or resource.get("asserter"), context) or next(iter(performers), ""),
        codes=coding.codes_of(code),
        notes=unique((written, *notes(resource.get("note")))),
        qualifiers=qualifiers(phrases.EVENT_STATUS.get(status, "")),
        facts=(
            *age_facts(resource, "performed", phrases.OCCURRED),
            *common_facts(context),
            *facts(
                (phrases.WHY_STATUS, why_status),
                (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                (phrases.PART_OF, reasons(resource.get("partOf"), context)),
                (
                    phrases.PERFORMED_BY,
                    [in_role(part, context) for part in items(resource.get("performer"))],
                ),
                (
                    phrases.DEVICE_ACTION,
                    [coding.name_of(part.get("action")) for part in items(resource.get("focalDevice"))],
                ),
                (phrases.DEVICE, parties(handled, context)),
                (phrases.USED, coding.names_of(resource.get("usedCode"))),
            ),
        ),
        absence=absence,
        scope=scope if absence is not None else "",
        visit=visit_of(resource),
        detail=Procedure(
            performers=performers,
            reason=reason_of(context),
            body_site=body_sites(context),
            outcome=coding.name_of(resource.get("outcome")),
            place=party(resource.get("location"), context),
            fhir_status=status,
            category=category,
            complications=unique(
                (*coding.names_of(resource.get("complication")), *reasons(resource.get("complicationDetail"), context))
            ),
            follow_up=coding.names_of(resource.get("followUp")),
            devices=unique(map(target_of, handled)),
            when=written or amount_text({"performedQuantity": resource.get("performedAge")}, "performed"),
        ),
    )
