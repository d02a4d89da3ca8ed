"""One test over time and over all organizations: a plot, and beside it the table that says the same in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import partial
from itertools import chain
from typing import NamedTuple

from portal import audit
from portal.domain import entry as e
from portal.domain.code_systems import LOINC, VITAL_SIGNS_TOGETHER
from portal.domain.dates import as_instant
from portal.domain.entry import Entry
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME, OWN
from portal.domain.sections import Section
from portal.domain.units import Substance, convert, substance_of, unit_of, us_unit
from portal.extensions import current_services
from portal.merge import leads
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.records import rows
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.health import lines, measured, record_rows
from portal.web.health.flags import flags_of
from portal.web.health.original import guarded, original_texts
from portal.web.health.plot import Plot, Point, plot
from portal.web.health.range_words import ranges_of
from portal.web.health.record_rows import Origins
from portal.web.health.vocabulary import Tag, result_state
from portal.web.linked import linked
from portal.web.phrases import gettext as _
from portal.web.sent import sent, titled
from portal.web.viewed import viewed
from portal.web.words import phrase

_WHOLE_FROM = 10  # mg/dL; below it a tenth matters
_MOST = 300  # rows of one test
_SECTIONS = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One row of the table. ``drawn``: it is in the plot; ``state``: a status worth saying."""

    id: str
    when: str
    value: str
    range: str
    flags: tuple[Tag, ...]
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
    """``of_laboratories``: not measured on a body or at home."""

    section: Section
    of_laboratories: bool
    entry: str
    title: str
    series: tuple[Series, ...]
    more: bool


_Part = e.Result | e.Component


class _Measured(NamedTuple):
    """One value of a row, and who says it so."""

    row: RecordRow
    entry: Entry
    part: _Part
    sources: tuple[str, ...]


def has_trend(entry: Entry) -> bool:
    """Tell whether an entry is a coded measurement, so that others like it can be found."""
    return bool(test_codes(entry))


def test_codes(entry: Entry) -> list[tuple[str, str]]:
    """Return the codes by which others like a measurement are found; of anything else there are none."""
    return codes_of(entry) if entry.section in _SECTIONS and isinstance(entry.detail, e.Result) else []


