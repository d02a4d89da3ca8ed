"""Which key signs: one that others have had time to read. Which is forgotten: one whose last signature has ended."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.key_overlap import PUBLISHED_AHEAD, signing, superseded

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LASTING = timedelta(minutes=5)
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Key:
    created_at: datetime


def aged(*ages: timedelta) -> list[Key]:
    return [Key(NOW - age) for age in ages]


@pytest.mark.parametrize(
    ("ages", "signs"),
    [
        ([timedelta(0)], 0),
        ([timedelta(0), timedelta(days=9)], 1),
        ([PUBLISHED_AHEAD - MOMENT, timedelta(days=9)], 1),
        ([PUBLISHED_AHEAD, timedelta(days=9)], 0),
        ([timedelta(0), MOMENT, 2 * MOMENT, timedelta(days=9)], 3),
        ([timedelta(0), MOMENT, PUBLISHED_AHEAD], 2),
    ],
    ids=["the only one", "just made", "almost", "seen", "rotated three times", "two wait"],
)
def test_a_key_signs_when_others_have_seen_it(ages: list[timedelta], signs: int) -> None:
    keys = aged(*ages)
    for ordered in (keys, keys[::-1]):
        assert signing(ordered, NOW) is keys[signs]


@pytest.mark.parametrize(
    ("newest", "is_over"),
    [
        (timedelta(0), False),
        (PUBLISHED_AHEAD, False),
        (PUBLISHED_AHEAD + LASTING - MOMENT, False),
        (PUBLISHED_AHEAD + LASTING, True),
    ],
)
def test_a_key_is_published_until_what_it_signed_has_ended(newest: timedelta, is_over: bool) -> None:
    new, old = aged(newest, timedelta(days=9))
    assert superseded([new, old], NOW, lasting=LASTING) == ((old,) if is_over else ())


def test_what_signs_is_never_forgotten() -> None:
    keys = aged(*(timedelta(minutes=minutes) for minutes in range(0, 90, 3)))
    assert signing(keys, NOW) not in superseded(keys, NOW, lasting=LASTING)
    assert superseded(keys[:1], NOW, lasting=LASTING) == ()
