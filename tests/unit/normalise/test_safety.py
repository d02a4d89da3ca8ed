"""What changes a meaning and is not understood makes no fact, at every level and in every type."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.domain.entry import Entry, Status
from portal.normalise import to_entry
from portal.normalise.context import nothing
from portal.normalise.safety import not_understood, original_text
from tests.unit.normalise.samples import TYPES, amount, others, sample

_EXTENSION = [{"url": "https://ehr.example/fhir/must-not-be-taken", "valueBoolean": True}]


def test_the_reported_ones_are_no_facts() -> None:
    text = (Path(__file__).parents[2] / "field_cases" / "modifier-extension.json").read_text()
    resources = [part["resource"] for part in json.loads(text)["entry"]][1:]
    for resource in resources:
        entry = to_entry(resource, nothing)
        assert entry.unsafe == (f"{resource['resourceType']}.modifierExtension",)
        assert (entry.qualifiers, entry.codes, entry.facts) == (("Could not be shown safely",), (), ())
        assert (entry.status, entry.detail) == (Status.UNKNOWN, type(entry.detail)())
    warfarin = to_entry(resources[0], nothing)
    assert warfarin.title == "C03 Warfarin 5 mg tablet"
    assert warfarin.notes[0] == "must-not-be-taken: true"
    assert "dosageInstruction: 1 tablet daily" in warfarin.notes


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if isinstance(node, dict) else []
    for key, part in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(part, dict | list):
            found += _places(part, (*path, key))
    return found


@pytest.mark.parametrize("kind", TYPES)
def test_at_every_level_of_every_type(kind: str) -> None:
    for path in _places(sample(kind)):
        resource = sample(kind)
        node: Any = resource
        for step in path:
            node = node[step]
        node["modifierExtension"] = _EXTENSION
        entry = to_entry(resource, others)
        assert entry.unsafe, path
        assert entry.reference == f"{kind}/{kind.lower()}"


@pytest.mark.parametrize("kind", TYPES)
def test_rules_that_are_not_understood(kind: str) -> None:
    assert to_entry(sample(kind, implicitRules="https://ehr.example/rules"), others).unsafe == (
        f"{kind}.implicitRules",
    )
    assert to_entry(sample(kind, implicitRules=""), others).unsafe == ()
    assert to_entry(sample(kind, modifierExtension=[]), others).unsafe == ()


@pytest.mark.parametrize("kind", [kind for kind in TYPES if "status" in sample(kind)])
def test_a_status_of_no_version_of_fhir(kind: str) -> None:
    assert to_entry(sample(kind, status="only-if-needed"), others).unsafe == (f"{kind}.status",)
    assert to_entry(sample(kind, status=sample(kind)["status"].upper()), others).unsafe == ()
    assert to_entry(sample(kind, status=None), others).unsafe == ()


@pytest.mark.parametrize(("element", "code"), [("intent", "anti-order"), ("intent", "x")])
def test_an_intent_that_is_not_known(element: str, code: str) -> None:
    assert to_entry(sample("MedicationRequest", **{element: code}), others).unsafe == ("MedicationRequest.intent",)


def test_a_comparator_that_is_not_known() -> None:
    odd = sample("Observation", valueQuantity=amount(5, "mg") | {"comparator": "not"})
    assert to_entry(odd, others).unsafe == ("Observation.valueQuantity.comparator",)
    for comparator in ("<", "<=", ">=", ">", "ad"):
        assert not not_understood(sample("Observation", valueQuantity={"value": 5, "comparator": comparator}))
    assert not not_understood({"resourceType": "Observation", "x": {"comparator": "not"}}), "no quantity"


def test_an_error_stays_an_error() -> None:
    entry = to_entry(sample("Procedure", status="entered-in-error", modifierExtension=_EXTENSION), others)
    assert (entry.status, bool(entry.unsafe)) == (Status.ENTERED_IN_ERROR, True)


def test_the_original_text_is_the_narrative_where_there_is_one() -> None:
    text = {"status": "generated", "div": "<div><b>Do not</b> take it.</div>"}
    entry = to_entry(sample("MedicationRequest", modifierExtension=_EXTENSION, text=text), others)
    assert entry.notes == ("must-not-be-taken: true", "Do not take it.")


def test_the_original_text_is_cut_at_sixty_lines_and_names_what_it_says() -> None:
    many = {"resourceType": "X", "note": [{"text": f"line {n}"} for n in range(500)]}
    assert len(original_text(many)) == 60
    coded = {"modifierExtension": [{"url": "https://x.example/who/", "valueCodeableConcept": {"text": "Father"}},
                                   {"url": "alone"}]}  # fmt: skip
    assert original_text(coded) == ("who: Father", "alone")


def test_nothing_of_it_can_be_compared() -> None:
    safe = to_entry(sample("MedicationRequest"), others)
    unsafe = to_entry(sample("MedicationRequest", modifierExtension=_EXTENSION), others)
    assert isinstance(unsafe, Entry)
    assert (safe.title, safe.section, safe.start) == (unsafe.title, unsafe.section, unsafe.start)
    assert (unsafe.identifiers, unsafe.replaces, unsafe.codes) == ((), (), ())


def test_the_original_text_has_dates_statuses_and_values_with_where_they_stand() -> None:
    resource = {
        "resourceType": "Condition",
        "meta": {"source": "elsewhere"},
        "subject": {"display": "Ana Test"},
        "onsetDateTime": "2009-05",
        "clinicalStatus": {"coding": [{"code": "active", "display": "Active"}]},
        "stage": [{"summary": {"text": "II"}, "type": {"coding": [{"display": "Clinical"}]}}],
        "component": [{"valueString": "x", "statusNote": "y"}, {"other": "left out"}],
        "extension": [{"valueString": "left out"}],
        "note": [{"text": "told"}],
        "intent": "plan",
    }
    assert original_text(resource) == (
        "onsetDateTime: 2009-05",
        "clinicalStatus: Active",
        "stage summary: II",
        "stage type: Clinical",
        "component valueString: x",
        "component statusNote: y",
        "note: told",
        "intent: plan",
    )
