"""Whatever an organization gives one number is a version only where it is one thing of one moment."""

from typing import Any

import pytest

from portal.refresh.compare import compare

NUMBER = {"identifier": [{"system": "urn:orders", "value": "A-1"}]}


def glucose(value: int, hour: str, status: str = "final") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "Observation",
        "status": status,
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Glucose"},
        "effectiveDateTime": f"2026-05-01T{hour}:00-05:00",
        "valueQuantity": {"value": value, "unit": "mg/dL"},
    }


def report(title: str, conclusion: str, status: str = "final") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "DiagnosticReport",
        "status": status,
        "code": {"text": title},
        "effectiveDateTime": "2026-05-01T08:00:00-05:00",
        "conclusion": conclusion,
    }


def warfarin(instructions: str, status: str = "active") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": "Warfarin 5 mg tablet"},
        "dosageInstruction": [{"text": instructions}],
    }


def flu(status: str) -> dict[str, Any]:
    given = {"vaccineCode": {"text": "Influenza"}, "occurrenceDateTime": "2026-01-05"}
    return NUMBER | {"resourceType": "Immunization", "status": status} | given


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (glucose(99, "08:00"), glucose(180, "14:00"), "different"),
        (glucose(99, "08:00"), glucose(180, "08:00", "corrected"), "same"),
        (report("CT chest", "No nodule"), report("MRI brain", "Mass"), "different"),
        (report("CT chest", "No nodule"), report("CT chest - addendum", "Nodule", "amended"), "same"),
        (warfarin("1 tablet Mon/Wed/Fri"), warfarin("half a tablet Tue/Thu"), "different"),
        (warfarin("1 tablet Mon/Wed/Fri", "completed"), warfarin("half a tablet Tue/Thu"), "same"),
        (flu("not-done"), flu("completed"), "different"),
    ],
    ids=[
        "two times",
        "corrected",
        "two reports of one order",
        "addendum",
        "both current",
        "one after the other",
        "given",
    ],
)
def test_what_shares_a_number(left: dict[str, Any], right: dict[str, Any], verdict: str) -> None:
    compared = compare(left, right, one_organization=True)
    assert (compared.verdict, compared.hidden) == (verdict, ())
