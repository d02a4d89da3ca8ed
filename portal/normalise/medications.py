"""MedicationRequest, MedicationStatement (and the Medication they name) → medications.

Source: https://hl7.org/fhir/R4/medicationrequest.html, medicationstatement.html, medication.html.
"""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Entry, Ingredient, Medication
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, dosage
from portal.normalise.context import Context
from portal.normalise.elements import EMPTY, first, flag, items, line, notes, obj, period, unique, when, word
from portal.normalise.names import party
from portal.normalise.quantities import decimal_text, quantity, quantity_text, ratio_text
from portal.normalise.status import MEDICATION, status_of

_PREFERRED = (coding.RXNORM, coding.NDC, coding.SNOMED)


def order(context: Context) -> Entry:
    """The entry of a MedicationRequest. One that says not to give a medicine is refused ("do-not-perform")."""
    resource = context.resource
    if flag(resource.get("doNotPerform")):
        raise NormaliseError("do-not-perform")
    dosages = resource.get("dosageInstruction")
    dispense = obj(resource.get("dispenseRequest"))
    prescriber = party(resource.get("requester"), context)
    return _entry(
        context,
        dosages,
        start=when(resource.get("authoredOn")),
        end=None,
        recorded=when(resource.get("authoredOn")),
        recorder=party(resource.get("recorder"), context) or prescriber,
        more={
            "prescriber": prescriber,
            "refills": decimal_text(dispense.get("numberOfRepeatsAllowed")).removesuffix(".0"),
            "quantity": quantity_text(quantity(dispense.get("quantity"))),
            "supply": quantity_text(quantity(dispense.get("expectedSupplyDuration"))),
            "intent": word(resource.get("intent")),
            "statement": flag(resource.get("reportedBoolean")) or bool(obj(resource.get("reportedReference"))),
        },
    )


def statement(context: Context) -> Entry:
    """The entry of a MedicationStatement: what somebody says is, was or will be taken."""
    resource = context.resource
    start, end = period(resource.get("effectivePeriod"))
    source = party(resource.get("informationSource"), context)
    return _entry(
        context,
        resource.get("dosage"),
        start=when(resource.get("effectiveDateTime")) or start,
        end=end,
        recorded=when(resource.get("dateAsserted")),
        recorder=source,
        more={"statement": True},
    )


def _entry(
    context: Context,
    dosages: object,
    *,
    start: str | None,
    end: str | None,
    recorded: str | None,
    recorder: str,
    more: Mapping[str, Any],
) -> Entry:
    resource = context.resource
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if concept is None and reference is None:  # R5 and some servers: medication.concept, medication.reference
        both = obj(resource.get("medication"))
        concept, reference = both.get("concept"), both.get("reference")
        reference = both if isinstance(reference, str) else reference
    found = context.resolve(reference)
    product = found.resource if found else EMPTY
    title = (
        coding.name_of(concept, _PREFERRED)
        or coding.name_of(product.get("code"), _PREFERRED)
        or coding.tidy(line(obj(reference).get("display")))
        or ", ".join(one.name for one in _ingredients(found))
        or coding.title_of(concept)
        or coding.title_of(product.get("code"))
    )
    if not title:
        raise NormaliseError("no-code")
    first_dosage = first(dosages)
    return Entry(
        section=Section.MEDICATIONS,
        title=medicine_name(title),
        status=status_of(resource.get("status"), MEDICATION),
        start=start,
        end=end,
        recorded=recorded,
        recorder=recorder,
        codes=coding.codes_of(concept, product.get("code")),
        notes=notes(resource.get("note")),
        detail=Medication(
            instructions=dosage.instructions(dosages),
            dose=dosage.dose(first_dosage),
            route=dosage.route(first_dosage),
            reason=_reason(context),
            fhir_status=word(resource.get("status")),
            as_needed=dosage.as_needed(dosages),
            form=coding.name_of(product.get("form")),
            ingredients=_ingredients(found),
            category=tuple(sorted(coding.all_codes(resource.get("category")) - {""})),
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
    """RxNorm's capital units as people write them: "Lisinopril 10 MG Oral Tablet" → "Lisinopril 10 mg Oral Tablet"."""
    return _UNIT.sub(lambda found: (" " if found["close"] else "") + _UNITS[found.group()], name)


def _reason(context: Context) -> str:
    resource = context.resource
    said = coding.names_of(resource.get("reasonCode"), (coding.SNOMED,))
    return "; ".join(said or reasons(resource.get("reasonReference"), context))


def reasons(references: object, context: Context) -> tuple[str, ...]:
    """What each referenced Condition, Observation or Procedure is called."""
    found = []
    for one in items(references):
        name = coding.tidy(line(one.get("display")))
        target = context.resolve(one) if not name else None
        found.append(name or (coding.name_of(target.resource.get("code")) if target else ""))
    return unique(found)


def _ingredients(product: Context | None) -> tuple[Ingredient, ...]:
    if product is None:
        return ()
    found = []
    for one in items(product.resource.get("ingredient")):
        concept = one.get("itemCodeableConcept")
        target = product.resolve(one.get("itemReference")) if concept is None else None
        concept = target.resource.get("code") if target else concept
        name = coding.title_of(concept, _PREFERRED) or coding.tidy(line(obj(one.get("itemReference")).get("display")))
        if name:
            strength = ratio_text(one.get("strength"))
            found.append(Ingredient(name=name, codes=coding.codes_of(concept), strength=strength))
    return tuple(found)
