"""The strength of a medicine as a number of one dimension: micrograms, per mL, per hour, units, per actuation."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from portal.merge.allergies.allergen_spelling import recognised
from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_forms import MASS, PER, UNITS
from portal.merge.medications.drug_names import INGREDIENTS, UNITS_PER_MICROGRAM
from portal.merge.words.text import word_set


class Strength(msgspec.Struct, frozen=True):
    """``number`` of ``dimension``: "mcg", "mcg/ml" (also of a gram: 1 % is 10 mg/g), "mcg/hr", "unt/ml" …"""

    number: Decimal
    dimension: str
    volume: Decimal = Decimal(0)  # mL it is written over, when not 1: "40 mg/0.4 mL"


NUMBER = r"\d+(?:\.\d+)?"
_UNIT_WORDS = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_PER_WORDS = "|".join(sorted(PER, key=len, reverse=True))
STRENGTH = re.compile(
    rf"(?<![\w.#])({NUMBER}(?:\s*[-/]\s*{NUMBER})*)\s*-?({_UNIT_WORDS})(?![a-z])"
    rf"(?:\s*(?:/|\bper\b|\bover\b)\s*({NUMBER})?\s*({_PER_WORDS})(?![a-z]))?"
)


def strengths_in(match: re.Match[str]) -> Iterator[Strength]:
    """Yield the strengths of a match of ``STRENGTH``: several where a combination is written "5-325 mg"."""
    numbers, unit, over, per = match.groups()
    unit = UNITS[unit]
    for number in re.findall(NUMBER, numbers):
        yield _strength(Decimal(number), unit, over, per)


def _strength(number: Decimal, unit: str, over: str | None, per: str | None) -> Strength:
    volume = Decimal(0)
    if unit in MASS:
        number, unit = number * MASS[unit], "mcg"
    if unit == "%":
        return Strength(number * 10_000, "mcg/ml")
    if not per:
        return Strength(number, unit)
    per = PER[per]
    if over and Decimal(over):
        if per == "ml" and Decimal(over) != 1:
            volume = Decimal(over)
        if per == "hr" and Decimal(over) == 24:
            per = "day"
        else:
            number = number / Decimal(over)
    if per == "g":
        per = "ml"
    return Strength(number, f"{unit}/{per}", volume)


def without_day(strength: Strength) -> Strength:
    """Return an amount per day as the amount."""
    return Strength(strength.number, strength.dimension.removesuffix("/day"), strength.volume)


def by_unit(strength: Strength, ingredient: str) -> Strength:
    """Units of vitamin D as mass; the amount of one puff, spray or pen's dose as an amount."""
    if strength.dimension == "unt" and ingredient in UNITS_PER_MICROGRAM:
        return Strength(strength.number / UNITS_PER_MICROGRAM[ingredient], "mcg", strength.volume)
    if strength.dimension.endswith("/dose"):
        strength = Strength(strength.number, strength.dimension.removesuffix("/dose"), strength.volume)
    base = _BASE_OF_SALT.get((ingredient, strength.number)) if strength.dimension == "mcg" else None
    return strength if base is None else Strength(base, "mcg", strength.volume)


_BASE_OF_SALT = {("albuterol", Decimal(108)): Decimal(90), ("levalbuterol", Decimal(59)): Decimal(45)}
"""A puff of the sulfate or tartrate, and the base in it, by which RxNorm names the inhaler (FDA labels)."""


_UNITLESS = re.compile(rf"([a-z][a-z ]*[a-z]) ({NUMBER})")
_IN_MICROGRAMS = frozenset({"levothyroxine", "liothyronine"})
_NOT_IN_MILLIGRAMS = word_set("""
insulin vitamin cholecalciferol ergocalciferol cyanocobalamin retinol tocopherol folic fentanyl heparin digoxin
clonidine estradiol potassium polyethylene acetaminophen
""")
"""Without a unit they are in units, micrograms, milliequivalents or per hour, or the number is a kind (Tylenol 3)."""


def unitless(name: str) -> tuple[list[Strength], str]:
    """Return the strength behind a medicine as shorthand has it ("ASA 81", in milligrams), and the medicine."""
    match = _UNITLESS.fullmatch(name)
    if not match:
        return [], name
    ingredient = " + ".join(ingredients_of(BRANDS.get(match[1], match[1])))
    ingredient = INGREDIENTS.get(ingredient, ingredient)
    if recognised(ingredient) != ingredient or ingredient.split()[0] in _NOT_IN_MILLIGRAMS:
        return [], name
    return [Strength(Decimal(match[2]) * (1 if ingredient in _IN_MICROGRAMS else 1000), "mcg")], match[1]


def in_one_volume(strengths: Sequence[Strength], ingredients: int) -> Sequence[Strength]:
    """Return the strengths of a combination, all over the volume of the last: "600 mg-42.9 mg/5 mL"."""
    if len(strengths) != ingredients or ingredients < 2 or not strengths[-1].dimension.endswith("/ml"):
        return strengths
    volume = strengths[-1].volume or Decimal(1)
    return [
        Strength(each.number / volume, f"{each.dimension}/ml", strengths[-1].volume)
        if each.dimension in ("mcg", "unt")
        else each
        for each in strengths
    ]


def without_package(strengths: Sequence[Strength]) -> tuple[Sequence[Strength], Decimal]:
    """Return strengths without the millilitres of the package behind them, and these: "100 UNIT/ML Pen 3 ML"."""
    match strengths:
        case [strength, package] if strength.dimension.endswith("/ml") and package.dimension == "ml":
            return [strength], package.number
    return strengths, Decimal(0)


def in_package(strengths: list[Strength], packages: Sequence[Strength]) -> list[Strength]:
    """Return a concentration over its package's volume, where brackets say that: "0.6 mg/0.1 mL (18 mg/3 mL)"."""
    match strengths, packages:
        case [one], [package] if (one.number, one.dimension) == (package.number, package.dimension):
            return [package] if package.volume > one.volume else strengths
    return strengths


_WEIGHED = frozenset({"inhaler", "cream", "ointment", "gel", "lotion", "foam"})


def without_weight(strengths: Sequence[Strength], form: str, ingredients: int) -> Sequence[Strength]:
    """Return strengths without the weight of the package beside them: "90 MCG INH 8.5GM", "0.1 % cream 15 g"."""
    if form not in _WEIGHED or ingredients != 1 or len(strengths) == 1:
        return strengths
    return [each for each in strengths if each.dimension != "mcg" or each.number < MASS["g"]] or strengths
