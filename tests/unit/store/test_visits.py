"""Whether a visit is to come, under way or over: the clock decides, in Python and in SQL alike."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, literal, select

from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.merge import RANKS
from portal.store.records.row_parts import RecordRow
from portal.store.records.visits import _GROUPS, UNDER_WAY, _bounds, _group, by_clock

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)  # 10:30 in New York
_CONNECTION = create_engine("sqlite://").connect()


def row(status: Status, sort_at: str) -> RecordRow:
    return RecordRow("r", Section.VISITS, status, sort_at, "e", True, (), {}, frozenset())


def in_sql(status: Status, sort_at: str, now: datetime) -> int:
    query = select(_group(literal(RANKS[status]), literal(sort_at)))
    return int(_CONNECTION.execute(query, _bounds(now, NEW_YORK)).scalar_one())


@pytest.mark.parametrize(
    ("status", "sort_at", "group"),
    [
        (Status.UPCOMING, "2026-11-28T10:31:00", Status.UPCOMING),
        (Status.UPCOMING, "2026-11-28T10:29:00", Status.PAST),  # still "booked", and over
        (Status.UPCOMING, "2026-11-28T15:31:00Z", Status.UPCOMING),
        (Status.UPCOMING, "2026-11-28T15:29:00Z", Status.PAST),
        (Status.UPCOMING, "2026-11-28", Status.UPCOMING),  # today, no time
        (Status.PAST, "2026-11-28", Status.PAST),
        (Status.PAST, "2026-11-29", Status.UPCOMING),
        (Status.UPCOMING, "", Status.UPCOMING),
        (Status.ACTIVE, "", Status.PAST),
        (Status.PAST, "", Status.PAST),
        (Status.ACTIVE, "2026-11-20", Status.ACTIVE),
        (Status.ACTIVE, "2009-03-02", Status.PAST),  # nobody closed it
        (Status.UPCOMING, "2009-03-02", Status.PAST),
        (Status.ABSENT, "2026-12-24", Status.ABSENT),
        (Status.UNSAFE, "2009", Status.UNSAFE),
    ],
)
def test_what_the_clock_says(status: Status, sort_at: str, group: Status) -> None:
    assert by_clock(row(status, sort_at), NOW, NEW_YORK).status is group
    assert in_sql(status, sort_at, NOW) == _GROUPS[group]


def test_how_long_a_visit_may_be_under_way() -> None:
    longest = (NOW - UNDER_WAY).astimezone(NEW_YORK).date()
    assert by_clock(row(Status.ACTIVE, longest.isoformat()), NOW, NEW_YORK).status is Status.ACTIVE
    before = longest - timedelta(days=1)
    assert by_clock(row(Status.ACTIVE, before.isoformat()), NOW, NEW_YORK).status is Status.PAST


_MOMENTS = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31"))


@settings(max_examples=30, deadline=None)
@given(_MOMENTS, _MOMENTS)
def test_pages_and_the_home_page_decide_alike(now: datetime, at: datetime) -> None:
    aware = now.replace(tzinfo=UTC)
    written = f"{at:%Y-%m-%dT%H:%M:%S}"
    keys = ("", written[:4], written[:7], written[:10], written, f"{written}Z")
    for status, key in product((Status.UPCOMING, Status.ACTIVE, Status.PAST, Status.ABSENT, Status.UNSAFE), keys):
        assert in_sql(status, key, aware) == _GROUPS[by_clock(row(status, key), aware, NEW_YORK).status], (status, key)
