"""Which kind of result a resource is, by the codes and words that organizations send."""

from typing import Any

import pytest

from portal.domain.result_timing import ResultKind
from portal.normalise.result_kinds import is_commented, is_of_clinician, kinds_of, subjects_of


def _coded(code: str, text: str = "") -> dict[str, Any]:
    return {"coding": [{"code": code}], "text": text}


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("laboratory", {"resourceType": "Observation", "category": [_coded("laboratory")], "code": _coded("2823-3")}),
        ("laboratory", {"resourceType": "DiagnosticReport", "category": [_coded("LAB")], "code": {"text": "CBC"}}),
        ("imaging", {"resourceType": "DiagnosticReport", "category": [_coded("LP29684-5")]}),
        ("imaging", {"resourceType": "DiagnosticReport", "code": {"text": "XR Chest 2 Views"}}),
        ("pathology", {"resourceType": "DiagnosticReport", "category": [_coded("LAB")], "code": _coded("11526-1")}),
        ("pathology", {"resourceType": "DocumentReference", "type": {"text": "Surgical pathology report"}}),
        ("genetics", {"resourceType": "Observation", "category": [_coded("laboratory")], "code": _coded("69548-6")}),
        ("genetics", {"resourceType": "DiagnosticReport", "category": [_coded("GE")], "code": {"text": "Panel"}}),
        ("other", {"resourceType": "DiagnosticReport", "code": {"text": "Holter monitor, 24 hours"}}),
        ("other", {"resourceType": "Observation", "code": 5, "category": "laboratory"}),
        ("", {"resourceType": "DocumentReference", "type": {"text": "Progress note"}}),
    ],
)
def test_kinds(kind: str, resource: dict[str, Any]) -> None:
    assert kinds_of(resource) == ({ResultKind(kind)} if kind else frozenset())


@pytest.mark.parametrize(
    ("author", "counts"),
    [
        ({"reference": "https://fhir.example/PractitionerRole/7/_history/2"}, True),
        ({"type": "Practitioner", "display": "Dr. Owen"}, True),
        ({"reference": "Organization/lab"}, False),
        ({"reference": "Patient/p1"}, False),
        (None, False),
    ],
)
def test_a_comment_names_a_clinician(author: Any, counts: bool) -> None:
    note = {"text": "Looks good.", "authorReference": author, "authorString": "Quest Diagnostics"}
    assert is_commented({"resourceType": "Observation", "note": [note]}) is counts
    assert is_of_clinician({"sender": author}) is counts


def test_messages_name_what_they_are_about() -> None:
    about = [{"reference": "https://fhir.example/Observation/1"}, {"reference": "DiagnosticReport/2"}, {}]
    assert subjects_of({"about": about}) == {"Observation/1", "DiagnosticReport/2", ""}
