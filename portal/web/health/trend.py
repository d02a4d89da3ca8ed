"""One test over time and over all organizations: a plot, and beside it the table that says the same in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import partial

from portal import audit
from portal.domain import entry as e
from portal.domain.code_systems import LOINC, VITAL_SIGNS_TOGETHER
from portal.domain.dates import Precision, as_instant, precision
from portal.domain.entry import Entry, Status
from portal.domain.errors import NotFoundError
from portal.domain.sections import Section
from portal.domain.units import charge_of, convert, unit_of, us_unit
from portal.extensions import current_services
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.health import lines
from portal.web.health.original import guarded, original_texts
from portal.web.health.plot import Plot, Point, plot
from portal.web.health.record_rows import Origins
from portal.web.health.vocabulary import Tag, flag, result_state
from portal.web.linked import linked
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed
from portal.web.words import phrase

_MOST = 300  # rows of one test
_SECTIONS = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One row of the table. ``drawn``: it is in the plot; ``state``: a status worth saying."""

    id: str
    when: str
    value: str
    range: str
    flag: Tag | None
    state: str
    names: tuple[str, ...]
    outside: bool
    drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One measured thing in one scale. ``says``: the plot in words; ``plot`` None: not two numbers."""

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
    """Tell whether an entry is a coded measurement, so that others like it can be found."""
    return entry.section in _SECTIONS and isinstance(entry.detail, e.Result) and bool(codes_of(entry))


def trend(person_id: str, section: Section, entry_id: str) -> Trend:
    """All results of the test that this entry is one of.

    Raises:
        NotFoundError: there is no such entry of this person, or it is not a coded measurement.
    """
    with current_services().db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        if row is None or not has_trend(row.primary.entry):
            raise NotFoundError
        record_rows = _alike(tx, person_id, section, row.primary.entry)
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
    viewed(person_id, audit.Action.VIEW_ENTRY, section=section.value, entry=entry_id)
    origins = Origins(connections, states, current_services().settings.organization)
    return Trend(
        section=section,
        entry=entry_id,
        title=phrase(row.primary.entry.title),
        series=tuple(_series(name, measured, origins) for name, measured in _by_part(record_rows[:_MOST])),
        more=len(record_rows) > _MOST,
    )


def codes_of(entry: Entry) -> list[tuple[str, str]]:
    """LOINC says what was measured; without it the organization's own codes do."""
    coded = [(code.system, code.code) for code in entry.codes if code.system and code.code]
    own = [pair for pair in coded if pair[0] != LOINC or pair[1] not in VITAL_SIGNS_TOGETHER]
    return [pair for pair in own if pair[0] == LOINC] or own


def _alike(tx: Tx, person_id: str, section: Section, entry: Entry) -> tuple[RecordRow, ...]:
    return rows.of_code(
        tx,
        person_id=person_id,
        section=section,
        codes=codes_of(entry),
        sight=current_sight(),
        limit=_MOST + 1,
    )


def _by_part(record_rows: Sequence[RecordRow]) -> list[tuple[str, list[_Measured]]]:
    """Return the values of the test itself and of each of its parts (systolic, diastolic), by name, newest first.

    Values whose units cannot be converted exactly into each other are not of one course: they are apart.
    """
    by: dict[str, list[_Measured]] = {}
    for row in record_rows:
        entry = row.primary.entry
        detail = entry.detail
        if not isinstance(detail, e.Result) or entry.unsafe:
            continue
        if detail.quantity is not None or not detail.components:
            by.setdefault(phrase(entry.title), []).append((row, entry, detail))
        for part in detail.components:
            by.setdefault(phrase(part.name), []).append((row, entry, part))
    return [(name, apart) for name, measured in by.items() for apart in _by_unit(measured)]


def _by_unit(measured: Sequence[_Measured]) -> list[list[_Measured]]:
    """Return the values in groups of one scale each; what has no number is with the first."""
    scales: list[tuple[e.Quantity | None, list[_Measured]]] = []
    for measurement in measured:
        quantity, charge = measurement[2].quantity, charge_of(_codes_of(measurement))
        fitting = (
            group
            for unit, group in scales
            if quantity is None or unit is None or _convertible(quantity, unit_of(unit), charge)
        )
        group = next(fitting, None)
        if group is None:
            scales.append((quantity, [measurement]))
        else:
            group.append(measurement)
    return [group for _unit, group in scales]


def _convertible(quantity: e.Quantity, unit: str, charge: int | None) -> bool:
    """Tell whether values of a quantity's unit can be drawn in another, whatever its own number is."""
    return convert(e.Quantity("1", quantity.unit, quantity.code), unit, charge=charge) is not None


