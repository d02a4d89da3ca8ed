"""The text of a summary's sections for people, as XHTML: every word in it is escaped. Pure.

Source: FHIR R4, narrative.html (no scripts, no forms, no styles, no active content).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.domain.dates import parse_when
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
    rows = [row for told in told_rows(content, summary) for row in _table_rows(told)]
    if rows:
        head = Markup("<tr><th>What</th><th>Details</th><th>Date</th><th>Source</th></tr>")
        body.append(Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(head, Markup("").join(rows)))
    body += [Markup("<p>{}</p>").format(sentence) for sentence in after(content)]
    return div(body)


def _table_rows(told: Sequence[ToldLine]) -> Iterator[Markup]:
    """Yield the rows of one item: its title once, over all of its lines, where all sources call it alike."""
    once = len({line.title for line in told}) == 1
    for number, line in enumerate(told):
        span = Markup(' rowspan="{}"').format(len(told)) if once and len(told) > 1 else ""
        title = Markup("<td{}><b>{}</b></td>").format(span, line.title) if number == 0 or not once else ""
        yield Markup("<tr>{}<td>{}</td><td>{}</td><td>{}</td></tr>").format(title, line.details, line.day, line.sources)


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
            yield [_line(row[0].entry, names(row, summary), *marks)]
            continue
        fields = ", ".join(_LABELS.get(field, field) for field in differing)
        remarks = [f"The sources differ in: {fields}"] if differing else []
        yield [
            _line(each.entry, names((each,), summary), *remarks, *marks, differing=[*differing, *worded])
            for each in row
        ]


def differences(row: Sequence[SourcedResource]) -> tuple[list[str], list[str]]:
    """Return the fields in which the sources of a row contradict each other, and those that they word differently."""
    entries = [SourcedEntry(each.id, each.source, each.entry) for each in row]
    return [each.field for each in disagreements(entries)], [each.field for each in wordings(entries)]


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


_LABELS = {"prn": "when needed", "maximum": "at most", "start": "began", "end": "ended", "tolerance": "tolerated"}
_OF_MEDICATIONS = ("status", "prescriber")
_USUAL = {
    *((name, "-") for name in ("flag", "maximum", "duration", "end", "type", "tolerance")),
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
    for name, statement in stated.items():
        is_its_day = name == "onset" and day(statement.shown) == day(entry.when or "")
        is_usual = (_is_usual(entry, name, statement.shown) or is_its_day) and name not in differing
        is_written = name != "status" and re.search(rf"(?<!\w){re.escape(statement.shown.casefold())}(?!\w)", written)
        if not is_usual and not is_written:
            yield f"{_LABELS.get(name, name)}: {'not stated' if statement.shown == '-' else day(statement.shown)}"
    yield from entry.notes


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
