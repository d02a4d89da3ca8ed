"""What an entry states in the fields that may disagree, each in a form that compares and in words."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from portal.domain.dates import as_instant
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
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.plans import Dispense
from portal.merge.allergy_reactions import GRAVEST_FIRST
from portal.merge.allergy_titles import read_title
from portal.merge.concepts import read_concept
from portal.merge.moments import has_time, local_day, moment, worded_date
from portal.merge.order_statements import handed_out, medication
from portal.merge.properties import stated_properties
from portal.merge.read_allergies import (
    degree_in_notes,
    degree_of,
    reactions,
    signs_in_notes,
    signs_in_title,
    verification_of,
)
from portal.merge.read_insurance import payer_words
from portal.merge.read_things import read_finding
from portal.merge.result_statements import result
from portal.merge.stating import Statement, Statements, same_dates, state, state_people, within
from portal.merge.text import plain
from portal.merge.vaccine_details import dose_number, maker, route_of, same_site, site_of
from portal.merge.wording import same_text, same_texts, some_texts


def statements(entry: Entry) -> Mapping[str, Statement]:
    """Return what an entry states, by the names of ``Rules.disagree``; what it does not state is absent."""
    reader = _READERS.get(type(entry.detail))
    stated: Statements = {}
    if reader is not None:
        reader(entry, entry.detail, stated)
    for name, values in stated_properties(entry):
        if name not in stated and _DATED_FACTS.get(name, name) not in stated:
            state(stated, _NAMES.get(name, name), values, "; ".join(values), same_texts)
    return stated


_DATED_FACTS = {"Ended at": "end"}
"""Facts in words that are read as the date of a statement, where they can be."""

_NAMES = {
    "complications": "complication",
    "conclusions": "conclusion",
    "cancelled_reason": "reason",
    "expires": "expiry",
}
"""Names that are shown, where the property's own is another."""


def _status(entry: Entry) -> str:
    return "" if entry.status is Status.UNKNOWN else entry.status.value


_STANDINGS = {
    "past": frozenset({"past", "inactive", "resolved", "remission"}),
    "active": frozenset({"active", "recurrence", "relapse"}),
}


