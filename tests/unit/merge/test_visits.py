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
