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
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.plans import Dispense
from portal.merge.allergies.allergy_statements import allergy
from portal.merge.comparing import same_measure
from portal.merge.issues.issue_statements import health_issue, status_word
from portal.merge.medications.order_statements import handed_out, medication
from portal.merge.notes.noted import affirmations
from portal.merge.properties import stated_properties
from portal.merge.read_insurance import same_name
from portal.merge.reports.conclusions import not_contradictory, same_in_other_words
from portal.merge.results.measures import worded
from portal.merge.results.read_results import read_test
from portal.merge.results.result_statements import result
from portal.merge.stating import Statement, Statements, same_dates, state, state_people
from portal.merge.things.read_things import read_finding
from portal.merge.things.thing_notes import noted_error, noted_state
from portal.merge.things.thing_statements import immunization, implant, procedure, visit
from portal.merge.words.moments import local_day
from portal.merge.words.text import plain
from portal.merge.words.wording import same_text, same_texts


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
    "cancelled_reason": "reason",
    "expires": "expiry",
}
"""Names that are shown, where the property's own is another."""


def _report(_entry: Entry, detail: Report, stated: Statements) -> None:
    state(stated, "status", detail.fhir_status)
    conclusion = "; ".join(filter(None, (detail.conclusion, *detail.conclusions)))
    state(stated, "conclusion", conclusion, conclusion, not_contradictory, alike=same_in_other_words)
    results = dict(_measured(finding) for finding in detail.findings if "=" in finding)
    shown = "; ".join(map(_shown_finding, detail.findings))
    state(stated, "results", tuple((name, *results[name]) for name in sorted(results)), shown, _same_results)


def _measured(finding: str) -> tuple[str, tuple[str, str]]:
    """Return what was measured, its value as written and as a quantity; 1 mEq of sodium is 1 mmol."""
    name, text = read_finding(finding)
    test = finding.partition("=")[0].partition("|")
    return name, (text, worded(text, read_test(test[2] or test[0]).core))


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


_Results = tuple[tuple[str, str, str], ...]


def _same_results(left: _Results, right: _Results) -> bool:
    """Compare what both report, in whatever unit."""
    other = {name: (text, quantity) for name, text, quantity in right}
    return all(
        name not in other or same_text(text, other[name][0]) or same_measure(quantity, other[name][1])
        for name, text, quantity in left
    )


def _document(entry: Entry, detail: Document, stated: Statements) -> None:
    files = [attachment for attachment in detail.attachments if len(attachment.digest) == _SHA1]
    named = "; ".join(f"{file.title or file.content_type}, {file.size or 0:,} bytes" for file in files)
    state(stated, "content", frozenset((f.content_type, f.digest) for f in files), named, _same_files)
    written = detail.document_status or "final"
    told, words = _described(detail.description) if entry.status is not Status.ENTERED_IN_ERROR else ("", "")
    if told == "superseded":
        state(stated, "status", f"past {written}", words)
        return
    written = told or written
    state(stated, "status", f"{status_word(entry)} {written}", words or _DOCUMENTS.get(entry.status, written))


_SHA1 = 28  # letters in base64: what FHIR asks for (``Attachment.hash``); other hashes cannot be compared


def _same_files(left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]]) -> bool:
    """Tell whether of each kind of file that both have one is the same; a text is no other content than its PDF."""
    kinds = {kind for kind, _digest in left} & {kind for kind, _digest in right}
    return all(any(file in right for file in left if file[0] == kind) for kind in kinds)


_DESCRIBED = (
    (
        re.compile(r"\b(?:superseded|obsolete|(?:has been |was |is )?replaced by|reemplazad[oa] por)\b", re.IGNORECASE),
        "superseded",
    ),
    (
        re.compile(
            r"\b(?:draft|preliminary|unsigned|not (?:yet )?signed|borrador|preliminar|sin firmar)\b", re.IGNORECASE
        ),
        "preliminary",
    ),
    (
        re.compile(r"\b(?:amended|addend(?:um|a|ed)|corrected|enmendad[oa]|adenda|corregid[oa])\b", re.IGNORECASE),
        "amended",
    ),
)
"""What the description of a document says of how far it holds, where no code says it; a Coverage has no note."""


