"""A note speaks only where it states something plainly, of this patient, this thing and now; else it is silent."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from portal.refresh.compare import Difference, compare
from tests.unit.merge.test_said_in_words import allergy, issue

_HERE = Path(__file__).parent
_CONFIRMED = {"verificationStatus": "confirmed"}
_ARM = {"site": {"text": "Left arm"}, "protocolApplied": [{"doseNumberString": "1"}]}
_SIGN = {"manifestation": [{"text": "Rash"}], "severity": "mild"}

_OF: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "allergy": (
        allergy("Penicillin"),
        {"reaction": [_SIGN], "criticality": "low", "type": "allergy", "onsetDateTime": "2015"},
    ),
    "asthma": (issue("Asthma") | _CONFIRMED, {"severity": {"text": "Mild"}, "onsetDateTime": "2015-05-01"}),
    "breast": (
        issue("Breast cancer") | _CONFIRMED,
        {"stage": [{"summary": {"text": "Stage I"}}]},
    ),
    "cancer": (issue("Breast cancer") | _CONFIRMED, {"bodySite": [{"text": "Left breast"}]}),
    "osteoarthritis": (issue("Osteoarthritis") | _CONFIRMED, {"bodySite": [{"text": "Right knee"}]}),
    "order": (
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Lisinopril 10 mg oral tablet"},
            "authoredOn": "2024-05-01",
            "dosageInstruction": [{"text": "1 tab daily"}],
        },
        {},
    ),
    "colonoscopy": (
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": "Colonoscopy"},
            "performedDateTime": "2023-03-10",
        },
        {"outcome": {"text": "Successful"}, "performer": [{"actor": {"display": "Maria Garcia MD"}}]},
    ),
    "influenza": (
        {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": {
                "coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}],
                "text": "Influenza vaccine",
            },
            "occurrenceDateTime": "2023-10-05",
        },
        _ARM,
    ),
    "pacemaker": (
        {
            "resourceType": "Device",
            "status": "active",
            "type": {"text": "Cardiac pacemaker"},
            "udiCarrier": [{"deviceIdentifier": "00844588003288"}],
            "serialNumber": "S123",
        },
        {},
    ),
    "potassium": (
        {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": {"text": "Potassium"},
            "effectiveDateTime": "2024-05-01T08:00:00-04:00",
            "valueQuantity": {"value": 4.1, "unit": "mmol/L"},
        },
        {"interpretation": [{"coding": [{"code": "N"}]}]},
    ),
    "appointment": (
        {
            "resourceType": "Appointment",
            "status": "fulfilled",
            "appointmentType": {"text": "Office visit"},
            "start": "2024-05-01T08:00:00-04:00",
            "participant": [{"actor": {"reference": "Location/1", "display": "Old Mill Clinic"}, "status": "accepted"}],
        },
        {},
    ),
}
"""What the note stands on, and what the other organization's fields say in its place."""


def texts(file: str = "texts.txt") -> dict[str, list[tuple[str, str]]]:
    """Return by thing what is stated (a field, "any" for whichever, or "-" for nothing) and the note."""
    sections = re.split(r"^\[(.+)\]\n", (_HERE / file).read_text(), flags=re.MULTILINE)
    lines = {name: body.split("\n") for name, body in zip(sections[1::2], sections[2::2], strict=True)}
    return {
        re.split(r"\W", heading)[0]: [(line.split("|", 1)[0], line.split("|", 1)[1]) for line in told if "|" in line]
        for heading, told in lines.items()
    }


def fields_taken(of: str, text: str, silent: Sequence[Difference]) -> set[str]:
    """Return the fields in which a note of a thing departs from another organization's, which no note says already."""
    thing, fields = _OF[of]
    told = compare({**thing, **fields}, {**thing, "note": [{"text": text}], "comment": text}).disagreements
    return {each.field for each in told if each not in silent}


def misread(of: str, file: str = "texts.txt") -> list[str]:
    """Return the notes of a thing that speak and should not, or are silent and should speak."""
    thing, fields = _OF[of]
    silent = compare({**thing, **fields}, thing).disagreements
    wrong = []
    for stated, text in texts(file)[of]:
        taken = fields_taken(of, text, silent)
        if taken if stated == "-" else not taken if stated == "any" else stated not in taken:
            wrong.append(f"{stated}|{text} -> {', '.join(sorted(taken)) or 'nothing'}")
    return wrong


@pytest.mark.parametrize("of", sorted(_OF))
def test_a_note_speaks_only_where_it_states(of: str) -> None:
    assert misread(of) == []


@pytest.mark.parametrize("of", sorted(texts("longer_texts.txt")))
def test_so_does_a_longer_one(of: str) -> None:
    assert misread(of, "longer_texts.txt") == []
