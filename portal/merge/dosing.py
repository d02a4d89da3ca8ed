"""How a medicine is taken, from structure and words alike, in parts that compare: amount, frequency, when needed …

Structure comes first; the words give what the structure leaves out. What no rule understands stays as words, so that
two instructions agree only where everything in them does. Twice a day is not every 12 hours: the one is for a patient's
day, the other for a level in the blood, and clinicians choose between them.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from portal.domain.entry import Dose, Quantity
from portal.merge import dosing_tables as tables
from portal.merge.comparing import near
from portal.merge.dosing_patterns import (
    AMOUNT,
    BARE_AMOUNT,
    BREATHED,
    DAY,
    DURATION,
    EVERY,
    MAXIMUM,
    NEEDED,
    NUMBER,
    REASON,
    REPEATED,
    TIMES,
    X_PER,
)
from portal.merge.dosing_rest import repeat_of, rest_of
from portal.merge.dosing_words import even, organ_of, reason, sided_site, sig_text, time_of_limit, until
from portal.merge.drug_forms import MASS, ROUTES
from portal.merge.text import decimal_of, plain, written_out


class Dosing(msgspec.Struct, frozen=True):
    """One instruction. ``amounts`` are (low, high) with a unit family; empty parts are not stated."""

    amount: str = ""
    number: str = ""  # the amount as written: what a unitless amount is compared by
    frequency: str = ""
    route: str = ""
    as_needed: bool = False
    reason: str = ""
    duration: str = ""
    maximum: str = ""
    repeat: str = ""  # after how long a second one may be taken, and how many: "2 h", "2 h x1"
    site: str = ""
    start: str = ""
    end: str = ""
    words: str = ""


def read_doses(doses: Sequence[Dose], *, strengths: Mapping[str, Decimal]) -> tuple[Dosing, ...]:
    """Return the instructions in parts. ``strengths``: mass (mcg) or units in one tablet, capsule or mL."""
    unique = [dose for place, dose in enumerate(doses) if dose not in doses[:place]]
    read = [dosing for dose in unique[:_MOST_DOSES] for dosing in _parts_of(dose, strengths)]
    read += [Dosing(words=_unread(dose, 0)) for dose in unique[_MOST_DOSES:]]
    return tuple(sorted(set(read), key=msgspec.json.encode))


_MOST_DOSES = 60
_LONGEST = 800
"""More instructions than a taper has, longer than any: the rest is compared as it is written, and not understood."""


def _unread(dose: Dose, start: int) -> str:
    return plain(" ".join((dose.text[start:], dose.patient[start:], " ".join(dose.additional)[start:])))


def _parts_of(dose: Dose, strengths: Mapping[str, Decimal]) -> list[Dosing]:
    unread = _unread(dose, _LONGEST)
    if unread:
        additional = (" ".join(dose.additional)[:_LONGEST],)
        dose = msgspec.structs.replace(
            dose, text=dose.text[:_LONGEST], patient=dose.patient[:_LONGEST], additional=additional
        )
    text = sig_text(dose.text)
    parts = _schedule(text)
    several = len(parts) > 1
    read = [_read(dose, part, strengths, structured=not several) for part in (parts if several else [text])]
    return [msgspec.structs.replace(part, words=f"{part.words} {unread}") for part in read] if unread else read


def _schedule(text: str) -> list[str]:
    """ "5 mg Mon/Wed/Fri, 2.5 mg all other days" is two instructions; each step of a taper is one."""
    if "sliding scale" in text or re.search(r"\b\d{2,3}\s*-\s*\d{2,3}\b", text):
        return [text]
    parts = [
        part
        for part in re.split(
            r"[,;]|\bthen\b|\band\b(?=\s*(?:(?:take|inject|give|use|inhale|apply|instill)\s*)?\d)", text
        )
        if AMOUNT.search(part) or BARE_AMOUNT.match(part.strip())
    ]
    if len(parts) > 1 and all(map(_at_a_time, parts)):
        return parts
    if len(parts) > 1 and all(map(DURATION.search, parts[:-1])) and not any(map(MAXIMUM.search, parts)):
        return parts
    dated = [part for part in parts if _days(part) or "other day" in part]
    if len(dated) < 2 or len(dated) != len(parts):
        return [text]
    named = {day for part in dated for day in _days(part)}
    rest = "/".join(day for day in tables.DAYS if day not in named)
    return [re.sub(r"\b(?:on\s+)?(?:all\s+)?(?:the\s+)?other days?\b", rest, part) for part in dated]


def _at_a_time(part: str) -> bool:
    """Tell whether a part names a time of day or a meal and says for itself how often: "15 mg in the morning"."""
    return any(re.search(pattern, part) for pattern, _code in tables.WHEN) and not DAY.search(part)


def _read(dose: Dose, text: str, strengths: Mapping[str, Decimal], *, structured: bool) -> Dosing:
    patient = sig_text(" . ".join((dose.patient, *dose.additional)))
    whole, text = text, REPEATED.sub(" . ", text)
    structure = _timed(_structured_frequency(dose), text) if structured else ""
    amount = _amount(dose, text, strengths) if structured else _amount_in(text, strengths)
    frequency = structure or _frequency(text) or _frequency(sig_text(dose.code))
    days = _days(text) or _days(patient)
    bare = _amount(dose, text, {}) if structured else _amount_in(text, {})
    if structured and (told := _other_amount(amount, text, strengths)):
        amount, bare = f"{amount}{BUT}{told}", f"{bare}{BUT}{told}"
    site = sided_site(dose.site) or plain(dose.site) or sided_site(text)
    return Dosing(
        amount=amount,
        number=bare,
        frequency=_with_days(frequency, days),
        route=_route(dose.route) or _route(text) or organ_of(text, site),
        as_needed=dose.as_needed or bool(NEEDED.search(text)),
        reason=reason(dose.as_needed_for or _reason(text)),
        duration=_span(dose.repeat.get("boundsDuration", "")) or _duration(text),
        maximum=_limit(sig_text(dose.maximum), strengths) or _maximum(text, strengths),
        repeat=repeat_of(whole),
        site=site,
        start=(dose.start or "")[:10],
        end=(dose.end or "")[:10] or until(text),
        words=_words(text, patient, understood=bool(amount or frequency)),
    )


def _amount(dose: Dose, text: str, strengths: Mapping[str, Decimal]) -> str:
    if dose.amount is None:
        return _amount_in(text, strengths)
    low, unit = _quantity(dose.amount)
    high = _quantity(dose.amount_high)[0] if dose.amount_high else low
    return _canonical(low, high, unit, strengths)


BUT = " but "
"""Between the amount of the structure and another one that the words beside it give."""


def _other_amount(amount: str, text: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the amount in words that the structure does not have, or those of some days, where all are of its unit."""
    own = _EQUALLY.sub("", MAXIMUM.sub(" ", re.sub(r"\([^)]*\)", " ", text)))
    number, _, unit = amount.partition(" ")
    if len(AMOUNT.findall(own)) != 1 and not _ON_SOME_DAYS.search(own):
        return ""
    others = []
    for match in AMOUNT.finditer(own):
        told = _amount_in(match[0], strengths)
        its_number, _, its_unit = told.partition(" ")
        if unit != its_unit or "-" in f"{amount}{told}":
            return ""
        if not near(number, its_number):
            others.append(told)
    return " ".join(dict.fromkeys(others))


