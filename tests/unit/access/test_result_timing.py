"""Whether a new result waits: the strictest choice of its kinds, a clinician's word, and the days."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.access.result_timing import ResultNews, Wait, wait_of
from portal.domain.result_timing import ResultKind, ResultTiming, TimingChoices

_NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
_CHOICES = TimingChoices(imaging=ResultTiming.COMMENTED, genetics=ResultTiming.ASKED, days=7)
LAB, IMAGE, GENE = ResultKind.LABORATORY, ResultKind.IMAGING, ResultKind.GENETICS


def _days(number: float) -> datetime:
    return _NOW + timedelta(days=number)


@pytest.mark.parametrize(
    ("kinds", "commented", "came", "issued", "expected"),
    [
        ((), False, -1, None, None),
        ((LAB,), False, -1, None, None),
        ((GENE,), False, -1, None, Wait(None)),
        ((GENE,), True, -90, None, Wait(None)),  # only the person's own word shows it
        ((IMAGE, GENE, LAB), True, -1, None, Wait(None)),
        ((IMAGE,), True, -1, None, None),
        ((IMAGE,), False, -1, None, Wait(_days(6))),
        ((LAB, IMAGE), False, -1, None, Wait(_days(6))),
        ((IMAGE,), False, -1, -3, Wait(_days(4))),  # since its organization made it known
        ((IMAGE,), False, -1, 1, Wait(_days(6))),  # a date to come makes nobody wait longer
        ((IMAGE,), False, -7, None, None),
        ((IMAGE,), False, -6.9, None, Wait(_days(0.1))),
        ((IMAGE,), False, -1, -7, None),
    ],
)
def test_how_long_a_result_waits(
    kinds: tuple[ResultKind, ...], commented: bool, came: float, issued: float | None, expected: Wait | None
) -> None:
    issued_at = None if issued is None else _days(issued)
    news = ResultNews(kinds=kinds, commented=commented, came_at=_days(came), issued_at=issued_at)
    assert wait_of(news, _CHOICES, now=_NOW) == expected
