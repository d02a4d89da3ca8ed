"""What stands in each section, in a few words: "Lisinopril, metformin and 6 more"."""

import re
from collections.abc import Iterable, Mapping

from portal.domain.entry import CareTeam, Status
from portal.domain.sections import SECTIONS, Order, Section
from portal.store.records.leading import Lead
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.health.lines import Line
from portal.web.health.record_rows import Origins, speaking
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.words import phrase

_CURRENT = (Status.UNSAFE, Status.UPCOMING, Status.ACTIVE, Status.UNKNOWN, Status.ABSENT)
_DESCRIBING = (*(status for status in _CURRENT if status not in (Status.UNSAFE, Status.ABSENT)), Status.PAST)
_LISTED = 12
_NAMED = 2
_STRENGTH = re.compile(r"[\s,]+\d.*")


def leads(sections: Iterable[Section]) -> dict[Section, Lead]:
    """Return which rows a section is described by: what holds now where it is kept by that, else the newest."""
    return {section: _lead(section) for section in sections}


def _lead(section: Section) -> Lead:
    if SECTIONS[section].order is Order.CURRENT:
        return Lead(_CURRENT, _LISTED)
    return Lead(_DESCRIBING, _LISTED if section is Section.VITAL_SIGNS else 1)


def contents(section: Section, leading: tuple[RecordRow, ...], numbers: Mapping[Status, int], origins: Origins) -> str:
    """Return a section's content in words, empty where it has none. ``numbers`` counts its rows by status."""
    describe = _newest if section in _DATED else _names
    return describe(section, leading, numbers, origins)


def _names(section: Section, leading: tuple[RecordRow, ...], numbers: Mapping[Status, int], origins: Origins) -> str:
    total = sum(numbers.get(status, 0) for status in _CURRENT if status is not Status.ABSENT)
    if not total:
        if leading:  # somebody documented that there is nothing
            return origins.line(leading[0].primary.entry, leading[0].sources).title
        over = numbers.get(Status.PAST, 0)
        return ngettext("Nothing current, %(num)s past", "Nothing current, %(num)s past", over) if over else ""
    titles = [
        title
        for row in leading
        # "Ruled out" beside a title is lost in a list of names.
        if row.status not in (Status.ABSENT, Status.UNSAFE) and not row.primary.entry.qualifiers
        for title in _titles(section, row)
    ]
    total = max(total, len(titles))  # a care team is several people
    named = list(dict.fromkeys(titles))[: _NAMED if total > _NAMED + 1 else _NAMED + 1]
    stand_for = sum(1 for title in titles if title in named)
    if total > stand_for:
        more = ngettext("%(num)s more", "%(num)s more", total - stand_for)
        return formats.listing([*_continued(section, named), more]) if named else _items(total)
    return formats.listing(_continued(section, named))


def _titles(section: Section, row: RecordRow) -> tuple[str, ...]:
    """Return what a row is called; of a medicine without strength and form, which its own page has in full."""
    title, detail = phrase(speaking(row).title), row.primary.entry.detail
    if isinstance(detail, CareTeam) and detail.members:
        return tuple(member.name for member in detail.members)
    return (_STRENGTH.sub("", title) or title if section is Section.MEDICATIONS else title,)


def _continued(section: Section, titles: list[str]) -> list[str]:
    """Return titles as they stand in a sentence: common nouns small after the first; names stay as they are."""
    if section in _PROPER:
        return titles
    return titles[:1] + [title[:1].lower() + title[1:] if title[1:].islower() else title for title in titles[1:]]


def _newest(section: Section, leading: tuple[RecordRow, ...], numbers: Mapping[Status, int], origins: Origins) -> str:
    row = _first_of_its_moment(leading)
    if row is None:
        total = sum(numbers.values())
        return _items(total) if total else ""
    entry = speaking(row)
    line = origins.line(entry, row.sources)
    words, day = _title_and_value(line), formats.day(entry.when)
    if section is Section.VISITS and row.status is Status.UPCOMING:
        return _("Next: %(day)s, %(what)s", day=day, what=words)
    return _("Last: %(what)s on %(day)s", what=words, day=day) if day else words


_VITAL_SIGNS = (
    *("85354-9", "55284-4", "8480-6"),  # blood pressure
    *("29463-7", "3141-9"),  # weight
    "8867-4",  # pulse
    "8310-5",  # temperature
    *("59408-5", "2708-6"),  # oxygen
    "9279-1",  # breaths
    "8302-2",  # height
    "39156-5",  # body mass index
)
"""LOINC codes of vital signs, what a person looks for first at the head: many are taken at one moment."""


def _first_of_its_moment(leading: tuple[RecordRow, ...]) -> RecordRow | None:
    """Return the newest row; of those of its moment what a person looks for first."""
    newest = [row for row in leading if row.sort_at == leading[0].sort_at]
    return min(newest, key=_by_vital_sign, default=None)


def _by_vital_sign(row: RecordRow) -> int:
    codes = {code.code for code in row.primary.entry.codes}
    return next((place for place, code in enumerate(_VITAL_SIGNS) if code in codes), len(_VITAL_SIGNS))


def _title_and_value(line: Line) -> str:
    return f"{line.title} {line.value}".strip()


def _items(total: int) -> str:
    return ngettext("%(num)s item", "%(num)s items", total)


_DATED = frozenset(section for section, facts in SECTIONS.items() if facts.order is not Order.CURRENT)
_PROPER = frozenset({Section.CARE_TEAM, Section.INSURANCE, Section.IMPLANTS})
