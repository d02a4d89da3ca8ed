"""Resources that differ from an original in one thing that a clinician would not overlook, field by field."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.unit.merge.neighbour_edits import (
    Edit,
    Resource,
    a_year_later,
    at,
    code_of,
    coded,
    coded_statuses,
    concept,
    dates,
    leaving_out,
    other_than,
    period,
    renamed,
    setting,
    statuses,
    within,
)
from tests.unit.merge.neighbour_medicines import medication


def neighbours(resource: Mapping[str, Any]) -> Iterator[tuple[str, Resource]]:
    """Every neighbour of a resource with the field in which it differs; of a kind without a table none."""
    for field, edit in _EDITS.get(str(resource.get("resourceType")), _no_edits)(resource):
        changed = copy.deepcopy(dict(resource))
        edit(changed)
        if changed != resource:
            yield field, changed


def _no_edits(_resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    return iter(())


# --- what somebody has -------------------------------------------------------------------------------------------


def _allergy(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    for code in other_than(resource.get("criticality"), "low", "high"):
        if resource.get("criticality") in ("low", "high"):
            yield "criticality", setting("criticality", code)
    for place, reaction in enumerate(resource.get("reaction") or ()):
        for index, _sign in enumerate(reaction.get("manifestation") or ()):
            for sign in ("Hair loss", "Seizure"):
                yield "reaction", _with_sign(place, _replaced(index, concept(sign)))
        yield "reaction added", at("reaction", place, "manifestation", to=lambda each: [*each, concept("Seizure")])
        for severity in other_than(reaction.get("severity"), "mild", "moderate", "severe"):
            if reaction.get("severity"):
                yield "severity", at("reaction", place, "severity", to=severity)
    yield from coded_statuses(resource, "verificationStatus", "confirmed", "unconfirmed", "refuted")
    yield from coded_statuses(resource, "clinicalStatus", "active", "inactive", "resolved")
    if resource.get("type"):
        yield "type", setting("type", next(other_than(resource["type"], "allergy", "intolerance")))
    if resource.get("code"):
        yield "substance", setting("code", concept("Antibiotics"))
        yield "substance", setting("code", concept("Feathers"))
    yield from dates(resource, onsetDateTime="onset")


def _with_sign(place: int, change: Callable[[list[Any]], list[Any]]) -> Edit:
    def edit(resource: Resource) -> None:
        at("reaction", place, "manifestation", to=change)(resource)
        resource["reaction"][place].pop("description", None)

    return edit


def _replaced(index: int, value: object) -> Callable[[list[Any]], list[Any]]:
    return lambda each: [*each[:index], value, *each[index + 1 :]]


def _condition(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from coded_statuses(resource, "clinicalStatus", "active", "recurrence", "remission", "resolved", "inactive")
    yield from coded_statuses(
        resource, "verificationStatus", "confirmed", "unconfirmed", "provisional", "differential", "refuted"
    )
    yield from dates(resource, onsetDateTime="onset", abatementDateTime="abatement")
    yield from period(resource, "onsetPeriod")
    severity = (resource.get("severity") or {}).get("text") or (resource.get("severity") or {}).get("coding")
    yield "severity" if severity else "severity added", setting("severity", concept("Life threatening"))
    if resource.get("stage"):
        yield "stage", setting("stage", [{"summary": concept("Stage IVB")}])
    if resource.get("code"):
        yield "side", setting("code", renamed(resource["code"], lambda text: f"Left {text}"))
        if not re.search(r"(?i)histor|status|encounter", str(resource["code"])):
            yield "history", setting("code", renamed(resource["code"], lambda text: f"History of {text}"))
    if resource.get("bodySite"):
        yield "body site", setting("bodySite", [concept("Left great toe")])
    if resource.get("abatementDateTime"):
        yield "abatement left out", leaving_out("abatementDateTime")


# --- what was measured -------------------------------------------------------------------------------------------


def _observation(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from _value(resource, ())
    for place, part in enumerate(resource.get("component") or ()):
        for field, edit in _value(part, ()):
            yield f"component {field}", within("component", place, edit)
    yield from _ranges(resource)
    if resource.get("interpretation"):
        for code in other_than(code_of(resource["interpretation"][0]), "HH", "LL", "N"):
            yield "flag", setting("interpretation", [coded(code)])
    yield from statuses(resource, "preliminary", "corrected", "cancelled", "entered-in-error")
    if resource.get("specimen"):
        yield "specimen", setting("specimen", {"display": "Cerebrospinal fluid"})
    if resource.get("bodySite"):
        yield "body site", setting("bodySite", concept("Left great toe"))
    yield from dates(resource, effectiveDateTime="moment")
    yield from period(resource, "effectivePeriod")


def _ranges(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    for place, span in enumerate(resource.get("referenceRange") or ()):
        for end in ("low", "high"):
            if (span.get(end) or {}).get("value") is not None:
                double = float(span[end]["value"]) * 2 + 1
                yield f"range {end}", at("referenceRange", place, end, "value", to=double)
        if span.get("text"):
            yield "range's words", within("referenceRange", place, _set_range)


def _set_range(span: Resource) -> None:
    span.pop("low", None)
    span.pop("high", None)
    span["text"] = "400-800"


def _value(part: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[tuple[str, Edit]]:
    quantity = part.get("valueQuantity") or {}
    if quantity.get("value") is not None:
        value = float(quantity["value"])
        yield "digit", at(*where, "valueQuantity", "value", to=_last_digit(quantity["value"]))
        yield "decimal point", at(*where, "valueQuantity", "value", to=value * 10 or 1)
        comparators = other_than(quantity.get("comparator"), "<", ">")
        yield "comparator", at(*where, "valueQuantity", "comparator", to=next(comparators))
        if quantity.get("unit") or quantity.get("code"):
            yield "unit", _in_another_unit("kg" if str(quantity.get("unit")).lower() != "kg" else "g")
    elif part.get("valueCodeableConcept"):
        yield "answer", at(*where, "valueCodeableConcept", to=concept("Indeterminate"))
    elif isinstance(part.get("valueString"), str):
        yield "words", at(*where, "valueString", to="Indeterminate")
        number = re.search(r"\d", part["valueString"])
        if number:
            text = part["valueString"]
            changed = f"{text[: number.start()]}{(int(number[0]) + 1) % 10}{text[number.end() :]}"
            yield "digit in words", at(*where, "valueString", to=changed)
    elif isinstance(part.get("valueInteger"), int):
        yield "digit", at(*where, "valueInteger", to=part["valueInteger"] + 1)


def _last_digit(number: object) -> float | int:
    """Another last digit, at most the first behind the point: what is computed has more than anybody measured."""
    text = str(number)
    step = 10 ** -min(1, len(text.partition(".")[2])) if "." in text else 1
    return round(float(text) + step, 1)


def _in_another_unit(unit: str) -> Edit:
    def edit(part: Resource) -> None:
        part["valueQuantity"]["unit"] = unit
        part["valueQuantity"]["code"] = unit

    return edit


# --- what was done -----------------------------------------------------------------------------------------------


def _immunization(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "not-done", "entered-in-error", "completed")
    yield from dates(resource, occurrenceDateTime="day")
    if resource.get("lotNumber"):
        yield "lot", setting("lotNumber", "ZZ9876")
        yield "lot", setting("lotNumber", f"{resource['lotNumber']}1")
    for place, protocol in enumerate(resource.get("protocolApplied") or ()):
        for name in ("doseNumberPositiveInt", "doseNumberString"):
            if name in protocol:
                value = protocol[name] + 1 if isinstance(protocol[name], int) else "7"
                yield "dose number", at("protocolApplied", place, name, to=value)
    for name, field, value in _OF_A_VACCINE:
        if resource.get(name):
            yield field, setting(name, value)
    if resource.get("expirationDate"):
        yield "expiry", setting("expirationDate", a_year_later(resource["expirationDate"]))
    if resource.get("doseQuantity"):
        yield "dose", at("doseQuantity", "value", to=lambda value: float(value) * 2)
    if resource.get("status") == "completed":
        yield "subpotent", setting("isSubpotent", not resource.get("isSubpotent", False))


_OF_A_VACCINE = (
    ("site", "site", concept("Left thigh")),
    ("route", "route", concept("Intranasal")),
    ("manufacturer", "maker", {"display": "Novavax"}),
    ("vaccineCode", "vaccine", concept("Rabies vaccine")),
    ("statusReason", "status reason", concept("Anaphylaxis to an earlier dose")),
)


def _procedure(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "not-done", "stopped", "preparation", "in-progress", "entered-in-error", "completed")
    yield from dates(resource, performedDateTime="day")
    yield from period(resource, "performedPeriod")
    if resource.get("code"):
        yield "side", setting("code", renamed(resource["code"], lambda text: f"Left {text}"))
    yield "site", setting("bodySite", [concept("Left great toe")])
    if resource.get("outcome"):
        yield "outcome", setting("outcome", concept("Unsuccessful"))
    if resource.get("complication"):
        yield "complication", setting("complication", [concept("Cardiac arrest")])
    if resource.get("statusReason"):
        yield "status reason", setting("statusReason", concept("Bleeding"))
    if resource.get("reasonCode"):
        yield "reason", setting("reasonCode", [concept("Cluster headache")])


def _another_member(resource: Resource) -> None:
    """Change the member's number wherever the card has it."""
    number = resource["subscriberId"]
    resource["subscriberId"] = f"{number}7"
    resource["identifier"] = [
        {**each, "value": f"{each.get('value')}7"} if _is_member(each) else each
        for each in resource.get("identifier", ())
    ]