def _described(description: str) -> tuple[str, str]:
    """Return the status that a description says, and its words; empty where it says none or denies it."""
    wrong = noted_error((description,)) if description else ""
    if wrong:
        return "entered-in-error", wrong
    for clause in affirmations((description,)) if description else ():
        for words, status in _DESCRIBED:
            if words.search(clause):
                return status, clause
    return "", ""


_DOCUMENTS = {Status.PAST: "superseded", Status.ENTERED_IN_ERROR: "entered-in-error"}
"""Statuses of a document that say more than how far it was written."""


def _insurance(entry: Entry, detail: Insurance, stated: Statements) -> None:
    state(stated, "payer", detail.payer, detail.payer, _as_proved, alike=same_name)
    state(stated, "order", str(detail.order) if detail.order else "")
    state_people(stated, "subscriber", [detail.subscriber])
    costs = tuple((label, amount) for label, _, amount in (cost.partition(": ") for cost in detail.costs))
    state(stated, "costs", costs, "; ".join(detail.costs), _same_labelled)
    state(stated, "status", status_word(entry))
    start, end = local_day(entry.start), local_day(entry.end)
    if start or end or entry.status is Status.ACTIVE:  # who is insured without an end contradicts who names one
        state(stated, "period", (start, end), f"{start} - {end}" if start or end else "-", _same_period)


def _as_proved(_left: str, _right: str) -> bool:
    """Agree: two cards are one row only where numbers prove it, and then two names are two words for one payer."""
    return True


def _same_period(left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Tell whether both ends agree, the coarser covering the other; an end that one side does not know differs."""
    if _NO_SPELL in (left, right):
        return left[1] == right[1]
    return all(bool(end) == bool(other) and same_dates(end, other) for end, other in zip(left, right, strict=True))


_OF_A_DOCTOR = re.compile(r"\bD(?:octo)?ra?\.? ([A-Z][\w'-]+)[^.;,]*[.;,]?")
"""What is told of somebody by name: "Dr. Shah left the practice"."""


def _care_team(entry: Entry, detail: CareTeam, stated: Statements) -> None:
    own = frozenset(word for member in detail.members for word in plain(f"{member.name} {member.role}").split())
    notes = [_OF_A_DOCTOR.sub(lambda told: told[0] if plain(told[1]) in own else " ", note) for note in entry.notes]
    over = noted_state("member", notes, own)[1]
    state(stated, "status", "past" if over else status_word(entry), over or status_word(entry))
    state_people(stated, "name", [member.name for member in detail.members])
    spans = sorted((local_day(member.start), local_day(member.end)) for member in detail.members)
    spans = spans if any(map(any, spans)) else [(local_day(entry.start), local_day(entry.end))]
    spans = spans if any(map(any, spans)) else [_NO_SPELL]
    if spans != [_NO_SPELL] or entry.status is Status.ACTIVE:  # who goes on contradicts who names an end
        shown = ", ".join(" - ".join(span) for span in spans) if spans != [_NO_SPELL] else "-"
        state(stated, "period", tuple(spans), shown, _same_spells)
    phones = sorted(member.phone for member in detail.members if member.phone)
    mails = sorted(member.email.casefold() for member in detail.members if member.email)
    contact = (tuple(re.sub(r"\D", "", phone)[-10:] for phone in phones), tuple(mails))
    state(stated, "contact", contact if any(contact) else (), ", ".join((*phones, *mails)), _same_contact)


_NO_SPELL = ("", "")
_Contact = tuple[tuple[str, ...], tuple[str, ...]]


def _same_contact(left: _Contact, right: _Contact) -> bool:
    """Tell whether the numbers and the addresses that both give are the same."""
    return all(not these or not those or these == those for these, those in zip(left, right, strict=True))


def _same_spells(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether periods agree: a start that one side leaves unsaid does, an end does not (over, or not)."""
    if (_NO_SPELL,) in (left, right):
        return not any(end for _start, end in (*left, *right))
    return len(left) == len(right) and all(
        same_dates(start, other_start) and bool(end) == bool(other_end) and same_dates(end, other_end)
        for (start, end), (other_start, other_end) in zip(left, right, strict=True)
    )


_READERS: Mapping[type, Callable[..., None]] = {
    Allergy: allergy,
    CareTeam: _care_team,
    Dispense: handed_out,
    Document: _document,
    HealthIssue: health_issue,
    Immunization: immunization,
    Implant: implant,
    Insurance: _insurance,
    Medication: medication,
    Procedure: procedure,
    Report: _report,
    Result: result,
    Visit: visit,
}
