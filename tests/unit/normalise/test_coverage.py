"""What US Core 6.1.0 calls must-support reaches the row or the page of its item, in all of the shared data.

Elements that do not are in a table, each with its reason.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from portal.domain.errors import NormaliseError
from portal.normalise import carries_entry, to_entry
from portal.normalise.coverage import coverage, leaves
from portal.web.health import entry_text
from tests.shared_data import bundles, ndjson, only_shared, shared
from tests.unit.normalise.samples import SNOMED, concept, sample

_WHOSE = "whose record it is: the page says it at its top"
_PLACE = "tells in which section it stands"
_NUMBER = "a number of the organization's own computers; what merge needs of it is in Entry.identifiers"
_USUAL = "the usual state (final, current, finished, completed) needs no word; every other one has one"
_OPENS = "opens as a file of the page, or is its text"
_SHARES = "results at hand stand on the page as items of their own"
_VISIT = "the page of the visit lists what was written at it"
_CODED = "stands in for words that are shown; codes are on the page where they are of the thing itself"

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("AllergyIntolerance", "clinicalStatus"): "of what was ruled out nothing is active",
    ("AllergyIntolerance", "patient"): _WHOSE,
    ("CarePlan", "intent"): "a plan or an order is what a reader expects; proposal and option have their word",
    ("CarePlan", "status"): _USUAL,
    ("CarePlan", "subject"): _WHOSE,
    ("CareTeam", "subject"): _WHOSE,
    ("CareTeam", "participant.member"): "the patient, who is a member of the own team, is left out; a bare reference "
    "that nothing resolves has no name",
    ("CareTeam", "participant"): "the patient, who is a member of the own team, is left out",
    ("CareTeam", "participant.role"): "the patient's own role in the own team is left out",
    ("Condition", "subject"): _WHOSE,
    ("Coverage", "beneficiary"): _WHOSE,
    ("Coverage", "identifier"): _NUMBER,
    ("Coverage", "identifier.type"): "the member's number is labelled as such",
    ("Device", "patient"): _WHOSE,
    ("DiagnosticReport", "subject"): _WHOSE,
    ("DiagnosticReport", "presentedForm"): _OPENS,
    ("DiagnosticReport", "result"): _SHARES,
    ("DiagnosticReport", "status"): _USUAL,
    ("DocumentReference", "content"): _OPENS,
    ("DocumentReference", "content.attachment"): _OPENS,
    ("DocumentReference", "content.attachment.data"): _OPENS,
    ("DocumentReference", "content.attachment.url"): _OPENS,
    ("DocumentReference", "context.encounter"): _VISIT,
    ("DocumentReference", "context"): _VISIT,
    ("DocumentReference", "identifier"): _NUMBER,
    ("DocumentReference", "status"): _USUAL,
    ("DocumentReference", "subject"): _WHOSE,
    ("Encounter", "identifier"): _NUMBER,
    ("Encounter", "identifier.system"): _NUMBER,
    ("Encounter", "identifier.value"): _NUMBER,
    ("Encounter", "status"): _USUAL,
    ("Encounter", "subject"): _WHOSE,
    ("Goal", "lifecycleStatus"): _USUAL,
    ("Goal", "subject"): _WHOSE,
    ("Immunization", "patient"): _WHOSE,
    (
        "Immunization",
        "primarySource",
    ): "the usual case (given by who documented it) needs no word; the other one has it",
    ("Immunization", "status"): _USUAL,
    ("MedicationDispense", "authorizingPrescription"): "the page of the order lists what was handed out for it",
    ("MedicationDispense", "subject"): _WHOSE,
    ("MedicationRequest", "dosageInstruction.timing"): "a beginning on the day of the order, which the row has",
    ("MedicationRequest", "intent"): "an order is what a reader expects; proposal, plan and option have their word",
    ("MedicationRequest", "reportedBoolean"): "false is what a reader expects of an order",
    ("MedicationRequest", "subject"): _WHOSE,
    ("Observation", "category"): _PLACE,
    ("Observation", "category.coding"): _PLACE,
    ("Observation", "category.coding.code"): _PLACE,
    ("Observation", "category.coding.system"): _PLACE,
    ("Observation", "code.coding.code"): _CODED,
    ("Observation", "component.code"): _CODED,
    ("Observation", "derivedFrom"): _SHARES,
    ("Observation", "hasMember"): _SHARES,
    ("Observation", "status"): _USUAL,
    ("Observation", "subject"): _WHOSE,
    ("Observation", "valueQuantity.code"): "UCUM for computers; the unit is shown in words",
    ("Observation", "valueQuantity.system"): "UCUM for computers; the unit is shown in words",
    ("Observation", "component.valueQuantity.code"): "UCUM for computers; the unit is shown in words",
    ("Observation", "valueQuantity.unit"): "the same as its UCUM code, from which it is told then",
    ("Observation", "component.valueQuantity.unit"): "the same as its UCUM code, from which it is told then",
    ("Observation", "component.valueQuantity.system"): "UCUM for computers; the unit is shown in words",
    ("QuestionnaireResponse", "item.linkId"): "a number of the form; the question's words are shown",
    ("QuestionnaireResponse", "status"): _USUAL,
    ("QuestionnaireResponse", "subject"): _WHOSE,
    ("ServiceRequest", "intent"): "an order is what a reader expects; proposal and option have their word",
    ("ServiceRequest", "status"): _USUAL,
    ("ServiceRequest", "subject"): _WHOSE,
    ("Procedure", "status"): _USUAL,
    ("Procedure", "subject"): _WHOSE,
}
"""(resource type, element) → why it may be shown neither on the row nor on the page."""

BARE: Mapping[str, tuple[str, ...]] = {
    "Condition": ("encounter",),
    "DiagnosticReport": (
        "encounter",
        "performer",
    ),
    "DocumentReference": ("author",),
    "Encounter": (
        "participant.individual",
        "participant",
        "location",
        "location.location",
        "serviceProvider",
        "reasonReference",
    ),
    "MedicationDispense": (
        "performer",
        "performer.actor",
    ),
    "MedicationRequest": (
        "encounter",
        "reasonReference",
        "requester",
    ),
    "Observation": (
        "performer",
        "specimen",
    ),
    "ServiceRequest": ("requester",),
    "Procedure": ("basedOn",),
}
"""Elements that are not shown where they are a bare reference: without words, and to nothing that came with it."""

SETS = ("epic", "us-core-610", "us-core-9", "synthea-2019", "synthea-bulk")


def resources(name: str) -> list[dict[str, Any]]:
    if name == "epic":
        return list(ndjson("epic-export-sanitized", "resources.ndjson"))
    if name == "us-core-610":
        return list(ndjson("us-core-610", "examples.ndjson"))
    if name == "us-core-9":
        files = sorted(shared("us-core-9-fixtures").rglob("*.json"))
        return [json.loads(file.read_text()) for file in files]
    if name == "synthea-2019":
        return [entry["resource"] for _file, bundle in bundles("synthea-2019-r4") for entry in bundle["entry"]]
    folder = shared("synthea-bulk-10-patients")
    return [resource for file in sorted(folder.glob("*.ndjson")) for resource in ndjson(folder.name, file.name)]


def must_show() -> dict[str, set[str]]:
    """Resource type → the elements of all profiles of it, without slices."""
    path = shared("requirements") / "us_core_v6.1.0_searches_must_support.json"
    elements: dict[str, set[str]] = {}
    for group in json.loads(path.read_text())["groups"]:
        if carries_entry(group["resource"]):
            paths = {re.sub(r":[^.]+|\[x\]", "", element["path"]) for element in group["must_supports"]["elements"]}
            elements.setdefault(group["resource"], set()).update(paths)
    return elements


def shapes(listed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One resource of each shape: the set of its paths."""
    seen = set()
    for resource in listed:
        shape = (resource.get("resourceType"), frozenset(_plain(path) for path, _value in leaves(resource)))
        if shape not in seen:
            seen.add(shape)
            yield resource


