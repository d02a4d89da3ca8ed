"""What a source writes in free text stands on the item's page, of every kind: what no reader understands is not lost.

The page of a row has a part for each of its sources (``portal.web.health.entry_page``), made of these words: so where
two notes say something that cannot be compared, both can be read.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.normalise import to_entry
from portal.web.health import entry_text

_WORDS = "Zumo de guayaba a las seis"
_NOTE = {"note": [{"text": _WORDS}]}
_NAMED = {"text": "Warfarin 5 mg tablet"}
_ORDER: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": _NAMED,
}
_STATEMENT = {"resourceType": "MedicationStatement", "status": "active", "medicationCodeableConcept": _NAMED}
_DISPENSE = {"resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": _NAMED}
_ALLERGY = {"resourceType": "AllergyIntolerance", "code": {"text": "Latex"}}
_ISSUE = {"resourceType": "Condition", "code": {"text": "Gout"}}
_RESULT = {
    "resourceType": "Observation",
    "status": "final",
    "category": [{"coding": [{"code": "laboratory"}]}],
    "code": {"text": "Potassium"},
    "valueQuantity": {"value": 4.1, "unit": "mmol/L"},
}
_REPORT = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Chest X-ray"}}
_PROCEDURE = {"resourceType": "Procedure", "status": "completed", "code": {"text": "Colonoscopy"}}
_VACCINE = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": {"text": "Influenza"},
    "occurrenceDateTime": "2026-10-01",
}
_DEVICE = {"resourceType": "Device", "type": {"text": "Pacemaker"}}
_STAY = {
    "resourceType": "Encounter",
    "status": "finished",
    "class": {"code": "AMB"},
    "type": [{"text": "Office visit"}],
}
_APPOINTMENT = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-12-01T09:00:00Z",
    "appointmentType": {"text": "Office visit"},
}
_TEAM = {
    "resourceType": "CareTeam",
    "status": "active",
    "name": "Heart team",
    "participant": [{"member": {"display": "Ana Roe"}}],
}
_DOCUMENT = {
    "resourceType": "DocumentReference",
    "status": "current",
    "type": {"text": "Letter"},
    "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/1"}}],
}
_TEXT = {"text": _WORDS}


@pytest.mark.parametrize(
    "resource",
    [
        _ORDER | _NOTE,
        _ORDER | {"dosageInstruction": [_TEXT]},
        _ORDER | {"dosageInstruction": [{"text": "1 tab daily", "patientInstruction": _WORDS}]},
        _ORDER | {"dosageInstruction": [{"text": "1 tab daily", "additionalInstruction": [_TEXT]}]},
        _ORDER | {"statusReason": _TEXT},
        _STATEMENT | _NOTE,
        _STATEMENT | {"dosage": [_TEXT]},
        _DISPENSE | _NOTE,
        _ALLERGY | _NOTE,
        _ALLERGY | {"reaction": [{"manifestation": [{"text": "Hives"}], "description": _WORDS}]},
        _ALLERGY | {"reaction": [{"manifestation": [{"text": "Hives"}], **_NOTE}]},
        _ISSUE | _NOTE,
        _ISSUE | {"onsetString": _WORDS},
        _ISSUE | {"abatementString": _WORDS},
        _RESULT | _NOTE,
        _REPORT | {"conclusion": _WORDS},
        _PROCEDURE | _NOTE,
        _PROCEDURE | {"outcome": _TEXT},
        _PROCEDURE | {"complication": [_TEXT]},
        _PROCEDURE | {"followUp": [_TEXT]},
        _PROCEDURE | {"status": "not-done", "statusReason": _TEXT},
        _VACCINE | _NOTE,
        _VACCINE | {"status": "not-done", "statusReason": _TEXT},
        _DEVICE | _NOTE,
        _STAY | {"reasonCode": [_TEXT]},
        _APPOINTMENT | {"comment": _WORDS},
        _APPOINTMENT | {"description": _WORDS},
        _APPOINTMENT | {"patientInstruction": _WORDS},
        _APPOINTMENT | {"status": "cancelled", "cancelationReason": _TEXT},
        _TEAM | _NOTE,
        _DOCUMENT | {"description": _WORDS},
    ],
)
def test_free_text_stands_on_the_page(resource: Mapping[str, Any]) -> None:
    with entry_text.in_words():
        assert _WORDS in entry_text.page(to_entry(resource, lambda _reference: None))
