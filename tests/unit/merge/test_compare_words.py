"""What ``portal records compare`` says of two sides is what a reader would write, never how merge keeps it."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import issue

Fields = Mapping[str, Any]


def _drug(name: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
    }


def _vaccine(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"text": "Tdap"},
        "occurrenceDateTime": "2024-05-01",
        **more,
    }


def _coded(code: str) -> dict[str, Any]:
    coding = [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]
    return issue("Osteoarthritis of knee") | {"code": {"coding": coding, "text": "Osteoarthritis of knee"}}


_PNEUMONIA = issue("Pneumonia") | {"clinicalStatus": {"text": "Resolved"}}


@pytest.mark.parametrize(
    ("field", "left", "right", "words"),
    [
        ("strength", "Lisinopril 10 mg tablet", "Lisinopril 20 mg tablet", ("10 mg", "20 mg")),
        ("strength", "Amoxicillin 50 mg/mL suspension", "Amoxicillin 25 mg/mL suspension", ("50 mg/mL", "25 mg/mL")),
        ("strength", "Levothyroxine 75 mcg tablet", "Levothyroxine 50 mcg tablet", ("75 mcg", "50 mcg")),
        ("strength", "Heparin 5000 units/mL vial", "Heparin 1000 units/mL", ("5000 units/mL", "1000 units/mL")),
        ("salt", "Metoprolol succinate 50 mg tablet", "Metoprolol tartrate 50 mg", ("succinate", "tartrate")),
        ("release", "Metformin ER 500 mg tablet", "Metformin 500 mg tablet", ("extended release", "")),
        ("lot", _vaccine(lotNumber="A-123 X"), _vaccine(lotNumber="B-99"), ("A-123 X", "B-99")),
        ("status", _vaccine(), _vaccine(status="not-done"), ("given", "not given")),
        ("code", _coded("M17.11"), _coded("M17.12"), ("ICD-10-CM M17.11", "ICD-10-CM M17.12")),
        ("type", issue("Type 1 diabetes"), issue("Type 2 diabetes"), ("type 1", "type 2")),
        ("type", issue("Migraine"), issue("Migraine without aura"), ("", "without aura")),
        ("onset", _PNEUMONIA | {"onsetDateTime": "2024-03-01"}, issue("Pneumonia"), ("2024-03-01", "")),
    ],
)  # fmt: skip
def test_words_of_a_field(field: str, left: Fields | str, right: Fields | str, words: tuple[str, str]) -> None:
    left, right = (_drug(each) if isinstance(each, str) else each for each in (left, right))
    shown = {each.field: (each.left, each.right) for each in compare(left, right).disagreements}
    assert shown[field] == words
