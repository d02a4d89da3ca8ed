"""What an order or a statement of a medicine states: dose, how often, when needed, at most, words, dates."""

import re
from collections.abc import Sequence

import msgspec

from portal.domain.entry import Dose, Entry, Medication
from portal.domain.plans import Dispense
from portal.merge.medications.dosing import Dosing, limit_words, read_doses
from portal.merge.medications.dosing_amounts import BUT
from portal.merge.medications.dosing_patterns import AMOUNT
from portal.merge.medications.dosing_rates import contradict, frequency_in
from portal.merge.medications.dosing_rest import in_words, matters, repeat_words, rest_of
from portal.merge.medications.order_notes import held_when, is_medicine, own_names, taken
from portal.merge.medications.order_rates import (
    AT_MEALS,
    MEALS,
    UNSAID,
    agreeing_rates,
    rates_alike,
    same_amounts,
    same_clock,
    same_rates,
    same_time,
    times_of,
)
from portal.merge.medications.order_spans import (
    GOING_ON,
    HANDED_ON,
    HELD_BUT_HANDED_ON,
    STOPPED_BUT_HANDED_ON,
    days_between,
    last_days,
    lasting_shown,
    not_handed_out_if_stopped,
    not_handed_out_since,
    not_handed_out_while_held,
    same_duration,
    same_end,
)
from portal.merge.medications.order_status import told_status
from portal.merge.medications.read_medications import as_medication, dosing_of
from portal.merge.medications.sig_words import sig_text
from portal.merge.notes.noted import labelled
from portal.merge.stating import Statement, Statements, same_dates, state, state_people, within
from portal.merge.words.moments import local_day
from portal.merge.words.text import plain


def medication(entry: Entry, detail: Medication, stated: Statements) -> None:
    """State how a medicine is to be taken, since when and by whose order."""
    doses = dosing_of(entry)
    _dosing(entry, detail, stated)
    if "frequency" not in stated and doses and not any(dose.frequency for dose in doses):
        texts = (*detail.instructions, detail.dose)
        meals = next((match for text in texts if (match := MEALS.search(text))), None)
        if meals:
            when = AT_MEALS[(meals[1] or meals[2] or "with").casefold()]
            state(stated, "frequency", ((f"meals@{when}", "", ""),), meals[0], same_rates, alike=rates_alike)
        elif all(_only_amount(dose) for dose in doses):
            state(stated, "frequency", UNSAID, "-", same_rates, alike=rates_alike)
    for name, statement in _told_dosing(entry, detail).items():
        stated[name] = statement
    starts, ends = {dose.start for dose in doses} - {""}, {dose.end for dose in doses} - {""}
    start = min(starts) if starts else local_day(entry.start) if detail.statement and not detail.intent else ""
    end = max(ends) if ends else local_day(entry.end)
    state(stated, "start", start, by=same_dates)
    if start or end or starts or entry.status in GOING_ON:
        state(stated, "end", (end or "-", last_days(entry, doses)), end or "-", same_end)
    state(stated, HANDED_ON, ("ended", end) if end else (), end, not_handed_out_since)
    told = told_status(entry, detail, detail.instructions)[0] if detail.fhir_status in ("active", "") else ""
    ordered = local_day(entry.start or entry.recorded)
    if "on-hold" in (told, detail.fhir_status):
        state(stated, HELD_BUT_HANDED_ON, ("on hold", ordered), "on-hold", not_handed_out_while_held)
    stop = next((each for each in (told, detail.fhir_status) if each in _STOPPED), "")
    if stop and not (start or end or ordered):
        state(stated, STOPPED_BUT_HANDED_ON, "stopped", stop, not_handed_out_if_stopped)
    refused = "not-taken" if detail.do_not_perform and detail.statement else ""
    state(stated, "status", refused or told or detail.fhir_status)
    state_people(stated, "prescriber", [detail.prescriber or labelled(entry.notes, "prescriber")])


