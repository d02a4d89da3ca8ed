"""A parent's access as the child grows up."""

from datetime import date

import pytest

from portal.access.ages import boundary, choices_at, is_younger
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


@pytest.mark.parametrize(
    ("birth_date", "today", "younger"),
    [
        ("2010-06-15", date(2023, 6, 14), True),
        ("2010-06-15", date(2023, 6, 15), False),
        ("2010-06", date(2023, 6, 1), False),
        ("2010", date(2022, 12, 31), True),
        ("2010", date(2023, 1, 1), False),
        ("", date(2023, 1, 1), False),
        ("2010-13-01", date(2011, 1, 1), False),
    ],
)
def test_who_has_not_reached_an_age(birth_date: str, today: date, younger: bool) -> None:
    assert is_younger(birth_date=birth_date, age=13, today=today) is younger


@pytest.mark.parametrize(
    ("granted_on", "is_over_a_child"),
    [(date(2028, 6, 14), True), (date(2028, 6, 15), False), (date(2028, 6, 16), False)],
)
def test_a_grant_of_the_birthday_itself_is_one_over_an_adult(granted_on: date, is_over_a_child: bool) -> None:
    at = {"birth_date": "2010-06-15", "granted_on": granted_on, "teen_age": 13}
    assert choices_at(FULL, today=date(2030, 1, 1), **at) == (None if is_over_a_child else FULL)  # type: ignore[arg-type]
    assert boundary(today=granted_on, **at) == ((date(2028, 6, 15), 18) if is_over_a_child else None)  # type: ignore[arg-type]


def test_where_children_are_teenagers_at_eighteen_there_is_one_boundary() -> None:
    at = {"birth_date": "2010", "granted_on": date(2015, 1, 1), "teen_age": 18}
    assert boundary(today=date(2016, 1, 1), **at) == (date(2028, 1, 1), 18)  # type: ignore[arg-type]
    assert choices_at(FULL, today=date(2027, 12, 31), **at) == FULL  # type: ignore[arg-type]
