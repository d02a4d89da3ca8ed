"""What pages read in one statement is what the single questions answer, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.domain.links import Outcome
from portal.domain.sections import NINE, NOTICED, Section
from portal.queue import JobQueue
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database, Tx
from portal.store.desk import assists
from portal.store.links import refreshes
from portal.store.people import people, proxies
from portal.store.records import left_out, news, numbers, rows, tested, threads, visits
from portal.store.records.periods import Period
from portal.store.records.rows import RecordRow, RowPage
from portal.store.schema.records import record_row
from tests.factories.record import (
    A1C,
    LOINC,
    METFORMIN,
    Resource,
    appointment,
    at_home,
    laboratory,
    link,
    medication,
    message,
    visit,
)
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import World
from tests.integration.records.helpers import make_person

_ZONE = ZoneInfo("America/New_York")
_BROKEN: Resource = {"resourceType": "Device", "id": "d", "status": "active", "patient": {"reference": "Patient/p"}}


def soon(**later: int) -> str:
    return (datetime.now(UTC) + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:00Z")


@pytest.fixture
def person_id(database: Database) -> str:
    person_id = make_person(database)
    resources = [
        *at_home(),
        *(
            visit(f"past{n}", "Office visit", f"2019-02-{n:02}T15:00:00Z", f"2019-02-{n:02}T16:00:00Z")
            for n in range(1, 13)
        ),
        *(appointment(f"next{n}", f"Check {n}", soon(days=n), soon(days=n, minutes=30)) for n in (3, 1, 2)),
        *(message(f"more{n}", "About it", f"Text {n}", soon(days=-n), "Dr. Lee") for n in range(1, 9)),
        *(medication(f"again{n}", *METFORMIN, "2 a day", since=f"2015-0{n}") for n in (1, 2)),
        _BROKEN,
    ]
    ingest(database, person_id=person_id, source=HOME, resources=resources)
    later = message("later", "About it", "What came later is new.", soon(hours=-1), "Dr. Lee")
    ingest(database, person_id=person_id, source=HOME, resources=[*resources, later])
    return person_id


def pages(database: Database, person_id: str, source: str | None) -> Iterator[RowPage]:
    after = None
    while True:
        with database.reading() as tx:
            page = visits.page(
                tx, person_id=person_id, sight=WHOLE, zone=_ZONE, source=source, after=after, limit=6, repeats=3
            )
        yield page
        if not (after := page.next):
            return


@pytest.mark.parametrize("source", [None, HOME])
def test_visits_page_through_everything_once(database: Database, person_id: str, source: str | None) -> None:
    listed = list(pages(database, person_id, source))
    assert len(listed) == 3
    assert all(page.by_status == {Status.UPCOMING: 3, Status.PAST: 13} and page.total == 16 for page in listed)
    every = [row for page in listed for row in page.rows]
    assert [row.primary.entry.title for row in every[:3]] == ["Check 1", "Check 2", "Check 3"]
    assert [row.sort_at for row in every[3:]] == sorted((row.sort_at for row in every[3:]), reverse=True)
    assert len({row.id for row in every}) == 16
    assert [row.status for row in every] == [Status.UPCOMING] * 3 + [Status.PAST] * 13


def test_conversations_come_with_their_newest_message(database: Database, person_id: str) -> None:
    keys, after = [], None
    while True:
        with database.reading() as tx:
            page = threads.page(tx, person_id=person_id, sight=WHOLE, counted={HOME}, after=after, limit=4)
        keys += [(thread.newest.sort_at, thread.newest.primary.entry.title, thread.messages) for thread in page.threads]
        if not (after := page.next):
            break
    assert keys == sorted(keys, reverse=True)
    assert sum(number for _at, _title, number in keys) == 10


def test_what_a_row_stands_for_comes_with_it(database: Database, person_id: str) -> None:
    def listed(repeats: int) -> tuple[RecordRow, ...]:
        with database.reading() as tx:
            section = Section.MEDICATIONS
            return rows.page(tx, person_id=person_id, section=section, sight=WHOLE, repeats=repeats).rows

    several = next(row for row in listed(5) if sum(row.counts.values()) > 1)
    dates = [sourced.entry.when for sourced in several.repeats]
    assert dates == ["2015-02", "2015-01"]
    assert [row.repeats[0].entry.when for row in listed(1) if row.repeats] == ["2015-02"]
    assert not any(row.repeats for row in listed(0))


def test_all_numbers_at_once_are_those_of_each_question(database: Database, person_id: str) -> None:
    with database.reading() as tx:
        every = numbers.numbers(
            tx,
            person_id=person_id,
            sight=WHOLE,
            new=NOTICED,
            unshown=WHOLE,
            also=(proxies.ACTING, assists.ASKED),
            now=tx.now,
            since=tx.now - timedelta(minutes=5),
        )
        for section in NINE:
            counted = rows.page(tx, person_id=person_id, section=section, sight=WHOLE).by_status
            assert every.of(section).get("", {}) == counted
        assert every.new == news.news(tx, person_id=person_id, sight=WHOLE)
        assert every.new.total == 1
        unshown = left_out.counts(tx, person_id=person_id, sight=WHOLE, unshown=every.left_out)
        assert unshown == left_out.counts(tx, person_id=person_id, sight=WHOLE)
        assert sum(group.total for group in unshown) == 1
        assert list(every.also) == [0, 0]
        one = numbers.numbers(tx, person_id=person_id, sight=WHOLE, section=Section.VISITS)
    assert one.rows == {Section.VISITS: every.of(Section.VISITS)}


def test_a_key_that_is_being_made_is_nobody_elses(database: Database) -> None:
    shared: dict[str, object] = {}
    database.share_keys(lambda: shared)  # type: ignore[arg-type, return-value]
    person_id = make_person(database)
    assert shared == {}
    with database.transaction() as tx:
        tx.sealer(person_id)
    assert shared == {}
    with database.reading() as tx:
        assert people.by_id(tx, person_id=person_id)
    assert len(shared) == 1


def test_what_stands_of_each_section_is_the_same_without_dates(database: Database, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    services = Services(settings=settings, db=database, queue=JobQueue("", settings.slug))
    user = World(services).patient()
    link(services, user, name="Riverbend")
    link(services, user, name="Old Mill", outcomes={Section.IMPLANTS: Outcome.FAILED, Section.VISITS: Outcome.PARTLY})
    assert user.person_id
    with database.reading() as tx:
        whole = refreshes.of_person(tx, person_id=user.person_id)
        standing = refreshes.standing(tx, person_id=user.person_id)
    assert [len(states) for states in standing.values()] == [len(states) for states in whole.values()]
    undated = {
        source: {
            section: replace(state, good_at=None) if state.outcome is Outcome.DONE else state
            for section, state in states.items()
        }
        for source, states in whole.items()
    }
    assert standing == undated
    assert {state.outcome for states in standing.values() for state in states.values()} > {Outcome.DONE}


@pytest.mark.parametrize("most", [3, 50])
def test_the_rows_of_a_test_are_those_of_its_code(database: Database, most: int) -> None:
    """Newest first, up to a moment, without what the reader may not see."""
    person_id, sodium = make_person(database), ("2951-2", "Sodium")
    secret = {
        "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    }
    resources = [laboratory(f"a{n}", A1C, 5 + n, "%", when=f"20{10 + n}-03-02") for n in range(6)]
    resources += [laboratory("s", sodium, 140, "mmol/L", when="2012-01-02")]
    resources += [laboratory("hidden", A1C, 9, "%", when="2013-09-02") | secret]
    ingest(database, person_id=person_id, source=HOME, resources=resources)
    section, codes = Section.TEST_RESULTS, [(LOINC, A1C[0]), (LOINC, sodium[0])]
    without = replace(WHOLE, confidential=False)
    with database.reading() as tx:
        newest = rows.of_code(tx, person_id=person_id, section=section, codes=codes[:1], sight=without, limit=9)
        until = newest[1].sort_at
        earlier = tested.of_codes(
            tx, person_id=person_id, section=section, codes=codes, sight=without, until=until, most=most, read={}
        )
        alone, both = list(earlier.of(codes[:1])), list(earlier.of(codes))
    assert [(row.id, row.primary.entry) for row in alone] == [(row.id, row.primary.entry) for row in newest[1:][:most]]
    assert earlier.is_cut(codes[:1]) is (most == 3)
    assert not earlier.is_cut(codes[1:])
    years = ["2014", "2013", "2012", "2012", "2011", "2010"]
    assert [row.sort_at[:4] for row in both] == years[: most if most == 3 else None]


def test_the_rows_of_a_test_have_what_each_source_says(database: Database) -> None:
    """Also where one row holds several entries, of one source or of more."""
    person_id, section = make_person(database), Section.TEST_RESULTS
    alone, twice, everywhere = (laboratory(f"a{n}", A1C, 5 + n, "%", when=f"201{n}-03-02") for n in range(3))
    ingest(database, person_id=person_id, source=HOME, resources=[alone, twice, twice | {"id": "again"}, everywhere])
    ingest(database, person_id=person_id, source="other", resources=[everywhere])
    with database.reading() as tx:
        whole = rows.of_code(tx, person_id=person_id, section=section, codes=[(LOINC, A1C[0])], sight=WHOLE, limit=9)
        for read in (whole[:1], ()):
            earlier = tested.of_codes(
                tx,
                person_id=person_id,
                section=section,
                codes=[(LOINC, A1C[0])],
                sight=WHOLE,
                until=whole[0].sort_at,
                most=9,
                read={row.id: row for row in read},
            )
            assert [row.entries for row in earlier.of([(LOINC, A1C[0])])] == [row.entries for row in whole]
    assert [row.sources for row in whole] == [(HOME, "other"), (HOME,), (HOME,)]
    assert [sum(row.counts.values()) for row in whole] == [2, 2, 1]


@pytest.mark.parametrize("database_kind", ["sqlite"])  # it counts the steps of SQLite's machine
def test_the_newest_rows_of_a_test_take_as_long_however_many_there_are(database: Database) -> None:
    """Of a test that was taken for years, in every time zone, the newest rows are looked at alone."""
    steps = {}
    for count in (40, 400):
        person_id, code = make_person(database), (LOINC, A1C[0])
        days = [(datetime(2024, 12, 31, tzinfo=UTC) - timedelta(days=day)).strftime("%Y-%m-%d") for day in range(count)]
        resources = [laboratory(day, A1C, 5, "%", when=f"{day}T20:00:00-10:00") for day in days]
        ingest(database, person_id=person_id, source=HOME, resources=resources)
        with database.reading() as tx:
            counted = _steps(tx)
            earlier = tested.of_codes(
                tx,
                person_id=person_id,
                section=Section.TEST_RESULTS,
                codes=[code],
                sight=WHOLE,
                until="2024-12-31T20:00:00",
                most=12,
                read={},
            )
            steps[count] = sum(counted)
            newest = [row.primary.entry.when for row in earlier.of([code])]
        assert newest[:10] == [f"{day}T20:00:00-10:00" for day in days[:10]]
        assert earlier.is_cut([code])
    assert steps[400] < 1.1 * steps[40]


@pytest.mark.parametrize("source", [None, HOME])
def test_a_period_holds_what_is_dated_in_it_wherever_it_stands(database: Database, source: str | None) -> None:
    """Two strengths of a drug stand together at the newer one's date."""
    person_id, section = make_person(database), Section.MEDICATIONS
    strengths = (("314076", "lisinopril 10 MG Oral Tablet", 2018), ("314077", "lisinopril 20 MG Oral Tablet", 2022))
    resources = [medication(f"s{year}", code, name, "1 a day", since=f"{year}-03-04") for code, name, year in strengths]
    names = (
        "aspirin",
        "codeine",
        "digoxin",
        "insulin",
        "lithium",
        "morphine",
        "naproxen",
        "quinine",
        "senna",
        "warfarin",
    )
    resources += [
        medication(f"m{n}", f"99{n:04}", f"{name} Oral Tablet", "1 a day", since=f"{2014 + n}-06-07")
        for n, name in enumerate(names)
    ]
    ingest(database, person_id=person_id, source=HOME, resources=resources)
    with database.reading() as tx:
        apart = tx.conn.execute(select(func.count()).where(record_row.c.place_at != record_row.c.sort_at)).scalar_one()
        listed: dict[tuple[int, int], list[str]] = {}
        for years in ((2018, 2018), (2022, 2022), (2016, 2020), (2014, 2023)):
            period, after = Period(date(years[0], 1, 1), date(years[1], 12, 31), _ZONE), None
            listed[years] = []
            while True:
                page = rows.page(
                    tx,
                    person_id=person_id,
                    section=section,
                    sight=WHOLE,
                    source=source,
                    period=period,
                    after=after,
                    limit=2,
                )
                listed[years] += [row.sort_at[:4] for row in page.rows]
                if not (after := page.next):
                    break
            assert page.total == len(listed[years])
    assert apart == 1
    assert sorted(listed[2018, 2018]) == ["2018", "2018"]
    assert sorted(listed[2022, 2022]) == ["2022", "2022"]
    assert listed[2016, 2020] == ["2018", "2020", "2019", "2018", "2017", "2016"]
    assert len(listed[2014, 2023]) == 12