def _plain(path: tuple[str | int, ...]) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def _without(node: Any, steps: list[str]) -> Any:
    if isinstance(node, list):
        return [_without(part, steps) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without(part, steps[1:]) if key == steps[0] or key.startswith(f"{steps[0]}[") else part
        for key, part in node.items()
        if not (len(steps) == 1 and _is(key, steps[0]))
    }


def _is(key: str, step: str) -> bool:
    return key == step or (step in ("medication", "value", "effective") and key.startswith(step))


def not_shown(resource: dict[str, Any], elements: set[str], lookup: Any) -> set[str]:
    """The elements that the resource has, and that change neither its row nor its page."""
    try:
        whole = to_entry(resource, lookup)
    except NormaliseError:
        return set()
    reached = coverage(resource, lookup, row=entry_text.row, page=entry_text.page)
    shown = {re.sub(r"\.\d+", "", path) for path, place in reached.items() if place in ("row", "page")}
    every = {re.sub(r"\.\d+", "", path) for path in reached}
    hidden = set()
    for element in elements:
        below = re.compile(rf"{re.escape(element)}(?:[A-Z][A-Za-z]*)?(?:\.|$)")
        if not any(below.match(path) for path in every) or any(below.match(path) for path in shown):
            continue
        try:
            rest = to_entry(_without(resource, element.split(".")), lookup)
        except NormaliseError:
            continue
        if (entry_text.row(rest), entry_text.page(rest)) == (entry_text.row(whole), entry_text.page(whole)):
            hidden.add(element)
    kind = resource["resourceType"]
    return {element for element in hidden if element not in BARE.get(kind, ()) or _leads(resource, element, lookup)}


