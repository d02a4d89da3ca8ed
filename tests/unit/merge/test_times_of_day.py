"""When of the day: by the clock, by its parts, and by the words of two places."""

from typing import Any

import pytest

from portal.merge.medications.dosing_times import times_in
from portal.refresh.compare import compare
from tests.unit.merge.test_medication_pairs import order, told

PRODUCT = "torsemide 20 mg tablet"
DROPS = "brimonidine 0.2 % ophthalmic solution"


def wordings(left: dict[str, Any], right: dict[str, Any]) -> set[str]:
    return {each.field for each in compare(left, right).wordings}


def at(*times: str, **more: Any) -> dict[str, Any]:
    repeat = {"frequency": len(times), "period": 1, "periodUnit": "d", "timeOfDay": list(times)} | more
    amount = [{"doseQuantity": {"value": 1, "unit": "tablet"}}]
    return order(PRODUCT, dosageInstruction=[{"timing": {"repeat": repeat}, "doseAndRate": amount}])


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("take 1 tablet daily at 2 pm", ("14:00",)),
        ("1 tablet at 14:00 hrs", ("14:00",)),
        ("1 tablet at 8am, 2pm and 8:30 pm", ("08:00", "14:00", "20:30")),
        ("1 tablet (8 am & 8 pm)", ("08:00", "20:00")),
        ("1 tablet at 0800 and 2000", ("08:00", "20:00")),
        ("1 tablet at 12 am", ("00:00",)),
        ("1 tablet at 12 pm", ("12:00",)),
        ("take 2 am and 1 pm", ()),
        ("inject 10 units at bedtime", ()),
        ("take 1 tablet every 12 hours", ()),
        ("mix 1:20 with water", ("01:20",)),
    ],
)
def test_times_are_read_behind_at_and_with_a_colon(text: str, times: tuple[str, ...]) -> None:
    assert times_in(text)[0] == times


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (order(PRODUCT, "Take 1 tablet daily at 2 pm"), order(PRODUCT, "Take 1 tablet daily at 14:00")),
        (order(PRODUCT, "Take 1 tablet daily at 2 p.m."), at("14:00:00")),
        (order(PRODUCT, "1 tab at 8 am and 4 pm"), order(PRODUCT, "1 tab at 0800 and 1600")),
        (order(PRODUCT, "1 tab at 8 am and 4 pm"), at("08:00:00", "16:00:00")),
        (order(PRODUCT, "2 tabs at 8 am, 1 tab at 4 pm"), order(PRODUCT, "2 tabs at 08:00, 1 tab at 16:00")),
        (order(PRODUCT, "1 tab qAM, 2 tabs qPM"), order(PRODUCT, "1 tab in the AM and 2 tabs in the PM")),
        (order(PRODUCT, "1 tab 30 min after dinner"), order(PRODUCT, "1 tab after the evening meal")),
    ],
)
def test_one_time_in_two_ways_of_writing(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert told(left, right) == ("same", {})


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        (order(PRODUCT, "1 tab daily at 2 pm"), order(PRODUCT, "1 tab daily at 8 am"), "time"),
        (at("08:00:00"), at("14:00:00"), "time"),
        (at("20:00:00"), order(PRODUCT, "1 tab every morning"), "time"),
        (order(PRODUCT, "2 tabs at 8 am, 1 tab at 4 pm"), order(PRODUCT, "1 tab at 8 am, 2 tabs at 4 pm"), "frequency"),
        (order(PRODUCT, "1 tab at 8 am, 2 pm and 8 pm"), order(PRODUCT, "1 tab at 8 am and 2 pm"), "time"),
        (order(PRODUCT, "1 tab every morning"), order(PRODUCT, "1 tab at bedtime"), "frequency"),
        (order(PRODUCT, "1 tab with supper"), order(PRODUCT, "1 tab at bedtime"), "frequency"),
    ],
)
def test_another_time_is_a_disagreement(left: dict[str, Any], right: dict[str, Any], field: str) -> None:
    verdict, fields = told(left, right)
    assert verdict == "same"
    assert field in fields


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ("1 tab in the evening", "1 tab at bedtime", "frequency"),
        ("1 tab in the morning and in the evening", "1 tab in the morning and at bedtime", "frequency"),
        ("1 tab qAM and 1 tab qPM", "1 tab BID", "frequency"),
        ("1 tab daily at 9 pm", "1 tab at bedtime", "time"),
        ("1 tab daily at 8 am", "1 tab daily", "time"),
        ("1 tab at 8 am and 8 pm", "1 tab twice daily", "time"),
    ],
)
def test_a_time_that_one_side_says_more_exactly_is_shown_as_both_word_it(left: str, right: str, field: str) -> None:
    ours, theirs = order(PRODUCT, left), order(PRODUCT, right)
    assert told(ours, theirs) == ("same", {})
    assert field in wordings(ours, theirs)


def test_a_time_is_part_of_the_whole_instruction_of_an_order() -> None:
    early, late = order(PRODUCT, "1 tab daily at 8 am"), order(PRODUCT, "1 tab daily at 4 pm")
    assert compare(early, late, one_organization=True).verdict == "different"
    assert compare(early, order(PRODUCT, "1 tab daily at 8:00"), one_organization=True).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 drop OU BID", "Instill 1 drop into both eyes twice daily"),
        ("OU BID", "both eyes twice a day"),
        ("1 gtt O.U. bid", "1 drop in each eye BID"),
        ("1 drop OD and OS BID", "1 drop in right and left eye BID"),
        ("1 drop OU BID", "1 drop in the right eye and the left eye twice daily"),
    ],
)
def test_both_eyes_by_their_letters(left: str, right: str) -> None:
    assert told(order(DROPS, left), order(DROPS, right)) == ("same", {})


@pytest.mark.parametrize("right", ["OD BID", "right eye twice a day", "1 drop in the left eye BID"])
def test_one_eye_is_not_both(right: str) -> None:
    for left in (order(DROPS, "OU BID"), order(DROPS, dosageInstruction=[{"route": {"text": "Both Eyes"}}])):
        assert "site" in told(left, order(DROPS, right))[1]
