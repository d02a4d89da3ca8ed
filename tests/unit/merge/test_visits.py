"""One visit under the kinds of two systems is one; another kind at the same minute is another visit."""

from typing import Any

import pytest

from portal.refresh.compare import compare

_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_V2 = "http://terminology.hl7.org/CodeSystem/v2-0004"


def _visit(code: str = "", system: str = _ACT, kind: str = "", display: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "period": {"start": "2026-05-05T11:20:00-05:00"},
        "location": [{"location": {"display": "Lakeside Clinic"}}],
        **({"class": {"system": system, "code": code, "display": display}} if code else {}),
        **({"type": [{"text": kind}]} if kind else {}),
    }


_OFFICE = _visit("AMB", display="ambulatory")
_OWN = _visit("13", "urn:oid:1.2.840.114350.1.72.1.7.7.10.696784.13260", display="Office Visit")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_OFFICE, _visit(kind="Office visit")),
        (_OFFICE, _OWN),
        (_OFFICE, _visit("outpatient", "http://hl7.org/fhir/encounter-class")),
        (_OFFICE, _visit("O", _V2)),
        (_visit("VR"), _visit(kind="Telehealth visit")),
        (_visit("VR"), _visit("AMB", kind="Video Visit")),
        (_visit("EMER"), _visit("E", _V2, "ED Visit")),
        (_visit("IMP"), _visit("inpatient", "http://hl7.org/fhir/encounter-class")),
    ],
)
def test_one_visit_under_two_kinds_is_one_row(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_OFFICE, _visit("EMER")),
        (_OFFICE, _visit("VR")),
        (_visit("EMER"), _visit(kind="Office visit")),
        (_visit("E", _V2), _OWN),
        (_visit("EMER"), _visit("IMP")),
        (_visit("HH"), _visit("O", _V2)),
    ],
)
def test_visits_of_two_kinds_stay_two(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_visit("EMER", kind="Office visit"), _OFFICE),
        (_visit("EMER", kind="Office visit"), _visit("EMER")),
        (_visit("AMB", kind="Emergency department visit"), _visit("EMER", kind="ED visit")),
        (_visit("IMP", kind="Telehealth visit"), _visit("VR")),
    ],
)
def test_a_visit_whose_class_and_words_contradict_is_marked(left: dict[str, Any], right: dict[str, Any]) -> None:
    for pair in ((left, right), (right, left)):
        verdict = compare(*pair)
        assert (verdict.verdict, verdict.may_be_same) == ("different", True)
        assert [difference.field for difference in verdict.disagreements] == ["class"]


def test_two_that_contradict_themselves_alike_are_one() -> None:
    assert compare(_visit("EMER", kind="Office visit"), _visit("E", _V2, kind="Office visit")).verdict == "same"


def test_legal_words_of_a_place_are_no_other_place() -> None:
    other = _OFFICE | {"location": [{"location": {"display": "LAKESIDE CLINIC, Inc."}}]}
    assert compare(_OFFICE, other).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ("CP", "Chest pain", False),
        ("Annual physical", "Annual physical exam", False),
        ("Chest pain", "Back pain", True),
        ("Chest pain", "Rash", True),
    ],
)
def test_reasons_are_compared_in_full_words(left: str, right: str, differ: bool) -> None:
    told = [_OFFICE | {"reasonCode": [{"text": text}]} for text in (left, right)]
    assert bool(compare(*told).disagreements) is differ


def _appointment(kind: str) -> dict[str, Any]:
    place = {"actor": {"reference": "Location/1", "display": "Lakeside Clinic"}, "status": "accepted"}
    kinds = {"appointmentType": {"text": kind}}
    start = "2027-01-05T09:00:00-05:00"
    return {"resourceType": "Appointment", "status": "booked", "start": start, "participant": [place], **kinds}


def test_appointments_for_two_things_at_one_minute_are_two() -> None:
    assert compare(_appointment("Eye exam"), _appointment("Dental cleaning")).verdict == "different"
    assert compare(_appointment("Eye exam"), _appointment("Follow-up visit")).verdict == "same"
