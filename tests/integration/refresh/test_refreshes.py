"""The rows of refreshes, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.sections import Section
from portal.store import Database
from portal.store.directory import organizations
from portal.store.links import links, refresh_queue, refreshes
from portal.store.people import people
from tests.benchmarks.population import Statement, watch
from tests.factories.world import ANA


@pytest.fixture
def link_id(database: Database) -> str:
    with database.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id="p", demographics=ANA)
        organization = organizations.add(tx, name="Riverbend", fhir_base="https://org.example/fhir")
        return links.add(
            tx,
            person_id=person_id,
            organization_id=organization.id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="test",
            move="authorized",
        ).id


def test_a_life_of_a_refresh(database: Database, link_id: str) -> None:
    with database.transaction() as tx:
        first = refreshes.request(tx, link_id=link_id, cause="asked")
        assert refreshes.request(tx, link_id=link_id, cause="nightly") == replace(first, joined=True)
        assert refresh_queue.lost(tx, waiting_for=timedelta(minutes=1)) == ((first.refresh_id, "asked"),)
        refreshes.enqueued(tx, refresh_id=first.refresh_id)
        assert refresh_queue.lost(tx, waiting_for=timedelta(minutes=1)) == ()
    with database.transaction() as tx:
        assert refreshes.start(tx, refresh_id=first.refresh_id) is not None
        sections = (Section.ALLERGIES, Section.VISITS)
        assert refreshes.plan(tx, refresh_id=first.refresh_id, sections=sections) == frozenset()
        assert refreshes.beat(tx, refresh_id=first.refresh_id, progress={Section.VISITS: (2, 30)})
    with database.reading() as tx:
        running = refreshes.latest(tx, link_id=link_id)
    assert running is not None
    assert running.open
    assert [(part.outcome, part.pages, part.items) for part in running.sections] == [
        (Outcome.WAITING, 0, 0),
        (Outcome.RUNNING, 2, 30),
    ]
    with database.transaction() as tx:
        refreshes.end_section(
            tx,
            refresh_id=first.refresh_id,
            link_id=link_id,
            section=Section.VISITS,
            outcome=Outcome.DONE,
            pages=3,
            items=40,
            new_items=4,
        )
        assert refreshes.plan(tx, refresh_id=first.refresh_id, sections=sections) == {Section.VISITS}
        assert refreshes.finish(tx, refresh_id=first.refresh_id, state=refreshes.DONE)
        assert not refreshes.finish(tx, refresh_id=first.refresh_id, state=refreshes.FAILED)
        assert not refreshes.beat(tx, refresh_id=first.refresh_id)
    with database.reading() as tx:
        ended = refreshes.latest(tx, link_id=link_id)
    assert ended is not None
    assert (ended.state, ended.settled) == ("done", 2)
    assert ended.sections[0].outcome is Outcome.CANCELLED


def test_a_failure_keeps_the_date_of_the_last_good_data(database: Database, link_id: str) -> None:
    for outcome in (Outcome.DONE, Outcome.FAILED):
        with database.transaction() as tx:
            refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
            refreshes.plan(tx, refresh_id=refresh_id, sections=[Section.VISITS])
            refreshes.end_section(
                tx, refresh_id=refresh_id, link_id=link_id, section=Section.VISITS, outcome=outcome, pages=1
            )
            refreshes.finish(tx, refresh_id=refresh_id, state=refreshes.DONE)
    with database.reading() as tx:
        state = refreshes.states(tx, link_ids=[link_id])[link_id][Section.VISITS]
    assert state.outcome is Outcome.FAILED
    assert state.good_at is not None
    assert state.good_at < state.tried_at


def test_a_limit_without_a_page_is_not_good(database: Database, link_id: str) -> None:
    with database.transaction() as tx:
        refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
        refreshes.plan(tx, refresh_id=refresh_id, sections=[Section.VISITS])
        refreshes.end_section(
            tx, refresh_id=refresh_id, link_id=link_id, section=Section.VISITS, outcome=Outcome.PARTLY
        )
        assert refreshes.states(tx, link_ids=[link_id])[link_id][Section.VISITS].good_at is None


def test_the_newest_is_read_with_its_sections_in_one_statement(database: Database, link_id: str) -> None:
    """A fragment that asks again and again whether an update is done needs nothing else of it."""
    statements: list[Statement] = []
    with database.transaction() as tx:
        assert refreshes.latest(tx, link_id=link_id) is None
        ended = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
        refreshes.start(tx, refresh_id=ended)
        refreshes.plan(tx, refresh_id=ended, sections=(Section.ALLERGIES, Section.VISITS))
        refreshes.finish(tx, refresh_id=ended, state=refreshes.DONE)
    watch(database.engine, statements)
    with database.reading() as tx:
        newest = refreshes.latest(tx, link_id=link_id)
    assert newest
    assert (newest.id, len(newest.sections), newest.open) == (ended, 2, False)
    assert len(statements) == 1
    with database.transaction() as tx:
        waiting = refreshes.request(replace(tx, now=tx.now - timedelta(days=1)), link_id=link_id, cause="asked")
        newest = refreshes.latest(tx, link_id=link_id)
    assert newest
    assert (newest.id, newest.sections, newest.open) == (waiting.refresh_id, (), True), "the open one comes first"


def test_a_dead_process_is_taken_over(database: Database, link_id: str) -> None:
    with database.transaction() as tx:
        refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
        assert refreshes.start(tx, refresh_id=refresh_id) is not None
        assert refreshes.start(tx, refresh_id=refresh_id) is None
        later = replace(tx, now=tx.now + timedelta(minutes=2))
        assert refresh_queue.lost(later, waiting_for=timedelta(minutes=1)) == ((refresh_id, "asked"),)
        assert refreshes.start(later, refresh_id=refresh_id) is not None
        assert refreshes.cancel(later, link_id=link_id)
        assert not refreshes.cancel(later, link_id=link_id)
