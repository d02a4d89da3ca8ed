"""What stands in the words of one side alone must not be lost where the other side's words name the row."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare

_CODES = "http://terminology.hl7.org/CodeSystem"


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_CODES}/{system}", "code": code}]}


def allergy(text: str) -> dict[str, Any]:
    """Return an allergy as charts fill it in: active and confirmed whatever the words say."""
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"text": text},
        "clinicalStatus": _coded("allergyintolerance-clinical", "active"),
        "verificationStatus": _coded("allergyintolerance-verification", "confirmed"),
    }


def issue(text: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"text": text},
        "clinicalStatus": _coded("condition-clinical", "active"),
    }


def result(text: str, value: str, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [_coded("observation-category", "laboratory")],
        "code": {"text": text},
        "effectiveDateTime": "2026-05-01T08:00:00-05:00",
        "valueString": value,
        "note": [{"text": note}] if note else [],
    }


def fields(verdict: PairVerdict) -> dict[str, tuple[str, str]]:
    return {each.field: (each.left, each.right) for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("Penicillin (resolved)", "status", "resolved"),
        ("Egg, outgrown", "status", "resolved"),
        ("Possible sulfa allergy", "verification", "unconfirmed"),
    ],
)
def test_words_of_an_allergy_say_more_than_codes_that_systems_fill_in(words: str, field: str, value: str) -> None:
    plain = {"Penicillin (resolved)": "Penicillin", "Egg, outgrown": "Eggs"}.get(words, "Sulfa")
    verdict = compare(allergy(words), allergy(plain))
    assert verdict.verdict == "same"
    assert fields(verdict)[field][0] == value


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Type 2 diabetes, uncontrolled", "Type 2 diabetes mellitus, well controlled"),
        ("Uncontrolled hypertension", "HTN"),
        ("Asthma, poorly controlled", "Asthma"),
        ("Heart failure, EF 35%", "Heart failure, LVEF 60 %"),
    ],
)
def test_how_well_an_illness_is_in_hand_is_marked(left: str, right: str) -> None:
    verdict = compare(issue(left), issue(right))
    assert (verdict.verdict, verdict.may_be_same, set(fields(verdict))) == ("different", True, {"stage"})


def test_equal_words_of_control_are_one() -> None:
    assert compare(issue("Uncontrolled hypertension"), issue("HTN, not well controlled")).verdict == "same"
    assert compare(issue("HFrEF"), issue("Heart failure with reduced EF")).verdict == "same"


def test_a_value_that_only_points_to_its_comment_is_the_comment() -> None:
    left, right = result("Pap smear", "See comment", "HSIL"), result("Pap smear", "see note", "NILM")
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.may_be_same, set(fields(verdict))) == ("different", True, {"value"})
    assert compare(left, result("Pap smear", "SEE NOTE", "HSIL.")).verdict == "same"
    assert compare(left, result("Pap smear", "HSIL")).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right", "severity"),
    [("Bee venom - life threatening", "severe", "mild"), ("Mild peanut allergy", "mild", "severe")],
)
def test_how_severe_a_title_says_an_allergy_is(left: str, right: str, severity: str) -> None:
    structured = allergy("Bee venom" if "Bee" in left else "Peanut") | {
        "reaction": [{"manifestation": [{"text": "Hives"}], "severity": severity}]
    }
    verdict = compare(allergy(left), structured)
    assert verdict.verdict == "same"
    assert fields(verdict)["severity"] == (right, severity)


def test_over_in_words_and_active_by_its_code_is_marked() -> None:
    verdict = compare(issue("Gout, resolved"), issue("Gout"))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


def test_ranges_of_whom_they_are_for_disagree() -> None:
    """A value within the range for women and below that for men."""
    ranges = [
        {"referenceRange": [{"low": {"value": low}, "high": {"value": high}, "appliesTo": [{"text": whom}]}]}
        for low, high, whom in ((12, 16, "female"), (13.5, 17.5, "male"))
    ]
    value = {"valueString": None, "valueQuantity": {"value": 13, "unit": "g/dL"}}
    verdict = compare(*(result("Hemoglobin", "") | value | each for each in ranges))
    assert set(fields(verdict)) == {"range"}


@pytest.mark.parametrize("note", ["Except penicillin (hives)", "except PCN", "Excepto penicilina"])
def test_no_allergies_but_one_is_not_no_allergies(note: str) -> None:
    verdict = compare(allergy("NKDA") | {"note": [{"text": note}]}, allergy("NKDA"))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize("other", ["Graft-versus-host disease", "GVHD", "Enfermedad de injerto contra huésped"])
def test_graft_versus_host_is_one_illness_and_no_choice_of_two(other: str) -> None:
    assert compare(issue("Graft vs host disease"), issue(other)).verdict == "same"
    assert compare(issue("Acute graft vs host disease"), issue(other)).verdict == "different"