def _dosing(entry: Entry, detail: Medication, stated: Statements) -> None:
    """State what instructions say, each part by its name."""
    doses = dosing_of(entry)
    written = "; ".join(detail.instructions) or detail.dose
    amounts = tuple(sorted({(dose.amount, dose.number, dose.others) for dose in doses if dose.amount}))
    if amounts and all(dose.amount for dose in doses):
        contradicted = any(BUT in dose.amount for dose in doses)
        shown = f"{detail.dose}; {written}" if contradicted and detail.dose else detail.dose or written
        state(stated, "dose", amounts, shown, same_amounts)
    several = len({dose.amount for dose in doses}) > 1  # which amount when is part of how often
    rates = tuple(
        sorted(
            {(_with_times(dose), dose.amount, dose.number) if several else (dose.frequency, "", "") for dose in doses}
        )
    )
    if by_words := _told_rate(detail):
        rates = tuple((f"{rate}{BUT}{by_words}", amount, number) for rate, amount, number in rates)
    if rates and all(dose.frequency for dose in doses):
        state(stated, "frequency", rates, written, agreeing_rates, alike=rates_alike)
    rate = tuple(sorted({plain(dose.rate) for dose in detail.doses} - {""}))
    state(stated, "rate", rate, "; ".join(sorted({dose.rate for dose in detail.doses} - {""})))
    if doses:
        needed = _when_needed(doses)
        reason = " ".join(sorted({dose.reason for dose in doses if dose.reason}))
        shown = f"{needed}: {reason}" if reason else needed
        state(stated, "prn", (needed, reason), shown, _same_need, alike=_equal)
        # A limit that only one side knows is shown: who follows the other could take too much.
        limits = "; ".join(dict.fromkeys(filter(None, map(limit_words, detail.doses))))
        state(
            stated,
            "maximum",
            (" ".join(sorted({dose.maximum for dose in doses} - {""})) or "-", _most_times(doses)),
            limits or "-",
            _same_limit,
        )
        repeats = "; ".join(dict.fromkeys(filter(None, map(repeat_words, detail.instructions))))
        repeat = " ".join(sorted({dose.repeat for dose in doses} - {""})) or "-"
        state(stated, "repeat", repeat, repeats or "-", _same_repeat, alike=_equal)
    state(stated, "site", " ".join(sorted({dose.site for dose in doses} - {""})), by=within)
    routes = " ".join(sorted({dose.route for dose in doses} - {""}))
    state(stated, "route", routes, f"{detail.route}; {written}" if BUT in routes else detail.route, _same_route)
    conditions = held_when(entry.notes, entry.title)
    told = (*(dose.words for dose in doses), *(" ".join(in_words(clause)) for clause in conditions))
    words = " ".join(word for text in told for word in text.split() if word not in own_names(entry.title))
    kinds = frozenset(kind for dose in doses for kind in ("amount", "frequency", "words") if getattr(dose, kind))
    kinds |= {"words"} if conditions else set()
    if kinds or doses:
        shown = "; ".join(filter(None, (_words_shown(detail, written), *conditions)))
        state(stated, "instructions", (words, kinds), shown, _same_instructions, alike=_same_words)
    if doses:  # for how long is shown also where only one side knows it, as the end is
        counts = {f"{dose.repeat['count']} times" for dose in detail.doses if dose.repeat.get("count", "1") != "1"}
        spans = [dose.duration for dose in doses if dose.duration]  # of the steps of a taper in the order of amounts
        lasting = spans if several and len(set(spans)) > 1 else sorted({*counts, *spans})
        shown = ", ".join(map(lasting_shown, lasting))
        state(stated, "duration", (" ".join(lasting) or "-", days_between(entry, doses)), shown or "-", same_duration)
    if doses:  # a time is shown also where only one side knows it
        times = frozenset(time for dose in doses for time in dose.times)
        parts = frozenset(part for dose in doses for part in times_of(dose.frequency)[1])
        shown = ", ".join(sorted(times)) or (written if parts else "-")
        state(stated, "time", (times, parts, "frequency" in stated), shown, same_time, alike=same_clock)


def _when_needed(doses: Sequence[Dosing]) -> str:
    """Return whether it is taken when needed, regularly, or both: "2 puffs daily and when needed"."""
    if not any(dose.as_needed for dose in doses):
        return "regularly"
    return BOTH if any(dose.at_times_too or not dose.as_needed for dose in doses) else "when needed"