def trend(person_id: str, section: Section, entry_id: str) -> Trend:
    """All results of the test that this entry is one of.

    Raises:
        NotFoundError: there is no such entry of this person, or it is not a coded measurement.
    """
    with current_services().db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        if row is None or not has_trend(row.primary.entry):
            raise NotFoundError
        alike = _alike(tx, person_id, section, row.primary.entry)
        connections = linked(tx, person_id=person_id)
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
    viewed(person_id, audit.Action.VIEW_ENTRY, section=section.value, entry=entry_id)
    origins = Origins(connections, states, current_services().settings.organization)
    return Trend(
        section=section,
        of_laboratories=section is Section.TEST_RESULTS and any(each.sources != (OWN,) for each in alike),
        entry=entry_id,
        title=titled(row.primary.entry),
        series=tuple(_series(name, values, origins) for name, values in _by_part(alike[:_MOST])),
        more=len(alike) > _MOST,
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


def _by_part(alike: Sequence[RecordRow]) -> list[tuple[str, list[_Measured]]]:
    """Return the values of the test itself and of each of its parts (systolic, diastolic), by name, newest first.

    The rows are of one test, however each organization calls it; parts are the same by their LOINC code, else by name.

    Values whose units cannot be converted exactly into each other are not of one course: they are apart.
    """
    by: dict[str, list[_Measured]] = {}
    names: dict[str, str] = {}
    for row, entry, sources in chain.from_iterable(map(statements, alike)):
        detail = entry.detail
        if not isinstance(detail, e.Result) or entry.unsafe:
            continue
        if detail.quantity is not None or not detail.components:
            names.setdefault("", titled(entry))
            by.setdefault("", []).append(_Measured(row, entry, detail, sources))
        for part in detail.components:
            key = next((code.code for code in part.codes if code.system == LOINC), phrase(part.name))
            names.setdefault(key, sent(phrase(part.name), entry))
            by.setdefault(key, []).append(_Measured(row, entry, part, sources))
    return [(names[key], apart) for key, values in by.items() for apart in _by_unit(values)]


def statements(row: RecordRow) -> Iterable[tuple[RecordRow, Entry, tuple[str, ...]]]:
    """Yield what a row says with whose words these are: where its sources disagree, each for itself."""
    if not row.disagreements:
        yield row, record_rows.speaking(row), row.sources
        return
    for source, lead in leads(row.entries).items():
        yield row, lead.entry, (source,)


def _by_unit(values: Sequence[_Measured]) -> list[list[_Measured]]:
    """Return the values in groups of one scale each; what has no number is with the first."""
    scales: list[tuple[e.Quantity | None, list[_Measured]]] = []
    for measurement in values:
        quantity, substance = measurement.part.quantity, substance_of(_codes_of(measurement))
        fitting = (
            group
            for unit, group in scales
            if quantity is None or unit is None or _convertible(quantity, unit_of(unit), substance)
        )
        group = next(fitting, None)
        if group is None:
            scales.append((quantity, [measurement]))
        else:
            group.append(measurement)
    return [group for _unit, group in scales]


def _convertible(quantity: e.Quantity, unit: str, substance: Substance) -> bool:
    """Tell whether values of a quantity's unit can be drawn in another, whatever its own number is."""
    return convert(e.Quantity("1", quantity.unit, quantity.code), unit, substance=substance) is not None


def _codes_of(value: _Measured) -> tuple[e.Code, ...]:
    return value.part.codes if isinstance(value.part, e.Component) else value.entry.codes


def _series(name: str, told: Sequence[_Measured], origins: Origins) -> Series:
    first = next((value.part.quantity for value in told if value.part.quantity), e.Quantity(""))
    vital = any(value.entry.section is Section.VITAL_SIGNS for value in told)
    unit = us_unit(unit_of(first)) if vital else unit_of(first)
    shown_unit = e.Quantity("", "" if unit != unit_of(first) else first.unit, unit)
    points = [guarded(partial(_point, value, unit), lambda: None, place="trend") for value in told]
    by_row = {value.row.id: (point, value.entry) for point, value in zip(points, told, strict=True) if point}
    drawn = list(by_row.values())  # what several say of one row is one point
    picture = guarded(lambda: plot([point for point, _entry in drawn]), lambda: None, place="trend")
    shown = sorted(drawn, key=lambda pair: pair[0].at)[picture.left_out if picture else 0 :]
    days = [formats.day(entry.when) for _point, entry in shown]
    values = tuple(
        guarded(
            partial(_value, value, origins, drawn=point is not None),
            partial(_bare_value, value, origins),
            place="trend",
        )
        for point, value in zip(points, told, strict=True)
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


def _point(told: _Measured, unit: str) -> Point | None:
    """Return a value that can be drawn, in the unit."""
    entry, part, substance = told.entry, told.part, substance_of(_codes_of(told))
    if not measured.is_drawable(entry, part) or part.quantity is None or entry.when is None:
        return None
    value = convert(part.quantity, unit, substance=substance)
    if value is None:
        return None
    low, high = measured.bounds(part, unit, substance)
    return Point(as_instant(entry.when).timestamp(), value, low, high, part.quantity.comparator[:1])


def _status(entry: Entry) -> str:
    return entry.detail.fhir_status if isinstance(entry.detail, e.Result) else ""


def _value(told: _Measured, origins: Origins, *, drawn: bool) -> Value:
    row, entry, part, sources = told
    return Value(
        id=row.primary_id,
        when=entry.when or "",
        value=lines.value_of(part, vital=entry.section is Section.VITAL_SIGNS),
        range=ranges_of(part),
        flags=flags_of(part),
        state=result_state(part.fhir_status) or result_state(_status(entry)),
        names=tuple(origins.of(source, row.section).name for source in sources),
        outside=HOME not in sources,
        drawn=drawn,
    )


def _bare_value(told: _Measured, origins: Origins) -> Value:
    """Return a row of the table whose value cannot be written as usual: as its source wrote it."""
    row, _entry, part, sources = told
    return Value(
        id=row.primary_id,
        when="",
        value=" ".join(original_texts(part)),
        range="",
        flags=(),
        state="",
        names=tuple(origins.of(source, row.section).name for source in sources),
        outside=HOME not in sources,
        drawn=False,
    )


def _says(name: str, points: Iterable[Point], days: Sequence[str], unit: e.Quantity) -> str:
    """Return the plot for who cannot see it."""
    listed = sorted(points, key=lambda point: point.at)
    amounts = [point.value for point in listed]

    def amount(value: Decimal) -> str:
        number = format(rounded(value, unit.code).normalize(), "f")
        return formats.quantity_text(e.Quantity(number, unit.unit, unit.code))

    words = {
        "name": name,
        "first": days[0],
        "start": amount(amounts[0]),
        "last": days[-1],
        "end": amount(amounts[-1]),
        "n": len(listed),
        "low": amount(min(amounts)),
        "high": amount(max(amounts)),
    }
    if all(point.low is None and point.high is None for point in listed):  # "0 outside" would say that all is well
        return _(
            "%(name)s from %(first)s (%(start)s) to %(last)s (%(end)s): %(n)s values between %(low)s and %(high)s. "
            "No range was given. The table below has all of them.",
            **words,
        )
    return _(
        "%(name)s from %(first)s (%(start)s) to %(last)s (%(end)s): %(n)s values between %(low)s and %(high)s, "
        "%(out)s of them outside their reference range. The table below has all of them.",
        out=sum(1 for point in listed if point.side),
        **words,
    )


def rounded(value: Decimal, unit: str) -> Decimal:
    """Return a converted value without the digits that only the conversion made; mg/dL whole, as meters show them."""
    if unit == "mg/dL" and value >= _WHOLE_FROM and value != round(value, 2):
        return round(value, 0)
    return Context(prec=max(4, value.adjusted() + 3)).create_decimal(value)
