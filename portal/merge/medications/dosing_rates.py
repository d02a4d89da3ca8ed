"""How often a medicine is taken, on which days and when of the day, as "2/1d@MORN+EVE": structure and words alike."""

import re
from collections.abc import Sequence
from decimal import Decimal

from portal.domain.entry import Dose
from portal.merge.medications import dosing_tables as tables
from portal.merge.medications.dosing_patterns import (
    AMOUNT,
    DAY,
    DURATION,
    EVERY,
    HANDLING,
    MAXIMUM,
    NUMBER,
    TIMES,
    X_PER,
)
from portal.merge.medications.dosing_words import even
from portal.merge.words.text import written_out


def structured_frequency(dose: Dose) -> str:
    repeat = dose.repeat
    when = [word for word in dose.when if word]
    days = [day for day in tables.DAYS if day in dose.days]
    if repeat.get("count") == "1":  # of the whole timing, however often its period comes
        return "once" + _when(when, days)
    often, most = plain_number(repeat.get("frequency", "1")), plain_number(repeat.get("frequencyMax", ""))
    span, unit = plain_number(repeat.get("period", "")), repeat.get("periodUnit", "")
    unit = tables.PERIODS.get(unit, unit)  # some write "w" or "day", which FHIR has not
    if span and unit:
        longest = plain_number(repeat.get("periodMax", ""))
        return _rate(f"{often}-{most}" if most else often, f"{span}-{longest}" if longest else span, unit, when, days)
    if days:
        return _rate("1", "1", "d", when, days)
    if when or dose.times:
        return _rate(str(len(dose.times) or 1), "1", "d", when, days)
    return ""


def timed(structure: str, text: str) -> str:
    """Add the time of day that only the words say: "once a day" in the structure, "nightly" beside it."""
    words = frequency_in(text) if structure and "@" not in structure else ""
    return words if words.partition("@")[0] == structure else structure


def plain_number(text: str) -> str:
    return written_out(Decimal(text), 6) if re.fullmatch(NUMBER, text) else text


def at_each_time(frequency: str, times: int) -> str:
    """Return how often it is taken where the times of day are named: each of them, every day unless days are named."""
    if not times or not (frequency == "" or frequency.startswith("1/1d")):
        return frequency
    return f"{times}/1d{frequency.removeprefix('1/1d')}"


def _rate(often: str, span: str, unit: str, when: Sequence[str], days: Sequence[str]) -> str:
    span, unit = even(span, unit)
    if days and f"{span}{unit}" == "1wk" and often in ("1", str(len(days))):
        often, span, unit = "1", "1", "d"
    return f"{often}/{span}{unit}" + _when(when, days)


def _when(when: Sequence[str], days: Sequence[str]) -> str:
    return (f"@{'+'.join(sorted(when))}" if when else "") + (f" on {','.join(days)}" if days else "")


def frequency_in(text: str) -> str:
    """Return the frequency that words say, with the times of day."""
    return with_some_days(_frequency_in(SOME_DAYS.sub(" ", text)), text)


def _frequency_in(text: str) -> str:
    text = MAXIMUM.sub(" ", DURATION.sub(" ", text))
    when = [code for pattern, code in tables.WHEN if pattern.search(text)]
    when = _uncovered(when)
    days = days_in(text)
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
        latin = _TIMES_A_DAY.search(text)
        return _rate(tables.CODES[latin[1]][0] if latin else _each_time(text, when), "1", "d", when, days)
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


_TIMES_A_DAY = re.compile(r"\b([btq]id)(?:ac|wm)?\b")
_STEP = re.compile(
    r"[.;]\s+|,?\s*\b(?:and )?then\b"
    r"|[,;.]?\s*\b(?:(?:may|can|to) )*(?=(?:increase|decrease|reduce|titrate|taper)\b)"
)


def steps_of(text: str) -> list[str]:
    """Return the steps of a titration or a taper; what has neither an amount nor "then" is of the one before."""
    text = MAXIMUM.sub(" ", text)
    steps, behind = [""], ""
    start = 0
    for match in (*_STEP.finditer(text), None):
        clause = text[start : match.start() if match else len(text)]
        if steps[0] and (AMOUNT.search(clause) or (behind.endswith("then") and frequency_in(clause))):
            steps.append(clause)
        else:
            steps[-1] += f". {clause}"
        start, behind = (match.end(), match[0]) if match else (0, "")
    return steps


def first_rate(text: str) -> str:
    """Return how often it is taken in the first of the steps that says it."""
    return next(filter(None, map(frequency_in, steps_of(text))), "")


_RATE = re.compile(r"(\d+)(?:-(\d+))?/(\d+)(?:-(\d+))?(h|d|wk|mo)\b")
_A_WEEK = {"h": 168.0, "d": 7.0, "wk": 1.0, "mo": 7 / 30}


def contradict(rate: str, told: str) -> bool:
    """Tell whether two rates of one instruction are different ones.

    Every 8 hours and three times a day are written for each other there, and days of the week are said beside a rate.
    """
    spans = [_a_week(match) for each in (rate, told) if (match := _RATE.match(each))]
    if len(spans) != 2 or " on " in f"{rate}{told}":
        return False
    (low, high), (its_low, its_high) = spans
    return high < its_low or its_high < low


def _a_week(match: re.Match[str]) -> tuple[float, float]:
    """Return how many times a week at least and at most, a little more and less for what is rounded."""
    often, most, span, longest, unit = match.groups()
    times = _A_WEEK[unit]
    return float(often) * times / float(longest or span) * 0.99, float(most or often) * times / float(span) * 1.01


