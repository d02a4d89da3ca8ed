"""Results as people read them: day by day, a panel as one card with its tests in the laboratory's order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from flask import url_for

from portal.access.visibility import Sight
from portal.domain import entry as e
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.domain.units import convert, unit_of
from portal.store import Tx
from portal.store.records import rows as store_rows
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage
from portal.web import formats
from portal.web.health import lines, record_rows
from portal.web.health.models import Item, Panel, ResultDay, Test
from portal.web.health.original import guarded
from portal.web.health.record_rows import Origins
from portal.web.health.spark import Spark, spark
from portal.web.health.trend import codes_of, has_trend
from portal.web.health.vocabulary import flags
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext

SECTIONS = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})
"""What is read day by day."""

NOT_NORMAL = "not-normal"
"""The word in an address for only what is not normal."""

_STANDS_OUT = frozenset({"warn", "bad"})
_PAGE = 25
_STEP, _STEPS = 200, 10  # rows that are opened to find what is not normal: it is sealed
_FINAL = frozenset({"", "final", "amended", "corrected", "appended"})


def days(
    rows: Sequence[RecordRow], origins: Origins, source: str | None = None, *, narrowed: bool = False
) -> tuple[ResultDay, ...]:
    """Return the rows of a page, newest first, as days; what belongs to a panel stands in its card.

    ``narrowed`` rows, or those of one source, are not all values of a test: they have no courses.
    """
    items = {row.id: record_rows.item(row, origins, source) for row in rows}
    courses = {} if narrowed or source else _courses(rows)
    # The store's pages are by rank: what is preliminary or only ordered comes first there, however old it is.
    by_day: dict[tuple[str, tuple[str, ...]], list[RecordRow]] = {}
    for row in sorted(rows, key=lambda row: row.sort_at, reverse=True):
        by_day.setdefault((formats.day(row.primary.entry.when), row.sources), []).append(row)
    listed = []
    for (title, sources), together in by_day.items():
        places = origins.names(sources, together[0].section)
        listed.append(
            ResultDay(
                title=title,
                places=places,
                new=any(items[row.id].new for row in together),
                panels=tuple(_panels(together, items, courses, places)),
            )
        )
    return tuple(listed)


def not_normal(
    tx: Tx,
    *,
    person_id: str,
    section: Section,
    sight: Sight,
    source: str | None,
    period: Period | None,
    after: str | None,
) -> RowPage:
    """Return a page of what is not normal, with the panels it belongs to left out; looks at so many rows at most."""
    rows: list[RecordRow] = []
    page = None
    for _step in range(_STEPS):
        page = store_rows.page(
            tx,
            person_id=person_id,
            section=section,
            sight=sight,
            source=source,
            period=period,
            after=after,
            limit=_STEP,
        )
        rows += [row for row in page.rows if guarded(partial(_is_out, row), lambda: False, place="result")]
        after = page.next
        if after is None or len(rows) >= _PAGE:
            break
    return replace(page, rows=tuple(rows), next=after) if page else RowPage((), None, 0, {})


def _is_out(row: RecordRow) -> bool:
    if row.status in (Status.UNSAFE, Status.ABSENT):
        return False
    return any(stands_out(sourced.entry) for sourced in row.entries)


def stands_out(entry: Entry) -> bool:
    """Tell whether a result, or a part of it, is not normal: by its flag, else by its own range."""
    detail = entry.detail
    if not isinstance(detail, e.Result) or entry.unsafe or entry.status is Status.ENTERED_IN_ERROR:
        return False
    parts: tuple[e.Result | e.Component, ...] = (detail, *detail.components)
    return any(map(_part_stands_out, parts))


def _part_stands_out(part: e.Result | e.Component) -> bool:
    codes = part.flags or (part.flag,)
    if any(tag.kind in _STANDS_OUT for tag in flags(codes, part.flag_text)):
        return True
    return "N" not in codes and _is_beyond(part)


def _panels(
    rows: Sequence[RecordRow], items: Mapping[str, Item], courses: Mapping[str, Spark], places: str
) -> Iterable[Panel]:
    by_reference = {
        (sourced.source, sourced.entry.reference): row
        for row in rows
        for sourced in row.entries
        if sourced.entry.reference
    }
    inside: set[str] = set()
    panels: list[Panel] = []
    for row in rows:
        entry = row.primary.entry
        references = _parts(entry)
        delivered = [by_reference.get((row.primary.source, reference)) for reference in references]
        distinct = {part.id: part for part in delivered if part is not None}
        tests = [part for row_id, part in distinct.items() if row_id != row.id and row_id not in inside]
        if tests or isinstance(entry.detail, e.Report):
            inside |= {row.id, *(part.id for part in tests)}
            symbol = not items[row.id].outside
            listed = tuple(_test(part, items[part.id], courses, places, symbol=symbol) for part in tests)
            panels.append(_panel(items[row.id], listed, len(references) - len(tests) if tests else 0))
    singles = tuple(_test(row, items[row.id], courses, places, symbol=True) for row in rows if row.id not in inside)
    if singles:
        panels.append(_panel(None, singles, 0))
    return sorted(panels, key=lambda panel: not panel.out)


def _parts(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.detail, e.Report):
        return entry.detail.results
    return entry.detail.members if isinstance(entry.detail, e.Result) else ()


def _panel(report: Item | None, tests: tuple[Test, ...], more: int) -> Panel:
    report = _beside_tests(report) if report and tests else report
    out = tuple(test.item.line.title for test in tests if test.out)
    return Panel(report=report, tests=tests, out=out, more=max(0, more))


def _beside_tests(report: Item) -> Item:
    """Return a report without what its card says anyway: that it is one, its day, and how many results it has."""
    line, detail = report.line, report.entry.detail
    repeated = {formats.day(report.entry.when)}
    if isinstance(detail, e.Report):
        n = len(detail.results) + len(detail.components)
        repeated.add(ngettext("%(num)s result", "%(num)s results", n))
    tags = tuple(tag for tag in line.tags if tag.text != _("Report"))
    facts = tuple(fact for fact in line.facts if fact not in repeated)
    return replace(report, line=replace(line, tags=tags, facts=facts))


def _test(row: RecordRow, item: Item, courses: Mapping[str, Spark], places: str, *, symbol: bool) -> Test:
    entry = row.primary.entry
    detail = entry.detail if isinstance(entry.detail, e.Result) else None
    repeated = (formats.day(entry.when), places)
    return Test(
        item=item,
        range=guarded(lambda: lines.ranges_of(detail) if detail else "", str, place="result"),
        out=guarded(lambda: _is_out(row), lambda: False, place="result"),
        facts=tuple(fact for fact in item.line.facts if fact not in repeated),
        spark=courses.get(row.id),
        trend=url_for("health.trend_page", section=entry.section.value, entry=item.id) if has_trend(entry) else "",
        symbol=symbol and item.outside,
    )


def _is_beyond(part: e.Result | e.Component) -> bool:
    """Tell whether a number lies outside its own range; of a bounded one (">100") whether it cannot lie within."""
    value = _number(part)
    if part.quantity is None or value is None:
        return False
    low, high = _bounds(part)
    comparator = part.quantity.comparator
    below = low is not None and (value < low or (comparator == "<" and value == low))
    above = high is not None and (value > high or (comparator == ">" and value == high))
    return (below and comparator in ("", "<", "<=")) or (above and comparator in ("", ">", ">="))


def _courses(rows: Sequence[RecordRow]) -> dict[str, Spark]:
    """Return the course of each test over the values of this page, up to the row's own, by row."""
    earlier: dict[tuple[object, ...], list[Decimal]] = {}
    courses: dict[str, Spark] = {}
    for row in sorted(rows, key=lambda row: row.sort_at):
        entry, detail = row.primary.entry, row.primary.entry.detail
        if not isinstance(detail, e.Result) or detail.quantity is None or not has_trend(entry):
            continue
        value = guarded(partial(_number, detail), lambda: None, place="result")
        if value is None or detail.quantity.comparator or detail.fhir_status not in _FINAL:
            continue
        if row.status is Status.ENTERED_IN_ERROR or entry.unsafe:
            continue
        values = earlier.setdefault((*codes_of(entry), unit_of(detail.quantity)), [])
        values.append(value)
        low, high = _bounds(detail)
        course = spark(values, low, high, out=stands_out(entry))
        if course:
            courses[row.id] = course
    return courses


def _number(detail: e.Result | e.Component) -> Decimal | None:
    return convert(detail.quantity, unit_of(detail.quantity)) if detail.quantity else None


def _bounds(detail: e.Result | e.Component) -> tuple[Decimal | None, Decimal | None]:
    normal = next((each for each in detail.ranges if not each.meaning), None)
    if normal is None or detail.quantity is None:
        return None, None
    unit = unit_of(detail.quantity)
    low, high = (convert(bound, unit) if bound else None for bound in (normal.low, normal.high))
    return low, high
