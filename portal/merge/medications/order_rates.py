"""Whether two orders give the same amounts as often, at the same times of day and meals."""

import re
from collections.abc import Sequence

from portal.merge.comparing import near
from portal.merge.medications.dosing_times import fits

Rate = tuple[str, str, str]
UNSAID: tuple[Rate, ...] = (("", "", ""),)
AT_MEALS = {"with": "C", "before": "AC", "after": "PC", "ac": "AC", "pc": "PC"}
MEALS = re.compile(
    r"\b(?:(with|before|after)(?: (?:meals|each meal|every meal|all meals))|(ac|pc))\b|\bcon (?:las|cada) comidas?\b",
    re.IGNORECASE,
)
_ONCE = re.compile(r"^1/1d(?!@(?:C|AC|PC)$)")
"""Once a day, but for who says no more of when than "with meals"."""
_SELDOM = re.compile(r"\d(?:wk|mo|a)\b|1d on ")
"""Less often than daily."""


def agreeing_rates(left: tuple[Rate, ...], right: tuple[Rate, ...]) -> bool:
    """Tell whether rates agree but for a time of day or a meal that one side leaves unsaid: both are shown then."""
    if same_rates(left, right) or _at_meals(left) or _at_meals(right):
        return same_rates(left, right)
    return same_rates(*(_without_times(*pair) for pair in ((left, right), (right, left))))


def _without_times(rates: tuple[Rate, ...], others: tuple[Rate, ...]) -> tuple[Rate, ...]:
    """Return rates without the times of day to which the other side only adds."""
    if len(rates) != len(others):
        return rates
    bare = []
    for (rate, amount, number), (other, *_its) in zip(rates, others, strict=True):
        (often, times), (_often, its_times) = times_of(rate, empty=True), times_of(other, empty=True)
        if not _AT_ANY_MEAL & (times | its_times) and times ^ its_times >= _LATE:
            times, its_times = times - _LATE, its_times - _LATE  # in the evening, at bedtime: both are shown
        less, more = sorted((times, its_times), key=len)
        adds = less <= more and less.isdisjoint(_AT_ANY_MEAL)  # before meals is before each, not before breakfast
        bare.append((often if adds else rate, amount, number))
    return tuple(bare)


def same_rates(left: tuple[Rate, ...], right: tuple[Rate, ...]) -> bool:
    """Tell whether rates agree: Monday and Thursday is twice a week, where only one side says the days."""
    if _at_meals(left) or _at_meals(right):
        meals, its_meals = (
            {part for rate in side for part in times_of(rate[0])[1] & _AT_ANY_MEAL} for side in (left, right)
        )
        if meals and its_meals and meals != its_meals:
            return False
        return not any(_SELDOM.search(rate[0]) or _ONCE.search(rate[0]) for rate in (*left, *right))
    if UNSAID in (left, right):  # who follows the one that does not say "weekly" could take it daily
        return not any(_SELDOM.search(rate[0]) for rate in (*left, *right))
    return len(left) == len(right) and all(
        _same_rate(often, its_often)
        and (not of[0] or not its_of[0] or _same_amount((of[0], of[1]), (its_of[0], its_of[1])))
        for (often, *of), (its_often, *its_of) in zip(left, right, strict=True)
    )


def rates_alike(left: tuple[Rate, ...], right: tuple[Rate, ...]) -> bool:
    """Tell whether one may stand for both; where one says more of when, or not how often, both are shown."""
    return left == right or (len(left) == len(right) and all(map(_rate_alike, left, right)))


def _rate_alike(left: Rate, right: Rate) -> bool:
    times, its_times = (times_of(rate[0], empty=True) for rate in (left, right))
    return times == its_times and (left[1:] == right[1:] or _same_amount(left[1:], right[1:]))


def _at_meals(rates: tuple[Rate, ...]) -> bool:
    """Tell whether only meals say when, so that nobody says how often."""
    return any(rate[0].startswith("meals@") for rate in rates)


def _same_rate(left: str, right: str) -> bool:
    """Tell whether rates agree; who does not say on which day of the week contradicts none."""
    if left == right:
        return True
    (often, when), (its_often, its_when) = map(times_of, (left, right))
    if when != its_when:
        return False
    fewer, dated = sorted((often, its_often), key=len)
    _, named, days = dated.partition("1/1d on ")
    return often == its_often or (bool(named) and fewer == f"{len(days.split(','))}/1wk")


_IMPLIED = {
    "ACM": ("AC", "MORN"), "ACV": ("AC", "EVE"), "ACD": ("AC", "NOON"), "EMPTY": (),
    "CM": ("C", "MORN"), "CV": ("C", "EVE"), "CD": ("C", "NOON"),
    "PCM": ("PC", "MORN"), "PCV": ("PC", "EVE"), "PCD": ("PC", "NOON"),
}  # fmt: skip


_Clock = tuple[frozenset[str], frozenset[str], bool]


def same_time(left: _Clock, right: _Clock) -> bool:
    """Tell whether times on the clock are one, or fit the part of the day that the other side names instead."""
    (times, parts, _often), (its_times, its_parts, _its_often) = left, right
    if times and its_times:
        return times == its_times
    return fits(its_parts, times) if times else fits(parts, its_times) if its_times else True


def same_clock(left: _Clock, right: _Clock) -> bool:
    """Tell whether one may stand for both: parts of the day are also told with how often, where both say that."""
    return left[0] == right[0] and (left[1] == right[1] or (left[2] and right[2]))


_AT_ANY_MEAL = frozenset({"AC", "C", "PC"})
_LATE = frozenset({"EVE", "HS"})


def times_of(rate: str, *, empty: bool = False) -> tuple[str, frozenset[str]]:
    """Return how often, with its days, and the times: before breakfast is before a meal, and in the morning.

    ``empty``: with an empty stomach as a time of its own, which is no more than what goes without saying otherwise.
    """
    match = re.search(r"@([^ ]+)", rate)
    times = match[1].split("+") if match else []
    return rate.replace(match[0], "") if match else rate, frozenset(
        part for time in times for part in ((time,) if empty and time == "EMPTY" else _IMPLIED.get(time, (time,)))
    )


_Amount = tuple[str, str, tuple[str, ...]]


def same_amounts(left: tuple[_Amount, ...], right: tuple[_Amount, ...]) -> bool:
    """Equal amounts, and equal ones beside them; a number without a unit is compared as the number."""
    if len(left) != len(right):
        return False
    return all(
        _same_amount(amount, its_amount) and _same_beside(others, its_others)
        for (*amount, others), (*its_amount, its_others) in zip(left, right, strict=True)
    )


def _same_beside(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether amounts that both give in several units are equal in each: 10 mg in a capsule are not 10 mL."""
    by_unit, its_by_unit = ({each.partition(" ")[2]: each.partition(" ")[0] for each in side} for side in (left, right))
    if by_unit and its_by_unit and by_unit.keys() != its_by_unit.keys():
        return False
    return all(near(number, its_by_unit.get(unit, number)) for unit, number in by_unit.items())


def _same_amount(left: Sequence[str], right: Sequence[str]) -> bool:
    (amount, written), (its_amount, its_written) = left, right
    number, _, unit = written.partition(" ")
    its_number, _, its_unit = its_written.partition(" ")
    if number == its_number and (unit == its_unit or not unit or not its_unit):
        return True
    (low, _, mass), (its_low, _, its_mass) = amount.partition(" "), its_amount.partition(" ")
    return mass == its_mass != "" and near(low, its_low)
