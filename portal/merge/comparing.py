"""Comparing two stated values of a property: the same, different, or not to be told because a side is silent."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from portal.merge.facts import Facts
from portal.merge.issues.icd_names import named
from portal.merge.read_insurance import one_within_other, same_house, telling
from portal.merge.rules import Method, Property
from portal.merge.words.people import same_person
from portal.merge.words.slips import differ_by_slips

Values = tuple[str, ...]

DAYS_BETWEEN_THERAPIES = 90
DAYS_OF_A_PRESCRIPTION = 365 + DAYS_BETWEEN_THERAPIES
"""A prescription holds for a year: so long may have gone on what was stopped nobody says when."""
DAYS_BETWEEN_EPISODES = 60
_TOLERANCE = Decimal("0.005")
_FAR = date(9999, 12, 31)


class Contrast(Enum):
    SAME = "same"
    UNSAID = "unsaid"  # one side says nothing, or less
    DIFFERENT = "different"


def keeps_apart(rule: Property, left: Facts, right: Facts) -> Contrast:
    """Return whether a property keeps two entries apart: ``SAME`` when not, else how they differ."""
    first, second = left.says.get(rule.name, ()), right.says.get(rule.name, ())
    if first == second and (not first or rule.by in _EQUAL_IS_SAME):
        return Contrast.SAME
    if rule.by in _PROOF:
        stated, outcome = _proved(rule, left, right)
    elif rule.by is Method.UNLESS_NUMBERED:
        stated = rule.stated
        agree = _numbered(left, right, alike=bool(first and second) and same_house(first[0], second[0]))
        outcome = Contrast.SAME if agree else _equal(first, second)
    elif rule.by is Method.WORDS_OR_CODE:
        stated = rule.stated
        coded = not set(left.says.get("coded", ())).isdisjoint(right.says.get("coded", ()))
        of_one_code = not set(left.says.get("codes", ())).isdisjoint(right.says.get("codes", ()))
        misspelled = of_one_code and differ_by_slips(set(first), set(second))
        alike = coded or misspelled or named(left, right)
        outcome = Contrast.SAME if alike else _words(first, second)
    elif rule.by is Method.UNLESS_IDENTIFIED:
        stated = rule.stated
        numbers = set(left.says.get("numbers", ())) & set(right.says.get("numbers", ()))
        outcome = Contrast.SAME if numbers else _equal(first, second)
    elif rule.by is Method.TYPES:
        stated = rule.stated
        outcome = _types(left, right)
    elif rule.by is Method.UNLESS_NOTED:
        stated = rule.stated
        noted, other_noted = (facts.says.get(f"noted {rule.name}") for facts in (left, right))
        outcome = Contrast.SAME if noted and noted == other_noted else _equal(first, second)
    elif rule.by is Method.UNLESS_TOLD:
        stated = rule.stated
        outcome = _told(rule.name, left, right) if bool(first) != bool(second) else _equal(first, second)
    else:
        stated = rule.stated
        outcome = _COMPARE[rule.by](first, second)
        if rule.by is Method.AMOUNTS and outcome is not Contrast.SAME and _one_dose(left, right):
            outcome = Contrast.SAME
    stated = stated or (rule.by is Method.THERAPY and bool(first and second))
    return Contrast.SAME if outcome is Contrast.UNSAID and not stated else outcome


def _numbered(left: Facts, right: Facts, *, alike: bool) -> bool:
    """Tell whether another number of two cards agrees: of payers with nothing in common only a long one proves it."""
    if not set(left.says.get("payer number", ())).isdisjoint(right.says.get("payer number", ())):
        return True
    names = left.says.get("payer", ()), right.says.get("payer", ())
    if all(names) and one_within_other(names[0][0], names[1][0]) and any(map(telling, left.says.get("member", ()))):
        return True
    shared = [
        value for name in ("group", "plan") for value in left.says.get(name, ()) if value in right.says.get(name, ())
    ]
    return any(alike or telling(value) for value in shared)


def _proved(rule: Property, left: Facts, right: Facts) -> tuple[bool, Contrast]:
    """Return whether a silent side keeps apart, and how both compare: one clinician in two roles names the other."""
    name = _PROOF[rule.by]
    proved = not set(left.says.get(name, ())).isdisjoint(right.says.get(name, ()))
    outcome = _equal(left.says.get(rule.name, ()), right.says.get(rule.name, ()))
    if proved and rule.by is Method.BY_IDENTIFIER and outcome is Contrast.DIFFERENT:
        return True, Contrast.UNSAID
    return not proved, outcome


_PROOF = {Method.BY_CODE: "codes", Method.BY_ACCESSION: "accession", Method.BY_IDENTIFIER: "numbers"}
"""What both must have in common so that a side may leave something unsaid."""
_DEGREES = frozenset({"mild", "moderate", "severe"})


def _told(name: str, left: Facts, right: Facts) -> Contrast:
    """Compare the stages in one side's words with the fields of the other; how severe it is may differ there."""
    words = {value.replace(" ", "") for facts in (left, right) for value in facts.says.get(name, ())}
    silent = right if name in left.says else left
    fields = set(silent.says.get(f"told {name}", ()))
    degrees = _DEGREES if fields & _DEGREES else frozenset()
    return Contrast.SAME if words <= fields | degrees else Contrast.UNSAID


