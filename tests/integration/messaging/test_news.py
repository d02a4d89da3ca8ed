"""Bubbles: for any history, what they count is what the lists call new; and an inbox of 10,000 messages."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, literal, select

from portal.access import Sight
from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.domain.result_timing import ResultTiming, TimingChoices
from portal.domain.sections import NOTICED, Section
from portal.refresh import result_timing
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Tx
from portal.store.links import links
from portal.store.records import holding, left_out, news, rows, text_search, threads
from portal.store.records.leading import Lead, leading
from portal.store.records.rows import RecordRow
from tests.factories.record import A1C, Resource, appointment, laboratory, link, message
from tests.factories.sights import OPEN, WHOLE
from tests.factories.world import TestUser, World, sign_in
from tests.integration.web.html import get, parse

_MAKE: dict[Section, Callable[[str, int], Resource]] = {
    Section.MESSAGES: lambda key, n: message(key, f"About {n}", "Text", f"2026-05-{n % 27 + 1:02}T12:00:00Z", "Dr. A"),
    Section.TEST_RESULTS: lambda key, n: laboratory(
        key, A1C, 5 + n / 10, "%", when=f"2026-04-{n % 27 + 1:02}", flag="H"
    ),
    Section.VISITS: lambda key, n: appointment(
        key, f"Visit {n}", f"2027-01-{n % 27 + 1:02}T15:00:00Z", "2027-02-01T16:00:00Z"
    ),
}
_SOURCES = ("home", "first", "second")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("arrive"), st.sampled_from(_SOURCES), st.sampled_from(NOTICED), st.integers(0, 5), st.booleans()
        ),
        st.tuples(st.just("read"), st.sampled_from(_SOURCES), st.sampled_from(NOTICED)),
        st.tuples(st.just("look"), st.sampled_from(NOTICED)),
        st.tuples(st.just("choose"), st.sampled_from(ResultTiming)),
        st.tuples(st.just("show")),
        st.tuples(st.just("state"), st.sampled_from(_SOURCES[1:]), st.sampled_from(list(LinkState)[:6])),
    ),
    max_size=9,
)
_people = count()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_bubbles_count_what_lists_call_new(services: Services, world: World, steps: list[tuple[Any, ...]]) -> None:
    user = world.patient(f"person{next(_people)}")
    sources = {HOME: HOME}
    for name in _SOURCES[1:]:
        sources[name] = link(services, user, name=f"{name} {user.username}").link_id
    for source in sources.values():  # what comes first is not news
        _arrive(services, user, source, NOTICED, 9, confidential=False)
    for step in steps:
        _play(services, user, sources, step)
    for confidential in (True, False):
        _compare(services, user, confidential=confidential)


def _arrive(services: Services, user: TestUser, source: str, sections: Any, n: int, *, confidential: bool) -> None:
    made = [_MAKE[section](f"{section.value}-{n}{'-c' if confidential else ''}", n) for section in sections]
    ingest(services.db, person_id=user.person_id, source=source, resources=made, confidential=confidential)


def _play(services: Services, user: TestUser, sources: dict[str, str], step: tuple[Any, ...]) -> None:
    person_id = user.person_id or ""
    match step:
        case ("arrive", source, section, n, confidential):
            _arrive(services, user, sources[source], [section], n, confidential=confidential)
        case ("read", source, section):
            with services.db.transaction() as tx:
                rows.mark_read(tx, person_id=person_id, sight=WHOLE, section=section, source=sources[source])
        case ("look", section):  # as a page does: what is shown is read
            with services.db.transaction() as tx:
                page = rows.page(tx, person_id=person_id, section=section, sight=OPEN, limit=3)
                new = [entry_id for row in page.rows for entry_id in row.new]
                rows.mark_read(tx, person_id=person_id, sight=OPEN, entry_ids=new)
        case ("choose", chosen):
            account_id = user.account_id
            result_timing.choose(services.db, person_id=person_id, account_id=account_id, chosen=TimingChoices(chosen))
        case ("show",):
            with services.db.reading() as tx:
                ids = [each.ids[0] for each in holding.waiting(tx, person_id=person_id, sight=WHOLE)][:1]
            result_timing.show(services.db, person_id=person_id, account_id=user.account_id, ids=ids)
        case ("state", source, state):
            with services.db.transaction() as tx:
                stored = links.by_id(tx, link_id=sources[source])
                assert stored
                links.move(tx, stored, move="test", to_state=state, reason=None, account_id=None)


def _compare(services: Services, user: TestUser, *, confidential: bool) -> None:
    person_id, sight = user.person_id or "", WHOLE if confidential else OPEN
    with services.db.reading() as tx:
        counted = news.counted((each.id, each.state) for each in links.of_person(tx, person_id=person_id))
        told = news.news(tx, person_id=person_id, sight=sight)
        for section in NOTICED:
            listed = rows.page(tx, person_id=person_id, section=section, sight=sight, limit=500).rows
            marked = [row for row in listed if news.is_new(row, counted)]
            assert told.sections.get(section, 0) == len(marked)
            for source in counted:
                by_source = [row for row in marked if source in row.new_from and news.counts_in(section, source)]
                assert told.of(source).get(section, 0) == len(by_source)
        assert set(told.sources) <= counted, "never without an active account"
        ids = news.new_ids(tx, person_id=person_id, sections=NOTICED, sight=sight, limit=500)
        assert len(ids) == told.total
        in_menu = news.number_of(literal(person_id), NOTICED, sight=sight)
        assert tx.conn.execute(select(in_menu)).scalar_one() == told.total
        messages = news.number_of_messages(literal(person_id), sight=sight)
        assert tx.conn.execute(select(messages)).scalar_one() == told.sections.get(Section.MESSAGES, 0)
        compare_conversations(tx, person_id, sight, counted)
        _compare_held(tx, person_id, sight)


def compare_conversations(tx: Tx, person_id: str, sight: Sight, counted: frozenset[str]) -> None:
    """The inbox, also of one source or of what is new, is what its messages say one by one."""
    listed = rows.page(tx, person_id=person_id, section=Section.MESSAGES, sight=sight, limit=500).rows
    by_thread: dict[str, list[RecordRow]] = defaultdict(list)
    for row in listed:
        thread = threads.thread_of(tx, person_id=person_id, entry_id=row.primary_id, sight=sight)
        by_thread[thread or ""].append(row)
    every = {
        key: (max(each, key=lambda row: (row.sort_at, row.id)), len(each), sum(news.is_new(r, counted) for r in each))
        for key, each in by_thread.items()
    }
    of = {source: {k for k, (row, *_) in every.items() if row.primary.source == source} for source in (*counted, None)}
    for source, keys in {**of, None: set(every)}.items():
        for only_new in (False, True):
            oldest_first = sorted(
                (k for k in keys if every[k][2] or not only_new), key=lambda k: (every[k][0].sort_at, k)
            )
            inbox = threads.page(
                tx, person_id=person_id, sight=sight, counted=counted, source=source, only_new=only_new, limit=500
            )
            told = [(each.id, (each.newest, each.messages, each.new)) for each in inbox.threads]
            assert told == [(key, every[key]) for key in reversed(oldest_first)]


def _compare_held(tx: Tx, person_id: str, sight: Sight) -> None:
    """What waits is on no list, on no home page and in no search, and is counted."""
    section, everything = Section.TEST_RESULTS, replace(sight, held=True)
    listed, whole = (
        {row.id for row in rows.page(tx, person_id=person_id, section=section, sight=seen, limit=500).rows}
        for seen in (sight, everything)
    )
    groups = left_out.counts(tx, person_id=person_id, sight=sight)
    assert sum(group.held for group in groups if not group.source) == len(whole - listed)
    assert {group.source for group in groups if group.held} <= {
        "",
        HOME,
        *(each.id for each in links.of_person(tx, person_id=person_id)),
    }
    searched = text_search.matching(
        tx,
        person_id=person_id,
        text="hemoglobin",
        words_of=lambda entry: entry.title,
        sections=(section,),
        sight=sight,
        limit=500,
    )
    assert {row.id for row in searched.rows} == listed
    first = leading(
        tx,
        person_id=person_id,
        leads={section: Lead((Status.ACTIVE, Status.PAST, Status.UNKNOWN), 500)},
        sight=sight,
        zone=ZoneInfo("UTC"),
        news=500,
    )
    assert {row.id for row in first.first[section]} == listed
    assert {row.id for row in first.unread} <= listed


def test_every_place_shows_the_same_number(services: Services, world: World, client: FlaskClient) -> None:
    user = world.patient()
    linked = link(services, user, name="Riverbend")
    for n in (0, 1, 2):
        _arrive(services, user, linked.link_id, NOTICED, n, confidential=False)
    sign_in(client, user)
    home = get(client, "/").text
    assert all(words in home for words in ("You have 6 new items", "<title>(6) Home"))
    assert all(words in get(client, "/links").text for words in ("Messages (2)", "Test results (2)", "visits (2)"))
    tile = get(client, f"/links/{linked.link_id}/tile", fragment=True).text
    assert "6 new items" in tile
    in_menu = [
        item.findtext(".//span[@class='bubble']/span[@class='vh']")
        for item in parse(get(client, "/settings").text).findall(".//nav[@class='nav']//li")
    ]
    assert in_menu == [None, "4 new", "2 new", None, None]
    inbox = get(client, "/messages").text
    assert "<title>(6) Messages" in inbox
    assert inbox.count('class="tag good">New') == 2
    [first, *_others] = re.findall(r'href="(/messages/\w{32})"', inbox)
    get(client, first)
    assert "<title>(5) Messages" in get(client, "/messages").text, "gone on reading"
    assert "You have 5 new items" in get(client, "/").text
    with services.db.transaction() as tx:
        stored = links.by_id(tx, link_id=linked.link_id)
        assert stored
        links.move(tx, stored, move="test", to_state=LinkState.NEEDS_VERIFICATION, reason=None, account_id=None)
    for address in ("/", "/links", "/messages"):
        assert not re.search(r'class="bubble|class="tag good">New|\(\d\) Messages', get(client, address).text), address


@pytest.fixture
def full(services: Services, world: World, client: FlaskClient) -> FlaskClient:
    """10,000 messages in 2,500 conversations over seven organizations."""
    user = world.patient()
    for number in range(7):
        source = HOME if number == 0 else link(services, user, name=f"Organization{number} Clinic").link_id
        letters = (_letter(n, number) for n in range(10_000 // 7 + 1))
        ingest(services.db, person_id=user.person_id, source=source, resources=letters)
    sign_in(client, user)
    return client


def test_pages_cost_the_same_with_ten_times_the_messages(services: Services, world: World, client: FlaskClient) -> None:
    """Counted in steps of the database's machine, which no other work on the machine changes."""
    steps = 0

    def count_steps() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(conn: Connection, *_: Any) -> None:
        conn.connection.driver_connection.set_progress_handler(count_steps, 10)  # type: ignore[union-attr]

    user = world.patient()
    source = link(services, user, name="Riverbend", resources=[_letter(0, 0)]).link_id
    sign_in(client, user)
    costs: dict[str, list[int]] = defaultdict(list)
    for number in (120, 1_200):
        ingest(services.db, person_id=user.person_id, source=source, resources=[_letter(n, 1) for n in range(number)])
        event.listen(services.db.engine, "before_cursor_execute", watch)
        for address in ("/", "/messages", "/messages?new=1", "/links", "/settings"):
            get(client, address)
            before = steps
            get(client, address)
            costs[address].append(steps - before)
        event.remove(services.db.engine, "before_cursor_execute", watch)
    assert f"New ({number:,})" in get(client, "/messages").text
    grown = {address: cost for address, cost in costs.items() if cost[1] > 1.25 * cost[0]}
    assert not grown


def _letter(n: int, number: int) -> Resource:
    sent = f"2026-{n % 12 + 1:02}-{n % 27 + 1:02}T12:00:{number:02}Z"
    answers = {"inResponseTo": [{"reference": f"Communication/m{n - n % 4}"}]} if n % 4 else {}
    return message(f"m{n}", f"Topic {n // 4}", f"Text {n}", sent, "Dr. A") | answers


def test_an_inbox_of_ten_thousand_messages(services: Services, full: FlaskClient) -> None:
    statements: list[str] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    page = get(full, "/messages").text
    assert len(statements) <= 40, len(statements)
    assert page.count("data-entry=") == 25
    assert "4 messages" in page
    following = re.search(r'href="(/messages\?after=[^"]+)"', page)
    assert following
    ids = re.findall(r'data-entry="(\w+)"', page + get(full, following[1]).text)
    assert len(set(ids)) == 50, "pages follow each other without gap or repetition"
    statements.clear()
    get(full, f"/messages/{ids[0]}")
    assert len(statements) <= 45, len(statements)
