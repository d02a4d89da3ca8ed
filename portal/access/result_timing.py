"""Whether a new result waits before the person sees it: the one rule. Pure.

It holds for whoever reads the person's record in this portal, on every page and in every e-mail; what a ``Sight`` does
not see, no place shows, counts as new, or tells of. How many wait is said wherever they would stand.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.result_timing import ResultKind, ResultTiming, TimingChoices

_STRICTNESS = tuple(ResultTiming)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultNews:
    """A result and what belongs to it (a report and its values), which are seen together or not at all.

    ``commented``: a clinician has written about one of them. ``came_at``: when the first of them came here;
    ``issued_at``: when its organization made it known, where that is said.
    """

    kinds: Collection[ResultKind]
    commented: bool
    came_at: datetime
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """``until``: when it is shown whatever happens; None when only the person's word shows it."""

    until: datetime | None


def wait_of(news: ResultNews, choices: TimingChoices, *, now: datetime) -> Wait | None:
    """Return how long a result waits; None when it does not. Of several kinds the strictest choice holds."""
    timing = max((choices.of(kind) for kind in news.kinds), key=_STRICTNESS.index, default=ResultTiming.AT_ONCE)
    if timing is ResultTiming.ASKED:
        return Wait(None)
    if timing is ResultTiming.AT_ONCE or news.commented:
        return None
    start = min(news.came_at, news.issued_at or news.came_at)
    until = start + timedelta(days=choices.days)
    return Wait(until) if until > now else None
