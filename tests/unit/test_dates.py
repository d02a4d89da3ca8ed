"""One decision on the day and time of a FHIR date, for every page, and keys that sort and narrow by it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.dates import as_instant, day_key, is_past, local, parse_when, sort_key

_NEW_YORK = ZoneInfo("America/New_York")
_NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)  # 3 PM in New York


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:01+14:00", "9999", "0001-01"])
def test_every_fhir_date_of_the_years_1_to_9999_is_read(when: str) -> None:
    assert parse_when(when) == when
    assert local(when, _NEW_YORK).day.isoformat().startswith(when[:10])
    assert as_instant(when).tzinfo is not None


@pytest.mark.parametrize("when", ["0000", "2020-02-30", "2020-02-30T10:00:00Z", "2020-05-04T10:00:00+25:00"])
def test_what_is_no_date_is_none(when: str) -> None:
    assert parse_when(when) is None


@pytest.mark.parametrize(
    ("when", "past"),
    [
        ("2026-11-28T14:00:00", True),
        ("2026-11-28T16:00:00", False),
        ("2026-11-28T16:00:00-08:00", False),
        ("2026-11-28T19:59:00Z", True),
        ("2026-11-28T20:01:00Z", False),
        ("2026-11-28", False),  # today
        ("2026-11-27", True),
        ("2026-11", False),
        ("2026-10", True),
        ("2009", True),
        ("2026", False),
    ],
)
def test_what_is_past_is_told_as_precisely_as_it_is_written(when: str, past: bool) -> None:
    assert is_past(day_key(when), _NOW, _NEW_YORK) is past


_DATES = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31, 23, 59, 59))  # noqa: DTZ001
_OFFSETS = st.sampled_from(["", "Z", "-12:00", "+14:00", "-05:00", "+05:45"])


@given(_DATES, _OFFSETS, st.integers(4, 26))
def test_no_date_raises_and_its_key_is_of_its_day(at: datetime, offset: str, length: int) -> None:
    written = at.isoformat()[:length]
    when = parse_when(written + (offset if length > 15 else ""))
    if when is None:
        return
    told = local(when, _NEW_YORK)
    key = day_key(when)
    assert sort_key(when)
    if not key.endswith("Z"):
        assert told.day.isoformat().startswith(key[:10])
