"""Which dates lie in a span of days: as precise as they are written, instants by the reader's clock."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, literal, select

from portal.store.records.periods import Period

ZONES = [ZoneInfo(name) for name in ("UTC", "America/New_York", "Pacific/Auckland", "Pacific/Pago_Pago")]
NEW_YORK = ZONES[1]
_CONNECTION = create_engine("sqlite://").connect()


def holds(period: Period, key: str) -> bool:
    return bool(_CONNECTION.execute(select(period.holds(literal(key)))).scalar_one())


MARCH = Period(date(2024, 3, 1), date(2024, 3, 31), NEW_YORK)


@pytest.mark.parametrize(
    ("key", "held"),
    [
        ("2024-02-29", False),
        ("2024-03-01", True),
        ("2024-03-31", True),
        ("2024-04-01", False),
        ("2024-03-31T23:59:59", True),
        ("2024-04-01T00:00:00", False),
        ("2024-03-01T04:59:59Z", False),  # 29 February, 23:59 in New York
        ("2024-03-01T05:00:00Z", True),
        ("2024-04-01T03:59:59Z", True),  # 31 March, in summer time by then
        ("2024-04-01T04:00:00Z", False),
        ("2024", True),
        ("2024-03", True),
        ("2024-02", False),
        ("2023", False),
        ("", False),
    ],
)
def test_the_days_of_a_month(key: str, held: bool) -> None:
    assert holds(MARCH, key) is held


def test_an_open_side_has_no_end() -> None:
    since, until = Period(date(2024, 3, 1), None, NEW_YORK), Period(None, date(2024, 3, 31), NEW_YORK)
    assert [holds(since, key) for key in ("9999-12-31", "2024", "2023-12-31", "")] == [True, True, False, False]
    assert [holds(until, key) for key in ("1900", "2024", "2025", "")] == [True, True, False, False]
    assert holds(Period(None, None, NEW_YORK), "1900")


_MOMENTS = st.datetimes(datetime.fromisoformat("2019-01-01"), datetime.fromisoformat("2027-12-31"))
_DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
_FORMS: list[Callable[[datetime], str]] = [
    lambda at: f"{at:%Y}",
    lambda at: f"{at:%Y-%m}",
    lambda at: f"{at:%Y-%m-%d}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}",
]


@settings(deadline=None)
@given(_DAYS, st.integers(0, 500), _MOMENTS, st.sampled_from(ZONES))
def test_it_is_what_overlaps(first: date, days: int, at: datetime, zone: ZoneInfo) -> None:
    last = first + timedelta(days=days)
    period = Period(first, last, zone)
    for form in _FORMS:
        key = form(at)
        length = min(len(key), 10)
        overlaps = first.isoformat()[:length] <= key[:length] <= last.isoformat()[:length]
        assert holds(period, key) is overlaps, key
    there = at.replace(tzinfo=ZONES[0]).astimezone(zone).date()
    assert holds(period, f"{at:%Y-%m-%dT%H:%M:%S}Z") is (first <= there <= last)


@pytest.mark.parametrize("zone", ZONES)
def test_it_may_reach_to_either_end_of_the_calendar(zone: ZoneInfo) -> None:
    whole = Period(date.min, date.max, zone)
    keys = ("0001", "2024-03-01", "2024-03-01T04:59:59Z", "9999-12-31T00:00:00", "")
    assert [holds(whole, key) for key in keys] == [True, True, True, True, False]


@settings(deadline=None)
@given(st.tuples(st.none() | _DAYS, st.none() | st.integers(0, 500)), _MOMENTS, _MOMENTS, st.sampled_from(ZONES))
def test_a_row_is_listed_once_where_it_is_held(
    days: tuple[date | None, int | None], at: datetime, newer: datetime, zone: ZoneInfo
) -> None:
    """Wherever it stands: at its own date, or at that of a newer row."""
    since, length = days
    until = None if length is None else (since or date(2021, 1, 1)) + timedelta(days=length)
    period = Period(since, until, zone)
    for key in (*(form(at) for form in _FORMS), f"{at:%Y-%m-%dT%H:%M:%S}Z", ""):
        for place in (key, max(key, _FORMS[2](newer))):
            conditions = [select(each) for each in period.ends.listed(literal(place), literal(key))]
            met = sum(bool(_CONNECTION.execute(condition, period.values).scalar_one()) for condition in conditions)
            assert met == int(holds(period, key)), (place, key)
