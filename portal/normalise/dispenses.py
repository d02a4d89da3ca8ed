"""MedicationDispense → medications, as what was handed out. Source: https://hl7.org/fhir/R4/medicationdispense.html."""

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.domain.plans import Dispense
from portal.domain.sections import Section
from portal.normalise import coding, phrases, request_phrases
from portal.normalise.context import Context, target_of
from portal.normalise.dosage import dosages, doses, instructions
from portal.normalise.elements import items, line, notes, obj, unique, when, word
from portal.normalise.facts import facts, qualifiers, visit_of
from portal.normalise.medications import medicine_name, product_of
from portal.normalise.names import in_role, parties, party
from portal.normalise.quantities import dose, quantity_text
from portal.normalise.reasons import reasons
from portal.normalise.status import DISPENSE, status_of


def dispense(context: Context) -> Entry:
    """Return the entry of a MedicationDispense: never what is taken now, only that it was or will be handed out."""
    resource = context.resource
    concept, reference, medication = product_of(context)
    code = medication.resource.get("code") if medication else None
    name = coding.name_of(concept, (coding.RXNORM,)) or coding.name_of(code, (coding.RXNORM,))
    title = medicine_name(name or line(reference.get("display")))
    if not title:
        raise NormaliseError("no-code")
    status = word(resource.get("status"))
    performers = parties([part.get("actor") for part in items(resource.get("performer"))], context)
    handed, prepared = when(resource.get("whenHandedOver")), when(resource.get("whenPrepared"))
    substitution = obj(resource.get("substitution"))
    why = resource.get("statusReasonCodeableConcept")
    elements = items(resource.get("dosageInstruction"))
    return Entry(
        section=Section.MEDICATIONS,
        title=title,
        status=status_of(status, DISPENSE),
        start=handed or prepared,
        recorded=prepared,
        recorder=next(iter(performers), ""),
        codes=coding.codes_of(concept, code),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(request_phrases.DISPENSE_STATUS.get(status, request_phrases.PHARMACY_RECORD)),
        facts=facts(
            (phrases.WHY_STATUS, (coding.name_of(why), *reasons(resource.get("statusReasonReference"), context))),
            (phrases.PERFORMED_BY, [in_role(part, context) for part in items(resource.get("performer"))]),
            (phrases.WENT_TO, party(resource.get("destination"), context)),
            (request_phrases.REPLACED, phrases.YES if substitution.get("wasSubstituted") is True else ""),
            (request_phrases.REPLACED, coding.name_of(substitution.get("type"))),
            (phrases.PART_OF, reasons(resource.get("partOf"), context)),
        ),
        visit=visit_of(resource),
        detail=Dispense(
            fhir_status=status,
            instructions=instructions(dosages(elements)),
            doses=doses(elements),
            quantity=quantity_text(dose(resource.get("quantity"))),
            supply=quantity_text(dose(resource.get("daysSupply"))),
            pharmacy=party(resource.get("location"), context) or next(iter(performers), ""),
            kind=coding.name_of(resource.get("type")),
            orders=unique(target_of(part) for part in items(resource.get("authorizingPrescription"))),
        ),
    )
