"""The text of a summary's sections for people, as XHTML: every word in it is escaped. Pure.

Source: FHIR R4, narrative.html (no scripts, no forms, no styles, no active content).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from portal.domain.dates import parse_when
from portal.domain.entry import Absence, Entry, Medication
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
    rows = [
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            line.title, line.details, line.day, line.sources
        )
        for line in lines(content, summary)
    ]
    if rows:
        head = Markup("<tr><th>What</th><th>Details</th><th>Date</th><th>Source</th></tr>")
        body.append(Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(head, Markup("").join(rows)))
    body += [Markup("<p>{}</p>").format(sentence) for sentence in after(content)]
    return div(body)


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
    for row in content.rows:
        marks = [_mark(mark, row[0].entry, summary) for mark in content.marks.get(row[0].id, ())]
        entries = [SourcedEntry(each.id, each.source, each.entry) for each in row]
        differing = [difference.field for difference in disagreements(entries)]
        worded = [difference.field for difference in wordings(entries)]
        if not differing and not worded:
            names = ", ".join(dict.fromkeys(summary.sources[each.source].name for each in row))
            yield _line(row[0].entry, names, *marks)
            continue
        names = ", ".join(_LABELS.get(field, field) for field in differing)
        remarks = [f"The sources differ in: {names}"] if differing else []
        for each in row:
            source = summary.sources[each.source].name
            yield _line(each.entry, source, *remarks, *marks, differing=[*differing, *worded])


def _mark(mark: SummaryMark, own: Entry, summary: SummaryContent) -> str:
    """Say of a row that may be the same who says what; with its details where it is called alike."""
    name, other = summary.sources[mark.source].name, mark.entry
    if _is_refuted(other) != _is_refuted(own):
        told = f"{name} ruled this out" if _is_refuted(other) else f"Not ruled out at {name}"
        return f"{told}: {other.title}"
    values = f"Two values at one moment: {other.title} at {name}"
    text = values if "value" in mark.fields else f"Also at {name}: {other.title}"
    told = "; ".join(details(other)) if other.title == own.title else ""
    return f"{text} ({told})" if told else text


def _is_refuted(entry: Entry) -> bool:
    return getattr(entry.detail, "verification", "") == "refuted"


def _line(entry: Entry, names: str, *remarks: str, differing: Collection[str] = ()) -> ToldLine:
    told = "; ".join(filter(None, (*details(entry, differing), *remarks)))
    return ToldLine(entry.title, told, day(entry.when or ""), names)


_LABELS = {"prn": "when needed", "maximum": "at most", "start": "began", "end": "ended"}
_OF_MEDICATIONS = ("status", "prescriber")
_USUAL = {("flag", "-"), ("counts", "Yes"), ("maximum", "-"), ("duration", "-"), ("end", "-"), ("status", "given")}
"""What goes without saying, unless the sources differ in it."""


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
        is_usual = ((name, statement.shown) in _USUAL or is_its_day) and name not in differing
        is_written = name != "status" and re.search(rf"(?<!\w){re.escape(statement.shown.casefold())}(?!\w)", written)
        if not is_usual and not is_written:
            yield f"{_LABELS.get(name, name)}: {'not stated' if statement.shown == '-' else day(statement.shown)}"
    yield from entry.notes


def day(text: str) -> str:
    """Return a FHIR date, or the day of a date-time, as "Nov 10, 2022"; what is no date as it is."""
    when = parse_when(text)
    if when is None:
        return text
    year, month, of_month = (*text[:10].split("-"), "", "")[:3]
    named = f"{_MONTHS[int(month) - 1]} " if month else ""
    return f"{named}{int(of_month)}, {year}" if of_month else f"{named}{year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
