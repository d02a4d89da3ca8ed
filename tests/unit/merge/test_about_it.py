"""What a note tells of somebody or something else, supposes, asks or teaches is no statement of the thing itself."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import allergy, issue

_RASH: Mapping[str, Any] = {"reaction": [{"manifestation": [{"text": "Rash"}], "severity": "mild"}]}
_PROCEDURE = {
    "resourceType": "Procedure",
    "status": "completed",
    "code": {"text": "Colonoscopy"},
    "performedDateTime": "2023-03-10",
}
_ORDER = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Lisinopril 10 mg oral tablet"},
    "authoredOn": "2024-05-01",
}
_PACEMAKER = {
    "resourceType": "Device",
    "status": "active",
    "type": {"text": "Cardiac pacemaker"},
    "udiCarrier": [{"deviceIdentifier": "00844588003288"}],
    "serialNumber": "S123",
}


def _fields(left: Mapping[str, Any], note: str) -> set[str]:
    right = {**left, "note": [{"text": note}]}
    return {each.field for each in compare(dict(left), right).disagreements}


@pytest.mark.parametrize(
    "note",
    [
        "Anaphylaxis?",
        "¿Anafilaxia?",
        "Anaphylaxis [ ] Hives [ ]",
        "Anaphylaxis ruled out.",
        "Carry an EpiPen in case of anaphylaxis.",
        "Watch for anaphylaxis.",
        "Worried about anaphylaxis.",
        "Riesgo de anafilaxia.",
        "Penicillin allergy can range from rash to anaphylaxis.",
        "Educated on signs of anaphylaxis.",
        "Penicillin: rash; sulfa: anaphylaxis.",
        "Ibuprofen caused hives.",
        "Rash. Also allergic to peanuts (anaphylaxis).",
        "Severe asthma.",
        "Severe?",
        "Sin reacción grave.",
        "Severity: mild / moderate / severe",
        "Severe reaction was to sulfa.",
        "Son has severe penicillin allergy.",
        "Resolved within 2 days with Benadryl.",
        "Resuelto con loratadina.",
        "Inactive ingredients: lactose.",
        "High risk for falls.",
    ],
)
def test_an_allergy_is_not_what_a_note_says_of_something_else(note: str) -> None:
    left = {**allergy("Penicillin"), **_RASH}
    shown = {**left, "criticality": "low"}
    right = {**left, "note": [{"text": note}]}
    assert not {each.field for each in compare(shown, right).disagreements}


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ("Went to the ER with anaphylaxis, no rash.", "reaction"),
        ("Developed anaphylaxis, treated with epinephrine.", "reaction"),
        ("Severe allergy.", "severity"),
        ("Severe reaction to penicillin.", "severity"),
        ("Allergy resolved in 2020.", "status"),
        ("No longer allergic to penicillin.", "status"),
    ],
)
def test_an_allergy_is_what_a_note_says_of_it(note: str, field: str) -> None:
    left = allergy("Penicillin") | {"reaction": [{"manifestation": [{"text": "Headache"}], "severity": "mild"}]}
    right = {**allergy("Penicillin"), "note": [{"text": note}]}
    assert field in {each.field for each in compare(left, right).disagreements}


@pytest.mark.parametrize(
    "note",
    [
        "Mother has severe asthma.",
        "Severe headache yesterday.",
        "Sin crisis graves.",
        "Resolved issue with insurance.",
        "Resuelta la duda del paciente.",
        "Resolved?",
        "Suspected reflux.",
        "Possible discharge tomorrow.",
        "Differential for cough: GERD, asthma.",
        "No evidence of stage IV disease.",
        "Stage 3 kidney disease.",
        "Stage 2 pressure ulcer on heel.",
        "If it progresses to stage IV, hospice.",
        "Screened for stage III trial.",
    ],
)
def test_an_illness_is_not_what_a_note_says_of_something_else(note: str) -> None:
    stated = {"severity": {"text": "Mild"}, "stage": [{"summary": {"text": "Stage I"}}]}
    left = {**issue("Breast cancer"), **stated, "verificationStatus": "confirmed"}
    right = {**issue("Breast cancer"), "note": [{"text": note}]}
    assert not compare(left, right).disagreements


@pytest.mark.parametrize(
    ("resource", "notes"),
    [
        (
            _PROCEDURE,
            "Declined pain medication|Refused discharge papers|Incomplete dentures|Cancelada la cita|Not done before",
        ),
        (
            _ORDER,
            "Stopped ibuprofen|Hold for SBP<90|Hold if dizzy|Not taking with food|Discontinued 2021, restarted 2023",
        ),
        (_PACEMAKER, "Removed jewelry before MRI|Retirado el vendaje"),
    ],
)
def test_nothing_was_stopped_by_what_a_note_says_of_something_else(resource: Mapping[str, Any], notes: str) -> None:
    assert [note for note in notes.split("|") if _fields(resource, note)] == []


@pytest.mark.parametrize(
    ("resource", "notes"),
    [
        (_PROCEDURE, "Colonoscopy aborted|Patient declined|Incomplete due to poor prep|Declined to proceed"),
        (
            _ORDER,
            "Patient stopped taking this|Stopped lisinopril due to cough|Held until surgery|Not taking lisinopril",
        ),
        (_PACEMAKER, "Pacemaker removed|Removed due to infection|Retirado en 2022"),
    ],
)
def test_it_was_stopped_where_a_note_says_so_of_it(resource: Mapping[str, Any], notes: str) -> None:
    assert [note for note in notes.split("|") if "status" not in _fields(resource, note)] == []


_VACCINE = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}], "text": "Influenza vaccine"},
    "occurrenceDateTime": "2023-10-05",
    "site": {"text": "Left arm"},
}


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ("Right deltoid IM.", "site"),
        ("En el brazo derecho.", "site"),
        ("Patient refused vaccine.", "status"),
        ("Not given.", "status"),
        ("No se aplicó.", "status"),
    ],
)
def test_a_vaccine_is_what_a_note_says_of_it(note: str, field: str) -> None:
    left = {**_VACCINE}
    right = {name: told for name, told in _VACCINE.items() if name != "site"} | {"note": [{"text": note}]}
    assert field in {each.field for each in compare(left, right).disagreements}


@pytest.mark.parametrize(
    "note",
    [
        "BP in right arm.",
        "Right arm?",
        "Prior dose right arm 2022.",
        "Refused RSV vaccine.",
        "Patient refused last year.",
        "Patient declined COVID-19 vaccine.",
    ],
)
def test_a_vaccine_is_not_what_a_note_says_of_something_else(note: str) -> None:
    right = {name: told for name, told in _VACCINE.items() if name != "site"} | {"note": [{"text": note}]}
    assert not compare({**_VACCINE}, right).disagreements


@pytest.mark.parametrize(
    "note",
    [
        "Severity: not severe",
        "Severity: severe in mother",
        "Severity: severe?",
        "Status: resolved?",
        "Stage: rule out IV",
        "Verification: suspected?",
        "Onset: 1990 in her mother",
    ],
)
def test_a_label_states_nothing_where_its_words_do_not(note: str) -> None:
    stated = {"severity": {"text": "Mild"}, "stage": [{"summary": {"text": "Stage I"}}], "onsetDateTime": "2015-05-01"}
    left = {**issue("Breast cancer"), **stated, "verificationStatus": "confirmed"}
    assert not compare(left, {**issue("Breast cancer"), "note": [{"text": note}]}).disagreements


@pytest.mark.parametrize(
    "title", ["Penicillin (denies hives)", "Penicillin - denied anaphylaxis or hives", "Penicillin, no anaphylaxis"]
)
def test_who_denies_a_sign_denies_no_allergy(title: str) -> None:
    verdict = compare({**allergy("Penicillin"), **_RASH}, allergy(title))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize("title", ["Denies penicillin allergy", "Penicillin - denied", "Denies allergy to penicillin"])
def test_who_denies_an_allergy_denies_it(title: str) -> None:
    verdict = compare({**allergy("Penicillin"), **_RASH}, allergy(title))
    assert "verification" in {each.field for each in verdict.disagreements}