BOTH = "regularly and when needed"


def _with_times(dose: Dosing) -> str:
    """Return how often with the times on the clock, as if they were parts of the day."""
    if not dose.times:
        return dose.frequency
    return f"{dose.frequency}{'+' if '@' in dose.frequency else '@'}{'+'.join(dose.times)}"


def _told_rate(detail: Medication) -> str:
    """Return how often a day the words say, where the structure of a single instruction says another number."""
    if len(detail.doses) != 1:
        return ""
    (dose,) = detail.doses
    structure = msgspec.structs.replace(dose, text="", patient="", additional=())
    words = msgspec.structs.replace(dose, repeat={}, when=(), days=(), times=(), code="", patient="", additional=())
    rates = [read_doses([each], strengths={}) for each in (structure, words)]
    if any(len(read) != 1 for read in rates):
        return ""
    often, told = (read[0].frequency for read in rates)
    coded = frequency_in(sig_text(dose.code))
    return next((other for other in (told, coded) if contradict(often, other)), "")


def taken_differently(entry: Entry) -> str:
    """Return how notes say that somebody really takes it, or takes it since; empty where they do not."""
    detail = entry.detail
    return taken(entry.notes, entry.title)[1] if isinstance(detail, Medication) and _told_dosing(entry, detail) else ""


def _told_dosing(entry: Entry, detail: Medication) -> Statements:
    """Return what notes tell of how it is really taken, where the instructions say otherwise."""
    words, shown = taken(entry.notes, entry.title) if entry.notes else ("", "")
    if not words:
        return {}
    ordered: Statements = {}
    _dosing(entry, detail, ordered)
    instead = msgspec.structs.replace(detail, instructions=(words,), doses=(), dose="")
    told: Statements = {}
    _dosing(msgspec.structs.replace(entry, detail=instead), instead, told)
    doses = dosing_of(msgspec.structs.replace(entry, detail=instead))
    names: tuple[str, ...]
    if words.startswith("max "):
        names = ("maximum",)
    elif doses and all(dose.duration and not dose.amount for dose in doses):
        names = ("duration",)
    elif not any(dose.amount or dose.frequency or dose.as_needed for dose in doses):
        return {"frequency": Statement(((words, "", ""),), shown)}
    else:
        # How often somebody takes what is for when it is needed contradicts no order, unless it is more than ordered.
        needed = any(dose.as_needed for dose in dosing_of(entry)) and not _SCHEDULED.search(words)
        needed = needed and _a_day(doses) <= _a_day(dosing_of(entry))
        names = (
            "dose",
            *(() if needed else ("frequency",)),
            *(("prn",) if any(dose.as_needed for dose in doses) else ()),
        )
    told = {name: Statement(told[name].key, shown, told[name].by) for name in names if name in told}
    return {name: each for name, each in told.items() if name not in ordered or not each.agrees(ordered[name])}


def _a_day(doses: Sequence[Dosing]) -> float:
    """Return how many times a day at most, of a single instruction; 0 where it does not say it of days or hours."""
    match = _DAILY.match(doses[0].frequency) if len(doses) == 1 else None
    if match is None:
        return 0
    return float(match[1]) * (24 / float(match[2]) if match[3] == "h" else 1 / float(match[2]))


_DAILY = re.compile(r"(?:[\d.]+-)?([\d.]+)/(\d[\d.]*)(?:-[\d.]+)?([hd])\b")
_SCHEDULED = re.compile(r"\b(?:scheduled|around the clock|atc|regularly|every day|fij[oa])\b", re.IGNORECASE)
_STOPPED = frozenset({"stopped", "cancelled"})
_NOT_HANDED_OUT = frozenset({"declined", "cancelled", "stopped", "on-hold"})


