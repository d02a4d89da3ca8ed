"""Where only notes, or words beside a structure, contradict each other, the row shows both."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare


def epilepsy(note: str, title: str = "Epilepsy") -> dict[str, Any]:
    status = {"coding": [{"code": "active"}]}
    return {"resourceType": "Condition", "clinicalStatus": status, "code": {"text": title}, "note": [{"text": note}]}


def noted(left: str, right: str) -> set[str]:
    verdict = compare(epilepsy(left), epilepsy(right))
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Seizure-free since 2015. OK to drive per neurology.", "Two breakthrough seizures this month. Do not drive."),
        ("Last seizure 2011, off medication, may drive", "Breakthrough seizures monthly, no driving"),
        ("Cleared to drive.", "Not cleared to drive."),
        ("Puede manejar.", "No puede manejar."),
        ("High-grade dysplasia on last biopsy, referred for ablation.", "No dysplasia. Repeat EGD in 5 years."),
    ],
)
def test_notes_that_answer_in_two_ways_are_shown(left: str, right: str) -> None:
    assert "note" in noted(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("May drive.", "Sees neurology twice a year."),
        ("No driving.", "Do not drive."),
        ("Asked whether she may drive.", "Do not drive."),
        ("May drive if seizure-free for six months.", "No driving."),
        ("No driving in 2019. May drive.", "May drive."),
        ("No breakthrough seizures.", "Seizure-free."),
        ("History of high-grade dysplasia.", "No dysplasia."),
    ],
)
def test_notes_that_agree_or_leave_it_open_are_not(left: str, right: str) -> None:
    assert "note" not in noted(left, right)


def cephalexin(sig: str, often: int, unit: str = "d", period: int = 1) -> dict[str, Any]:
    timing = {"repeat": {"frequency": often, "period": period, "periodUnit": unit}}
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "cephalexin 500 mg capsule"},
        "authoredOn": "2026-05-01",
        "dosageInstruction": [{"text": sig, "timing": timing}],
    }


def rates(left: dict[str, Any], right: dict[str, Any]) -> bool:
    verdict: PairVerdict = compare(left, right)
    assert verdict.verdict == "same"
    return "frequency" in {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("sig", "often"),
    [("take 1 capsule 2 times every day", 4), ("1 cap PO TID", 4), ("1 cap daily", 2), ("1 cap BID", 1)],
)
def test_words_that_say_another_number_than_the_structure_are_shown(sig: str, often: int) -> None:
    assert rates(cephalexin("", often), cephalexin(sig, often))


@pytest.mark.parametrize(
    ("sig", "often", "unit", "period"),
    [
        ("1 cap PO QID", 4, "d", 1),
        ("1 cap PO QID", 1, "h", 6),
        ("1 cap", 4, "d", 1),
        ("1 cap 2 times every day for 7 days", 2, "d", 1),
        ("take as directed", 2, "d", 1),
    ],
)
def test_words_that_say_the_same_or_nothing_are_not(sig: str, often: int, unit: str, period: int) -> None:
    assert not rates(cephalexin("", often, unit, period), cephalexin(sig, often, unit, period))
