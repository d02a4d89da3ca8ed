"""A section's file as a table (RFC 4180) and as a page to print.

The table is UTF-8 with a byte order mark: without one the most used spreadsheet reads accents wrongly, and what else
reads CSV skips it. Numbers are written as their source wrote them. Texts of others that a spreadsheet would run as a
formula get an apostrophe before them (OWASP, CSV Injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from portal.domain import entry as e
from portal.domain.entry import Entry
from portal.domain.listing import listed_as
from portal.merge import SourcedEntry, disagreements
from portal.sharing import rendered
from portal.store.records.statements import SectionStatement
from portal.web import formats, words
from portal.web.csv_cells import plain_cell
from portal.web.health import differences, facts, headings, vocabulary
from portal.web.health.download import SectionFile
from portal.web.health.flags import flags_of
from portal.web.health.neighbours import mark_text
from portal.web.health.original import guarded, safe_line
from portal.web.health.range_words import ranges_of
from portal.web.phrases import current_locale, ngettext
from portal.web.phrases import gettext as _
from portal.web.words import phrase


def as_csv(of: SectionFile) -> bytes:
    """Return the table: a line for each statement, one for each measured part of it, and the notes at its end.

    SectionStatements that the page shows as one item have the same number.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        [
            _("No."),
            _("What"),
            _("Measured"),
            _("Result"),
            _("Unit"),
            _("Reference range"),
            _("Remarks"),
            _("Status"),
            _("Date"),
            _("Until"),
            _("Source"),
            _("As of"),
            _("Private"),
            _("Codes"),
            _("Details"),
        ]
    )
    order: dict[str, int] = {}
    for each in _together(of):
        number = order.setdefault(each.row_id, len(order) + 1)
        for cells in guarded(partial(_cells, each, of), partial(_bare, each, of), place=f"csv:{of.section}"):
            writer.writerow([str(number), *map(plain_cell, cells)])
    writer.writerows([_("Note"), plain_cell(note)] for note in (_made(of), *of.notes))
    return file.getvalue().encode("utf-8-sig")


def _cells(each: SectionStatement, of: SectionFile) -> list[list[str]]:
    entry = each.entry
    line = safe_line(entry)
    shared = [*_origin(each, of), ", ".join(f"{code.system}|{code.code}" for code in entry.codes)]
    details = "; ".join((*_marks(each, of), *_details(entry)))
    if entry.unsafe:
        return [[line.title, "", "", "", "", line.main, "", entry.when or "", entry.end or "", *shared, details]]
    dates = [_status(each, of), entry.when or "", entry.end or ""]
    remarks = ", ".join(tag.text for tag in line.tags)
    cells: list[list[str]] = []
    for name, part in _measured(entry):
        measured = (
            [part.quantity.comparator + part.quantity.value, formats.unit(part.quantity)] if part.quantity else []
        )
        marks = ", ".join(tag.text for tag in flags_of(part))
        cells.append(
            [
                line.title,
                name,
                *measured,
                ranges_of(part),
                marks if name else remarks,
                *dates,
                *shared,
                "" if cells else details,
            ]
        )
    return cells or [[line.title, "", line.value, "", "", remarks, *dates, *shared, details]]


def _bare(each: SectionStatement, of: SectionFile) -> list[list[str]]:
    """Return what is left of a statement that cannot be drawn: its original text."""
    line = safe_line(each.entry)
    texts = "; ".join((line.main, *line.original))
    return [[line.title, "", "", "", "", "", "", each.entry.when or "", "", *_origin(each, of), "", texts]]


def _together(of: SectionFile) -> list[SectionStatement]:
    """Return the statements newest first, those of one row together, and after them the rows that may be the same."""
    rows = {each.id: each.row_id for each in of.statements.listed}
    ordered: dict[str, None] = {}
    for row_id in of.rows:
        waiting = [row_id]
        while waiting:
            following = waiting.pop(0)
            if following not in ordered:
                ordered[following] = None
                waiting += [rows[mark.entry_id] for mark in of.marks.get(following, ()) if mark.entry_id in rows]
    return [each for row_id in ordered for each in of.rows[row_id]]


def _marks(each: SectionStatement, of: SectionFile) -> Iterator[str]:
    """Yield in what the sources of its row differ, and who has what may be the same."""
    voices = [SourcedEntry(other.id, other.source, other.entry) for other in of.rows[each.row_id]]
    if fields := [differences.field_label(difference.field) for difference in disagreements(voices)]:
        yield _("Places say different things: %(fields)s", fields=", ".join(fields))
    own = safe_line(each.entry)
    for mark in of.marks.get(each.row_id, ()):
        yield mark_text(mark, of.section, each.entry, own, of.origins.of(mark.source, of.section).name)