def handed_out(entry: Entry, detail: Dispense, stated: Statements) -> None:
    """State what the label says of how to take it, and that it was not handed out.

    When it was handed out, and by whom, contradicts no order but one that had ended by then.
    """
    as_order = as_medication(entry)
    if as_order is not None and isinstance(as_order.detail, Medication):
        medication(as_order, as_order.detail, stated)
        for name in ("start", "end", "status", "prescriber", HANDED_ON, HELD_BUT_HANDED_ON, STOPPED_BUT_HANDED_ON):
            stated.pop(name, None)
        if detail.fhir_status in _NOT_HANDED_OUT:
            state(stated, "status", detail.fhir_status)
        elif day := local_day(entry.start):
            state(stated, HANDED_ON, ("handed out", day), day, not_handed_out_since)
            state(stated, HELD_BUT_HANDED_ON, ("handed out", day), day, not_handed_out_while_held)
            state(stated, STOPPED_BUT_HANDED_ON, "handed out", day, not_handed_out_if_stopped)


def _most_times(doses: Sequence[Dosing]) -> int:
    """Return how many times a day at most follows from how often it may be taken when needed; 0 for none."""
    return int(_a_day(doses)) if _when_needed(doses) == "when needed" else 0


def _only_amount(dose: Dosing) -> bool:
    return bool(dose.amount) and not dose.frequency


_Instructions = tuple[str, frozenset[str]]


def _same_instructions(left: _Instructions, right: _Instructions) -> bool:
    """Tell whether words agree: what only one side has changes nothing of what is taken.

    Instructions without a part in common could not be compared, so both are shown.
    """
    common = left[1] & right[1]
    if not common and left[1] and right[1]:
        return False
    words, other_words = set(left[0].split()), set(right[0].split())
    if words - other_words and other_words - words and words & other_words & _CONDITIONAL:
        return False  # hold if the one is low, or if the other is
    if common == {"words"} and words and other_words and not (words <= other_words or other_words <= words):
        return False
    return not (matters(words ^ other_words) or any(map(is_medicine, words ^ other_words)))


def _same_words(left: _Instructions, right: _Instructions) -> bool:
    return set(left[0].split()) == set(right[0].split())


_CONDITIONAL = frozenset({"hold", "skip", "omit", "stop", "avoid", "if", "unless"})
_Limit = tuple[str, int]


def _same_limit(left: _Limit, right: _Limit) -> bool:
    """Tell whether limits of one time are one: a number without a unit is compared as the number.

    Every 6 hours when needed is at most 4 times a day, whether that is said or not.
    """
    (limit, implied), (its_limit, its_implied) = left, right
    if "-" in (limit, its_limit):
        return its_limit in (limit, f"{implied} times") or limit == f"{its_implied} times"
    (amount, _, time), (its_amount, _, its_time) = limit.partition("/"), its_limit.partition("/")
    (number, _, unit), (its_number, _, its_unit) = amount.partition(" "), its_amount.partition(" ")
    return time == its_time and number == its_number and (not unit or not its_unit or unit == its_unit)


def _equal(left: object, right: object) -> bool:
    """Agree on what is equal only: of two that say more and less each is shown."""
    return left == right


def _same_repeat(left: str, right: str) -> bool:
    """Tell whether a second one may be taken after the same time; how many more one side may leave unsaid."""
    (span, _, number), (its_span, _, its_number) = left.partition(" x"), right.partition(" x")
    return span == its_span and (not number or not its_number or number == its_number)


def _same_need(left: tuple[str, str], right: tuple[str, str]) -> bool:
    return left[0] == right[0] and within(left[1], right[1])


def _words_shown(detail: Medication, written: str) -> str:
    spoken = [text for dose in detail.doses for text in (dose.patient, *dose.additional) if text]
    told = "; ".join(dict.fromkeys(spoken))
    if not told or all(map(_all_in_parts, detail.doses)):
        return told or written
    return written if told in written else "; ".join(filter(None, (told, written)))


def _all_in_parts(dose: Dose) -> bool:
    """Tell whether the clinician's words are no more than an amount and how often, which are told by themselves."""
    text = sig_text(dose.text)
    return len(AMOUNT.findall(text)) <= 1 and not rest_of(text, understood=True)


def _same_route(left: str, right: str) -> bool:
    """Tell whether routes agree; one whose structure and words name two agrees with no other."""
    return BUT not in f"{left}{right}" and left == right