@pytest.mark.parametrize("database_kind", ["sqlite"])  # it counts the steps of SQLite's machine
@pytest.mark.parametrize("source", [None, HOME])
def test_a_year_takes_as_long_however_much_other_years_hold(database: Database, source: str | None) -> None:
    steps = {}
    for count in (40, 400):
        person_id = make_person(database, f"p{count}")
        days = [date(2019, 12, 31) - timedelta(days=day) for day in range(0, 3 * count, 3)]
        days += [date(2021, 1, 2) + timedelta(days=day) for day in range(count)]
        days += [date(2020, 2, 1) + timedelta(days=day) for day in range(60)]
        results = [laboratory(f"{count}-{day}", A1C, 5, "%", when=f"{day}T12:00:00Z") for day in days]
        ingest(database, person_id=person_id, source=HOME, resources=results)
        with database.reading() as tx:
            counted = _steps(tx)
            page = rows.page(
                tx,
                person_id=person_id,
                section=Section.TEST_RESULTS,
                sight=WHOLE,
                source=source,
                period=Period(date(2020, 1, 1), date(2020, 12, 31), _ZONE),
            )
            steps[count] = sum(counted)
        assert (page.total, len(page.rows)) == (60, 25)
    assert steps[400] < 1.1 * steps[40]


def _steps(tx: Tx) -> list[int]:
    counted: list[int] = []

    def count() -> int:
        counted.append(10)
        return 0

    tx.conn.connection.driver_connection.set_progress_handler(count, 10)  # type: ignore[union-attr]
    return counted
