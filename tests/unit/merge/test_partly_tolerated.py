"""What is tolerated with a medicine, or in part, is an allergy still; what somebody only had is a sign."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _allergy(name: str, sign: str = "", note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"text": name},
        **({"reaction": [{"manifestation": [{"text": sign}]}]} if sign else {}),
        **({"note": [{"text": note}]} if note else {}),
    }


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Cephalexin", "Tolerates cephalexin with diphenhydramine"),
        ("Iodinated contrast", "Tolerated contrast after premedication with prednisone"),
        ("Egg", "Tolerates baked egg"),
        ("Milk", "Tolerates small amounts of milk"),
        ("Amoxicillin", "Tolera amoxicilina con antihistamínico"),
    ],
)
def test_what_is_tolerated_in_part_refutes_no_allergy(name: str, note: str) -> None:
    verdict = compare(_allergy(name, "hives"), _allergy(name, "hives", note))
    assert verdict.verdict == "same"
    assert "verification" not in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize(("name", "note"), [("Cephalexin", "Tolerates cephalexin"), ("Egg", "Now tolerates egg")])
def test_what_is_tolerated_as_it_is_does(name: str, note: str) -> None:
    verdict = compare(_allergy(name, "hives"), _allergy(name, "hives", note))
    assert [each.field for each in verdict.disagreements] == ["verification"]


@pytest.mark.parametrize(
    ("sign", "note"),
    [
        ("Angioedema", "Only had a dry cough, no swelling"),
        ("Anaphylaxis", "Just hives, never anaphylaxis"),
        ("Hives", "Solo tuvo náusea, sin ronchas"),
    ],
)
def test_what_somebody_only_had_is_shown_beside_another_sign(sign: str, note: str) -> None:
    verdict = compare(_allergy("Enalapril", sign), _allergy("Enalapril", note=note))
    assert [each.field for each in verdict.disagreements] == ["reaction"]


def test_what_somebody_only_had_is_that_sign() -> None:
    assert not compare(_allergy("Enalapril", "cough"), _allergy("Enalapril", note="Only had a cough")).disagreements
