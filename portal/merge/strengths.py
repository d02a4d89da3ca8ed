"""The strength of a medicine as a number of one dimension: micrograms, per mL, per hour, units, per actuation."""

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from portal.merge.drug_forms import MASS, PER, UNITS
from portal.merge.drug_names import UNITS_PER_MICROGRAM


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
        return Strength(strength.number, strength.dimension.removesuffix("/dose"), strength.volume)
    return strength