def _codes_of(measured: _Measured) -> tuple[e.Code, ...]:
    _row, entry, part = measured
    return part.codes if isinstance(part, e.Component) else entry.codes


def _series(name: str, measured: Sequence[_Measured], origins: Origins) -> Series:
    first = next((part.quantity for _row, _entry, part in measured if part.quantity), e.Quantity(""))
    vital = any(entry.section is Section.VITAL_SIGNS for _row, entry, _part in measured)
    unit = us_unit(unit_of(first)) if vital else unit_of(first)
    shown_unit = e.Quantity("", "" if unit != unit_of(first) else first.unit, unit)
    points = [guarded(partial(_point, measurement, unit), lambda: None, place="trend") for measurement in measured]
    drawn = [(point, measurement[1]) for point, measurement in zip(points, measured, strict=True) if point]
    picture = guarded(lambda: plot([point for point, _entry in drawn]), lambda: None, place="trend")
    shown = sorted(drawn, key=lambda pair: pair[0].at)[picture.left_out if picture else 0 :]
    days = [formats.day(entry.when) for _point, entry in shown]
    values = tuple(
        guarded(
            partial(_value, measurement, origins, drawn=point is not None),
            partial(_bare_value, measurement, origins),
            place="trend",
        )
        for point, measurement in zip(points, measured, strict=True)
    )
    return Series(
        name=name,
        unit=formats.unit(shown_unit),
        values=values,
        plot=picture,
        first=days[0] if days else "",
        last=days[-1] if days else "",
        says=_says(name, [point for point, _entry in shown], days, shown_unit) if picture else "",
        undrawn=sum(1 for value in values if not value.drawn) if picture else 0,
    )


_FINAL = frozenset({"", "final", "amended", "corrected", "appended"})


def _point(measured: _Measured, unit: str) -> Point | None:
    """Return a value that can be drawn: final, a number in the unit, on a known day."""
    row, entry, part = measured
    if part.quantity is None or not entry.when or precision(entry.when) < Precision.DAY:
        return None
    if row.status is Status.ENTERED_IN_ERROR or not {_status(entry), _own_status(part)} <= _FINAL:
        return None
    charge = charge_of(_codes_of(measured))
    value = convert(part.quantity, unit, charge=charge)
    if value is None:
        return None
    normal = next((range_ for range_ in part.ranges if not range_.meaning), None)
    low, high = (
        convert(bound, unit, charge=charge) if bound else None
        for bound in ((normal.low, normal.high) if normal else (None, None))
    )
    return Point(as_instant(entry.when).timestamp(), value, low, high, part.quantity.comparator[:1])


def _status(entry: Entry) -> str:
    return entry.detail.fhir_status if isinstance(entry.detail, e.Result) else ""


def _own_status(part: _Part) -> str:
    return part.fhir_status


def _value(measured: _Measured, origins: Origins, *, drawn: bool) -> Value:
    row, entry, part = measured
    return Value(
        id=row.primary_id,
        when=entry.when or "",
        value=lines.value_of(part, vital=entry.section is Section.VITAL_SIGNS),
        range=lines.ranges_of(part),
        flag=flag(part.flag, part.flag_text),
        state=result_state(_own_status(part)) or result_state(_status(entry)),
        names=tuple(origins.of(source, row.section).name for source in row.sources),
        outside=not row.home,
        drawn=drawn,
    )


def _bare_value(measured: _Measured, origins: Origins) -> Value:
    """Return a row of the table whose value cannot be written as usual: as its source wrote it."""
    row, _entry, part = measured
    return Value(
        id=row.primary_id,
        when="",
        value=" ".join(original_texts(part)),
        range="",
        flag=None,
        state="",
        names=tuple(origins.of(source, row.section).name for source in row.sources),
        outside=not row.home,
        drawn=False,
    )


def _says(name: str, points: Iterable[Point], days: Sequence[str], unit: e.Quantity) -> str:
    """Return the plot for who cannot see it."""
    listed = sorted(points, key=lambda point: point.at)
    amounts = [point.value for point in listed]

    def amount(value: Decimal) -> str:
        return formats.quantity_text(e.Quantity(format(_rounded(value).normalize(), "f"), unit.unit, unit.code))

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
        out=sum(1 for point in listed if point.side),
    )


def _rounded(value: Decimal) -> Decimal:
    """Return a converted value without the digits that only the conversion made."""
    return Context(prec=max(4, value.adjusted() + 3)).create_decimal(value)
