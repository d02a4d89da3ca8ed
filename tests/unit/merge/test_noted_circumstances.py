"""What notes of results say: the arm, air or oxygen, fasting or not, and that a value does not hold."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.refresh.compare import compare


def _result(code: str, name: str, note: str, **more: Any) -> Mapping[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "effectiveDateTime": "2026-05-01T08:00:00-05:00",
        "valueQuantity": {"value": 94, "unit": "%"},
        **({"note": [{"text": note}]} if note else {}),
        **more,
    }


RIGHT_ARM = {"bodySite": {"text": "Right arm"}}


@pytest.mark.parametrize(
    "note",
    [
        "L arm, sitting, large cuff",
        "BP taken in left arm",
        "LUE, manual",
        "measured on the left arm, sitting",
        "L arm supine x2",
        "brazo izquierdo, sentado",
    ],
)
def test_one_arm_is_not_the_other(note: str) -> None:
    verdict = compare(_result("8480-6", "Systolic", note), _result("8480-6", "Systolic", "", **RIGHT_ARM))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize("note", ["R arm, sitting", "RUE", "No BP in left arm (lymphedema)", "L arm 94, R arm 94", ""])
def test_notes_that_keep_no_arm_apart(note: str) -> None:
    verdict = compare(_result("8480-6", "Systolic", note), _result("8480-6", "Systolic", "", **RIGHT_ARM))
    assert verdict.verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("on 2L NC", "on room air"),
        ("94% on 3 L nasal cannula", "RA"),
        ("BiPAP overnight", "SpO2 94% on RA"),
        ("con oxígeno 2 litros", "aire ambiente"),
        ("fasting x 12h", "Fasting: No (coffee w/ sugar)"),
        ("NPO since midnight", "Pt was not fasting"),
        ("en ayunas", "non-fasting"),
        ("pre-HD", "drawn post-dialysis"),
        ("at rest", "after walking 6 min"),
    ],
)
def test_circumstances_that_differ_are_shown(left: str, right: str) -> None:
    verdict = compare(_result("59408-5", "SpO2", left), _result("59408-5", "SpO2", right))
    assert (verdict.verdict, [each.field for each in verdict.disagreements]) == ("same", ["method"])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("on room air", "RA, at rest"),
        ("fasting", "Fasting 10 hours"),
        ("Fasting reference interval", "non-fasting"),
        ("Fasting is preferred", "not fasting"),
        ("on room air", ""),
        ("drank 2 l of water", "room air"),
    ],
)
def test_circumstances_that_do_not_differ(left: str, right: str) -> None:
    verdict = compare(_result("59408-5", "SpO2", left), _result("59408-5", "SpO2", right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    "note",
    [
        "Specimen grossly hemolyzed; result unreliable, please recollect",
        "prev 212 on 3/4/26. Platelet clumps seen - est. normal on smear",
        "Specimen clotted",
        "Interpret with caution: lipemic",
        "Suggest redraw",
        "Muestra muy hemolizada",
        "Sample drawn above IV",
    ],
)
def test_a_value_that_a_note_takes_back_is_shown(note: str) -> None:
    verdict = compare(_result("2823-3", "Potassium", note), _result("2823-3", "Potassium", ""))
    assert (verdict.verdict, [each.field for each in verdict.disagreements]) == ("same", ["status"])


@pytest.mark.parametrize("note", ["Not hemolyzed", "No platelet clumps", "Hemolyzed specimen", "Reliable", ""])
def test_a_value_that_holds(note: str) -> None:
    verdict = compare(_result("2823-3", "Potassium", note), _result("2823-3", "Potassium", ""))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())
