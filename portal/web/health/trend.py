"""One test over time and over all organizations: a plot, and beside it the table that says the same in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from portal import audit
from portal.domain import entry as e
from portal.domain.code_systems import LOINC
from portal.domain.dates import Precision, as_instant, precision
from portal.domain.entry import Entry
from portal.domain.errors import NotFoundError
from portal.domain.sections import Section
from portal.domain.units import convert, unit_of
from portal.extensions import current_services
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import audit_actor, sees_confidential
from portal.web.health import lines, section_page
from portal.web.health.plot import Plot, Point, plot
from portal.web.health.vocabulary import Tag, flag
from portal.web.linked import linked
from portal.web.words import phrase

_MOST = 300  # rows of one test
_SECTIONS = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One row of the table. ``drawn`` is false for what cannot be put into the plot: no number, or another unit."""

    id: str
    when: str
    value: str
    range: str
    flag: Tag | None
    names: tuple[str, ...]
    outside: bool
    drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One measured thing. ``says`` is the plot in words; ``plot`` is None when there are fewer than two numbers."""

    name: str
    unit: str
    values: tuple[Value, ...]
    plot: Plot | None
    first: str
    last: str
    says: str
    undrawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    section: Section
    entry: str
    title: str
    series: tuple[Series, ...]
    more: bool


_Part = e.Result | e.Component
_Measured = tuple[RecordRow, Entry, _Part]


def has_trend(entry: Entry) -> bool:
    """Whether an entry is a coded measurement, so that others like it can be found."""
    return entry.section in _SECTIONS and isinstance(entry.detail, e.Result) and bool(_codes(entry))


def trend(person_id: str, section: Section, entry_id: str) -> Trend:
    """All results of the test that this entry is one of.

    Raises:
        NotFoundError: there is no such entry of this person, or it is not a coded measurement.
    """
    with current_services().db.transaction() as tx:
        row = rows.by_entry(
            tx, person_id=person_id, section=section, entry_id=entry_id, confidential=sees_confidential()
        )
        if row is None or not has_trend(row.primary.entry):
            raise NotFoundError
        found = _alike(tx, person_id, section, row.primary.entry)
        known = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[one.link.id for one in known])
        audit.record(
            tx,
            action=audit.Action.VIEW_ENTRY,
            actor=audit_actor(),
            person_id=person_id,
            section=section.value,
            entry=entry_id,
        )
    origins = section_page.Origins(known, states, current_services().settings.organization)
    return Trend(
        section=section,
        entry=entry_id,
        title=phrase(row.primary.entry.title),
        series=tuple(_series(name, measured, origins) for name, measured in _by_part(found[:_MOST])),
        more=len(found) > _MOST,
    )


def _codes(entry: Entry) -> list[tuple[str, str]]:
    """LOINC says what was measured; without it the organization's own codes do."""
    coded = [(code.system, code.code) for code in entry.codes if code.system and code.code]
    return [one for one in coded if one[0] == LOINC] or coded


def _alike(tx: Tx, person_id: str, section: Section, entry: Entry) -> tuple[RecordRow, ...]:
    return rows.of_code(
        tx,
        person_id=person_id,
        section=section,
        codes=_codes(entry),
        confidential=sees_confidential(),
        limit=_MOST + 1,
    )


def _by_part(found: Sequence[RecordRow]) -> list[tuple[str, list[_Measured]]]:
    """The values of the test itself and of each of its parts (systolic, diastolic), by name, newest first."""
    by: dict[str, list[_Measured]] = {}
    for row in found:
        entry = row.primary.entry
        detail = entry.detail
        if not isinstance(detail, e.Result):
            continue
        if detail.quantity is not None or not detail.components:
            by.setdefault(phrase(entry.title), []).append((row, entry, detail))
        for part in detail.components:
            by.setdefault(phrase(part.name), []).append((row, entry, part))
    return list(by.items())


def _series(name: str, measured: Sequence[_Measured], origins: section_page.Origins) -> Series:
    first = next((part.quantity for _row, _entry, part in measured if part.quantity), e.Quantity(""))
    unit = unit_of(first)
    points = [_point(entry, part, unit) for _row, entry, part in measured]
    drawn = [(one, entry) for one, (_row, entry, _part) in zip(points, measured, strict=True) if one]
    picture = plot([one for one, _entry in drawn])
    shown = sorted(drawn, key=lambda pair: pair[0].at)[picture.left_out if picture else 0 :]
    days = [formats.day(entry.when) for _one, entry in shown]
    values = tuple(
        _value(row, entry, part, origins, drawn=point is not None)
        for point, (row, entry, part) in zip(points, measured, strict=True)
    )
    return Series(
        name=name,
        unit=formats.unit(first),
        values=values,
        plot=picture,
        first=days[0] if days else "",
        last=days[-1] if days else "",
        says=_says(name, [one for one, _entry in shown], days, first) if picture else "",
        undrawn=sum(1 for one in values if not one.drawn) if picture else 0,
    )


def _point(entry: Entry, part: _Part, unit: str) -> Point | None:
    """A value that can be drawn: a plain number in the unit, on a known day."""
    if part.quantity is None or not entry.when or precision(entry.when) < Precision.DAY:
        return None
    value = convert(part.quantity, unit)
    if value is None:
        return None
    normal = next((one for one in part.ranges if not one.meaning), None)
    low, high = (convert(one, unit) if one else None for one in ((normal.low, normal.high) if normal else (None, None)))
    return Point(as_instant(entry.when).timestamp(), value, low, high)


def _value(row: RecordRow, entry: Entry, part: _Part, origins: section_page.Origins, *, drawn: bool) -> Value:
    return Value(
        id=row.primary_id,
        when=entry.when or "",
        value=lines.value_of(part),
        range=lines.ranges_of(part),
        flag=flag(part.flag, part.flag_text),
        names=tuple(origins.of(source, row.section).name for source in row.sources),
        outside=not row.home,
        drawn=drawn,
    )


def _says(name: str, points: Iterable[Point], days: Sequence[str], unit: e.Quantity) -> str:
    """The plot for who cannot see it."""
    listed = sorted(points, key=lambda one: one.at)
    amounts = [one.value for one in listed]

    def amount(value: Decimal) -> str:
        return formats.quantity_text(e.Quantity(format(value.normalize(), "f"), unit.unit, unit.code))

    return _(
        "%(name)s from %(first)s (%(start)s) to %(last)s (%(end)s): %(n)s values between %(low)s and %(high)s, "
        "%(out)s of them outside their reference range. The table below has all of them.",
        name=name,
        first=days[0],
        start=amount(amounts[0]),
        last=days[-1],
        end=amount(amounts[-1]),
        n=len(listed),
        low=amount(min(amounts)),
        high=amount(max(amounts)),
        out=sum(1 for one in listed if one.side),
    )
