"""The text of a summary's sections for people, as XHTML: every word in it is escaped. Pure.

Source: FHIR R4, narrative.html (no scripts, no forms, no styles, no active content).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.domain.dates import Precision, parse_when, precision
from portal.domain.entry import (
    Absence,
    Allergy,
    Entry,
    HealthIssue,
    Immunization,
    Implant,
    Medication,
    Procedure,
    Report,
    Result,
    Status,
)
from portal.merge import SourcedEntry, disagreements, wordings
from portal.merge.completing import completed
from portal.merge.statements import statements
from portal.sharing.summary import FilledSection, SourcedResource, SummaryContent, SummaryMark, SummarySection

_ABSENCES = {
    Absence.NONE: "None known",
    Absence.NOT_ASKED: "Not asked",
    Absence.UNKNOWN: "Not known",
}


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One statement, as it is read: what, what is said of it, the day (or less), and who says it."""

    title: str
    details: str
    day: str
    sources: str


def section_div(section: SummarySection, content: FilledSection, summary: SummaryContent) -> str:
    """Return the ``text.div`` of a section: a table with every statement and its source, and what is not in it."""
    body = [Markup("<p>{}</p>").format(sentence) for sentence in before(section, content, summary)]
    listed = list(told_rows(content, summary))
    if listed:
        detailed = any(line.details for told in listed for line in told)
        names = ("What", *(("Details",) if detailed else ()), "Date", "Source")
        head = Markup("").join(Markup("<th>{}</th>").format(name) for name in names)
        rows = Markup("").join(row for told in listed for row in _table_rows(told, detailed=detailed))
        body.append(Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows))
    body += [Markup("<p>{}</p>").format(sentence) for sentence in after(content)]
    return div(body)


def _table_rows(told: Sequence[ToldLine], *, detailed: bool) -> Iterator[Markup]:
    """Yield the rows of one item: its title once, over all of its lines, where all sources call it alike.

    ``detailed``: the table has a column for details; where no line of it has any, it has none.
    """
    once = len({line.title for line in told}) == 1
    for number, line in enumerate(told):
        span = Markup(' rowspan="{}"').format(len(told)) if once and len(told) > 1 else ""
        title = Markup("<td{}><b>{}</b></td>").format(span, line.title) if number == 0 or not once else ""
        details = Markup("<td>{}</td>").format(line.details) if detailed else ""
        yield Markup("<tr>{}{}<td>{}</td><td>{}</td></tr>").format(title, details, line.day, line.sources)


def div(parts: Iterable[Markup]) -> str:
    """Return the ``div`` that a FHIR narrative is, in English."""
    return str(
        Markup('<div xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">{}</div>').format(
            Markup("").join(parts)
        )
    )


def before(section: SummarySection, content: FilledSection, summary: SummaryContent) -> Iterator[str]:
    """Yield what is said before the statements: what was not chosen, and who documents that there is nothing."""
    if not content.shared:
        yield "The patient did not choose to share this section."
        return
    for absence in content.absences:
        yield _absence(section, absence, summary)
    if not content.rows and not content.absences:
        yield "No information is available."


def _absence(section: SummarySection, statement: SourcedResource, summary: SummaryContent) -> str:
    entry = statement.entry
    told = entry.title or _ABSENCES[entry.absence or Absence.NONE]
    noted = entry.recorded or entry.start
    when = f", noted on {day(noted)}" if noted else ""
    return f"{section.title}: {told}, according to {summary.sources[statement.source].name}{when}."


def after(content: FilledSection) -> Iterator[str]:
    """Yield what is said after them: what is not in it."""
    if content.more:
        yield f"{content.more:,} older or further items are not in this summary."
    if content.past:
        yield f"{content.past:,} past {'ones are' if content.past > 1 else 'one is'} left out."
    if content.own:
        yield f"{content.own:,} of the patient's own readings {'are' if content.own > 1 else 'is'} not in this summary."
    if content.shared and not content.complete:
        yield "This section may be incomplete: not every organization answered it, or not all could be shown."


def lines(content: FilledSection, summary: SummaryContent) -> Iterator[ToldLine]:
    """Yield a line for each row where all say the same, else one for every statement with its source."""
    return (line for told in told_rows(content, summary) for line in told)


