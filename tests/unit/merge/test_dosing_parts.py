"""Each part of an instruction, from structure and from words: how much, how often, until when, at most, what else."""

from decimal import Decimal
from typing import Any

import pytest

from portal.domain.entry import Dose, Quantity
from portal.merge.medications.dosing import limit_words, read_doses

_TABLETS = {"tablet": Decimal(500_000), "": Decimal(500_000)}
_LIQUID = {"ml": Decimal(20_000)}


def _parts(dose: Dose, strengths: dict[str, Decimal] | None = None) -> dict[str, Any]:
    (dosing,) = read_doses((dose,), strengths=strengths or {})
    return {name: getattr(dosing, name) for name in dosing.__struct_fields__}


@pytest.mark.parametrize(
    ("dose", "frequency"),
    [
        ({"repeat": {"count": "1"}}, "once"),
        ({"repeat": {"count": "1"}, "days": ("mon",)}, "once on mon"),
        ({"repeat": {"count": "1", "frequency": "1", "period": "1", "periodUnit": "d"}}, "once"),
        ({"repeat": {"count": "1"}, "when": ("HS",)}, "once@HS"),
        ({"repeat": {"count": "10", "frequency": "1", "period": "1", "periodUnit": "d"}}, "1/1d"),
        ({"repeat": {"frequency": "2", "period": "1", "periodUnit": "d"}}, "2/1d"),
        ({"repeat": {"frequency": "2.0", "period": "1.0", "periodUnit": "d"}}, "2/1d"),
        ({"repeat": {"period": "1", "periodUnit": "d"}}, "1/1d"),
        ({"repeat": {"frequency": "1", "frequencyMax": "2", "period": "1", "periodUnit": "d"}}, "1-2/1d"),
        ({"repeat": {"frequency": "1", "period": "4", "periodMax": "6", "periodUnit": "h"}}, "1/4-6h"),
        ({"repeat": {"frequency": "1", "period": "12", "periodUnit": "h"}}, "1/12h"),
        ({"repeat": {"frequency": "1", "period": "72", "periodUnit": "h"}}, "1/3d"),
        ({"repeat": {"frequency": "1", "period": "14", "periodUnit": "d"}}, "1/2wk"),
        ({"repeat": {"frequency": "1", "period": "30", "periodUnit": "d"}}, "1/30d"),
        ({"repeat": {"frequency": "1", "period": "1", "periodUnit": "d"}, "when": ("HS",)}, "1/1d@HS"),
        ({"repeat": {"frequency": "2", "period": "1", "periodUnit": "wk"}, "days": ("fri", "mon")}, "1/1d on mon,fri"),
        ({"days": ("sun", "wed")}, "1/1d on wed,sun"),
        ({"when": ("MORN", "EVE")}, "1/1d@EVE+MORN"),
        ({"times": ("08:00", "20:00")}, "2/1d"),
        ({"when": ("", "HS")}, "1/1d@HS"),
        ({"repeat": {"frequency": "2"}}, ""),
        ({"code": "BID"}, "2/1d"),
        ({"repeat": {"frequency": "1", "period": "1", "periodUnit": "d"}, "text": "nightly"}, "1/1d@HS"),
        ({"repeat": {"frequency": "2", "period": "1", "periodUnit": "d"}, "text": "nightly"}, "2/1d"),
        ({"repeat": {"frequency": "1", "period": "1", "periodUnit": "wk"}, "patient": "on Sundays"}, "1/1d on sun"),
        (
            {"repeat": {"frequency": "1", "period": "1", "periodUnit": "wk"}, "when": ("HS",), "patient": "on Sunday"},
            "1/1d@HS on sun",
        ),
        ({"repeat": {"frequency": "1", "period": "2", "periodUnit": "wk"}, "patient": "on Sundays"}, "1/2wk on sun"),
    ],
)
def test_how_often_in_structure(dose: dict[str, Any], frequency: str) -> None:
    assert _parts(Dose(**dose))["frequency"] == frequency


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("1 tablet daily", "1/1d"),
        ("1 tablet twice a day", "2/1d"),
        ("1 tablet 2 times per day", "2/1d"),
        ("1 tablet 2-3 times a day", "2-3/1d"),
        ("1 tablet 3x/week", "3/1wk"),
        ("1 tablet once a month", "1/1mo"),
        ("1 tablet q8h", "1/8h"),
        ("1 tablet every 4 to 6 hours", "1/4-6h"),
        ("1 tablet every other day", "1/2d"),
        ("1 tablet every day", "1/1d"),
        ("1 tablet every 24 hours", "1/1d"),
        ("1 tablet every 2 weeks", "1/2wk"),
        ("1 tablet bid", "2/1d"),
        ("1 tablet qhs", "1/1d@HS"),
        ("1 tablet bid with meals", "2/1d@C"),
        ("1 tablet at bedtime", "1/1d@HS"),
        ("1 tablet with meals", ""),
        ("1 tablet before breakfast", "1/1d@ACM"),
        ("1 tablet on mwf", "1/1d on mon,wed,fri"),
        ("1 tablet daily except Sunday", "1/1d on mon,tue,wed,thu,fri,sat"),
        ("1 tablet daily on Tuesday and Thursday", "1/1d on tue,thu"),
        ("1 tablet once", "once"),
        ("1 tablet as directed", ""),
        ("1 tablet daily for 10 days", "1/1d"),
        ("1 tablet twice a day, max 3 per week", "2/1d"),
    ],
)
def test_how_often_in_words(text: str, frequency: str) -> None:
    assert _parts(Dose(text=text))["frequency"] == frequency


