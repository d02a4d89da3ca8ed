"""How much is taken at a time: the amount that instructions give first, others beside it, and those of later steps."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from portal.domain.entry import Dose, Quantity
from portal.merge.comparing import near
from portal.merge.medications import dosing_tables as tables
from portal.merge.medications.dosing_patterns import AMOUNT, BARE_AMOUNT, DAY, MAXIMUM, NEXT_ONE
from portal.merge.medications.drug_forms import MASS
from portal.merge.words.text import decimal_of, plain, written_out


def amount_of(dose: Dose, text: str, strengths: Mapping[str, Decimal]) -> str:
    if dose.amount is None:
        return amount_in(text, strengths)
    low, unit = _quantity(dose.amount)
    high, its_unit = _quantity(dose.amount_high) if dose.amount_high else (low, unit)
    if its_unit not in ("", unit):
        ends = canonical(low, low, unit, strengths), canonical(high, high, its_unit, strengths)
        return BUT.join(ends) if ends[0] != ends[1] else ends[0]
    return canonical(low, high, unit, strengths)


BUT = " but "
"""Between the amount of the structure and another one that the words beside it give."""


def other_amount(amount: str, text: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the amount in words that the structure does not have, or those of some days, where all are of its unit."""
    own = _EQUALLY.sub("", MAXIMUM.sub(" ", re.sub(r"\([^)]*\)", " ", text)))
    number, _, unit = amount.partition(" ")
    if len(AMOUNT.findall(own)) != 1 and not _ON_SOME_DAYS.search(own):
        return ""
    others = []
    for match in AMOUNT.finditer(own):
        told = amount_in(match[0], strengths)
        its_number, _, its_unit = told.partition(" ")
        if unit != its_unit or "-" in f"{amount}{told}":
            return ""
        if not near(number, its_number):
            others.append(told)
    return " ".join(dict.fromkeys(others))


_EQUALLY = re.compile(rf"{AMOUNT.pattern}\s*=\s*(?={AMOUNT.pattern})")
"""What stands before "=" is the same amount in another unit: "10 mg = 2 tabs"."""
_ON_SOME_DAYS = re.compile(rf"\b(?:except|but on)\b|{DAY.pattern}|\b(?:m/?w/?f|tu?/?th)\b")


def other_in_brackets(amount: str, text: str, strengths: Mapping[str, Decimal]) -> str:
    """Return a mass in brackets that is neither the amount before it nor one of the product: "1 tablet (50 mg)".

    What is called the total is the amount: "3 tablets (60 mg total)" of 10 mg says two things.
    """
    number, _, unit = amount.partition(" ")
    if unit != "mcg" or "-" in number or not strengths:
        return ""
    for match in _in_brackets(text):
        its_number, _, its_unit = amount_in(match["amount"], strengths).partition(" ")
        own = [number, *(() if match["total"] else (shown_number(strength) for strength in strengths.values()))]
        if its_unit == unit and "-" not in its_number and not any(near(its_number, each) for each in own):
            return f"{its_number} {its_unit}"
    return ""


def _in_brackets(text: str) -> Iterator[re.Match[str]]:
    matches = (_WITH_TOTAL.fullmatch(inside.strip()) for inside in re.findall(r"\(([^()]*)\)", text))
    return (match for match in matches if match)


_WITH_TOTAL = re.compile(rf"(?P<amount>{AMOUNT.pattern})(?P<total> total(?: (?:dose|per dose|dosis))?)?")


def amounts_beside(dose: Dose, text: str) -> tuple[str, ...]:
    """Return every amount as it is written, where one is given in several units: "1 capsule (10 mg)"."""
    measured = [canonical(number, number, unit, {}) for number, unit in map(_quantity, dose.amounts)]
    written = [amount_in(match["amount"], {}) for match in _in_brackets(text)]
    if written and not measured:
        written.append(amount_in(re.sub(r"\([^)]*\)", " ", text), {}))
    amounts = {each for each in (*measured, *written) if " " in each}
    return tuple(sorted(amounts)) if len({each.partition(" ")[2] for each in amounts}) > 1 else ()


def other_measured(dose: Dose, amount: str, strengths: Mapping[str, Decimal]) -> str:
    """Return an amount of the structure in the unit of its first one, and another: 1 capsule of 10 mg, and 20 mg."""
    number, _, unit = amount.partition(" ")
    for its_number, its_unit in map(_quantity, dose.amounts):
        other, _, of_unit = canonical(its_number, its_number, its_unit, strengths).partition(" ")
        if of_unit == unit and "-" not in number and not near(number, other):
            return f"{other} {of_unit}"
    return ""


