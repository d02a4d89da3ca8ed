"""Results as people read them: day by day, a panel as one card with its tests in the laboratory's order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from portal.access.visibility import Sight
from portal.domain import entry as e
from portal.domain.entry import Entry, Status
from portal.domain.sections import Section
from portal.store import Tx
from portal.store.records import rows as store_rows
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage
from portal.web import formats
from portal.web.health import flags, record_rows
from portal.web.health.models import Item, Panel, ResultDay, Test
from portal.web.health.original import guarded
from portal.web.health.record_rows import Origins
from portal.web.health.spark import Spark
from portal.web.health.trend import has_trend
from portal.web.linked import address_of
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext

SECTIONS = frozenset({Section.TEST_RESULTS, Section.VITAL_SIGNS})
"""What is read day by day."""

NOT_NORMAL = "not-normal"
"""The word in an address for only what is not normal."""

_PAGE = 25
_STEP, _STEPS = 200, 10  # rows that are opened to find what is not normal: it is sealed


def days(
    rows: Sequence[RecordRow],
    origins: Origins,
    source: str | None = None,
    *,
    courses: Mapping[str, Spark],
    examined: Collection[tuple[str, str]] | None = None,
) -> tuple[ResultDay, ...]:
    """Return the rows of a page, newest first, as days; what belongs to a panel stands in its card.

    ``courses`` by row. ``examined``: where the rows are only what is not normal, the references (source, reference)
    of all that were looked at for it.
    """
    items = {row.id: record_rows.item(row, origins, source) for row in rows}
    out = {row.id for row in rows if _is_out(row, source)}
    by_day: dict[str, list[RecordRow]] = {}
    for row in sorted(rows, key=lambda row: row.sort_at, reverse=True):
        by_day.setdefault(formats.day(items[row.id].entry.when), []).append(row)
    listed = []
    for title, together in by_day.items():
        sources = dict.fromkeys(source for row in together for source in row.sources)
        places = origins.names(sources, together[0].section)
        listed.append(
            ResultDay(
                title=title,
                places=places,
                new=any(items[row.id].new for row in together),
                panels=tuple(_Cards(items, courses, out, title, places, examined).panels(together)),
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
) -> tuple[RowPage, frozenset[tuple[str, str]]]:
    """Return a page of what is not normal, without its panels, and the references of all that was looked at.

    It looks at so many rows at most.
    """
    rows: list[RecordRow] = []
    examined: set[tuple[str, str]] = set()
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
        rows += [row for row in page.rows if _is_out(row, source)]
        examined |= {reference for row in page.rows for reference in _references(row)}
        after = page.next
        if after is None or len(rows) >= _PAGE:
            break
    return replace(page, rows=tuple(rows), next=after) if page else RowPage((), None, 0, {}), frozenset(examined)


def _references(row: RecordRow) -> Iterable[tuple[str, str]]:
    return ((sourced.source, sourced.entry.reference) for sourced in row.entries if sourced.entry.reference)


def _is_out(row: RecordRow, source: str | None) -> bool:
    """Tell whether what a row shows is not normal: what any of its sources says, or the one asked for."""
    if row.status in (Status.UNSAFE, Status.ABSENT):
        return False
    entries = [sourced.entry for sourced in row.entries if source in (None, sourced.source)]
    return any(guarded(partial(stands_out, entry), lambda: False, place="result") for entry in entries)


def stands_out(entry: Entry) -> bool:
    """Tell whether a result, or a part of it, is not normal: by its flag, else by its own range."""
    detail = entry.detail
    if not isinstance(detail, e.Result) or entry.unsafe or entry.status is Status.ENTERED_IN_ERROR:
        return False
    parts: tuple[e.Result | e.Component, ...] = (detail, *detail.components)
    return any(map(flags.is_out, parts))


@dataclass(frozen=True, slots=True)
class _Cards:
    """The cards of the day that is called ``title``: by row what is shown of it, its course, and whether it is not
    normal (``out``)."""

    items: Mapping[str, Item]
    courses: Mapping[str, Spark]
    out: Collection[str]
    title: str
    places: str
    examined: Collection[tuple[str, str]] | None

    def panels(self, rows: Sequence[RecordRow]) -> list[Panel]:
        by_reference = {reference: row for row in rows for reference in _references(row)}
        inside: set[str] = set()
        panels: list[Panel] = []
        for row in rows:
            references = [(row.primary.source, reference) for reference in _parts(row.primary.entry)]
            delivered = [by_reference.get(reference) for reference in references]
            distinct = {part.id: part for part in delivered if part is not None}
            tests = [part for row_id, part in distinct.items() if row_id != row.id and row_id not in inside]
            if tests or isinstance(row.primary.entry.detail, e.Report):
                inside |= {row.id, *(part.id for part in tests)}
                more = len(references) - len(tests) if tests else 0
                whole = not more or (self.examined is not None and set(references) <= set(self.examined))
                panels.append(self._panel(self.items[row.id], tests, more, len(references) if whole else 0))
        singles: dict[tuple[str, ...], list[RecordRow]] = {}
        for row in rows:
            if row.id not in inside:
                singles.setdefault(row.sources, []).append(row)
        panels += [
            self._panel(None, alone, 0, len(alone) if self.examined is None else 0) for alone in singles.values()
        ]
        return sorted(panels, key=lambda panel: not panel.out)

    def _panel(self, report: Item | None, rows: Sequence[RecordRow], more: int, of: int) -> Panel:
        symbol = report is None or not report.outside
        tests = tuple(self._test(row, symbol=symbol) for row in rows)
        out = tuple(test.item.line.title for test in tests if test.out)
        report = _beside_tests(report) if report and tests else report
        return Panel(report=report, tests=tests, out=out, of=of, more=max(0, more))

    def _test(self, row: RecordRow, *, symbol: bool) -> Test:
        item = self.items[row.id]
        entry = item.entry
        repeated = (self.title, self.places)
        return Test(
            item=item,
            out=row.id in self.out,
            facts=tuple(fact for fact in item.line.facts if fact not in repeated),
            spark=self.courses.get(row.id),
            trend=address_of("health.trend_page", "entry", item.id, section=entry.section.value)
            if has_trend(entry)
            else "",
            symbol=symbol and item.outside,
        )


def _parts(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.detail, e.Report):
        return entry.detail.results
    return entry.detail.members if isinstance(entry.detail, e.Result) else ()


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
