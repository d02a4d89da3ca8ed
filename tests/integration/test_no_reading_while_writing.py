"""No page reads inside a write transaction: on SQLite nobody else could write meanwhile (docs/requirements.md, E3)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event, text

from portal.domain.people import Role
from portal.endpoints import Kind, access_of
from portal.services import Services
from portal.store import Database, Tx
from portal.store.engine import database
from tests.factories.record import small_record
from tests.factories.world import World, sign_in
from tests.integration.provider.conftest import TestApp, ana, third_party

__all__ = ["ana", "third_party"]

_directly = database._directly
_ALLOWED = re.compile(r"FROM (audit_event)\b")
"""What a writer looks at to know what to write."""


@contextmanager
def reads_while_writing(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that read while a write transaction is open."""
    writing: set[int] = set()
    seen: list[str] = []

    def watch(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        writes = id(connection.connection.driver_connection) in writing
        if writes and statement.lstrip().startswith("SELECT") and not _ALLOWED.search(statement):
            seen.append(" ".join(statement.split()))

    begin = Database.transaction

    @contextmanager
    def transaction(database: Database) -> Iterator[Tx]:
        with begin(database) as tx:
            key = id(tx.conn.connection.driver_connection)
            writing.add(key)
            try:
                yield tx
            finally:
                writing.discard(key)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Database, "transaction", transaction)
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", watch)


def pages(app: Flask, kinds: frozenset[Kind]) -> list[str]:
    """Return the GET rules of these kinds of endpoints, for oneself."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith("/for/")
        and (access := access_of(app, rule.endpoint)) is not None
        and access.kind in kinds
    )


def test_a_persons_pages(app: Flask, client: FlaskClient, ana: Any, services: Services, third_party: TestApp) -> None:
    linked = small_record(services, ana)
    third_party.connect()
    entry = re.findall(r'data-entry="([^"]+)"', client.get("/health/test-results").get_data(as_text=True))[0]
    values = {"section": "test-results", "entry": entry, "link": linked.link_id, "organization": linked.organization_id}
    reading: dict[str, list[str]] = {}
    answered = 0
    for rule in pages(app, frozenset({Kind.PERSON, Kind.SIGNED_IN})):
        address = re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda match: values.get(match[1], "1"), rule)
        with reads_while_writing(services.db.engine) as seen:
            answered += client.get(address).status_code == 200
        if seen:
            reading[rule] = seen[:2]
    assert answered > 15
    assert reading == {}


def test_that_a_page_was_looked_at_is_one_statement(client: FlaskClient, ana: Any, services: Services) -> None:
    """With a transaction open, a thread that waits for its turn would keep everybody from writing."""
    small_record(services, ana)
    lasting: list[str] = []
    addresses = ("/", "/health/allergies", "/health/test-results", "/messages", "/links", "/activity")
    for address in addresses:
        client.get(address)  # what is new on it is marked as read, with the event

    def directly(conn: Connection, statement: str, driver: Any = None) -> None:
        lasting.append(statement)
        _directly(conn, statement, driver)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_directly", directly)
        with services.db.reading() as tx:
            before = tx.conn.execute(text("SELECT count(*) FROM audit_event")).scalar_one()
        assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)
        with services.db.reading() as tx:
            assert tx.conn.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == before + len(addresses)
    assert set(lasting) == {"BEGIN", "ROLLBACK"}, "only reading"


def test_what_is_read_while_writing_is_seen(services: Services) -> None:
    with reads_while_writing(services.db.engine) as seen, services.db.transaction() as tx:
        tx.conn.execute(text("SELECT 1"))
    assert seen == ["SELECT 1"]


@pytest.mark.parametrize("path", ["Condition?_count=5", "Condition/c-patient-ana", "Observation?_summary=count"])
def test_the_api(services: Services, third_party: TestApp, path: str) -> None:
    third_party.connect()
    with reads_while_writing(services.db.engine) as seen:
        assert third_party.get(path).status_code == 200
    assert seen == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PATIENT}))
def test_the_pages_of_staff(client: FlaskClient, world: World, services: Services, app: Flask, role: Role) -> None:
    sign_in(client, world.staff("clerk", role))
    for rule in pages(app, frozenset({Kind.DUTY})):
        with reads_while_writing(services.db.engine) as seen:
            client.get(re.sub(r"<[^>]+>", "1", rule))
        assert seen == [], rule
