"""Who reads keeps nobody from writing; and what cannot be recorded is not answered."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from portal.services import Services
from portal.store import Database
from portal.store.audit import events as audit_events
from tests.factories.record import small_record
from tests.factories.world import TestUser
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, ana, third_party
from tests.integration.provider.test_clients import ANA, Key, ask, backend, match

__all__ = ["ana", "settings", "third_party"]

Ask = Callable[[], TestResponse]


@pytest.fixture(params=["page", "section", "summary", "new", "part", "api-search", "api-read", "match"])
def ask_for(
    request: pytest.FixtureRequest, third_party: TestApp, client: FlaskClient, services: Services, ana: TestUser
) -> Ask:
    linked = small_record(services, ana)
    third_party.connect()
    pages = {
        "page": "/health/search?q=a",
        "section": "/health/medications?q=a",
        "summary": "/health/summary",
        "new": "/health/new",
        "part": f"/health/medications/from/{linked.link_id}",
    }
    if request.param in pages:
        return lambda: client.get(pages[request.param])
    if request.param == "match":
        key = Key()
        backend(services, key)
        partner = TestApp(third_party.app, third_party.app.test_client(), client_id="partner")
        partner.tokens = ask(third_party.app, key).get_json()
        return lambda: match(partner, **ANA)
    path = {"api-search": "Condition?patient=patient-ana", "api-read": "Condition/c-patient-ana"}[request.param]
    return lambda: third_party.get(path)


_OF_A_RECORD = re.compile(r"SELECT.*(FROM|JOIN) (record_row|entry|resource|person_token)\b", re.DOTALL)


@contextmanager
def while_reading(engine: Engine, act: Callable[[], None]) -> Iterator[list[str]]:
    """Do something once, in the middle of the first statement that reads from a record; gives that statement."""
    seen: list[str] = []

    def interrupt(*arguments: Any) -> None:
        statement = str(arguments[2])
        if not seen and _OF_A_RECORD.search(statement):
            seen.append(statement)
            act()

    event.listen(engine, "after_cursor_execute", interrupt)
    try:
        yield seen
    finally:
        event.remove(engine, "after_cursor_execute", interrupt)


def test_another_writer_commits_while_a_search_reads(ask_for: Ask, services: Services, database: Database) -> None:
    options: dict[str, Any] = {"connect_args": {"timeout": 0.1}} if database.is_sqlite else {}
    other = create_engine(database.url, **options)

    def write() -> None:
        with other.begin() as connection:
            connection.execute(text("UPDATE oauth_client SET name = 'Renamed'"))

    with while_reading(services.db.engine, write) as seen:
        answer = ask_for()
    assert seen, "nothing was read"
    assert answer.status_code == 200
    with services.db.reading() as tx:
        assert tx.conn.execute(text("SELECT DISTINCT name FROM oauth_client")).scalars().all() == ["Renamed"]
    other.dispose()


def test_what_cannot_be_recorded_is_not_answered(ask_for: Ask, services: Services, ana: TestUser) -> None:
    with services.db.reading() as tx:
        before = len(audit_events.of_person(tx, person_id=str(ana.person_id)))
    assert ask_for().status_code == 200
    with services.db.reading() as tx:
        assert len(audit_events.of_person(tx, person_id=str(ana.person_id))) == before + 1
    with services.db.transaction() as tx:
        tx.conn.execute(text("ALTER TABLE audit_event RENAME TO audit_event_gone"))
    try:
        answer = ask_for()
    except DBAPIError:
        return  # as it is where errors of the database are not put into a page
    assert answer.status_code == 503


def test_what_is_read_is_of_one_moment(database: Database, services: Services, ana: TestUser) -> None:
    count = text("SELECT count(*) FROM audit_event")
    with database.reading() as tx:
        before = tx.conn.execute(count).scalar_one()
        with services.db.transaction() as other:
            audit_events.append(
                other,
                action="import",
                outcome="success",
                actor_kind="operator",
                actor_id=None,
                person_id=ana.person_id,
                detail={},
            )
        assert tx.conn.execute(count).scalar_one() == before
