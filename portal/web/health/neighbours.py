"""What a row says of rows that may be the same thing: who has them, and in which words they differ from it."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from flask import url_for

from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.merge import ruled_out, side_of
from portal.merge.completing import completed
from portal.store.records.rows import RecordRow, RowMark
from portal.web.formats import date_text
from portal.web.health import facts
from portal.web.health.lines import Line
from portal.web.health.models import Neighbour
from portal.web.health.original import safe_line
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.words import phrase

_MOST = 3  # of one place and of the row's own name; more are said together
_LONG = 100  # of words that are no dose


def neighbours(row: RecordRow, name_of: Callable[[str], str]) -> Iterator[Neighbour]:
    """Yield the marks of a row in words. ``name_of`` names a source.

    Many of one place that are called like the row itself (visits' diagnoses, reports of one day) are one mark with
    their number and lead to all of them, as are several of one place that would say the same; medicines never are: each
    dose is said.
    """
    if not row.marks:
        return
    own = safe_line(row.primary.entry)
    alike = defaultdict(list)
    for mark in row.marks:
        if row.section is not Section.MEDICATIONS and not mark.withdrawn and _named(mark.entry) == _named_line(own):
            alike[mark.source].append(mark)
    many = {source: marks for source, marks in alike.items() if len(marks) > _MOST}
    by_text: dict[tuple[str, str], list[tuple[RowMark, Neighbour]]] = defaultdict(list)
    for mark in row.marks:
        if mark not in many.get(mark.source, ()):
            neighbour = _neighbour(mark, row, own, name_of(mark.source))
            by_text[mark.source, neighbour.text].append((mark, neighbour))
    for (source, text), told in by_text.items():
        if len(told) > 1 and row.section is not Section.MEDICATIONS and not any(mark.withdrawn for mark, _own in told):
            times = _("%(text)s (%(num)s times)", text=text, num=len(told))
            yield Neighbour(times, _all_of(row.section, source, phrase(told[0][0].entry.title)))
        else:
            yield from (neighbour for _mark, neighbour in told)
    for source, marks in many.items():
        yield _together(len(marks), row, own, source, name_of(source))


def _together(number: int, row: RecordRow, own: Line, source: str, name: str) -> Neighbour:
    text = ngettext(
        "Also at %(name)s: %(num)s more called “%(title)s”",
        "Also at %(name)s: %(num)s more called “%(title)s”",
        number,
        name=name,
        title=own.title,
    )
    return Neighbour(text, _all_of(row.section, source, own.title))


def _all_of(section: Section, source: str, title: str) -> str:
    """Return the address of what a source calls so."""
    if section is Section.MESSAGES:
        return url_for("messages.inbox", source=source, q=title)
    return url_for("health.section", section=section.value, source=source, q=title)


def _neighbour(mark: RowMark, row: RecordRow, own: Line, name: str) -> Neighbour:
    href = "" if mark.withdrawn else _address(row.section, mark.entry_id)
    return Neighbour(mark_text(mark, row.section, row.primary.entry, own, name), href)


def _address(section: Section, entry_id: str) -> str:
    if section is Section.MESSAGES:  # who may read messages may not open the record for that
        return url_for("messages.thread", entry=entry_id)
    return url_for("health.entry", section=section.value, entry=entry_id)


def mark_text(mark: RowMark, section: Section, entry: Entry, own: Line, name: str) -> str:
    """Return a mark in words. ``own`` is the line of ``entry``, that carries it; ``name`` of the mark's source."""
    other = mark.entry
    values = {"name": name, "title": phrase(completed(other, ()).title)}
    if mark.withdrawn:
        return _("%(name)s recorded this by mistake: %(title)s", **values)
    if ruled_out(other) is not ruled_out(entry):
        return (
            _("%(name)s ruled this out: %(title)s", **values)
            if ruled_out(other)
            else _("Not ruled out at %(name)s: %(title)s", **values)
        )
    if own.title == (line := safe_line(other)).title and (how := _how(section, own, line)):
        return _("Also at %(name)s: %(how)s", name=name, how=how)
    text = (
        _("Two values at one moment: %(title)s at %(name)s", **values)
        if "value" in mark.fields
        else _("Also at %(name)s: %(title)s", **values)
    )
    sides = _sides(entry, other) if "side" in mark.fields and own.title == line.title else ""
    value = line.value if line.value != own.value else ""
    differing = ", ".join(filter(None, (*_tags(own, line), value, sides)))
    if not differing and own.title == line.title:
        differing = ", ".join(_stated(other, entry))
    return _("%(text)s (%(differing)s)", text=text, differing=differing) if differing else text


def _stated(other: Entry, own: Entry) -> Iterator[str]:
    """Yield what the other's page says differently, or alone, where the lines of two rows of one name say the same."""
    ours = {fact.label: fact.values for fact in facts.facts(own)}
    differing = [fact for fact in facts.facts(other) if ours.get(fact.label) != fact.values]
    for fact in differing[:_MOST]:
        told = "; ".join(fact.values)
        yield _("%(label)s: %(value)s", label=fact.label, value=told if len(told) <= _LONG else f"{told[:_LONG]} …")
    if other.when and other.when != own.when:
        yield date_text(other.when)


def _tags(own: Line, other: Line) -> list[str]:
    """Return what the other row says of its status, risk and the like, and this one does not."""
    return [tag.text for tag in other.tags if tag not in own.tags]


def _how(section: Section, own: Line, other: Line) -> str:
    """Return what a row of the same name says differently in its sentence; a dose is never cut."""
    told = other.main
    if not told or told == own.main:
        return ""
    if section is not Section.MEDICATIONS and len(told) > _LONG:
        told = f"{told[:_LONG].rsplit(None, 1)[0]} …"
    tags = ", ".join(_tags(own, other))
    return f"{tags}. {told}" if tags else told


def _sides(own: Entry, other: Entry) -> str:
    """Return on which side the other is, and this: the same words do not say it."""
    words = {"right": _("right"), "left": _("left"), "both": _("both sides")}
    here, there = (words.get(side_of(entry), "") for entry in (own, other))
    return _("%(there)s there, %(here)s here", there=there, here=here) if here and there else there


def _named(entry: Entry) -> str:
    return phrase(entry.title).casefold()


def _named_line(line: Line) -> str:
    return line.title.casefold()