@pytest.mark.parametrize(
    ("dose", "strengths", "amount", "number"),
    [
        ({"text": "Take 2 tablets daily"}, {}, "2 tablet", "2 tablet"),
        ({"text": "Take 2 tablets daily"}, _TABLETS, "1000000 mcg", "2 tablet"),
        ({"text": "Take 1-2 tablets daily"}, _TABLETS, "500000-1000000 mcg", "1-2 tablet"),
        ({"text": "Take 2 po bid"}, {}, "2", "2"),
        ({"text": "Take 2 po bid"}, _TABLETS, "1000000 mcg", "2"),
        ({"text": "Take 1 to 2 po bid"}, {}, "1-2", "1-2"),
        ({"text": "1 daily"}, {}, "1", "1"),
        ({"text": "2 daily"}, {}, "", ""),
        ({"text": "Take 500 mg daily"}, {}, "500000 mcg", "500000 mcg"),
        ({"text": "Take 50 µg daily"}, {}, "50 mcg", "50 mcg"),
        ({"text": "Take 50 μg daily"}, {}, "50 mcg", "50 mcg"),
        ({"text": "Take 250-500 mg daily"}, {}, "250000-500000 mcg", "250000-500000 mcg"),
        ({"text": "Take 500 mg daily"}, _TABLETS, "500000 mcg", "500000 mcg"),
        ({"text": "Take 1 tsp daily"}, {}, "5 ml", "5 ml"),
        ({"text": "Take 5 mL daily"}, _LIQUID, "100000 mcg", "5 ml"),
        ({"text": "Inject per sliding scale 2 units"}, {}, "", ""),
        ({"amount": Quantity("2", "tablet")}, {}, "2 tablet", "2 tablet"),
        ({"amount": Quantity("1", "tablet"), "amount_high": Quantity("2", "tablet")}, {}, "1-2 tablet", "1-2 tablet"),
        ({"amount": Quantity("10", "unit", code="[iU]")}, {}, "10 unt", "10 unt"),
        ({"amount": Quantity("1")}, _TABLETS, "500000 mcg", "1"),
    ],
)
def test_how_much(dose: dict[str, Any], strengths: dict[str, Decimal], amount: str, number: str) -> None:
    parts = _parts(Dose(**dose), strengths)
    assert (parts["amount"], parts["number"]) == (amount, number)


