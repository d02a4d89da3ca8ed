"""Comparing two stated values of a property: the same, different, or not to be told because a side is silent."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from portal.merge.facts import Facts
from portal.merge.people import same_person
from portal.merge.rules import By, Property

Values = tuple[str, ...]

DAYS_BETWEEN_THERAPIES = 90
DAYS_BETWEEN_EPISODES = 60
_TOLERANCE = Decimal("0.005")
_FAR = date(9999, 12, 31)


class Outcome(Enum):
    SAME = "same"
    UNSAID = "unsaid"  # one side says nothing, or less
    DIFFERENT = "different"


def keeps_apart(rule: Property, left: Facts, right: Facts) -> Outcome:
    """Return whether a property keeps two entries apart: ``SAME`` when not, else how they differ."""
    mine, theirs = left.says.get(rule.name, ()), right.says.get(rule.name, ())
    if not mine and not theirs:
        return Outcome.SAME
    if rule.by is By.BY_CODE:
        stated = not (set(left.says.get("codes", ())) & set(right.says.get("codes", ())))
        outcome = _equal(mine, theirs)
    elif rule.by is By.UNLESS_NUMBERED:
        stated = rule.stated
        agree = any(
            not set(left.says.get(name, ())).isdisjoint(right.says.get(name, ()))
            for name in ("payer number", "group", "plan")
        )
        outcome = Outcome.SAME if agree else _equal(mine, theirs)
    else:
        stated = rule.stated
        outcome = _COMPARE[rule.by](mine, theirs)
    return Outcome.SAME if outcome is Outcome.UNSAID and not stated else outcome


def _equal(mine: Values, theirs: Values) -> Outcome:
    if not mine or not theirs:
        return Outcome.UNSAID
    return Outcome.SAME if mine == theirs else Outcome.DIFFERENT


def _overlap(mine: Values, theirs: Values) -> Outcome:
    if not mine or not theirs:
        return Outcome.UNSAID
    return Outcome.DIFFERENT if set(mine).isdisjoint(theirs) else Outcome.SAME


def _codes(mine: Values, theirs: Values) -> Outcome:
    """Values are "system|code": a system that both use must have a code in common, unless another has."""
    if not set(mine).isdisjoint(theirs):
        return Outcome.SAME
    systems = {value.split("|")[0] for value in mine} & {value.split("|")[0] for value in theirs}
    return Outcome.DIFFERENT if systems else Outcome.SAME


def _each(mine: Values, theirs: Values) -> Outcome:
    """Values are "label|value"; a label that only one side has says nothing."""
    if not mine or not theirs:
        return Outcome.UNSAID
    labels = {value.split("|")[0] for value in mine} & {value.split("|")[0] for value in theirs}
    differing = {value.split("|")[0] for value in set(mine) ^ set(theirs)}
    return Outcome.DIFFERENT if labels & differing else Outcome.SAME


def _words(mine: Values, theirs: Values) -> Outcome:
    left, right = set(mine), set(theirs)
    if left == right:
        return Outcome.SAME
    return Outcome.UNSAID if left <= right or right <= left else Outcome.DIFFERENT


def _amounts(mine: Values, theirs: Values) -> Outcome:
    """Values are "place number dimension"; all must agree in number and dimension."""
    if not mine or not theirs:
        return Outcome.UNSAID
    if mine == theirs:
        return Outcome.SAME
    if len(mine) != len(theirs):
        return Outcome.DIFFERENT
    agree = all(_near(*pair) for pair in zip(mine, theirs, strict=True))
    return Outcome.SAME if agree else Outcome.DIFFERENT


def _near(one: str, other: str) -> bool:
    place, number, dimension = one.split(" ", 2)
    its_place, its_number, its_dimension = other.split(" ", 2)
    return (place, dimension) == (its_place, its_dimension) and near(number, its_number)


@lru_cache(maxsize=4096)
def near(one: str, other: str) -> bool:
    """Tell whether two numbers are equal but for the rounding of a percentage (half a percent)."""
    try:
        a, b = Decimal(one), Decimal(other)
    except InvalidOperation:
        return one == other
    return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b))


def _measured(mine: Values, theirs: Values) -> Outcome:
    """One value, or one per component: "key=comparator number step dimension", or "key=words"."""
    if not mine or not theirs:
        return Outcome.UNSAID
    if mine == theirs:
        return Outcome.SAME
    left, right = dict(one.split("=", 1) for one in mine), dict(one.split("=", 1) for one in theirs)
    if set(left) != set(right):
        return Outcome.DIFFERENT
    agree = all(one_value(value, right[key]) for key, value in left.items())
    return Outcome.SAME if agree else Outcome.DIFFERENT


def one_value(one: str, other: str) -> bool:
    """Tell whether two measured values (``portal.merge.measures``) are the same one.

    Within half a step of the coarser value. A step is the last digit that was written, in the canonical unit."""
    if one == other:
        return True
    try:
        sign, number, step, dimension = one.split(" ", 3)
        its_sign, its_number, its_step, its_dimension = other.split(" ", 3)
        a, b, coarser = Decimal(number), Decimal(its_number), max(Decimal(step), Decimal(its_step))
    except (ValueError, InvalidOperation):
        return False
    if (sign, dimension) != (its_sign, its_dimension):
        return False
    if sign != "=" or step == its_step:
        return a == b
    return abs(a - b) <= coarser / 2 * Decimal("1.0001")


def _moment(mine: Values, theirs: Values) -> Outcome:
    """Values are (local day, instant or ""): an instant each must be equal; else the days."""
    if not mine or not theirs:
        return Outcome.UNSAID
    if len(mine[0]) < len("2000-01-01") or len(theirs[0]) < len("2000-01-01"):
        shorter, longer = sorted((mine[0], theirs[0]), key=len)
        return Outcome.UNSAID if longer.startswith(shorter) else Outcome.DIFFERENT
    if mine[1] and theirs[1]:
        # Without a zone a time is as written: compared with the other's local time.
        if mine[1].endswith("Z") != theirs[1].endswith("Z"):
            return Outcome.SAME if mine[2] == theirs[2] else Outcome.DIFFERENT
        return Outcome.SAME if mine[1] == theirs[1] else Outcome.DIFFERENT
    return Outcome.SAME if mine[0] == theirs[0] else Outcome.DIFFERENT


def _day(mine: Values, theirs: Values) -> Outcome:
    """Values are (local day, instant or "", local minute); a day may be less precise, "-" is none at all."""
    if not mine or not theirs:
        return Outcome.UNSAID
    if len(mine[0]) < len("2000-01-01") or len(theirs[0]) < len("2000-01-01"):
        shorter, longer = sorted((mine[0].strip("-"), theirs[0].strip("-")), key=len)
        return Outcome.UNSAID if longer.startswith(shorter) else Outcome.DIFFERENT
    if mine[1] and mine[1] == theirs[1]:
        return Outcome.SAME
    return Outcome.SAME if mine[0] == theirs[0] else Outcome.DIFFERENT


def _therapy(mine: Values, theirs: Values) -> Outcome:
    """Values are (first day, last day, days that may lie between); an open end is "9999-12-31"."""
    if not mine or not theirs:
        return Outcome.UNSAID
    gap = _gap(mine, theirs)
    return Outcome.DIFFERENT if gap is not None and gap > int(mine[2]) else Outcome.SAME


def _gap(mine: Values, theirs: Values) -> int | None:
    first, last = day_number(mine[0]), day_number(mine[1])
    its_first, its_last = day_number(theirs[0]), day_number(theirs[1])
    if None in (first, last, its_first, its_last):
        return None
    return max((first or 0) - (its_last or 0), (its_first or 0) - (last or 0))


def _episode(mine: Values, theirs: Values) -> Outcome:
    """Values are (first day or "", last day or "", "current" or "past")."""
    if not mine or not theirs:
        return Outcome.SAME
    if not mine[0] or not theirs[0]:
        dated = theirs if not mine[0] else mine
        undated = mine if not mine[0] else theirs
        both_current = dated[2] == undated[2] == "current"
        return Outcome.SAME if both_current or (not dated[0] and mine == theirs) else Outcome.UNSAID
    first, its_first = day_number(mine[0]), day_number(theirs[0])
    if first is None or its_first is None:
        return Outcome.UNSAID
    if len(mine[0]) < len("2000-01") or len(theirs[0]) < len("2000-01"):
        return Outcome.SAME if mine[0][:4] == theirs[0][:4] else Outcome.DIFFERENT
    gap = _gap((mine[0], mine[1], ""), (theirs[0], theirs[1], ""))
    apart = gap is not None and gap > _EPISODE_SLACK
    return Outcome.DIFFERENT if apart or abs(first - its_first) > DAYS_BETWEEN_EPISODES else Outcome.SAME


_EPISODE_SLACK = 3  # days between two dates of one illness: noted after midnight, seen elsewhere two days later


def _people(mine: Values, theirs: Values) -> Outcome:
    if not mine or not theirs:
        return Outcome.UNSAID
    fit = any(same_person(one, other) for one in mine for other in theirs)
    return Outcome.SAME if fit else Outcome.DIFFERENT


def _affirmed(mine: Values, theirs: Values) -> Outcome:
    return Outcome.SAME if mine == theirs and mine != ("refuted",) else Outcome.DIFFERENT


@lru_cache(maxsize=8192)
def day_number(text: str) -> int | None:
    """The ordinal of a day; of a month or a year its first day; None for no date."""
    try:
        return date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10]).toordinal()
    except ValueError:
        return None


_COMPARE: Mapping[By, Callable[[Values, Values], Outcome]] = {
    By.EQUAL: _equal,
    By.OVERLAP: _overlap,
    By.CODES: _codes,
    By.EACH: _each,
    By.WORDS: _words,
    By.AMOUNTS: _amounts,
    By.MEASURED: _measured,
    By.MOMENT: _moment,
    By.DAY: _day,
    By.THERAPY: _therapy,
    By.EPISODE: _episode,
    By.PEOPLE: _people,
    By.AFFIRMED: _affirmed,
}
