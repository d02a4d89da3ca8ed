"""No page's statement reads a large table from beginning to end: what it costs does not grow with other people."""

from pathlib import Path

import pytest
from sqlalchemy import text

from portal.app import create_app
from portal.services import Services
from tests.benchmarks.population import Statement, large_tables, multiply, scanned, watch
from tests.benchmarks.scale import pages
from tests.factories.databases import migrated_postgres
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import World, sign_in

_ROWS = 5_000


@pytest.mark.slow
def test_every_statement_of_a_page_finds_its_rows_by_an_index(postgres_server: str, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, database_url=migrated_postgres(postgres_server)))
    services: Services = app.extensions["tributary"]
    user = World(services).patient()
    small_record(services, user)
    template = World(services).patient("template")
    small_record(services, template)
    person_id = template.person_id or ""
    multiply(services.db, person_id=person_id, people=500)
    few = ("person", "account", "person_token", "link", "link_event", "section_state", "refresh", "record_count")
    multiply(services.db, person_id=person_id, people=6_000, after=500, tables=few)
    client, statements = app.test_client(), list[Statement]()
    sign_in(client, user)
    addresses = pages(services)
    watch(services.db.engine, statements)
    assert {client.get(path).status_code for path in addresses} <= {200, 404}
    assert len(statements) > len(addresses)
    with services.db.engine.connect() as conn:
        tables = large_tables(conn, rows=_ROWS)
        assert {"person", "account", "link", "entry", "resource", "record_row", "entry_key"} <= set(tables)
        once = {statement: (statement, parameters) for statement, parameters in statements}
        slow = {statement: read for statement, each in once.items() if (read := scanned(conn, each, list(tables)))}
        assert conn.execute(text("SHOW enable_seqscan")).scalar() == "on"
    services.db.close()
    assert not slow, "\n".join(f"{sorted(read)}: {' '.join(statement.split())}" for statement, read in slow.items())
