"""How a medicine is taken, from structure and words alike, in parts that compare: amount, frequency, when needed …

Structure comes first; the words give what the structure leaves out. What no rule understands stays as words, so that
two instructions agree only where everything in them does. Twice a day is not every 12 hours: the one is for a patient's
day, the other for a level in the blood, and clinicians choose between them.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from portal.domain.entry import Dose
from portal.merge.medications import dosing_tables as tables
from portal.merge.medications.dosing_amounts import (
    BUT,
    amount_in,
    amount_of,
    amounts_beside,
    canonical,
    later_amounts,
    other_amount,
    other_in_brackets,
    other_measured,
)
from portal.merge.medications.dosing_patterns import (
    AMOUNT,
    BARE_AMOUNT,
    BREATHED,
    DAY,
    DURATION,
    MAXIMUM,
    NEEDED,
    NEEDED_BESIDE,
    NUMBER,
    ON_DAY,
    REASON,
    REPEATED,
)
from portal.merge.medications.dosing_places import organ_of, sided_site
from portal.merge.medications.dosing_rates import (
    at_each_time,
    days_in,
    first_rate,
    frequency_in,
    plain_number,
    steps_of,
    structured_frequency,
    timed,
    with_days,
    with_days_named,
    with_some_days,
)
from portal.merge.medications.dosing_rest import repeat_of, rest_of
from portal.merge.medications.dosing_times import times_in
from portal.merge.medications.dosing_words import even, reason, time_of_limit, until
from portal.merge.medications.drug_forms import ROUTES
from portal.merge.medications.sig_words import sig_text
from portal.merge.words.text import plain


class Dosing(msgspec.Struct, frozen=True):
    """One instruction. ``amounts`` are (low, high) with a unit family; empty parts are not stated."""

    amount: str = ""
    number: str = ""  # the amount as written: what a unitless amount is compared by
    others: tuple[str, ...] = ()  # each amount that is given, where it is given in several units
    frequency: str = ""
    route: str = ""
    as_needed: bool = False
    at_times_too: bool = False  # as needed, beside the times at which it is taken anyway: "daily and as needed"
    reason: str = ""
    duration: str = ""
    maximum: str = ""
    repeat: str = ""  # after how long a second one may be taken, and how many: "2 h", "2 h x1"
    site: str = ""
    start: str = ""
    end: str = ""
    words: str = ""
    times: tuple[str, ...] = ()  # on the clock: "08:00"


def read_doses(doses: Sequence[Dose], *, strengths: Mapping[str, Decimal], eyes: bool = False) -> tuple[Dosing, ...]:
    """Return the instructions in parts. ``strengths``: mass (mcg) or units in one tablet, capsule or mL.

    ``eyes``: it is for the eyes, so that OD and the like are those.
    """
    unique = [dose for place, dose in enumerate(doses) if dose not in doses[:place]]
    read = [dosing for dose in unique[:_MOST_DOSES] for dosing in _parts_of(dose, strengths, eyes=eyes)]
    read += [Dosing(words=_unread(dose, 0)) for dose in unique[_MOST_DOSES:]]
    return tuple(sorted(_at_one_rate(set(read)), key=msgspec.json.encode))


def _at_one_rate(doses: Collection[Dosing]) -> Iterable[Dosing]:
    """Return doses, those that only differ in the time of day as one: one in the morning, one at night is twice."""
    alike: dict[Dosing, list[Dosing]] = {}
    for dose in doses:
        once = _ONCE_AT.fullmatch(dose.frequency) or (dose.times and dose.frequency == "1/1d")
        alike.setdefault(msgspec.structs.replace(dose, frequency="", times=()) if once else dose, []).append(dose)
    for together in alike.values():
        when = sorted({when for dose in together if (when := dose.frequency.partition("@")[2])})
        if len(together) == 1:
            yield from together
        else:
            times = tuple(sorted({time for dose in together for time in dose.times}))
            rate = f"{len(together)}/1d{'@' if when else ''}{'+'.join(when)}"
            yield msgspec.structs.replace(together[0], frequency=rate, times=times)


_ONCE_AT = re.compile(r"1/1d@[A-Z]+")


_MOST_DOSES = 60
_LONGEST = 800
"""More instructions than a taper has, longer than any: the rest is compared as it is written, and not understood."""


def _unread(dose: Dose, start: int) -> str:
    return plain(" ".join((dose.text[start:], dose.patient[start:], " ".join(dose.additional)[start:])))


def _parts_of(dose: Dose, strengths: Mapping[str, Decimal], *, eyes: bool) -> list[Dosing]:
    unread = _unread(dose, _LONGEST)
    if unread:
        additional = (" ".join(dose.additional)[:_LONGEST],)
        dose = msgspec.structs.replace(
            dose, text=dose.text[:_LONGEST], patient=dose.patient[:_LONGEST], additional=additional
        )
    text = with_days_named(sig_text(dose.text))
    parts = _schedule(text)
    several = len(parts) > 1
    read = [_read(dose, part, strengths, structured=not several, eyes=eyes) for part in (parts if several else [text])]
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
    if sum(len(times_in(part)[0]) for part in parts) != len(times_in(text)[0]):
        return [text]
    if len(parts) > 1 and all(map(_at_a_time, parts)):
        return parts
    if len(parts) > 1 and all(map(_lasts, parts[:-1])) and not any(map(MAXIMUM.search, parts)):
        return parts
    dated = [part for part in parts if days_in(part) or "other day" in part]
    if len(dated) < 2 or len(dated) != len(parts):
        return [text]
    named = {day for part in dated for day in days_in(part)}
    rest = "/".join(day for day in tables.DAYS if day not in named)
    return [re.sub(r"\b(?:on\s+)?(?:all\s+)?(?:the\s+)?other days?\b", rest, part) for part in dated]


def _lasts(part: str) -> bool:
    return bool(DURATION.search(part) or ON_DAY.search(part))


def _at_a_time(part: str) -> bool:
    """Tell whether a part names a time of day or a meal and says for itself how often: "15 mg in the morning"."""
    at_a_time = times_in(part)[0] or any(pattern.search(part) for pattern, _code in tables.WHEN)
    return bool(at_a_time) and not DAY.search(part)


def _read(dose: Dose, text: str, strengths: Mapping[str, Decimal], *, structured: bool, eyes: bool) -> Dosing:
    patient = sig_text(" . ".join((dose.patient, *dose.additional)))
    times, text = times_in(text)
    whole, text = text, REPEATED.sub(" . ", text)
    structure = timed(structured_frequency(dose), text) if structured else ""
    amount = amount_of(dose, text, strengths) if structured else amount_in(text, strengths)
    frequency = structure or first_rate(text) or frequency_in(sig_text(dose.code))
    frequency = frequency or ("1/1d" if ON_DAY.search(text) else "")
    frequency = with_some_days(frequency, text)
    days = days_in(text) or days_in(patient)
    bare = amount_of(dose, text, {}) if structured else amount_in(text, {})
    beside = other_amount(amount, text, strengths) if structured else ""
    measured = other_measured(dose, amount, strengths) if structured else ""
    others = dict.fromkeys(filter(None, (beside, measured, other_in_brackets(amount, text, strengths))))
    later = ("" if beside else later_amounts(text, amount, strengths), _later_rates(text, frequency))
    if others:
        amount, bare = (f"{each}{BUT}{' '.join(others)}" for each in (amount, bare))
    needed = dose.as_needed or bool(NEEDED.search(text))
    site = sided_site(dose.site) or plain(dose.site) or sided_site(dose.route) or sided_site(text, eyes=eyes)
    return Dosing(
        amount=amount,
        number=bare,
        others=amounts_beside(dose if structured else Dose(), text),
        frequency=at_each_time(with_days(frequency, days), len(times)),
        route=_both_routes(_route(dose.route), _route(text) or organ_of(text, site)),
        as_needed=needed,
        at_times_too=needed and _at_times_too(text),
        reason=reason(dose.as_needed_for or _reason(text)),
        duration=_span(dose.repeat.get("boundsDuration", "")) or _duration(text) or _on_day(text),
        maximum=_maximum(dose.maximum, frequency, strengths) or _maximum(_most(text), frequency, strengths),
        repeat=repeat_of(whole),
        site=site,
        start=(dose.start or "")[:10],
        end=(dose.end or "")[:10] or until(text),
        words=" ".join(filter(None, (*later, _words(text, patient, understood=bool(amount or frequency))))),
        times=tuple(sorted({*times, *((time[:5] for time in dose.times) if structured else ())})),
    )


def _at_times_too(text: str) -> bool:
    beside = NEEDED_BESIDE.search(text)
    return beside is not None and bool(frequency_in(text[: beside.start()]))


def _reason(text: str) -> str:
    match = REASON.search(text)
    return plain(match[1] or "").removesuffix("only").strip() if match else ""


def _duration(text: str) -> str:
    match = DURATION.search(text)
    return _lasting(match[1] or match[3], tables.PERIODS[match[2] or match[4]]) if match else ""


def _later_rates(text: str, frequency: str) -> str:
    """Return how often and how long it is taken in later steps, where how often changes, as a word that compares."""
    later = [(rate, _duration(step)) for step in steps_of(text)[1:] if (rate := frequency_in(step))]
    if all(rate == frequency for rate, _lasting in later):
        return ""
    return f"then{'/'.join(f'{rate}x{lasting}' for rate, lasting in later)}".replace(" ", "_")


def _on_day(text: str) -> str:
    match = ON_DAY.search(text)
    return f"day {match[1]}{f'-{match[2]}' if match[2] else ''}" if match else ""


def _lasting(number: str, unit: str) -> str:
    """Weeks are days; months are not."""
    days = plain_number(number)
    return f"{int(days) * 7} d" if unit == "wk" and days.isdigit() else f"{days} {unit}"


def _span(text: str) -> str:
    match = re.match(rf"({NUMBER})\s*([a-z]+)", text.casefold())
    return _lasting(match[1], tables.PERIODS.get(match[2], match[2])) if match else plain(text)


def _most(text: str) -> str:
    match = MAXIMUM.search(text)
    return match[0] if match else ""


def _maximum(text: str, frequency: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the most that may be taken; of what is taken every few minutes a number alone is meant of one time.

    Three at most, one every 5 minutes, are three in 15 minutes.
    """
    written = sig_text(text)
    limit = _limit(written, strengths)
    every, number = _EVERY_MINUTES.fullmatch(frequency), _OF_ONE_TIME.fullmatch(written)
    if every is None or number is None or "/" in limit or _A_DAY.search(written):
        return limit
    return f"{limit}/{''.join(even(str(int(number[1]) * int(every[1])), 'min'))}"


