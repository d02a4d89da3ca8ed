"""What no rule understands of instructions is shown all the same; as a disagreement, where it changes what is taken."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare

_TABLET = "Carvedilol 12.5 mg tablet"


def _order(sig: str, title: str = _TABLET, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-06-02",
        "medicationCodeableConcept": {"text": title},
        "dosageInstruction": [{"text": sig}],
        "note": [{"text": note}] if note else [],
    }


def _verdict(left: str, right: str, title: str = _TABLET) -> PairVerdict:
    verdict = compare(_order(left, title), _order(right, title))
    assert verdict.verdict == "same"
    return verdict


@pytest.mark.parametrize(
    "more",
    [
        "Hold if pulse < 50",
        "Skip on the morning of dialysis",
        "Stop 7 days before the procedure",
        "Take with warfarin",
        "Not with alcohol",
        "Extra half tablet for palpitations",
        "2 hours after antacids",
        "Only when travelling",
    ],
)
def test_what_changes_the_taking_is_a_disagreement(more: str) -> None:
    verdict = _verdict(f"1 tablet twice daily. {more}", "1 tablet twice daily")
    assert {each.field for each in verdict.disagreements} == {"instructions"}
    assert more in verdict.disagreements[0].left


@pytest.mark.parametrize("more", ["Call with questions", "with a glass of water", "for high blood pressure"])
def test_other_words_of_one_side_are_shown_and_contradict_nothing(more: str) -> None:
    verdict = _verdict("1 tablet twice daily", f"1 tablet twice daily {more}")
    assert verdict.disagreements == ()
    assert [each.field for each in verdict.wordings] == ["instructions"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hold if pulse < 50", "hold for heart rate less than 50"),
        ("take as directed", ""),
        ("#60, 3 refills", ""),
        ("Dispense 60", ""),
        ("Discontinue if rash", "Stop when rash"),
    ],
)
def test_the_same_in_other_words_is_neither(left: str, right: str) -> None:
    verdict = _verdict(f"1 tablet twice daily. {left}", f"1 tablet twice daily. {right}")
    assert (verdict.disagreements, verdict.wordings) == ((), ())


def test_below_is_not_above() -> None:
    verdict = _verdict("1 tablet twice daily, hold if SBP < 100", "1 tablet twice daily, hold if SBP > 100")
    assert [each.field for each in verdict.disagreements] == ["instructions"]


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ("Hold for SBP below 95", "instructions"),
        ("Stop 3 days before dental work", "instructions"),
        ("Do not take with ketoconazole", "instructions"),
        ("Suspender antes de la cirugía", "instructions"),
        ("Hold lisinopril if vomiting", ""),
        ("Stop by the pharmacy", ""),
    ],
)
def test_when_not_to_take_it_may_stand_in_a_note(note: str, field: str) -> None:
    sig = "1 tablet twice daily"
    verdict = compare(_order(sig, note=note), _order(sig))
    assert [each.field for each in verdict.disagreements] == ([field] if field else [])
    assert not field or note in verdict.disagreements[0].left


@pytest.mark.parametrize(
    ("left", "right", "fields", "worded"),
    [
        ("1 tablet daily", "1 tablet every morning", set(), ["frequency"]),
        ("1 tablet BID", "1 tablet in the morning and at bedtime", set(), ["frequency"]),
        ("1 tablet daily with breakfast", "1 tablet qam", set(), ["frequency"]),
        ("1 tablet qam", "1 tablet qhs", {"frequency"}, []),
        ("1 tablet daily", "1 tablet in the morning and at bedtime", {"frequency"}, []),
        ("1 tablet daily on an empty stomach", "1 tablet daily with food", {"frequency"}, []),
    ],
)
def test_a_time_of_day_that_one_side_leaves_unsaid(left: str, right: str, fields: set[str], worded: list[str]) -> None:
    verdict = _verdict(left, right)
    assert {each.field for each in verdict.disagreements} == fields
    assert [each.field for each in verdict.wordings] == worded


@pytest.mark.parametrize(
    ("left", "right", "fields"),
    [
        ("1 tablet q6h prn nausea", "1 tablet up to 4 times a day as needed for nausea", set()),
        ("1 tablet q8h prn nausea", "1 tablet up to 4 times a day as needed for nausea", {"maximum"}),
        ("1 tablet q8h prn nausea", "1 tablet up to 3 times daily if needed for nausea", set()),
        ("1 tablet 3 times a day", "1 tablet up to 3 times a day", {"prn", "maximum"}),
    ],
)
def test_how_often_at_most_follows_from_how_often_when_needed(left: str, right: str, fields: set[str]) -> None:
    assert {each.field for each in _verdict(left, right, "ondansetron 4 mg tablet").disagreements} == fields


_ONSET = "Take 1 tablet at onset of migraine"


@pytest.mark.parametrize(
    ("left", "right", "fields"),
    [
        ("may repeat in 2 hours", "may repeat once after 2 hrs if no relief", set()),
        ("may repeat x1 in 2 hours", "may repeat in 4 hours x 1", {"repeat"}),
        ("may repeat in 2 hours", "", {"repeat"}),
        ("max 10 mg/day", "Max 1 tablet in 24 hours", set()),
        ("max 20 mg per 24 hours", "no more than 3 tablets a day", {"maximum"}),
    ],
)
def test_a_second_dose_of_a_triptan_and_the_most_of_a_day(left: str, right: str, fields: set[str]) -> None:
    verdict = _verdict(f"{_ONSET}. {left}", f"{_ONSET}. {right}", "rizatriptan 10 mg tablet")
    assert {each.field for each in verdict.disagreements} == fields


@pytest.mark.parametrize(
    ("title", "left", "right", "agree"),
    [
        ("Insulin aspart 100 unit/mL", "Inject 0.08 mL (8 units) before meals", "Inject 8 units before meals", True),
        ("NovoLog U-100 insulin", "0.15 mL at bedtime", "15 units at bedtime", True),
        ("Insulin aspart 100 unit/mL", "Inject 0.08 mL before meals", "Inject 10 units before meals", False),
        ("Insulin aspart", "Inject 0.08 mL before meals", "Inject 8 units before meals", False),
        ("Heparin 5,000 units/mL injection", "Inject 1 mL every 12 hours", "Inject 5000 units every 12 hours", True),
    ],
)
def test_units_by_volume_where_the_concentration_is_stated(title: str, left: str, right: str, *, agree: bool) -> None:
    assert ("dose" not in {each.field for each in _verdict(left, right, title).disagreements}) is agree


@pytest.mark.parametrize(
    ("left", "right", "fields", "worded"),
    [
        ("Twice a day", "With meals", [], ["frequency"]),
        ("1 tablet twice a day", "1 tablet with meals", [], ["frequency"]),
        ("With meals", "with meals", [], []),
        ("1 tablet weekly", "1 tablet with meals", ["frequency"], []),
    ],
)
def test_with_meals_does_not_say_how_often(left: str, right: str, fields: list[str], worded: list[str]) -> None:
    verdict = _verdict(left, right)
    assert [each.field for each in verdict.disagreements] == fields
    assert [each.field for each in verdict.wordings] == worded
