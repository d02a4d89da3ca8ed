"""MedicationRequest, MedicationStatement (and the Medication they name) → medications.

Source: https://hl7.org/fhir/R4/medicationrequest.html, medicationstatement.html, medication.html.
"""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Absence, Entry, Fact, Ingredient, Medication
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, dosage, phrases
from portal.normalise.absence import absence_of
from portal.normalise.context import Context
from portal.normalise.elements import EMPTY, extension, flag, items, line, notes, obj, period, when, word
from portal.normalise.facts import common_facts, facts, visit_of
from portal.normalise.facts import facts as _facts
from portal.normalise.facts import qualifiers as _qualifiers
from portal.normalise.names import display, party
from portal.normalise.quantities import decimal_text, dose, dose_ratio, plain_number, quantity_text
from portal.normalise.reasons import reason_of
from portal.normalise.status import MEDICATION, status_of

_ADHERENCE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence"
_PREFERRED = (coding.RXNORM, coding.NDC, coding.SNOMED)


def order(context: Context) -> Entry:
    """Return the entry of a MedicationRequest; one that says not to give a medicine is "not to be taken"."""
    resource = context.resource
    dispense = obj(resource.get("dispenseRequest"))
    prescriber = party(resource.get("requester"), context)
    forbidden = flag(resource.get("doNotPerform"))
    intent = word(resource.get("intent"))
    repeats = decimal_text(dispense.get("numberOfRepeatsAllowed"))
    valid_from, valid_until = period(dispense.get("validityPeriod"))
    substitution = obj(resource.get("substitution"))
    allowed = coding.name_of(substitution.get("allowedCodeableConcept"))
    if isinstance(substitution.get("allowedBoolean"), bool):
        allowed = phrases.YES if substitution["allowedBoolean"] else phrases.NO
    reporter = party(resource.get("reportedReference"), context)
    return _entry(
        context,
        items(resource.get("dosageInstruction")),
        start=when(resource.get("authoredOn")),
        end=None,
        recorded=when(resource.get("authoredOn")),
        recorder=party(resource.get("recorder"), context) or prescriber,
        qualifiers=(phrases.NOT_TO_BE_TAKEN if forbidden else "", phrases.INTENT.get(intent, "")),
        facts=(
            *facts(
                (phrases.COURSE, coding.name_of(resource.get("courseOfTherapyType"))),
                (phrases.ADHERENCE, _adherence(resource)),
                (phrases.SUBSTITUTION, allowed),
                (phrases.WHY_STATUS, coding.name_of(substitution.get("reason"))),
                (phrases.PHARMACY, party(dispense.get("performer"), context)),
                (phrases.PERFORMED_BY, party(resource.get("performer"), context)),
                (phrases.BASED_ON, [display(part, context) for part in items(resource.get("basedOn"))]),
                (phrases.SOURCE, reporter),
                (phrases.PRIORITY, _priority(resource.get("priority"))),
                (phrases.REPLACES, display(resource.get("priorPrescription"), context)),
            ),
            *((Fact(phrases.VALID, start=valid_from, end=valid_until),) if valid_from or valid_until else ()),
        ),
        more={
            "prescriber": prescriber,
            "refills": plain_number(repeats),
            "quantity": quantity_text(dose(dispense.get("quantity"))),
            "supply": quantity_text(dose(dispense.get("expectedSupplyDuration"))),
            "intent": intent,
            "statement": flag(resource.get("reportedBoolean")) or bool(obj(resource.get("reportedReference"))),
            "do_not_perform": forbidden,
        },
    )


def _adherence(resource: Mapping[str, Any]) -> str:
    """Return whether it is taken as it was ordered. Source: US Core 7.0.0, us-core-medication-adherence."""
    adherence = extension(resource, _ADHERENCE)
    return coding.name_of(extension(adherence, "medicationAdherence").get("valueCodeableConcept"))


def _priority(value: object) -> str:
    code = word(value)
    return "" if code == "routine" else code.upper() if code in ("asap", "stat") else code


def statement(context: Context) -> Entry:
    """Return the entry of a MedicationStatement: what somebody says is, was, will be or is not taken."""
    resource = context.resource
    start, end = period(resource.get("effectivePeriod"))
    source = party(resource.get("informationSource"), context)
    forbidden = word(resource.get("taken")) == "n" or resource.get("wasNotTaken") is True  # STU3, DSTU2
    forbidden = forbidden or word(resource.get("status")) == "not-taken"
    return _entry(
        context,
        items(resource.get("dosage")),
        start=when(resource.get("effectiveDateTime")) or start,
        end=end,
        recorded=when(resource.get("dateAsserted")),
        recorder=source,
        qualifiers=(phrases.MEDICATION_STATUS["not-taken"] if forbidden else "",),
        facts=facts((phrases.WHY_STATUS, coding.names_of(resource.get("reasonNotTaken")))),
        more={"statement": True, "do_not_perform": forbidden},
    )