_EQUALLY = re.compile(rf"{AMOUNT.pattern}\s*=\s*(?={AMOUNT.pattern})")
"""What stands before "=" is the same amount in another unit: "10 mg = 2 tabs"."""
_ON_SOME_DAYS = re.compile(rf"\b(?:except|but on)\b|{DAY.pattern}|\b(?:m/?w/?f|tu?/?th)\b")


def _quantity(quantity: Quantity) -> tuple[Decimal, str]:
    written = quantity.code if quantity.code in ("[iU]", "[IU]") else quantity.unit or quantity.code
    unit = plain(_PLURAL.sub("", written))
    number = decimal_of(quantity.value)
    return (Decimal(0), quantity.value) if number is None else (number, tables.UNITS.get(unit, unit.removesuffix("s")))


_PLURAL = re.compile(r"\((?:e?s)\)$", re.IGNORECASE)
"""As charts write units that may be several: "tab(s)", "patch(es)"."""


def _amount_in(text: str, strengths: Mapping[str, Decimal]) -> str:
    if "sliding scale" in text:
        return ""
    match = AMOUNT.search(re.sub(r"\([^)]*\)", " ", text)) or AMOUNT.search(text)
    if not match:
        bare = BARE_AMOUNT.match(text)
        if not bare:
            return ""
        low = bare[1] or bare[3]
        return _canonical(Decimal(low), Decimal(bare[2] or low), "", strengths)
    low, high, unit = match.groups()
    return _canonical(Decimal(low), Decimal(high or low), tables.UNITS[unit], strengths)