def later_amounts(text: str, amount: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the amounts that instructions name behind the first, in its unit, where one of them is another.

    "Start with 10 mg, then 20 mg": no step of a titration may vanish.
    """
    number, _, unit = amount.partition(" ")
    own = _HANDED_OUT.sub(" ", _EQUALLY.sub("", MAXIMUM.sub(" ", re.sub(r"\([^)]*\)", " ", text))))
    if first := AMOUNT.search(own):
        own = NEXT_ONE.sub(rf"\g<0> {first[3]}", own)
    written = [amount_in(match[0], strengths).partition(" ") for match in AMOUNT.finditer(own)]
    numbers = [each for each, _, its_unit in written if its_unit == unit]
    if numbers and numbers[0] == number:
        del numbers[0]
    return f"later{'/'.join(numbers)}" if any(each != number for each in numbers) else ""


_HANDED_OUT = re.compile(
    r",\s*\d+ ?[a-z]+(?:\(s\))?(?=\s*,\s*(?:\d+ )?(?:refills?|rf)\b)|#\s*\d+ ?[a-z]*"
    r"|\b(?:disp\w*|qty|quantity)\b:?\s*#?\d+ ?[a-z]*"
)
"""How much the pharmacy hands out: "1 tab, Oral, Daily, 30 tab, 3 Refill(s)"."""


def _quantity(quantity: Quantity) -> tuple[Decimal, str]:
    written = quantity.code if quantity.code in ("[iU]", "[IU]") else quantity.unit or quantity.code
    unit = plain(_PLURAL.sub("", written)).replace("\u03bc", "mc").removeprefix("1").strip()
    number = decimal_of(quantity.value)
    return (Decimal(0), quantity.value) if number is None else (number, tables.UNITS.get(unit, unit.removesuffix("s")))


_PLURAL = re.compile(r"\((?:e?s)\)$", re.IGNORECASE)
"""As charts write units that may be several: "tab(s)", "patch(es)"."""


def amount_in(text: str, strengths: Mapping[str, Decimal]) -> str:
    if "sliding scale" in text:
        return ""
    match = AMOUNT.search(re.sub(r"\([^)]*\)", " ", text)) or AMOUNT.search(text)
    if not match:
        bare = BARE_AMOUNT.match(text)
        if not bare:
            return ""
        low = bare[1] or bare[3]
        return canonical(Decimal(low), Decimal(bare[2] or low), "", strengths)
    low, high, unit = match.groups()
    return canonical(Decimal(low), Decimal(high or low), tables.UNITS[unit], strengths)


def canonical(low: Decimal, high: Decimal, unit: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the amount as mass or units where the product says how much one tablet or mL holds, else as it is."""
    if unit in tables.ML:
        low, high, unit = low * tables.ML[unit], high * tables.ML[unit], "ml"
    if unit in MASS and strengths:
        low, high, unit = low * MASS[unit], high * MASS[unit], "mcg"
    elif unit in MASS:
        return _plain_mass(low, high, unit)
    elif unit in strengths:
        low, high, unit = low * strengths[unit], high * strengths[unit], "mcg"
    elif unit == "ml" and "units in 1 mL" in strengths:
        low, high, unit = low * strengths["units in 1 mL"], high * strengths["units in 1 mL"], "unt"
    elif unit in ("tablet", "capsule", "") and (other := _other_unit(strengths)):
        low, high, unit = low * strengths[f"{other} in 1"], high * strengths[f"{other} in 1"], other
    elif unit in ("", "per dose") and "" in strengths:
        low, high, unit = low * strengths[""], high * strengths[""], "mcg"
    span = shown_number(low) if low == high else f"{shown_number(low)}-{shown_number(high)}"
    return f"{span} {unit}".strip().removesuffix(" per dose")


def _other_unit(strengths: Mapping[str, Decimal]) -> str:
    """Return the unit, other than of mass, by which one tablet or capsule is labelled; empty for none."""
    return next((unit for unit in ("meq", "unt") if f"{unit} in 1" in strengths), "")


def _plain_mass(low: Decimal, high: Decimal, unit: str) -> str:
    """Mass as mcg in the amount; the number that was written stands first, for what has no unit beside it."""
    low, high = low * MASS[unit], high * MASS[unit]
    return f"{shown_number(low)} mcg" if low == high else f"{shown_number(low)}-{shown_number(high)} mcg"


def shown_number(number: Decimal) -> str:
    return written_out(number, 6)
