"""The course of each test on a page of results: its last values in the whole record, as its trend page has them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from math import ceil
from typing import NamedTuple

from portal.access.visibility import Sight
from portal.domain import entry as e
from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.domain.units import Substance, convert, substance_of, unit_of, us_unit
from portal.store import Tx
from portal.store.records import tested
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.health import measured
from portal.web.health.original import guarded
from portal.web.health.spark import MOST, Spark, spark
from portal.web.health.trend import rounded, statements, test_codes

_SPARE = 3


def courses(tx: Tx, *, person_id: str, section: Section, sight: Sight, rows: Sequence[RecordRow]) -> dict[str, Spark]:
    """Return the course of each row's test up to the row's own value and in its unit, by row."""
    tests = {row.id: tuple(listed) for row in rows if (listed := test_codes(row.primary.entry))}
    if not tests:
        return {}
    on_page = [row for row in rows if row.id in tests]
    earlier = tested.of_codes(
        tx,
        person_id=person_id,
        section=section,
        codes={code for codes in tests.values() for code in codes},
        sight=sight,
        until=max(row.sort_at for row in on_page),
        most=_most(tests, on_page),
        read={row.id: row for row in on_page},
    )
    drawn: dict[str, Spark] = {}
    limits = cache(measured.limits)  # a laboratory's range is the same beside each of its values
    for codes in set(tests.values()):
        ids = {row_id for row_id, of in tests.items() if of == codes}
        for course in _collected(earlier.of(codes), ids):
            if len(course.values) == MOST or not earlier.is_cut(codes):
                picture = guarded(partial(_spark, course, limits), lambda: None, place="result")
                if picture:
                    drawn[course.row.id] = picture
    return drawn


def _most(tests: Mapping[str, object], rows: Sequence[RecordRow]) -> int:
    """Return how many entries of a test to ask for: enough for the course of each of its rows on the page.

    Some more, as not all can be drawn; and as many of each row as those of the page have.
    """
    of_a_row = sum(sum(row.counts.values()) for row in rows) / len(rows)
    return ceil((max(Counter(tests.values()).values()) - 1 + MOST + _SPARE) * of_a_row)


class _Measurement(NamedTuple):
    """A plain, final number, whose it is, and its unit."""

    entry: Entry
    result: e.Result
    quantity: e.Quantity
    value: Decimal
    unit: str


@dataclass(slots=True)
class _Course:
    """The values up to a row's own, which is the first: the newest first, in its unit."""

    row: RecordRow
    own: _Measurement
    values: list[Decimal] = field(default_factory=list)
    unit: str = field(init=False)
    substance: Substance = field(init=False)

    def __post_init__(self) -> None:
        self.unit = us_unit(self.own.unit) if self.row.section is Section.VITAL_SIGNS else self.own.unit
        self.substance = substance_of(self.own.entry.codes)

    def add(self, older: _Measurement) -> None:
        """Add an older value; one that cannot be converted exactly is drawn apart."""
        if older.unit == self.unit:
            self.values.append(older.value)
        elif (value := convert(older.quantity, self.unit, substance=self.substance)) is not None:
            self.values.append(rounded(value, self.unit).normalize())


def _collected(rows: Iterable[RecordRow], ids: Collection[str]) -> list[_Course]:
    """Return the courses of the rows with these ids; rows come newest first, and only as many as are needed."""
    begun: list[_Course] = []
    unfilled: list[_Course] = []
    not_reached = set(ids)
    for row in rows:
        measurement = guarded(partial(_measurement, row), lambda: None, place="result")
        if measurement is not None:
            if row.id in not_reached:
                begun.append(_Course(row, measurement))
                unfilled.append(begun[-1])
            for course in unfilled:
                course.add(measurement)
            unfilled = [course for course in unfilled if len(course.values) < MOST]
        not_reached.discard(row.id)
        if not not_reached and not unfilled:
            break
    return begun


def _measurement(row: RecordRow) -> _Measurement | None:
    """Return the plain, final number that the trend of a row draws; None where there is none."""
    measurement = None
    for entry in _words(row):
        result = entry.detail
        if not isinstance(result, e.Result) or result.quantity is None or result.quantity.comparator:
            continue
        unit = unit_of(result.quantity)
        if measured.is_drawable(entry, result) and (value := convert(result.quantity, unit)) is not None:
            measurement = _Measurement(entry, result, result.quantity, value, unit)
    return measurement


def _words(row: RecordRow) -> Iterable[Entry]:
    """Return what a row says; of one entry, as most rows are, there is nothing to compare and nothing to complete."""
    if len(row.entries) == 1:
        return (row.entries[0].entry,)
    return (entry for _row, entry, _sources in statements(row))


def _spark(course: _Course, limits: Callable[..., tuple[Decimal | None, Decimal | None]]) -> Spark | None:
    # Where the sources disagree, the band of one would stand beside the range of another.
    low, high = (
        (None, None) if course.row.disagreements else limits(course.own.result.ranges, course.unit, course.substance)
    )
    shown = course.own.quantity.unit if course.unit == course.own.unit else ""
    return spark(course.values[::-1], low, high, unit=formats.unit(e.Quantity("", shown, course.unit)))