def _canonical(low: Decimal, high: Decimal, unit: str, strengths: Mapping[str, Decimal]) -> str:
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
    span = _shown(low) if low == high else f"{_shown(low)}-{_shown(high)}"
    return f"{span} {unit}".strip().removesuffix(" per dose")


def _other_unit(strengths: Mapping[str, Decimal]) -> str:
    """Return the unit, other than of mass, by which one tablet or capsule is labelled; empty for none."""
    return next((unit for unit in ("meq", "unt") if f"{unit} in 1" in strengths), "")


def _plain_mass(low: Decimal, high: Decimal, unit: str) -> str:
    """Mass as mcg in the amount; the number that was written stands first, for what has no unit beside it."""
    low, high = low * MASS[unit], high * MASS[unit]
    return f"{_shown(low)} mcg" if low == high else f"{_shown(low)}-{_shown(high)} mcg"


def _shown(number: Decimal) -> str:
    return written_out(number, 6)


def _structured_frequency(dose: Dose) -> str:
    repeat = dose.repeat
    when = [word for word in dose.when if word]
    days = [day for day in tables.DAYS if day in dose.days]
    if repeat.get("count") == "1":  # of the whole timing, however often its period comes
        return "once" + _when(when, days)
    often, most = _plain_number(repeat.get("frequency", "1")), _plain_number(repeat.get("frequencyMax", ""))
    span, unit = _plain_number(repeat.get("period", "")), repeat.get("periodUnit", "")
    if span and unit:
        longest = _plain_number(repeat.get("periodMax", ""))
        return _rate(f"{often}-{most}" if most else often, f"{span}-{longest}" if longest else span, unit, when, days)
    if days:
        return _rate("1", "1", "d", when, days)
    if when or dose.times:
        return _rate(str(len(dose.times) or 1), "1", "d", when, days)
    return ""


def _timed(structure: str, text: str) -> str:
    """Add the time of day that only the words say: "once a day" in the structure, "nightly" beside it."""
    words = _frequency(text) if structure and "@" not in structure else ""
    return words if words.partition("@")[0] == structure else structure


def _plain_number(text: str) -> str:
    return _shown(Decimal(text)) if re.fullmatch(NUMBER, text) else text


def _rate(often: str, span: str, unit: str, when: Sequence[str], days: Sequence[str]) -> str:
    span, unit = even(span, unit)
    if days:
        often, span, unit = "1", "1", "d"
    return f"{often}/{span}{unit}" + _when(when, days)


def _when(when: Sequence[str], days: Sequence[str]) -> str:
    return (f"@{'+'.join(sorted(when))}" if when else "") + (f" on {','.join(days)}" if days else "")


def _frequency(text: str) -> str:
    """Return the frequency that words say, with the times of day."""
    text = MAXIMUM.sub(" ", DURATION.sub(" ", text))
    when = [code for pattern, code in tables.WHEN if re.search(pattern, text)]
    when = _uncovered(when)
    days = _days(text)
    for pattern in (X_PER, TIMES):
        match = pattern.search(text)
        if match:
            often = re.sub(r"\s*(?:-|to)\s*", "-", tables.COUNT.get(match[1], match[1]))
            return _rate(often, "1", tables.PERIODS[match[2]], when, days)
    match = EVERY.search(text)
    if match:
        span = {"": "1", "other": "2"}.get(match[1], re.sub(r"\s*(?:-|to)\s*", "-", match[1]))
        return _rate("1", span, tables.PERIODS[match[2]], when, days)
    if days:
        return _rate("1", "1", "d", when, days)
    for word in re.findall(r"[a-z]+", text):
        if word in tables.CODES and word not in ("once", "mo", "wk", "am", "pm", "bed"):
            rate, _, implied = tables.CODES[word].partition("@")
            when = _uncovered([*when, *filter(None, [implied])])
            rate = f"{_each_time(text, when)}/1d" if rate == "1/1d" else rate
            return rate + (f"@{'+'.join(sorted(set(when)))}" if when else "")
    if text in tables.CODES:
        return tables.CODES[text]
    if tables.ONCE_A_DAY & set(when):
        return _rate(_each_time(text, when), "1", "d", when, days)
    return "once" if re.search(r"\b(?:once|1 time only|1 time)\b", text) else ""