def _origin(each: SectionStatement, of: SectionFile) -> list[str]:
    origin = of.origins.of(each.source, of.section)
    as_of = origin.as_of.isoformat(timespec="seconds") if origin.as_of else ""
    return [origin.name, as_of, _("Yes") if each.private else ""]


def _status(each: SectionStatement, of: SectionFile) -> str:
    """Return what the page lists it under, as of one: "no known allergies" is nothing that somebody has."""
    return headings.of_one(of.section, listed_as(each.entry))


def _measured(entry: Entry) -> Iterator[tuple[str, e.Result | e.Component]]:
    """Yield what was measured: the test's own value without a name, and its parts."""
    if isinstance(entry.detail, e.Result) and (
        entry.detail.quantity or entry.detail.text or not entry.detail.components
    ):
        yield "", entry.detail
    if isinstance(entry.detail, e.Result | e.Report):
        for part in entry.detail.components:
            yield phrase(part.name), part


def _details(entry: Entry) -> Iterator[str]:
    """Yield everything else that the item's own page says."""
    if entry.unsafe:
        yield from safe_line(entry).original
        return
    for fact in (*facts.facts(entry), *facts.recorded(entry)):
        yield _("%(label)s: %(value)s", label=fact.label, value=", ".join(fact.values))


def _made(of: SectionFile) -> str:
    return _(
        "%(section)s of %(name)s. Days: %(span)s. Made on %(date)s by %(portal)s.",
        section=words.section_word(of.section),
        name=of.name,
        span=of.span,
        date=formats.moment_text(of.made_at),
        portal=of.organization,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement on paper."""

    title: str
    value: str
    source: str
    said: str


def page(of: SectionFile) -> str:
    """Return the file as one page of HTML, for ``rendered.pdf``: a list, as laying out a table takes three times as
    long."""
    title = _("%(section)s of %(name)s", section=words.section_word(of.section), name=of.name)
    born = _("Born %(date)s", date=formats.date_text(of.birth_date)) if of.birth_date else ""
    number = ngettext("%(num)s item", "%(num)s items", len(of.statements.listed))
    told = (_told(each, of) for each in _together(of))
    body = Markup("").join(
        (
            Markup("<h1>{}</h1>").format(title),
            _paragraphs(filter(None, (born, _made(of), number))),
            Markup("<h2>{}</h2>").format(_("Please note")) if of.notes else Markup(""),
            _paragraphs(of.notes),
            Markup("<h2>{}</h2>").format(words.section_word(of.section)),
            Markup("<ul>{}</ul>").format(
                Markup("").join(
                    Markup("<li><b>{}</b>{}. {}<br>{}</li>").format(
                        each.title,
                        f": {each.value}" if each.value else "",
                        _("Source: %(name)s", name=each.source),
                        each.said,
                    )
                    for each in told
                )
            )
            if of.statements.listed
            else _paragraphs([_("Nothing in this section is from these days.")]),
        )
    )
    locale = current_locale()
    return rendered.document(title, body, language=locale.language if locale else "en")


def _told(each: SectionStatement, of: SectionFile) -> _Told:
    return guarded(partial(_line, each, of), partial(_bare_line, each, of), place=f"pdf:{of.section}")


def _line(each: SectionStatement, of: SectionFile) -> _Told:
    line = safe_line(each.entry)
    private = (_("Private"),) if each.private else ()
    status = _status(each, of)
    day = formats.date_text(each.entry.when) if each.entry.when else _("Without a date")
    parts = () if each.entry.unsafe else facts.parts(each.entry)
    measured = (
        " ".join(filter(None, (f"{part.name}: {part.value}", part.ranges and f"({part.ranges})", *_tags(part.flags))))
        for part in parts
    )
    remarks = (
        day,
        status,
        *private,
        *_tags(line.tags),
        *_marks(each, of),
        line.main if each.entry.unsafe else "",
        *measured,
        *_details(each.entry),
    )
    return _Told(line.title, line.value, of.origins.of(each.source, of.section).name, "; ".join(filter(None, remarks)))


def _bare_line(each: SectionStatement, of: SectionFile) -> _Told:
    line = safe_line(each.entry)
    return _Told(line.title, "", of.origins.of(each.source, of.section).name, "; ".join((line.main, *line.original)))


def _tags(tags: Iterable[vocabulary.Tag]) -> Iterator[str]:
    return (tag.text for tag in tags)


def _paragraphs(sentences: Iterable[str]) -> Markup:
    return Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