def _is_member(identifier: Mapping[str, Any]) -> bool:
    return code_of(identifier.get("type")) == "MB"


def _coverage(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "cancelled", "entered-in-error", "active")
    if re.fullmatch(r"[\w -]+", str(resource.get("subscriberId", ""))):
        yield "member", _another_member
    if resource.get("dependent"):
        yield "dependent", setting("dependent", "77")
    yield from period(resource, "period")
    for place, each in enumerate(resource.get("class") or ()):
        if any(map(str.isdigit, str(each.get("value")))):
            yield f"class {code_of(each.get('type'))}", at("class", place, "value", to=f"{each['value']}7")
    if resource.get("relationship"):
        yield "relationship", setting("relationship", coded("common", _RELATIONSHIPS))
    if resource.get("order"):
        yield "order", setting("order", int(resource["order"]) + 1)
    if resource.get("type"):
        yield "kind", setting("type", concept("Dental"))


_RELATIONSHIPS = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"


def _encounter(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "cancelled", "planned", "in-progress", "entered-in-error")
    current = resource.get("class") or {}
    own = str(current.get("system", "")).startswith("urn:")  # a chart's own class says nothing elsewhere
    for code in () if own else other_than(current.get("code"), "EMER", "IMP", "VR"):
        yield "class", setting("class", {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code})
    yield from period(resource, "period")
    if resource.get("reasonCode"):
        yield "reason", setting("reasonCode", [concept("Cluster headache")])