def product_of(context: Context) -> tuple[object, Mapping[str, Any], Context | None]:
    """Return the medicine as a concept, its reference, and the Medication that leads to."""
    resource = context.resource
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if concept is None and reference is None:  # R5 and some servers: medication.concept, medication.reference
        both = obj(resource.get("medication"))
        concept, reference = both.get("concept"), both.get("reference")
        reference = both if isinstance(reference, str) else reference
    return concept, obj(reference), context.resolve(reference)


def _entry(
    context: Context,
    elements: tuple[Mapping[str, Any], ...],
    *,
    start: str | None,
    end: str | None,
    recorded: str | None,
    recorder: str,
    qualifiers: tuple[str, ...],
    facts: tuple[Fact, ...],
    more: Mapping[str, Any],
) -> Entry:
    resource = context.resource
    concept, reference, target = product_of(context)
    product = target.resource if target else EMPTY
    ingredients = _ingredients(target)
    title = (
        coding.words_of(concept, _PREFERRED)
        or coding.words_of(product.get("code"), _PREFERRED)
        or coding.tidy(line(reference.get("display")))
        or ", ".join(ingredient.name for ingredient in ingredients)
        or coding.name_of(concept)
        or coding.name_of(product.get("code"))
    )
    absence, scope = absence_of(concept, Section.MEDICATIONS)
    if absence is Absence.NONE:
        title = title if coding.words_of(concept) else phrases.NO_KNOWN["medications", "all"]
    elif absence is not None and not title:
        absence = None  # a medicine whose name is not known is not the absence of medicines
    if not title:
        raise NormaliseError("no-code")
    dosages = dosage.dosages(elements, start)
    status = word(resource.get("status"))
    return Entry(
        section=Section.MEDICATIONS,
        title=medicine_name(title),
        status=status_of(status, MEDICATION),
        start=start,
        end=end,
        recorded=recorded,
        recorder=recorder,
        codes=coding.codes_of(concept, product.get("code")),
        notes=notes(resource.get("note")),
        qualifiers=_qualifiers(*qualifiers, phrases.MEDICATION_STATUS.get(status, "")),
        facts=(*common_facts(context), *_facts((phrases.KIND, coding.kinds_of(resource.get("category")))), *facts),
        absence=absence,
        scope=scope if absence is not None else "",
        visit=visit_of(resource),
        detail=Medication(
            instructions=dosage.instructions(dosages),
            dose=dosages[0].amount if dosages else "",
            route=dosages[0].route if dosages else "",
            reason=reason_of(context),
            fhir_status=status,
            as_needed=any(part.as_needed for part in dosages),
            form=coding.name_of(product.get("form")),
            ingredients=ingredients,
            category=tuple(sorted(coding.all_codes(resource.get("category")) - {""})),
            doses=dosage.doses(elements),
            stopped_reason="; ".join(coding.names_of(resource.get("statusReason"))),
            **more,
        ),
    )


_UNIT = re.compile(
    r"(?<=\d)(?P<close>MG|MCG|ML|HR)(?=[ /\]]|$)|"
    r"(?<= )(?:MG|MCG|ML|UNT|MEQ|MMOL|HR|ACTUAT|G)(?=[ /\]]|$)|"
    r"(?<=/)(?:ML|HR|ACTUAT|MG|G)(?=[ \]]|$)"
)
_UNITS = {
    "MG": "mg",
    "MCG": "mcg",
    "ML": "mL",
    "UNT": "units",
    "MEQ": "mEq",
    "MMOL": "mmol",
    "HR": "hour",
    "ACTUAT": "dose",
    "G": "g",
}


def medicine_name(name: str) -> str:
    """Return RxNorm's capital units as people write them: "Lisinopril 10 MG Tablet" → "Lisinopril 10 mg Tablet"."""
    return _UNIT.sub(lambda match: (" " if match["close"] else "") + _UNITS[match.group()], name)


def _ingredients(product: Context | None) -> tuple[Ingredient, ...]:
    if product is None:
        return ()
    ingredients = []
    for part in items(product.resource.get("ingredient")):
        concept = part.get("itemCodeableConcept")
        target = product.resolve(part.get("itemReference")) if concept is None else None
        concept = target.resource.get("code") if target else concept
        name = coding.name_of(concept, _PREFERRED) or coding.tidy(line(obj(part.get("itemReference")).get("display")))
        if name:
            strength = dose_ratio(part.get("strength"))
            ingredients.append(Ingredient(name=name, codes=coding.codes_of(concept), strength=strength))
    return tuple(ingredients)