_NO_COMPLICATIONS = frozenset({"withoutcomplication", "withoutcomplications"})


def _types(left: Facts, right: Facts) -> Contrast:
    """Compare types; what one leaves unsaid may be in the name of its own code, which both have, or by which one calls
    the other."""
    types, other_types = (set(facts.says.get("type", ())) for facts in (left, right))
    one_code = not set(left.says.get("codes", ())).isdisjoint(right.says.get("codes", ()))
    if one_code or (types != other_types and named(left, right)):
        unsaid = {part for facts in (left, right) for part in facts.says.get("unsaid type", ())} | _NO_COMPLICATIONS
        for silent, facts, stated in ((types, left, other_types), (other_types, right, types)):
            silent.update(stated & {*facts.says.get("told type", ()), *(unsaid if one_code else ())})
    return _equal(tuple(sorted(types)), tuple(sorted(other_types)))


def _equal(left: Values, right: Values) -> Contrast:
    if not left or not right:
        return Contrast.UNSAID
    return Contrast.SAME if left == right else Contrast.DIFFERENT


def _overlap(left: Values, right: Values) -> Contrast:
    if not left or not right:
        return Contrast.UNSAID
    return Contrast.DIFFERENT if set(left).isdisjoint(right) else Contrast.SAME


def _codes(left: Values, right: Values) -> Contrast:
    """Values are "system|code": a system that both use must have a code in common, unless another has."""
    if not set(left).isdisjoint(right):
        return Contrast.SAME
    systems = {value.split("|")[0] for value in left} & {value.split("|")[0] for value in right}
    return Contrast.DIFFERENT if systems else Contrast.SAME


def _each(left: Values, right: Values) -> Contrast:
    """Values are "label|value"; a label that only one side has says nothing."""
    if not left or not right:
        return Contrast.UNSAID
    labels = {value.split("|")[0] for value in left} & {value.split("|")[0] for value in right}
    differing = {value.split("|")[0] for value in set(left) ^ set(right)}
    return Contrast.DIFFERENT if labels & differing else Contrast.SAME


def _words(left: Values, right: Values) -> Contrast:
    words, other_words = set(left), set(right)
    if words == other_words:
        return Contrast.SAME
    return Contrast.UNSAID if words <= other_words or other_words <= words else Contrast.DIFFERENT


def _amounts(left: Values, right: Values) -> Contrast:
    """Values are "place number dimension"; all must agree in number and dimension."""
    if not left or not right:
        return Contrast.UNSAID
    if left == right:
        return Contrast.SAME
    if len(left) != len(right):
        return Contrast.DIFFERENT
    agree = all(_near(*pair) for pair in zip(left, right, strict=True))
    return Contrast.SAME if agree else Contrast.DIFFERENT