@pytest.mark.parametrize(
    ("dose", "part", "stated"),
    [
        ({"text": "1 tablet daily for 10 days"}, "duration", "10 d"),
        ({"text": "1 tablet daily for 2 weeks"}, "duration", "14 d"),
        ({"text": "1 tablet daily x 3 months"}, "duration", "3 mo"),
        ({"text": "1 tablet daily, 5 day course"}, "duration", "5 d"),
        ({"text": "1 tablet", "repeat": {"boundsDuration": "2 wk"}}, "duration", "14 d"),
        ({"text": "1 tablet until 12/1/2026"}, "end", "2026-12-01"),
        ({"text": "1 tablet daily through 2026-12-01"}, "end", "2026-12-01"),
        ({"text": "1 tablet until December 1, 2026"}, "end", "2026-12-01"),
        ({"text": "1 tablet until better"}, "end", ""),
        ({"text": "1 tablet", "end": "2026-11-30T00:00:00Z"}, "end", "2026-11-30"),
        ({"text": "1 tablet", "start": "2026-11-30T00:00:00Z"}, "start", "2026-11-30"),
        ({"text": "1 tablet prn headache"}, "as_needed", True),
        ({"text": "1 tablet prn headache"}, "reason", "headache"),
        ({"text": "1 tablet as needed for headaches"}, "reason", "headache"),
        ({"text": "1 tablet daily"}, "as_needed", False),
        ({"text": "1 tablet", "as_needed": True, "as_needed_for": "SOB"}, "reason", "shortness of breath"),
        ({"text": "1 tablet q4h, max 6 tablets a day"}, "maximum", "6 tablet"),
        ({"text": "1 tablet q4h, max 6 tablets in 24 hours"}, "maximum", "6 tablet"),
        ({"text": "1 tablet q4h, not to exceed 3 g per day"}, "maximum", "3000000 mcg"),
        ({"text": "1 tablet q4h, up to 4 times"}, "maximum", "4 times"),
        ({"text": "1 tablet q4h", "maximum": "4 tablets / 1 week"}, "maximum", "4 tablet/1wk"),
        ({"text": "1 tablet q4h"}, "maximum", ""),
        ({"text": "1 drop in the left eye"}, "site", "left eye"),
        ({"text": "1 drop", "site": "Right eye"}, "site", "right eye"),
        ({"text": "Apply", "site": "Scalp"}, "site", "scalp"),
        ({"text": "1 tablet po"}, "route", "mouth"),
        ({"text": "2 puffs by mouth"}, "route", ""),
        ({"text": "1 tablet", "route": "Oral"}, "route", "mouth"),
        ({"text": "1 tablet daily, hold if dizzy"}, "words", "dizzy hold if"),
        ({"text": "1 tablet daily, call with questions"}, "words", "call questions"),
        ({"text": "As the plan says"}, "words", "as plan says"),
        ({"text": "1 tablet daily", "patient": "For your heart"}, "words", "heart"),
        ({"text": "sliding scale 150-200 2 units"}, "words", "sliding scale 150/200/2"),
    ],
)
def test_what_else(dose: dict[str, Any], part: str, stated: object) -> None:
    assert _parts(Dose(**dose))[part] == stated


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        (
            "5 mg Mon/Wed/Fri, 2.5 mg all other days",
            [("2500 mcg", "1/1d on tue,thu,sat,sun"), ("5000 mcg", "1/1d on mon,wed,fri")],
        ),
        ("10 mg in the morning and 5 mg at bedtime", [("10000 mcg", "1/1d@MORN"), ("5000 mcg", "1/1d@HS")]),
        ("2 tablets daily for 5 days, then 1 tablet daily", [("1 tablet", "1/1d"), ("2 tablet", "1/1d")]),
        ("sliding scale: 2 units for 5 days, then 4 units daily", [("", "1/1d")]),
        ("1 tablet daily; 2 tablets may be taken", [("1 tablet", "1/1d")]),
    ],
)
def test_instructions_of_several_parts(text: str, amounts: list[tuple[str, str]]) -> None:
    read = read_doses((Dose(text=text),), strengths={})
    assert sorted((dosing.amount, dosing.frequency) for dosing in read) == amounts


def test_the_limit_is_shown_as_it_is_written() -> None:
    assert limit_words(Dose(text="1 tablet q4h, max 6 tablets a day. Call us")) == "max 6 tablets a day"
    assert limit_words(Dose(text="1 tablet, max 6", maximum="4 tablets a day")) == "4 tablets a day"
    assert not limit_words(Dose(text="1 tablet daily"))