def _document(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "superseded", "entered-in-error")
    yield "document's status", setting("docStatus", "preliminary")
    yield from dates(resource, date="date")
    if (resource.get("content") or [{}])[0].get("attachment", {}).get("title"):
        yield "title", at("content", 0, "attachment", "title", to="Operative note of the left hip")


def _report(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "preliminary", "corrected", "cancelled", "entered-in-error")
    yield from dates(resource, effectiveDateTime="moment")
    if resource.get("conclusion"):
        yield "conclusion", setting("conclusion", "No evidence of pneumonia.")
        denied = re.sub(r"(?i)\bno\b", "There is", resource["conclusion"], count=1)
        yield "conclusion", setting("conclusion", denied)
    if resource.get("code"):
        yield "title", setting("code", concept("CT of the left hip"))


def _device(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from statuses(resource, "inactive", "entered-in-error", "active")
    if resource.get("serialNumber"):
        yield "serial", setting("serialNumber", f"{resource['serialNumber']}7")
    if resource.get("modelNumber"):
        yield "model", setting("modelNumber", f"{resource['modelNumber']}7")
    yield from dates(resource, expirationDate="expiry")


_EDITS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[tuple[str, Edit]]]] = {
    "AllergyIntolerance": _allergy,
    "Condition": _condition,
    "Coverage": _coverage,
    "Device": _device,
    "DiagnosticReport": _report,
    "DocumentReference": _document,
    "Encounter": _encounter,
    "Immunization": _immunization,
    "MedicationRequest": medication,
    "MedicationStatement": medication,
    "Observation": _observation,
    "Procedure": _procedure,
}