def _one_dose(left: Facts, right: Facts) -> bool:
    """Tell whether one side gives the amount of a pen (0.3 mg) and the other the same by volume (0.3 mL of 1 mg/mL)."""
    for whole, by_volume in ((left, right), (right, left)):
        dose, strength = by_volume.says.get("single dose", ()), whole.says.get("strength", ())
        if dose and strength and "single dose" not in whole.says and _amounts(dose, strength) is Contrast.SAME:
            return True
    return False


def _near(left: str, right: str) -> bool:
    place, number, dimension = left.split(" ", 2)
    its_place, its_number, its_dimension = right.split(" ", 2)
    return (place, dimension) == (its_place, its_dimension) and near(number, its_number)


@lru_cache(maxsize=4096)
def near(left: str, right: str) -> bool:
    """Tell whether two numbers are equal but for the rounding of a percentage (half a percent)."""
    try:
        a, b = Decimal(left), Decimal(right)
    except InvalidOperation:
        return left == right
    return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b))


def _measured(left: Values, right: Values) -> Contrast:
    """One value, or one per component: "key=comparator number step dimension", or "key=words"."""
    if not left or not right:
        return Contrast.UNSAID
    if left == right:
        return Contrast.SAME
    parts, other_parts = (dict(text.split("=", 1) for text in values) for values in (left, right))
    if set(parts) != set(other_parts):
        return Contrast.DIFFERENT
    agree = all(same_measure(text, other_parts[key]) for key, text in parts.items())
    return Contrast.SAME if agree else Contrast.DIFFERENT


def same_measure(left: str, right: str) -> bool:
    """Tell whether two measured values (``portal.merge.results.measures``) are the same one.

    Within half a step of the coarser value. A step is the last digit that was written, in the canonical unit."""
    if left == right:
        return True
    try:
        sign, number, step, dimension = left.split(" ", 3)
        its_sign, its_number, its_step, its_dimension = right.split(" ", 3)
        a, b, coarser = Decimal(number), Decimal(its_number), max(Decimal(step), Decimal(its_step))
    except (ValueError, InvalidOperation):
        return False
    if sign != its_sign:
        return False
    if dimension != its_dimension:  # a side that states no unit means that of the other
        return "-" in (dimension, its_dimension) and a == b
    if sign == "range":  # number and step are its two ends
        return a == b and Decimal(step) == Decimal(its_step)
    if sign != "=" or step == its_step:
        return a == b
    return abs(a - b) <= coarser / 2 * Decimal("1.0001")


_BOUND = Decimal("0.05")


def same_bound(left: str, right: str) -> bool:
    """Tell whether two ends of ranges are one: as values, but a bound is no rounded value ("<0.01", "<0.014")."""
    if not same_measure(left, right):
        return False
    numbers = [Decimal(text.split(" ", 3)[1]) for text in (left, right) if text.startswith("= ")]
    return len(numbers) < 2 or abs(numbers[0] - numbers[1]) <= _BOUND * max(map(abs, numbers))


def _moment(left: Values, right: Values) -> Contrast:
    """Values are (local day, instant or ""): an instant each must be equal; else the days."""
    if not left or not right:
        return Contrast.UNSAID
    if len(left[0]) < len("2000-01-01") or len(right[0]) < len("2000-01-01"):
        shorter, longer = sorted((left[0], right[0]), key=len)
        return Contrast.UNSAID if longer.startswith(shorter) else Contrast.DIFFERENT
    if left[1] and right[1]:
        # Without a zone a time is as written: compared with the other's local time.
        if left[1].endswith("Z") != right[1].endswith("Z"):
            return Contrast.SAME if left[2] == right[2] else Contrast.DIFFERENT
        return Contrast.SAME if left[1] == right[1] else Contrast.DIFFERENT
    return Contrast.SAME if left[0] == right[0] else Contrast.DIFFERENT