_EVERY_MINUTES = re.compile(r"1/(\d+)min")
_OF_ONE_TIME = re.compile(r"[^\d/]*(\d+)(?!\s*(?:m?c?g|ml|units?)\b)[^\d/]*")
"""So many, and nothing of in what time."""
_A_DAY = re.compile(r"\b(?:daily|mdd|days?|24 ?h\w*)\b|/ ?d\b")


def _limit(text: str, strengths: Mapping[str, Decimal]) -> str:
    """Return the most that may be taken, a day unless another time is said ("4 tablet/1wk"); of other words numbers."""
    text, span = time_of_limit(text.replace("/", " / "))
    match = AMOUNT.search(text)
    amount = amount_in(text, strengths) if match else ""
    times = _TIMES_LIMIT.search(text) if not match else None
    if times:
        return f"{times[1]} times{span}"
    numbers = re.findall(NUMBER, text.replace(match[0], " ", 1) if match else text)
    if not match and len(numbers) == 1 and "" in strengths:
        return canonical(Decimal(numbers[0]), Decimal(numbers[0]), "", strengths) + span
    return " ".join(filter(None, (amount, *numbers))) + span


_TIMES_LIMIT = re.compile(rf"\b({NUMBER})\s*times\b")


def limit_words(dose: Dose) -> str:
    """Return the most that may be taken as it is written; empty where nothing says it."""
    match = MAXIMUM.search(sig_text(dose.text))
    return dose.maximum or (match[0].strip() if match else "")


def _both_routes(structure: str, words: str) -> str:
    """Return the route of the structure, with that of the words where it is an altogether different one."""
    if structure in _WAYS and words in _WAYS and _WAYS[structure] != _WAYS[words]:
        return f"{structure}{BUT}{words}"
    return structure or words


_WAYS = {
    **dict.fromkeys(("mouth", "under the tongue", "feeding tube", "lungs"), "mouth"),
    **dict.fromkeys(("under the skin", "muscle", "vein", "skin"), "skin"),
    **{route: route for route in ("eye", "ear", "nose", "rectum", "vagina")},
}
"""What is written loosely for each other, as one: into the skin for under it, by mouth for what is breathed in."""


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