def _each_time(text: str, when: Sequence[str]) -> str:
    """Return how many times of the day are named one beside the other: "in the morning and at bedtime" is twice."""
    times = tables.ONCE_A_DAY & set(when)
    return str(len(times)) if len(times) > 1 and re.search(r"\band\b|&|\+|\by\b", text) else "1"


def _uncovered(when: list[str]) -> list[str]:
    for meal, covered in tables.COVERED.items():
        when = [code for code in when if meal not in when or code not in covered]
    return when


def _with_days(frequency: str, days: Sequence[str]) -> str:
    """ "once a week" with "on Sundays" beside it is every Sunday."""
    if days and frequency.startswith("1/1wk") and " on " not in frequency:
        return _rate("1", "1", "d", frequency.partition("@")[2].split("+") if "@" in frequency else (), days)
    return frequency


def _days(text: str) -> list[str]:
    for letters, days in tables.DAY_LETTERS.items():
        if re.search(rf"\b{letters}\b", text):
            return list(days)
    named = {match[:3] for match in DAY.findall(text)}
    if named and re.search(r"\b(?:except|but not|not on)\b", text):
        return [day for day in tables.DAYS if day not in named]
    return [day for day in tables.DAYS if day in named]


def _reason(text: str) -> str:
    match = REASON.search(text)
    return plain(match[1] or "") if match else ""


def _duration(text: str) -> str:
    match = DURATION.search(text)
    return _lasting(match[1] or match[3], tables.PERIODS[match[2] or match[4]]) if match else ""


def _lasting(number: str, unit: str) -> str:
    """Weeks are days; months are not."""
    days = _plain_number(number)
    return f"{int(days) * 7} d" if unit == "wk" and days.isdigit() else f"{days} {unit}"


def _span(text: str) -> str:
    match = re.match(rf"({NUMBER})\s*([a-z]+)", text.casefold())
    return _lasting(match[1], tables.PERIODS.get(match[2], match[2])) if match else plain(text)


def _maximum(text: str, strengths: Mapping[str, Decimal]) -> str:
    match = MAXIMUM.search(text)
    return _limit(match[0], strengths) if match else ""


def _limit(text: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the most that may be taken, a day unless another time is said ("4 tablet/1wk"); of other words numbers."""
    text, span = time_of_limit(text.replace("/", " / "))
    match = AMOUNT.search(text)
    amount = _amount_in(text, strengths) if match else ""
    times = _TIMES_LIMIT.search(text) if not match else None
    if times:
        return f"{times[1]} times{span}"
    numbers = re.findall(NUMBER, text.replace(match[0], " ", 1) if match else text)
    if not match and len(numbers) == 1 and "" in strengths:
        return _canonical(Decimal(numbers[0]), Decimal(numbers[0]), "", strengths) + span
    return " ".join(filter(None, (amount, *numbers))) + span


_TIMES_LIMIT = re.compile(rf"\b({NUMBER})\s*times\b")


def limit_words(dose: Dose) -> str:
    """Return the most that may be taken as it is written; empty where nothing says it."""
    match = MAXIMUM.search(sig_text(dose.text))
    return dose.maximum or (match[0].strip() if match else "")


def _route(text: str) -> str:
    words = plain(text).split()
    for length in (3, 2, 1):
        for index in range(len(words) - length + 1):
            route = ROUTES.get(" ".join(words[index : index + length]))
            if route == "mouth" and BREATHED.search(text.casefold()):
                continue
            if route:
                return route
    return ""


def _words(text: str, patient: str, *, understood: bool) -> str:
    """Return what is said beyond the parts that compare: of the instructions, and of what is told to the patient."""
    own = rest_of(text, understood=understood)
    return " ".join((*own, *rest_of(patient, understood=understood, aside=True)))