def told_rows(content: FilledSection, summary: SummaryContent) -> Iterator[list[ToldLine]]:
    """Yield the lines of each row: one where all say the same, else one for every statement with its source."""
    for row in content.rows:
        marks = [_mark(mark, row[0].entry, summary) for mark in content.marks.get(row[0].id, ())]
        differing, worded = differences(row)
        if not differing and not worded:
            yield [_line(speaking(row), names(row, summary), *marks)]
            continue
        fields = ", ".join(dict.fromkeys(_ASPECTS.get(field) or _LABELS.get(field, field) for field in differing))
        remarks = [f"The sources differ in {fields}"] if differing else []
        yield [
            _line(speaking((each,)), names((each,), summary), *remarks, *marks, differing=[*differing, *worded])
            for each in row
        ]


def speaking(row: Sequence[SourcedResource]) -> Entry:
    """Return the entry whose words a row shows, with what it leaves unsaid from the others, as pages do."""
    first, *others = (each.entry for each in row)
    return completed(first, others)


def differences(row: Sequence[SourcedResource]) -> tuple[list[str], list[str]]:
    """Return the fields in which the sources of a row contradict each other, and those that they word differently."""
    entries = [SourcedEntry(each.id, each.source, each.entry) for each in row]
    return [each.field for each in disagreements(entries)], [each.field for each in wordings(entries)]


def spoken(content: FilledSection, summary: SummaryContent) -> Iterator[tuple[tuple[Entry, str], ...]]:
    """Yield of each row its statements, each with who says it: one where all say the same."""
    for row in (*content.rows, *((absence,) for absence in content.absences)):
        each = ((statement,) for statement in row) if any(differences(row)) else (row,)
        yield tuple((speaking(alike), names(alike, summary)) for alike in each)


def names(row: Iterable[SourcedResource], summary: SummaryContent) -> str:
    """Return the names of the sources of a row, each once."""
    return ", ".join(dict.fromkeys(summary.sources[each.source].name for each in row))


def _mark(mark: SummaryMark, own: Entry, summary: SummaryContent) -> str:
    """Say of a row that may be the same who says what; with its details where it is called alike."""
    name, other = summary.sources[mark.source].name, mark.entry
    if _is_refuted(other) != _is_refuted(own):
        told = f"{name} ruled this out" if _is_refuted(other) else f"Not ruled out at {name}"
        return f"{told}: {other.title}"
    values = f"Two values at one moment: {other.title} at {name}"
    text = values if "value" in mark.fields else f"Also at {name}: {other.title}"
    told = "; ".join(details(other, mark.fields)) if other.title == own.title else ""
    return f"{text} ({told})" if told else text


def _is_refuted(entry: Entry) -> bool:
    return getattr(entry.detail, "verification", "") == "refuted"


def _line(entry: Entry, names: str, *remarks: str, differing: Collection[str] = ()) -> ToldLine:
    told = "; ".join(filter(None, (*details(entry, differing), *remarks)))
    return ToldLine(entry.title, told, day(entry.when or ""), names)


_LABELS = {
    "prn": "use",
    "maximum": "at most",
    "course": "led to",
    "start": "began",
    "onset": "began",
    "end": "ended",
    "handed out": "ended, or handed out since",
    "on hold": "on hold, or handed out since",
    "stopped": "stopped, or handed out",
    "tolerance": "tolerated",
    "repeat": "may repeat",
    "type": "kind",
    "category": "kind",
    "reaction": "reactions",
    "criticality": "risk of a serious reaction",
    "verification": "confirmed",
    "maker": "made by",
    "performer": "done by",
    "site": "where on the body",
    "counts": "counts as a dose",
    "stopped_reason": "why stopped",
    "follow_up": "follow-up",
}
"""What a reader calls the names of ``portal.merge.statements``; the others say it themselves."""
_ASPECTS = {
    "prn": "whether it is taken when needed",
    "maximum": "the most to take",
    "start": "when it began",
    "onset": "when it began",
    "end": "when it ended",
    "handed out": "whether it was handed out after its end",
    "on hold": "whether it was handed out while on hold",
    "stopped": "whether it was stopped or handed out",
    "tolerance": "whether it was tolerated",
    "repeat": "whether it may repeat",
    "verification": "whether it is confirmed",
    "maker": "who made it",
    "manufactured": "when it was made",
    "performer": "who did it",
    "counts": "whether it counts as a dose",
    "stopped_reason": "why it was stopped",
}
"""How a sentence goes on with them: their labels are verbs."""
_WORDS = {
    "confirmed": "yes",
    "unconfirmed": "no",
    "provisional": "not yet",
    "differential": "one of several possibilities",
    "refuted": "ruled out",
    "recurrence": "came back",
    "remission": "in remission",
    "inactive": "not active",
}
"""Codes of what is confirmed and of where an item stands; a hyphen of the others is a space."""
_ALLERGENS = {
    "food": "food",
    "medication": "a medicine",
    "environment": "something in the environment",
    "biologic": "a biological substance",
}
_OF_MEDICATIONS = ("status", "prescriber")
_USUAL = {
    *((name, "-") for name in ("flag", "maximum", "repeat", "duration", "end", "type", "tolerance", "course")),
    ("counts", "Yes"),
}
"""What goes without saying, unless the sources differ in it."""
_USUAL_STATES: Mapping[type, frozenset[tuple[str, str]]] = {
    Allergy: frozenset({("status", "active"), ("verification", "confirmed")}),
    HealthIssue: frozenset({("status", "active"), ("verification", "confirmed")}),
    Immunization: frozenset({("status", "given")}),
    Implant: frozenset({("status", "active")}),
    Medication: frozenset({("status", "active")}),
    Procedure: frozenset({("status", "completed")}),
    Report: frozenset({("status", "final")}),
    Result: frozenset({("status", "final")}),
}
"""The states that need no word, unless the sources differ in them: every other one is said."""


