"""What somebody allergic to it takes all the same, as a note says, is shown beside the allergy and resolves nothing."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _allergy(name: str, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": name},
        "reaction": [{"manifestation": [{"text": "hives"}]}],
        **({"note": [{"text": note}]} if note else {}),
    }


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Aspirin", "Takes 81 mg daily"),
        ("Aspirin", "Hives in 1990. Currently on aspirin 81 mg every day."),
        ("Ibuprofen", "Still taking ibuprofen 400 mg twice a day"),
        ("Ibuprofen", "Uses Advil regularly"),
        ("Lisinopril", "Patient takes it daily"),
        ("Metformin", "Toma 500 mg cada día"),
        ("Aspirina", "Sigue tomando aspirina 100 mg a diario"),
    ],
)
def test_what_is_taken_in_spite_of_an_allergy_is_shown(name: str, note: str) -> None:
    verdict = compare(_allergy(name), _allergy(name, note))
    assert verdict.verdict == "same"
    (shown,) = [each for each in verdict.disagreements if each.field == "tolerance"]
    assert shown.left == "-"
    assert shown.right in note


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Aspirin", "Takes clopidogrel 75 mg daily instead"),
        ("Aspirin", "Hives while on 81 mg daily"),
        ("Aspirin", "Took 81 mg daily before the reaction"),
        ("Aspirin", "Takes 81 mg daily, gets hives"),
        ("Aspirin", "Does not take 81 mg daily"),
        ("Ibuprofen", "Father takes ibuprofen daily"),
        ("Ibuprofen", "If she takes 400 mg, hives"),
        ("Lisinopril", "Takes losartan daily"),
    ],
)
def test_what_is_taken_for_it_or_was_before_is_not(name: str, note: str) -> None:
    verdict = compare(_allergy(name), _allergy(name, note))
    assert "tolerance" not in [each.field for each in verdict.disagreements]
