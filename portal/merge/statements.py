"""What an entry states in the fields that may disagree, each in a form that compares and in words."""

import re
from collections.abc import Callable, Mapping

from portal.domain.entry import (
    Allergy,
    CareTeam,
    Document,
    Entry,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Procedure,
    Range,
    Report,
    Result,
    Status,
    Visit,
)
from portal.merge import allergen_names
from portal.merge.comparing import near, one_value
from portal.merge.concepts import read_concept
from portal.merge.measures import measured, worded
from portal.merge.moments import local_day
from portal.merge.people import people, same_person
from portal.merge.read_insurance import payer_words
from portal.merge.read_medications import dosing_of
from portal.merge.read_results import read_test
from portal.merge.text import plain


class Statement:
    """``key`` compares, ``shown`` is for people. ``by`` says whether two keys agree; equal ones always do."""

    __slots__ = ("by", "key", "shown")

    def __init__(self, key: object, shown: str, by: Callable[[object, object], bool] | None = None) -> None:
        self.key, self.shown, self.by = key, shown, by

    def agrees(self, other: "Statement") -> bool:
        return self.key == other.key or (self.by is not None and self.by(self.key, other.key))


Statements = dict[str, Statement]


def statements(entry: Entry) -> Mapping[str, Statement]:
    """Return what an entry states, by the names of ``Rules.disagree``; what it does not state is absent."""
    reader = _READERS.get(type(entry.detail))
    stated: Statements = {}
    if reader is not None:
        reader(entry, entry.detail, stated)
    return stated


def _state(stated: Statements, name: str, key: object, shown: str = "", by: Callable[..., bool] | None = None) -> None:
    if key:
        stated[name] = Statement(key, shown or str(key), by)


def _within(mine: str, theirs: str) -> bool:
    """One says all the words of the other."""
    left, right = set(mine.split()), set(theirs.split())
    return left <= right or right <= left


def _dates(mine: str, theirs: str) -> bool:
    shorter, longer = sorted((mine, theirs), key=len)
    return longer.startswith(shorter)


def _status(entry: Entry) -> str:
    return "" if entry.status is Status.UNKNOWN else entry.status.value


def _medication(entry: Entry, detail: Medication, stated: Statements) -> None:
    doses = dosing_of(entry)
    written = "; ".join(detail.instructions) or detail.dose
    amounts = tuple(sorted({(dose.amount, dose.number) for dose in doses if dose.amount}))
    if amounts and all(dose.amount for dose in doses):
        _state(stated, "dose", amounts, detail.dose or written, _same_amounts)
    rates = tuple(sorted({dose.frequency for dose in doses if dose.frequency}))
    if rates and all(dose.frequency for dose in doses):
        _state(stated, "frequency", rates, written)
    if doses:
        needed = "when needed" if any(dose.as_needed for dose in doses) else "regularly"
        reason = " ".join(sorted({dose.reason for dose in doses if dose.reason}))
        _state(stated, "prn", (needed, reason), f"{needed}: {reason}" if reason else needed, _same_need)
        # A limit that only one side knows is shown: who follows the other could take too much.
        _state(stated, "maximum", " ".join(sorted({dose.maximum for dose in doses} - {""})) or "-")
    _state(stated, "site", " ".join(sorted({dose.site for dose in doses} - {""})), by=_within)
    _state(stated, "route", " ".join(sorted({dose.route for dose in doses} - {""})), detail.route)
    words = " ".join(dose.words for dose in doses).strip()
    kinds = frozenset(kind for dose in doses for kind in ("amount", "frequency", "words") if getattr(dose, kind))
    if kinds:
        _state(stated, "instructions", (words, kinds), _words_shown(detail, written), _same_instructions)
    _state(stated, "duration", " ".join(sorted({dose.duration for dose in doses} - {""})))
    starts, ends = {dose.start for dose in doses} - {""}, {dose.end for dose in doses} - {""}
    start = min(starts) if starts else local_day(entry.start) if detail.statement and not detail.intent else ""
    end = max(ends) if ends else local_day(entry.end)
    _state(stated, "start", start, by=_dates)
    if start or end or starts:
        _state(stated, "end", end or "-", end or "-", _dates)
    _state(stated, "status", detail.fhir_status)
    if detail.prescriber:
        _state(
            stated,
            "prescriber",
            tuple(people([detail.prescriber])) or detail.prescriber,
            detail.prescriber,
            _any_person,
        )