def _each_time(text: str, when: Sequence[str]) -> str:
    """Return how many times of the day are named one beside the other: "in the morning and at bedtime" is twice."""
    times = tables.ONCE_A_DAY & set(when)
    return str(len(times)) if len(times) > 1 and re.search(r"\band\b|&|\+|\by\b", text) else "1"


def _uncovered(when: list[str]) -> list[str]:
    for meal, covered in tables.COVERED.items():
        when = [code for code in when if meal not in when or code not in covered]
    return when


_WHOLE_RATE = re.compile(r"([\d.-]+)/([\d.-]+)([a-z]+)(?:@(\S+))?")


def with_days(frequency: str, days: Sequence[str]) -> str:
    """ "once a week" with "on Sundays" beside it is every Sunday; a day beside "daily" may be that of a visit."""
    rate = _WHOLE_RATE.fullmatch(frequency)
    if rate is None or not days or (len(days) == 1 and rate[3] == "d"):
        return frequency
    return _rate(rate[1], rate[2], rate[3], rate[4].split("+") if rate[4] else (), days)


_DAYS_A_WEEK = re.compile(
    r",?\s*\b(?:(?:on|for) )?([1-7]) ?(?:days?|x|times?)(?: (?:an?|per|each|every|out of (?:the |an? )?)|(?:/| / ))\s*"
    r"(?:weeks?|wk|7(?: days)?)\b|,?\s*\b(?:(?:on|for) )?([1-7]) days? weekly\b"
)
_EXCEPT_DAYS = re.compile(
    rf"[,;]?\s*[(]?\bexcept (?:(?:on|for) )?({DAY.pattern}(?:\s*(?:/|,|&|\band\b|\bor\b)\s*{DAY.pattern})*)\)?"
)
_EACH_DAY = ("", "1/1d")
_OF_A_DAY = re.compile(r"(?!1/1d)[\d-]+/(?:1d|[\d-]+h)(?:@|$)")
"""More often than once on a day that it is taken."""
SOME_DAYS = re.compile(r"\bdaysaweek([1-6])\b")
"""How a text that was read has the number of days beside how often a day: "twice daily, 5 days a week"."""


def _on_some_days(text: str, number: int) -> str:
    return text if number == len(tables.DAYS) else f"{text} daysaweek{number}"


def with_some_days(frequency: str, text: str) -> str:
    """Return how often a day with on how many days a week, where the text has both and names no days."""
    number = SOME_DAYS.search(text)
    is_daily = number is not None and " on " not in frequency and re.match(r"[\d-]+/(?:1d|[\d-]+h)\b", frequency)
    return f"{frequency} on {number[1]} days" if number and is_daily else frequency


def with_days_named(text: str) -> str:
    """Return instructions that name their days as these: "6 days a week, except Sunday" as Monday to Saturday.

    How many days a week that is, where they are not named, is a rate that is read.
    """
    text = _without_exception(text)
    match = _DAYS_A_WEEK.search(text)
    if match is None:
        return text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    number, named = int(match[1] or match[2]), days_in(rest)
    if len(named) == number:
        return rest
    if named:
        return text
    often = frequency_in(rest)
    if often not in _EACH_DAY:
        return _on_some_days(rest, number) if _OF_A_DAY.match(often) else text
    rate = " daily" if number == len(tables.DAYS) else f" {number} times a week"
    return f"{text[: match.start()]}{rate}{text[match.end() :]}"


def _without_exception(text: str) -> str:
    match = _EXCEPT_DAYS.search(text)
    if match is None:
        return text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    left_out, named = set(days_in(match[1])), days_in(rest)
    if named:
        return text if left_out & set(named) else rest
    days = "/".join(day for day in tables.DAYS if day not in left_out)
    return f"{text[: match.start()]} on {days} {text[match.end() :]}"


_BUT_ON = re.compile(r"\b(?:except|but not|not on)\b")


_NO_DOSE = re.compile(
    r"\b(?:refill\w*|pharmacy|call|phone|appointment|visit|clinic|follow[- ]?up|pick(?:ed)?(?: it)? up|deliver\w*"
    r"|ship\w*|closed|inr|labs?|blood (?:test|draw|work)|drawn|check(?:ed)?|due|see (?:the |your )?doctor)\b"
)
"""What a clause that names a day may be about, if it says nothing of taking."""


def _of_doses(text: str) -> str:
    """Return a text without what names a day for something else: "No refills Monday", "do not skip Monday"."""
    text = HANDLING.sub(" ", text)
    if not _NO_DOSE.search(text):
        return text
    clauses = re.split(r"(?<=[;,])|(?<=[.])(?!\d)", text)
    return "".join(
        clause for clause in clauses if not _NO_DOSE.search(clause) or _TAKEN.search(clause) or AMOUNT.search(clause)
    )


_TAKEN = re.compile(r"\b(?:take|inject|apply|use|inhale|insert|administer|instill|give|spray|put|swallow)\b")


def days_in(text: str) -> list[str]:
    for letters, days in tables.DAY_LETTERS.items():
        if letters in text and re.search(rf"\b{letters}\b", text):
            return list(days)
    if DAY.search(text) is None:
        return []
    on, *but = _BUT_ON.split(_of_doses(text), maxsplit=1)  # "Monday to Saturday, except Sunday" names the others before
    named, left_out = ({match[:3] for match in DAY.findall(part)} for part in (on, " ".join(but)))
    named = named or (set(tables.DAYS) if left_out else set())
    return [day for day in tables.DAYS if day in named - left_out]
