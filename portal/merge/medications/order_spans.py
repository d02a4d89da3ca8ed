"""For how long and until when a medicine is taken, as a date, as a number of days, or as the steps of a taper."""

import re
from collections.abc import Sequence
from datetime import date

from portal.domain.entry import Entry, Status
from portal.merge.comparing import day_number
from portal.merge.medications.dosing import Dosing
from portal.merge.stating import same_dates
from portal.merge.words.moments import local_day

GOING_ON = frozenset({Status.ACTIVE, Status.UPCOMING})
"""Who says no end of what goes on contradicts who does: one of the two tells the patient to stop."""
_End = tuple[str, frozenset[str]]


def last_days(entry: Entry, doses: Sequence[Dosing]) -> frozenset[str]:
    """Return the days on which instructions end that say for how long, with and without the last; none else."""
    first = day_number(min([dose.start for dose in doses if dose.start] or [local_day(entry.start)]))
    spans = [int(match[1]) for dose in doses if (match := _IN_DAYS.fullmatch(dose.duration))]
    if first is None or not doses or len(spans) != len(doses):
        return frozenset()
    days = sum(spans) if len({dose.amount for dose in doses}) == len(doses) else max(spans)
    last = min(first + days, date.max.toordinal())
    return frozenset(date.fromordinal(each).isoformat() for each in (last - 1, last))


_IN_DAYS = re.compile(r"(\d{1,4}) d")


def same_end(left: _End, right: _End) -> bool:
    """Tell whether both end on one day: on the 15th, or after ten days from the 5th."""
    (end, by_duration), (its_end, its_by_duration) = left, right
    if "-" in (end, its_end):
        return end == its_end or end in its_by_duration or its_end in by_duration
    return same_dates(end, its_end)


HANDED_ON = "handed out"
"""The name of what an order's end, and the day on which a pharmacy handed out what it is of, are compared by."""


def not_handed_out_since(left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Tell whether nothing was handed out after an order's end; of an end that is a month, after that month."""
    days = dict((left, right))
    ended, handed_out = days.get("ended", ""), days.get("handed out", "")
    return not ended or not handed_out or handed_out[: len(ended)] <= ended[: len(handed_out)]


HELD_BUT_HANDED_ON = "on hold"
"""The name of what an order that is on hold, and what a pharmacy handed out of it later, are compared by."""


def not_handed_out_while_held(left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Tell whether nothing was handed out after the day of an order that is on hold; since when it is, nobody says."""
    days = dict((left, right))
    ordered, handed_out = days.get("on hold", ""), days.get("handed out", "")
    return not ordered or not handed_out or handed_out[: len(ordered)] <= ordered[: len(handed_out)]


STOPPED_BUT_HANDED_ON = "stopped"
"""The name of what an order without any date that was stopped, and what was handed out of it, are compared by."""


def not_handed_out_if_stopped(left: str, right: str) -> bool:
    """Tell whether an undated stop stands beside no handing out: which of them came first nobody says."""
    return left == right


_Duration = tuple[str, frozenset[str]]


def days_between(entry: Entry, doses: Sequence[Dosing]) -> frozenset[str]:
    """Return how many days lie between the start and the end of instructions, with and without the last; none else."""
    starts = [dose.start for dose in doses if dose.start] or [local_day(entry.start)]
    ends = [dose.end for dose in doses if dose.end] or [local_day(entry.end)]
    first, last = day_number(min(starts)), day_number(max(ends))
    if first is None or last is None or len(min(starts)) < _WHOLE_DATE or len(max(ends)) < _WHOLE_DATE:
        return frozenset()
    return frozenset({f"{last - first} d", f"{last - first + 1} d"})


_WHOLE_DATE = len("2026-01-01")


def same_duration(left: _Duration, right: _Duration) -> bool:
    """Tell whether both last as long: ten days, or from the 5th to the 15th."""
    (lasting, between), (its_lasting, its_between) = left, right
    return (
        lasting == its_lasting
        or (lasting == "-" and its_lasting in between)
        or (its_lasting == "-" and lasting in its_between)
    )


def lasting_shown(text: str) -> str:
    number, _, unit = text.partition(" ")
    return f"{number} {_UNIT_WORDS.get(unit, unit)}"


_UNIT_WORDS = {"h": "hours", "d": "days", "wk": "weeks", "mo": "months", "a": "years"}