def details(entry: Entry, differing: Collection[str] = ()) -> Iterator[str]:
    """Yield what an entry says beside its title, in the order of reading.

    ``differing``: names of ``portal.merge.statements`` in which the sources of its row do not agree; what the entry
    states of them is always there.
    """
    if entry.unsafe:
        yield "This item says something that was not understood. Its original text:"
        yield from entry.notes
        return
    yield from entry.qualifiers
    stated = statements(entry)
    written = ""
    if isinstance(entry.detail, Medication):
        yield from entry.detail.instructions
        written = " ".join(entry.detail.instructions).casefold()
        if entry.detail.reason and entry.detail.reason.casefold() not in written:
            yield f"for: {entry.detail.reason}"
        stated = {name: stated[name] for name in (*_OF_MEDICATIONS, *differing) if name in stated}
    elif isinstance(entry.detail, Allergy):
        kind = stated["type"].shown if "type" in stated else "-"
        yield _kind_of_allergy(entry.detail, "" if kind == "-" else kind)
        stated = {name: stated[name] for name in stated if name not in ("type", "category")}
    elif isinstance(entry.detail, Immunization):
        yield from _vaccine(entry.detail)
    for name, statement in stated.items():
        is_its_day = name in _DAYS and day(statement.shown) == day(entry.when or "")
        is_usual = (_is_usual(entry, name, statement.shown) or is_its_day) and name not in differing
        is_written = name != "status" and re.search(rf"(?<!\w){re.escape(statement.shown.casefold())}(?!\w)", written)
        if not is_usual and not is_written and name != "note":  # all of them follow
            yield f"{_LABELS.get(name, name)}: {_shown(name, statement.shown)}"
    yield from entry.notes


_DAYS = frozenset({"onset", "start", "time", "handed out", "on hold", "stopped"})
"""What may have the day of its entry, which stands beside it."""


def _shown(name: str, shown: str) -> str:
    if name in ("status", "verification"):
        return _WORDS.get(shown) or shown.replace("-", " ")
    if name == "time" and precision(shown) is Precision.TIME:
        return f"{day(shown)}, {shown[11:16]}"
    return "not stated" if shown == "-" else day(shown)


def _kind_of_allergy(detail: Allergy, kind: str) -> str:
    """Return what it is: "Allergy to food"; of what no source says "Allergy or intolerance" is not claimed."""
    causes = " or ".join(_ALLERGENS.get(code, code) for code in detail.category)
    return f"{kind or 'Reaction'} to {causes}" if causes else kind


def _vaccine(detail: Immunization) -> Iterator[str]:
    """Yield that it was given, against what, where, and the number on its package."""
    if not detail.not_given:
        yield "Given"
    if detail.targets:
        yield f"protects against: {', '.join(detail.targets)}"
    if detail.place:
        yield f"place: {detail.place}"
    if detail.lot:
        yield f"lot number: {detail.lot}"


def _is_usual(entry: Entry, name: str, shown: str) -> bool:
    """Tell whether it goes without saying; that it is active does not, of what is in the past."""
    if entry.status is Status.PAST and shown == "active":
        return False
    return (name, shown) in _USUAL or (name, shown) in _USUAL_STATES.get(type(entry.detail), ())


def day(text: str) -> str:
    """Return a FHIR date, or the day of a date-time, as "Nov 10, 2022"; what is no date as it is."""
    when = parse_when(text)
    if when is None:
        return text
    year, month, of_month = (*text[:10].split("-"), "", "")[:3]
    named = f"{_MONTHS[int(month) - 1]} " if month else ""
    return f"{named}{int(of_month)}, {year}" if of_month else f"{named}{year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
