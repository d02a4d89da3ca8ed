"""What one number ties together is a version only where nothing says that there were two of it."""

from typing import Any

import pytest

from portal.refresh.compare import compare

NUMBER = {"identifier": [{"system": "urn:orders", "value": "A-1"}]}
BIOPSY = ("A. Cecum, polyp: tubular adenoma", "B. Sigmoid, polyp: hyperplastic polyp")


def result(value: str, status: str = "final", **more: Any) -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "Observation",
        "status": status,
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "11526-1"}], "text": "Pathology Report"},
        "effectiveDateTime": "2026-05-13T15:20:00Z",
        "valueString": value,
        **more,
    }


def treatment(at: str, status: str = "completed", title: str = "Nebulizer treatment") -> dict[str, Any]:
    return NUMBER | {
        "resourceType": "Procedure",
        "status": status,
        "code": {"text": title},
        "performedDateTime": at,
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (result(BIOPSY[0]), result(BIOPSY[1])),
        (result("Left ovary: benign cyst"), result("Right ovary: serous carcinoma")),
        (result("Negative for malignancy"), result("Adenocarcinoma")),
        (treatment("2026-05-01T08:10:00-05:00"), treatment("2026-05-01T12:05:00-05:00")),
        (
            treatment("2026-05-01T08:00:00Z", title="Hemodialysis"),
            treatment("2026-05-01T20:00:00Z", title="Hemodialysis"),
        ),
        (treatment("2026-05-01T08:00:00", title="Chest X-ray"), treatment("2026-05-01T16:30:00", title="Chest X-ray")),
    ],
)
def test_two_of_one_number_stay_two_that_name_each_other(left: dict[str, Any], right: dict[str, Any]) -> None:
    verdict = compare(left, right, one_organization=True)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (result("Pending", "preliminary"), result(BIOPSY[0])),
        (result(BIOPSY[0]), result(BIOPSY[1], "corrected")),
        (result(BIOPSY[0]), result("See addendum: " + BIOPSY[0], "amended")),
        (result(BIOPSY[0], "preliminary"), result(BIOPSY[0])),
        (treatment("2026-05-01T08:10:00-05:00", "in-progress"), treatment("2026-05-01T12:05:00-05:00")),
        (treatment("2026-05-01T08:10:00-05:00"), treatment("2026-05-01T13:10:00Z")),
        (treatment("2026-05-01"), treatment("2026-05-01T12:05:00-05:00")),
    ],
)
def test_versions_of_one_number_are_one_row(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right, one_organization=True).verdict == "same"


def member(name: str, role: str = "", npi: str = "", place: str = "Harbor Clinic") -> dict[str, Any]:
    numbers = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}] if npi else []
    return {
        "resourceType": "CareTeam",
        "status": "active",
        "contained": [{"resourceType": "Practitioner", "id": "1", "name": [{"text": name}], "identifier": numbers}],
        "participant": [
            {
                "member": {"reference": "#1", "display": name},
                "onBehalfOf": {"display": place},
                **({"role": [{"text": role}]} if role else {}),
            }
        ],
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (member("Neil Bishop DO"), member("Neil Bishop DO", "Psychiatrist")),
        (member("Ana Ruiz MD", "Cardiologist"), member("Ruiz, Ana")),
        (member("Ana Ruiz", "PCP"), member("Ana Ruiz, MD")),
        (member("Lee Chan, RN", "Case manager"), member("Lee Chan, RN")),
        (member("Lee Chan, RN", "Case manager", "1003000126"), member("Lee Chan, RN")),
    ],
)
def test_without_a_number_a_role_that_one_side_leaves_unsaid_leaves_it_open(
    left: dict[str, Any], right: dict[str, Any]
) -> None:
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (member("Neil Bishop DO", npi="1003000126"), member("Neil Bishop DO", "Psychiatrist", "1003000126")),
        (member("Neil Bishop DO"), member("Bishop, Neil")),
        (member("Ana Ruiz MD", "Cardiology"), member("Ruiz, Ana", "Cardiologist")),
        (member("Ana Ruiz", "PCP"), member("Ana Ruiz, MD", "Primary care provider")),
        (member("N. Bishop", npi="1003000126"), member("Neil Bishop", "Psychiatrist", "1003000126")),
    ],
)
def test_a_number_or_an_equal_role_tells_who_it_is(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left_number", "right_number", "marked"),
    [("1003000126", "1003000126", True), ("", "", False), ("1003000126", "1003000134", False)],
)
def test_two_roles_of_one_national_number_name_each_other(left_number: str, right_number: str, marked: bool) -> None:
    left = member("Neil Bishop DO", "Psychiatrist", left_number)
    verdict = compare(left, member("Neil Bishop DO", "Case manager", right_number))
    assert (verdict.verdict, verdict.may_be_same) == ("different", marked)


@pytest.mark.parametrize(
    ("period", "shown"), [({"start": "2020-01-01"}, False), ({"start": "2020-01-01", "end": "2025-01-01"}, True)]
)
def test_who_is_no_longer_a_member_at_one_place_contradicts_who_still_is(period: dict[str, str], shown: bool) -> None:
    active = member("Neil Bishop DO", "Psychiatrist", "1003000126") | {"status": "active"}
    verdict = compare(active, active | {"period": period})
    assert verdict.verdict == "same"
    assert ("period" in {each.field for each in verdict.disagreements}) is shown
