"""Days of the week by name, by number or by what is left out; and how often on them."""

from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.products import order_of


def _differences(left: str, right: str) -> set[str]:
    verdict = compare(*(_order("levothyroxine 100 mcg tablet", {"text": text}) for text in (left, right)))
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


def _order(product: str, dosage: dict[str, Any]) -> dict[str, Any]:
    return {**order_of(product), "dosageInstruction": [dosage]}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Take 1 tablet 6 days a week, none on Sunday", "Take 1 tablet daily except Sunday"),
        ("1 tab 6 days a week (none on Sunday)", "1 tab by mouth Monday through Saturday"),
        ("1 tab 6 days per week, skip Sundays", "1 tab daily except Sundays"),
        ("Take 1 tablet six days a week; none on Sunday", "Take 1 tablet Mon-Sat"),
        ("Take 1 tablet 5 days a week, none on Sat or Sunday", "Take 1 tablet Monday through Friday"),
        ("Take 1 tablet 5 days a week, none on weekends", "Take 1 tablet on weekdays"),
        ("Take 1 tablet 6 days/week, none Sunday", "Take 1 tablet every day but Sunday"),
        ("Take 1 tablet 6 days out of 7, not on Sunday", "Take 1 tablet daily, but not on Sunday"),
        ("Take 1 tablet 6x/week (not Sunday)", "Take 1 tablet daily except Sunday"),
        ("Take 1 tablet 3 days a week (Mon, Wed, Fri)", "Take 1 tablet MWF"),
        ("Take 1 tablet for 3 days each week", "Take 1 tablet 3 times a week"),
        ("Take 1 tablet 7 days a week", "Take 1 tablet daily"),
        ("Tome 1 tableta 6 días a la semana, ninguna el domingo", "Take 1 tablet daily except Sunday"),
        ("Tome 1 tableta diaria menos los domingos", "Tome 1 tableta de lunes a sábado"),
        ("Tome 1 tableta diaria. No tome los domingos.", "Tome 1 tableta de lunes a sábado"),
        ("Take 1 tablet daily. Do not take on Sunday", "Take 1 tablet daily except Sunday"),
        ("Take 1 tablet every day other than Sunday", "Take 1 tablet daily except Sunday"),
        ("Take 1 tablet daily, Sat and Sun off", "Take 1 tablet Monday to Friday"),
        ("Take 1 tablet 5 days a week twice daily", "Take 1 tablet twice daily, 5 days a week"),
        ("Take 1 tablet bid 5 days/week", "Take 1 tablet 5 days per week, twice a day"),
        ("Take 1 tablet twice daily 7 days a week", "Take 1 tablet twice daily"),
        ("Take 1 tablet daily. Do not skip Monday dose", "Take 1 tablet daily"),
        ("Take 1 tablet daily. Never miss your Monday or Friday doses.", "Take 1 tablet daily"),
        ("Take 1 tablet weekly on Monday. Do not skip Monday dose", "Take 1 tablet every Monday"),
    ],
)
def test_days_in_two_ways_of_writing(left: str, right: str) -> None:
    assert _differences(left, right) == set()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Take 1 tablet 5 days a week, none on Sunday", "Take 1 tablet daily except Sunday"),
        ("Take 1 tablet 6 days a week, none on Monday", "Take 1 tablet daily except Sunday"),
        ("Take 1 tablet 6 days a week", "Take 1 tablet 5 days a week"),
        ("Tome 1 tableta 6 días a la semana", "Tome 1 tableta cada semana"),
        ("Take 1 tablet 5 days each week", "Take 1 tablet every week"),
        ("Take 1 tablet twice daily 5 days a week", "Take 1 tablet daily 5 days a week"),
        ("Take 1 tablet twice daily on weekdays", "Take 1 tablet daily on weekdays"),
        ("Take 1 tablet bid on Mon/Wed/Fri", "Take 1 tablet on Mon/Wed/Fri"),
        ("Take 1 tablet every 8 hours on Mon/Wed/Fri", "Take 1 tablet once a day on Mon/Wed/Fri"),
        ("Take 1 tablet every other week on Monday", "Take 1 tablet weekly on Monday"),
        ("Take 1 tablet once a month on Monday", "Take 1 tablet on Mondays"),
        ("Take 1 tablet 3 times a week, Mon and Wed", "Take 1 tablet Mon and Wed"),
        ("Take 1 tablet in the morning and at bedtime on Mon/Wed", "Take 1 tablet in the morning on Mon/Wed"),
    ],
)
def test_how_often_is_no_matter_of_wording(left: str, right: str) -> None:
    assert _differences(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, {"frequency": 1, "period": 1, "periodUnit": "d"}),
        ({"frequency": 1, "period": 2, "periodUnit": "wk"}, {"frequency": 1, "period": 1, "periodUnit": "wk"}),
    ],
)
def test_how_often_on_days_of_the_structure(left: dict[str, Any], right: dict[str, Any]) -> None:
    orders = (
        _order("warfarin 5 mg tablet", {"timing": {"repeat": {**repeat, "dayOfWeek": ["mon"]}}})
        for repeat in (left, right)
    )
    assert [each.field for each in compare(*orders).disagreements] == ["frequency"]


def test_days_in_words_beside_a_daily_rate_of_the_structure() -> None:
    daily = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}
    some, all_days = (
        _order("warfarin 5 mg tablet", {"text": text, **daily})
        for text in ("Take 1 tablet daily except Sunday", "Take 1 tablet daily")
    )
    assert "frequency" in {each.field for each in compare(some, all_days).disagreements}


@pytest.mark.parametrize(
    "text",
    [
        *("Take 1 tablet every day other than Sunday", "Take 1 tablet every day apart from Sunday"),
        *("Take 1 tablet daily besides Sunday", "Take 1 tablet daily excluding Sunday"),
        *("Take 1 tablet daily with the exception of Sunday", "Take 1 tablet daily, Sunday off"),
        *("Take 1 tablet daily, Sundays excluded", "Take 1 tablet daily, never on Sundays"),
        *("Take 1 tablet daily. Do not take on Sunday.", "Do not take on Sunday. Take 1 tablet daily."),
        *("Tome 1 tableta todos los días a excepción del domingo", "Tome 1 tableta diaria. No tome los domingos"),
        *("Tome 1 tableta todos los días, exceptuando domingos", "Tome 1 tableta diaria, domingo descansa"),
    ],
)
def test_all_days_but_one_is_not_that_day(text: str) -> None:
    assert "frequency" in _differences(text, "Take 1 tablet on Sundays")


def test_a_day_beside_another_is_not_left_out() -> None:
    assert _differences("Take 1 tablet on Tuesday besides Monday", "Take 1 tablet on Monday and Tuesday") == set()


@pytest.mark.parametrize(
    "beside",
    [
        "No refills Monday",
        "no refills on weekends",
        "Pharmacy closed on Sunday",
        "Call the clinic on Friday",
        "INR check Monday",
        "Next refill due Wednesday",
        "Appointment on Thursday",
    ],
)
@pytest.mark.parametrize("rate", ["daily", "once a week", "twice daily"])
def test_a_day_of_something_else_is_no_day_of_taking(rate: str, beside: str) -> None:
    """What it says stays a difference in words, and how often it is taken is none."""
    for between in (". ", "; "):
        text = f"Take 1 tablet {rate}{between}{beside}"
        assert "frequency" not in _differences(text, f"Take 1 tablet {rate}"), text


def test_what_is_taken_on_the_day_of_something_else_is_taken_on_that_day() -> None:
    assert "frequency" in _differences("Take 1 tablet on Monday before your clinic visit", "Take 1 tablet daily")
