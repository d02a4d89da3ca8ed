"""A parent's access as the child grows up."""

from datetime import date

import pytest

from portal.access.ages import boundary, choices_at
from portal.access.proxies import LEVELS
from portal.domain.people import GrantLevel, ProxyChoice

FULL, LESS, LETTERS = (
    LEVELS[level] for level in (GrantLevel.FULL, GrantLevel.NO_CONFIDENTIAL, GrantLevel.MESSAGES_ONLY)
)


@pytest.mark.parametrize(
    ("birth_date", "today", "expected"),
    [
        ("2010-06-15", date(2023, 6, 14), FULL),
        ("2010-06-15", date(2023, 6, 15), LESS),
        ("2010-06-15", date(2028, 6, 14), LESS),
        ("2010-06-15", date(2028, 6, 15), None),
        ("2008-02-29", date(2021, 2, 28), FULL),
        ("2008-02-29", date(2021, 3, 1), LESS),
        ("2010", date(2023, 1, 1), LESS),
        ("2010-06", date(2023, 5, 31), FULL),
        ("", date(2023, 1, 1), FULL),
        ("unknown", date(2023, 1, 1), FULL),
    ],
)
def test_a_full_grant_narrows_and_ends(birth_date: str, today: date, expected: frozenset[ProxyChoice] | None) -> None:
    assert choices_at(FULL, birth_date=birth_date, granted_on=date(2015, 1, 1), today=today, teen_age=13) == expected


def test_what_was_less_stays_less_and_ends_too() -> None:
    for level in (LESS, LETTERS):
        at = {"birth_date": "2010-06-15", "granted_on": date(2015, 1, 1), "teen_age": 13}
        assert choices_at(level, today=date(2024, 1, 1), **at) == level  # type: ignore[arg-type]
        assert choices_at(level, today=date(2028, 6, 15), **at) is None  # type: ignore[arg-type]


def test_what_is_granted_for_an_adult_has_no_age() -> None:
    found = choices_at(FULL, birth_date="1945-01-01", granted_on=date(2024, 1, 1), today=date(2026, 1, 1), teen_age=13)
    assert found == FULL


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2022, 1, 1), (date(2023, 6, 15), 13)),
        (date(2023, 6, 15), (date(2028, 6, 15), 18)),
        (date(2028, 6, 15), None),
    ],
)
def test_the_next_boundary(today: date, expected: tuple[date, int] | None) -> None:
    at = {"birth_date": "2010-06-15", "granted_on": date(2015, 1, 1), "teen_age": 13}
    assert boundary(today=today, **at) == expected  # type: ignore[arg-type]
    assert boundary(today=today, **(at | {"birth_date": "1945-01-01"})) is None  # type: ignore[arg-type]