def _overlap(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left.isdisjoint(right)


def _state_standing(entry: Entry, clinical: str, stated: Statements) -> None:
    """State FHIR's clinical status, else whether it is over: that agrees with every clinical status that says so."""
    standing = frozenset({clinical}) if clinical else _STANDINGS.get(_status(entry), frozenset())
    state(stated, "status", standing, clinical or _status(entry), _overlap)


def _health_issue(entry: Entry, detail: HealthIssue, stated: Statements) -> None:
    over = "resolved" if read_concept(entry.title).over else ""
    _state_standing(entry, detail.clinical_status or over, stated)
    _onset(entry, detail.onset, stated)
    told = next((fact.text for fact in entry.facts if fact.label == "Ended at"), "")
    state(stated, "end", local_day(entry.end) or worded_date(told), local_day(entry.end) or told, same_dates)
    state(stated, "severity", _UNSAYING.sub("", plain(detail.severity)).strip(), detail.severity)
    state(stated, "verification", detail.verification)
    state(stated, "stage", tuple(sorted(map(_stage, detail.stages))), "; ".join(detail.stages))


_UNSAYING = re.compile(r"\b(?:severity|modifier|qualifier value)\b")
"""Words of a severity that say nothing of how severe it is."""


def _stage(text: str) -> str:
    """Return a stage by its number, whatever kind of stage it is: "Clinical stage: IIA" and "stage 2A" are one."""
    told = text.rpartition(": ")[2]
    if _BARE_STAGE.fullmatch(told.strip()):
        told = f"stage {told.strip()}"
    return " ".join(stage.replace(" ", "") for stage in read_concept(told).stages) or plain(told)


_BARE_STAGE = re.compile(r"(?:[iI]{1,3}[vV]?|[iI]?[vV]|[0-4])\s*-?[a-cA-C]?")


def _allergy(entry: Entry, detail: Allergy, stated: Statements) -> None:
    title = read_title(entry.title)
    shown = ", ".join(name for reaction in detail.reactions for name in reaction.manifestations)
    signs = reactions(detail)
    if signs:
        state(stated, "reaction", signs, shown)
    elif signs := signs_in_title(entry.title):
        state(stated, "reaction", signs, entry.title)
    else:
        state(stated, "reaction", signs_in_notes(entry.notes), "; ".join(entry.notes))
    _severity(detail, title.severity or degree_in_notes(entry.notes), stated)
    state(stated, "criticality", "" if detail.criticality == "unable-to-assess" else detail.criticality)
    verification = verification_of(entry.title, detail)
    if verification != "refuted":
        _state_standing(entry, title.clinical_status or detail.clinical_status, stated)
    state(stated, "verification", verification)
    kind = next((fact.text for fact in entry.facts if fact.label == "Allergy or intolerance"), "")
    words = plain(entry.title).split()
    kind = kind or next((kind for word, kind in _KINDS.items() if word in words), "")
    state(stated, "type", plain(kind), kind)
    state(stated, "category", frozenset(detail.category), ", ".join(detail.category), _overlap)
    told = next((fact.text for fact in entry.facts if fact.label == "Began at" and fact.text), "")
    _onset(entry, told, stated)


_KINDS = {"intolerance": "Intolerance", "effect": "Side effect", "effects": "Side effect", "allergy": "Allergy"}
"""What the words of a title say that it is."""


def _severity(detail: Allergy, in_title: str, stated: Statements) -> None:
    """State the gravest of each sign; of reactions without a sign, of them all; else what the title says."""
    by_sign: dict[str, str] = {}
    for reaction in detail.reactions:
        degree = reaction.severity or degree_of(reaction.manifestations)
        for sign in reactions(msgspec.structs.replace(detail, reactions=(reaction,))) or ("",):
            grave = [word for word in GRAVEST_FIRST if word in (degree, by_sign.get(sign))]
            if grave:
                by_sign[sign] = grave[0]
    if not by_sign and in_title:
        by_sign[""] = in_title
    gravest = next((word for word in GRAVEST_FIRST if word in by_sign.values()), "")
    alike = len(set(by_sign.values())) < 2
    told = gravest if alike else ", ".join(f"{sign}: {word}".removeprefix(": ") for sign, word in by_sign.items())
    state(stated, "severity", tuple(sorted(by_sign.items())), told, _same_severity)


def _same_severity(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Compare sign by sign; where no sign is common, the gravest."""
    signs, other_signs = dict(left), dict(right)
    common = signs.keys() & other_signs.keys()
    if common:
        return all(signs[sign] == other_signs[sign] for sign in common)
    return min(map(GRAVEST_FIRST.index, signs.values())) == min(map(GRAVEST_FIRST.index, other_signs.values()))


_Onset = tuple[str, str, str]
_SPANS = {
    **dict.fromkeys(("childhood", "child", "as a child", "in childhood"), (0, 17)),
    **dict.fromkeys(("infancy", "infant", "birth", "congenital", "at birth", "since birth"), (0, 2)),
    **dict.fromkeys(("teens", "teenager", "as a teenager", "adolescence", "adolescent"), (10, 19)),
}
"""The ages in years of which words speak."""


def _onset(entry: Entry, told: str, stated: Statements) -> None:
    """Return a day, or a span of days; else an age or words."""
    day = local_day(entry.start) or worded_date(told)
    last = next((local_day(fact.end) for fact in entry.facts if fact.label == "Began at" and fact.end), "")
    if day or told:
        state(stated, "onset", (day, last or day, "" if day else plain(told)), day or told, _same_onset)


def _same_onset(left: _Onset, right: _Onset) -> bool:
    """Tell whether both began then: an age cannot be compared with a date, other words do not fit one."""
    if left[0] and right[0]:
        return same_dates(left[0], right[0]) or (left[0] <= right[1] and right[0] <= left[1])
    told = [words for words in (left[2], right[2]) if words]
    ages = [_ages(words) for words in told]
    if len(told) == 1:
        return any(letter.isdigit() for letter in told[0])
    if ages[0] and ages[1]:
        return ages[0][0] <= ages[1][1] and ages[1][0] <= ages[0][1]
    return same_text(told[0], told[1])


def _ages(words: str) -> tuple[float, float] | None:
    """Return the youngest and the oldest age in years that words name: "6 months", "in her 20s", "childhood"."""
    if words in _SPANS:
        return _SPANS[words]
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    if not numbers:
        return None
    if _DECADE.search(words):
        return numbers[0], numbers[-1] + 9
    per_year = next((count for unit, count in _PER_YEAR.items() if re.search(unit, words)), 1)
    return min(numbers) / per_year, max(numbers) / per_year


_DECADE = re.compile(r"\d0s\b")
_PER_YEAR = {r"\bmo(?:nths?)?\b": 12, r"\bw(?:ee)?ks?\b": 52, r"\bdays?\b": 365}


def _report(_entry: Entry, detail: Report, stated: Statements) -> None:
    state(stated, "status", detail.fhir_status)
    state(stated, "conclusion", plain(detail.conclusion), detail.conclusion)
    results = dict(read_finding(finding) for finding in detail.findings if "=" in finding)
    shown = "; ".join(map(_shown_finding, detail.findings))
    state(stated, "results", tuple(sorted(results.items())), shown, _same_labelled)


def _shown_finding(finding: str) -> str:
    """Return a finding by the name of its test; by its LOINC code, as one, where it has none."""
    label, equals, value = finding.partition("=")
    code, _, name = label.partition("|")
    named = name or (f"LOINC {code}" if _LOINC_CODE.fullmatch(code) else code)
    return f"{named}: {value}" if equals else finding


_LOINC_CODE = re.compile(r"\d{1,7}-\d")


def _same_labelled(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether what both name is equal; what only one reports is no disagreement."""
    other = dict(right)
    return all(same_text(text, other.get(name, text)) for name, text in left)


def _document(entry: Entry, detail: Document, stated: Statements) -> None:
    state(stated, "status", f"{_status(entry)} {detail.document_status or 'final'}")


def _immunization(entry: Entry, detail: Immunization, stated: Statements) -> None:
    state(stated, "site", site_of(detail.site) if detail.site else (), detail.site, same_site)
    state(stated, "maker", maker(detail.manufacturer), detail.manufacturer, within)
    state(stated, "dose", dose_number(detail.dose_number) if detail.dose_number else "", detail.dose_number)
    state(stated, "reason", plain(detail.not_given_reason), detail.not_given_reason)
    state(stated, "route", route_of(detail.route), detail.route)
    if not detail.not_given:  # whether it counts is shown also where only one side says that it does not
        state(stated, "counts", "No" if "Dose does not count" in entry.qualifiers else "Yes")


_MINUTES_BETWEEN_NOTES = 45
"""Two places note different minutes of one procedure; further apart it may be a second one of that day."""


def _same_time(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Compare instants; local times where one side states no zone."""
    with_zone = left[1].endswith("Z") and right[1].endswith("Z")
    minutes = [as_instant(f"{when[1] if with_zone else when[2]}"[:16] + ":00Z") for when in (left, right)]
    return abs(minutes[0] - minutes[1]) <= timedelta(minutes=_MINUTES_BETWEEN_NOTES)


def _procedure(entry: Entry, detail: Procedure, stated: Statements) -> None:
    state_people(stated, "performer", detail.performers)
    if entry.start and has_time(entry.start):
        state(stated, "time", moment(entry.start), entry.start, _same_time)
    state(stated, "outcome", plain(detail.outcome), detail.outcome)
    if len(local_day(entry.end)) == len("2000-01-01"):
        state(stated, "end", local_day(entry.end))
    state(stated, "status", detail.fhir_status)


def _implant(entry: Entry, detail: Implant, stated: Statements) -> None:
    state(stated, "status", entry.status.value)
    state(stated, "model", plain(detail.model), detail.model)
    state(stated, "maker", maker(detail.manufacturer), detail.manufacturer, within)


def _visit(entry: Entry, detail: Visit, stated: Statements) -> None:
    state(stated, "status", detail.fhir_status)
    state(stated, "reason", plain(detail.reason), detail.reason)
    state(stated, "diagnoses", detail.diagnoses, "; ".join(detail.diagnoses), some_texts)
    state(stated, "end", local_day(entry.end), by=same_dates)


def _insurance(entry: Entry, detail: Insurance, stated: Statements) -> None:
    state(stated, "payer", payer_words(detail.payer), detail.payer)
    state(stated, "order", str(detail.order) if detail.order else "")
    state_people(stated, "subscriber", [detail.subscriber])
    costs = tuple((label, amount) for label, _, amount in (cost.partition(": ") for cost in detail.costs))
    state(stated, "costs", costs, "; ".join(detail.costs), _same_labelled)
    state(stated, "status", _status(entry))
    if entry.start or entry.end:
        start, end = local_day(entry.start), local_day(entry.end)
        state(stated, "period", (start, end), f"{start} - {end}")


def _care_team(entry: Entry, detail: CareTeam, stated: Statements) -> None:
    state(stated, "status", _status(entry))
    state_people(stated, "name", [member.name for member in detail.members])
    spans = sorted((local_day(member.start), local_day(member.end)) for member in detail.members)
    spans = spans if any(map(any, spans)) else [(local_day(entry.start), local_day(entry.end))]
    if any(map(any, spans)):
        state(stated, "period", tuple(spans), ", ".join(" - ".join(span) for span in spans), _same_spells)
    phones = sorted(member.phone for member in detail.members if member.phone)
    mails = sorted(member.email.casefold() for member in detail.members if member.email)
    contact = (tuple(re.sub(r"\D", "", phone)[-10:] for phone in phones), tuple(mails))
    state(stated, "contact", contact if any(contact) else (), ", ".join((*phones, *mails)), _same_contact)


_Contact = tuple[tuple[str, ...], tuple[str, ...]]


def _same_contact(left: _Contact, right: _Contact) -> bool:
    """Tell whether the numbers and the addresses that both give are the same."""
    return all(not these or not those or these == those for these, those in zip(left, right, strict=True))


def _same_spells(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether periods agree: a start that one side leaves unsaid does, an end does not (over, or not)."""
    return len(left) == len(right) and all(
        same_dates(start, other_start) and bool(end) == bool(other_end) and same_dates(end, other_end)
        for (start, end), (other_start, other_end) in zip(left, right, strict=True)
    )


_READERS: Mapping[type, Callable[..., None]] = {
    Allergy: _allergy,
    CareTeam: _care_team,
    Dispense: handed_out,
    Document: _document,
    HealthIssue: _health_issue,
    Immunization: _immunization,
    Implant: _implant,
    Insurance: _insurance,
    Medication: medication,
    Procedure: _procedure,
    Report: _report,
    Result: result,
    Visit: _visit,
}