def _same_instructions(mine: tuple[str, frozenset[str]], theirs: tuple[str, frozenset[str]]) -> bool:
    """Tell whether words agree; instructions without a part in common could not be compared, so both are shown."""
    return bool(mine[1] & theirs[1]) and (not mine[0] or not theirs[0] or _within(mine[0], theirs[0]))


def _same_need(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    return mine[0] == theirs[0] and _within(mine[1], theirs[1])


def _words_shown(detail: Medication, written: str) -> str:
    said = [text for dose in detail.doses for text in (dose.patient, *dose.additional) if text]
    return "; ".join(dict.fromkeys(said)) or written


def _same_amounts(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]) -> bool:
    """Equal amounts; a number without a unit is compared as the number."""
    if len(mine) != len(theirs):
        return False
    return all(map(_same_amount, mine, theirs))


def _same_amount(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    (amount, written), (its_amount, its_written) = mine, theirs
    number, _, unit = written.partition(" ")
    its_number, _, its_unit = its_written.partition(" ")
    if number == its_number and (unit == its_unit or not unit or not its_unit):
        return True
    (low, _, mass), (its_low, _, its_mass) = amount.partition(" "), its_amount.partition(" ")
    return mass == its_mass != "" and near(low, its_low)


def _any_person(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return any(same_person(one, other) for one in mine for other in theirs)


def _health_issue(entry: Entry, detail: HealthIssue, stated: Statements) -> None:
    _state(stated, "status", detail.clinical_status or _status(entry))
    _state(stated, "onset", local_day(entry.start), by=_dates)
    if not entry.start and re.search(r"\d", detail.onset):
        _state(stated, "onset", f"at {plain(detail.onset)}", detail.onset, lambda a, b: str(a)[:2] != str(b)[:2])
    _state(stated, "end", local_day(entry.end), by=_dates)
    _state(stated, "severity", plain(detail.severity), detail.severity)
    _state(stated, "verification", detail.verification)
    _state(stated, "stage", tuple(sorted(map(plain, detail.stages))), "; ".join(detail.stages))


def _allergy(entry: Entry, detail: Allergy, stated: Statements) -> None:
    reactions = sorted({_reaction(name) for reaction in detail.reactions for name in reaction.manifestations})
    shown = ", ".join(name for reaction in detail.reactions for name in reaction.manifestations)
    _state(stated, "reaction", tuple(reactions), shown)
    severities = {reaction.severity for reaction in detail.reactions}
    _state(stated, "severity", next((word for word in ("severe", "moderate", "mild") if word in severities), ""))
    _state(stated, "criticality", "" if detail.criticality == "unable-to-assess" else detail.criticality)
    _state(stated, "status", "" if detail.verification == "refuted" else _status(entry))
    _state(stated, "verification", detail.verification)
    _state(stated, "onset", local_day(entry.start), by=_dates)


def _reaction(name: str) -> str:
    words = plain(name)
    return allergen_names.REACTIONS.get(words, words)


def _result(_entry: Entry, detail: Result, stated: Statements) -> None:
    flags = sorted({*detail.flags, *(part.flag for part in detail.components if part.flag)} - {""})
    _state(stated, "flag", tuple(flags), detail.flag_text or ", ".join(flags))
    core = read_test(_entry.title).core
    spans = tuple(_span(one, core) for one in detail.ranges if not one.meaning)
    _state(
        stated,
        "range",
        spans if any(spans) else (),
        "; ".join(one.text for one in detail.ranges if one.text),
        _same_spans,
    )
    _state(stated, "status", detail.fhir_status)


def _span(span: Range, analyte: str) -> tuple[str, str]:
    if span.low or span.high:
        return (measured(span.low, analyte) if span.low else "", measured(span.high, analyte) if span.high else "")
    text = worded(span.text, analyte)
    return ("", text)


def _same_spans(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]) -> bool:
    if len(mine) != len(theirs):
        return False
    return all(
        one == other or one_value(one, other)
        for left, right in zip(mine, theirs, strict=True)
        for one, other in zip(left, right, strict=True)
    )


def _report(_entry: Entry, detail: Report, stated: Statements) -> None:
    _state(stated, "status", detail.fhir_status)
    _state(stated, "conclusion", plain(detail.conclusion), detail.conclusion)


def _document(entry: Entry, detail: Document, stated: Statements) -> None:
    _state(stated, "status", f"{_status(entry)} {detail.document_status or 'final'}")


def _immunization(_entry: Entry, detail: Immunization, stated: Statements) -> None:
    site = read_concept(detail.site)
    _state(stated, "site", (site.side, *site.words) if detail.site else (), detail.site, _same_site)
    _state(stated, "maker", _maker(detail.manufacturer), detail.manufacturer, _within)
    _state(stated, "dose", detail.dose_number, by=lambda one, other: str(one).split(" ")[0] == str(other).split(" ")[0])
    _state(stated, "reason", plain(detail.not_given_reason), detail.not_given_reason)


_MAKERS = {"msd": "merck", "janssen": "johnson johnson", "gsk": "glaxosmithkline", "glaxo": "glaxosmithkline"}
_FIRM = frozenset(
    [
        "inc",
        "llc",
        "lp",
        "ltd",
        "co",
        "corp",
        "corporation",
        "company",
        "products",
        "biologicals",
        "sa",
        "pharmaceuticals",
        "vaccines",
        "usa",
        "the",
    ]
)


def _maker(name: str) -> str:
    words = [_MAKERS.get(word, word) for word in plain(name).split() if word not in _FIRM]
    return " ".join(sorted(set(" ".join(words).split())))


def _same_site(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if mine[0] and theirs[0] and mine[0] != theirs[0]:
        return False
    return not mine[1:] or not theirs[1:] or bool(set(mine[1:]) & set(theirs[1:]))


def _procedure(_entry: Entry, detail: Procedure, stated: Statements) -> None:
    if detail.performers:
        _state(stated, "performer", tuple(people(detail.performers)), ", ".join(detail.performers), _any_person)
    _state(stated, "outcome", plain(detail.outcome), detail.outcome)


def _implant(entry: Entry, detail: Implant, stated: Statements) -> None:
    _state(stated, "status", entry.status.value)
    _state(stated, "model", plain(detail.model), detail.model)


def _visit(entry: Entry, detail: Visit, stated: Statements) -> None:
    _state(stated, "status", detail.fhir_status)
    _state(stated, "reason", plain(detail.reason), detail.reason)
    _state(stated, "end", local_day(entry.end), by=_dates)


def _insurance(entry: Entry, detail: Insurance, stated: Statements) -> None:
    _state(stated, "payer", payer_words(detail.payer), detail.payer)
    _state(stated, "order", str(detail.order) if detail.order else "")
    _state(stated, "status", _status(entry))
    if entry.start or entry.end:
        start, end = local_day(entry.start), local_day(entry.end)
        _state(stated, "period", (start, end), f"{start} - {end}")


def _care_team(entry: Entry, detail: CareTeam, stated: Statements) -> None:
    _state(stated, "status", _status(entry))
    starts = tuple(sorted(local_day(member.start) for member in detail.members if member.start))
    _state(stated, "period", starts or local_day(entry.start), ", ".join(starts))
    phones = tuple(sorted(re.sub(r"\D", "", member.phone) for member in detail.members if member.phone))
    _state(stated, "contact", phones, ", ".join(member.phone for member in detail.members if member.phone))


_READERS: Mapping[type, Callable[..., None]] = {
    Allergy: _allergy,
    CareTeam: _care_team,
    Document: _document,
    HealthIssue: _health_issue,
    Immunization: _immunization,
    Implant: _implant,
    Insurance: _insurance,
    Medication: _medication,
    Procedure: _procedure,
    Report: _report,
    Result: _result,
    Visit: _visit,
}