def _leads(resource: dict[str, Any], element: str, lookup: Any) -> bool:
    """Whether a reference of the element has words or leads to something."""
    return any(
        reference.get("display") or reference["reference"].startswith("#") or lookup(reference["reference"])
        for reference in _references(_at(resource, element.split(".")))
    )


def _at(node: Any, steps: list[str]) -> list[Any]:
    if isinstance(node, list):
        return [found for part in node for found in _at(part, steps)]
    if not steps:
        return [node]
    parts = node.items() if isinstance(node, dict) else ()
    return [found for key, part in parts if _is(key, steps[0]) for found in _at(part, steps[1:])]


def _references(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _references(part)


@pytest.mark.parametrize("name", SETS)
def test_what_must_be_shown_is_shown(name: str) -> None:
    listed = [resource for resource in resources(name) if carries_entry(str(resource.get("resourceType")))]
    by_reference = {f"{resource['resourceType']}/{resource.get('id')}": resource for resource in resources(name)
                    if "resourceType" in resource}  # fmt: skip
    elements = must_show()
    hidden = set()
    with entry_text.in_words():
        for resource in shapes(listed):
            kind = resource["resourceType"]
            hidden |= {(kind, element) for element in not_shown(resource, elements.get(kind, set()), by_reference.get)}
    assert hidden - EXCEPTIONS.keys() == set()


def test_every_exception_is_of_an_element_that_must_be_shown() -> None:
    only_shared("requirements")
    elements = must_show()
    pairs = {*EXCEPTIONS, *((kind, element) for kind, listed in BARE.items() for element in listed)}
    assert {pair for pair in pairs if pair[1] not in elements[pair[0]]} == set()


def test_coverage_tells_row_page_original_and_dropped_apart() -> None:
    resource = sample(
        "AllergyIntolerance",
        text={"status": "additional", "div": "<div>also: blue lips</div>"},
        lastOccurrence="2020-01-01",
        meta={"source": "elsewhere"},
        extension=[{"url": "http://x.example", "valueString": "blue lips"}],
        note=None,
    )
    with entry_text.in_words():
        reached = coverage(resource, row=entry_text.row, page=entry_text.page)
    assert reached["reaction.0.manifestation.0.text"] == "row"
    assert reached["lastOccurrence"] == "page"
    assert reached["extension.0.valueString"] == "original"
    assert reached["meta.source"] == "dropped"
    assert not any(path.startswith("text") or path in ("id", "resourceType") for path in reached)


def test_coverage_without_pages_goes_by_the_fields_of_the_entry() -> None:
    reached = coverage(sample("Condition", severity=concept(SNOMED, "24484000", "Severe")))
    assert (reached["code.coding.0.display"], reached["severity.coding.0.display"]) == ("row", "page")
    assert coverage({"resourceType": "Condition", "subject": {"reference": "Patient/1"}}) == {
        "subject.reference": "dropped"
    }