def _day(left: Values, right: Values) -> Contrast:
    """Values are (local day, instant or "", local minute); a day may be less precise, "-" is none at all."""
    if not left or not right:
        return Contrast.UNSAID
    if len(left[0]) < len("2000-01-01") or len(right[0]) < len("2000-01-01"):
        shorter, longer = sorted((left[0].strip("-"), right[0].strip("-")), key=len)
        return Contrast.UNSAID if longer.startswith(shorter) else Contrast.DIFFERENT
    if left[1] and left[1] == right[1]:
        return Contrast.SAME
    return Contrast.SAME if left[0] == right[0] else Contrast.DIFFERENT


def _therapy(left: Values, right: Values) -> Contrast:
    """Values are (first day, last day, days that may lie between); an open end is "9999-12-31".

    More days may lie behind the one of which nobody says when it was stopped: what follows may go on with it.
    """
    if not left or not right:
        return Contrast.UNSAID
    gap = _gap(left, right)
    if gap is None or gap <= min(int(left[2]), int(right[2])):
        return Contrast.SAME
    earlier = min(left, right, key=lambda period: period[1])
    return Contrast.UNSAID if gap <= int(earlier[2]) else Contrast.DIFFERENT


def therapies_near(left: Values, right: Values) -> bool:
    """Tell whether two periods overlap or lie no further apart than they may; one that cannot be read does."""
    gap = _gap(left, right)
    return gap is None or gap <= min(int(left[2]), int(right[2]))


def _gap(left: Values, right: Values) -> int | None:
    first, last = day_number(left[0]), day_number(left[1])
    its_first, its_last = day_number(right[0]), day_number(right[1])
    if None in (first, last, its_first, its_last):
        return None
    return max((first or 0) - (its_last or 0), (its_first or 0) - (last or 0))


def _episode(left: Values, right: Values) -> Contrast:
    """Values are (first day or "", last day or "", "current" or "past")."""
    if not left or not right:
        return Contrast.SAME
    if not left[0] or not right[0]:
        dated = right if not left[0] else left
        undated = left if not left[0] else right
        both_current = dated[2] == undated[2] == "current"
        return Contrast.SAME if both_current or (not dated[0] and left == right) else Contrast.UNSAID
    first, its_first = day_number(left[0]), day_number(right[0])
    if first is None or its_first is None:
        return Contrast.UNSAID
    if len(left[0]) < len("2000-01") or len(right[0]) < len("2000-01"):
        return Contrast.SAME if left[0][:4] == right[0][:4] else Contrast.DIFFERENT
    gap = _gap((left[0], left[1], ""), (right[0], right[1], ""))
    apart = gap is not None and gap > _EPISODE_SLACK
    return Contrast.DIFFERENT if apart or abs(first - its_first) > DAYS_BETWEEN_EPISODES else Contrast.SAME


_EPISODE_SLACK = 3  # days between two dates of one illness: noted after midnight, seen elsewhere two days later


def _people(left: Values, right: Values) -> Contrast:
    if not left or not right:
        return Contrast.UNSAID
    fit = any(same_person(name, other) for name in left for other in right)
    return Contrast.SAME if fit else Contrast.DIFFERENT


def _affirmed(left: Values, right: Values) -> Contrast:
    return Contrast.SAME if left == right and left != ("refuted",) else Contrast.DIFFERENT


@lru_cache(maxsize=8192)
def day_number(text: str) -> int | None:
    """Return the ordinal of a day; of a month or a year its first day; None for no date."""
    try:
        return date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10]).toordinal()
    except ValueError:
        return None


_EQUAL_IS_SAME = frozenset(Method) - {Method.MOMENT, Method.DAY, Method.AFFIRMED}
"""For the others two sides may say the same and yet not be one: the same month, both refuted."""

_COMPARE: Mapping[Method, Callable[[Values, Values], Contrast]] = {
    Method.EQUAL: _equal,
    Method.OVERLAP: _overlap,
    Method.CODES: _codes,
    Method.EACH: _each,
    Method.WORDS: _words,
    Method.AMOUNTS: _amounts,
    Method.MEASURED: _measured,
    Method.MOMENT: _moment,
    Method.DAY: _day,
    Method.THERAPY: _therapy,
    Method.EPISODE: _episode,
    Method.PEOPLE: _people,
    Method.AFFIRMED: _affirmed,
}
