"""An upgrade while the earlier version serves: what migrations take away is listed, and who is ready knows the list."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import create_engine, inspect, text

from portal.app import create_app
from portal.cli import main
from portal.domain.errors import StoreError
from portal.store import Database
from portal.store.engine import condition, contracts
from portal.store.engine import upgrade as upgrades
from portal.store.engine.condition import Schema
from portal.store.engine.database import open_database
from portal.store.engine.schema_version import SCRIPTS, head
from portal.store.engine.upgrade import _config, upgrade
from tests.architecture.test_files import ROOT
from tests.browser.ports import free_ports
from tests.factories.databases import migrate, migrated_postgres
from tests.factories.settings import make_settings


def status(port: int, path: str) -> int:
    """The answer's status; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def until(port: int, path: str, expected: int) -> None:
    ends = time.monotonic() + 60
    while (last := status(port, path)) != expected and time.monotonic() < ends:
        time.sleep(0.05)
    assert last == expected


Columns = dict[tuple[str, str], bool]  # by table and column: must an insert name it?


def columns(database: Database) -> Columns:
    with database.reading() as tx:
        inspector = inspect(tx.conn)
        return {
            (table, str(column["name"])): not column["nullable"]
            and column["default"] is None
            and not (column["primary_key"] and "INT" in str(column["type"]))
            for table in inspector.get_table_names()
            for column in inspector.get_columns(table)
        }


def taken_away(before: Columns, after: Columns) -> list[str]:
    """What an earlier version would miss: columns that are gone, and those it does not fill in tables that it knows."""
    tables = {table for table, _ in before}
    gone = [f"{table}.{name} is gone" for table, name in before.keys() - after.keys()]
    needed = [
        f"{table}.{name} must be filled"
        for (table, name), must in after.items()
        if must and table in tables and not before.get((table, name))
    ]
    return sorted(gone + needed)


def test_a_migration_that_takes_something_away_is_listed(tmp_path: Path) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]
    unlisted = {}
    with closing(open_database(make_settings(tmp_path))) as database:
        before: Columns = {}
        for revision in revisions:
            with database.transaction() as tx:
                command.upgrade(_config(tx.conn), revision)
            after = columns(database)
            missing = taken_away(before, after)
            if missing and revision not in contracts.CONTRACTS:
                unlisted[revision] = missing
            before = after
    assert not unlisted
    assert contracts.CONTRACTS.keys() <= set(revisions)


def test_each_kind_is_noticed() -> None:
    before = {("a", "x"): True, ("a", "y"): False, ("b", "x"): False}
    assert taken_away(before, before | {("a", "z"): False, ("c", "x"): True}) == []
    assert taken_away(before, {("a", "x"): True, ("a", "y"): False}) == ["b.x is gone"]
    assert taken_away(before, before | {("a", "y"): True}) == ["a.y must be filled"]
    assert taken_away(before, before | {("a", "z"): True}) == ["a.z must be filled"]


def test_the_page_says_what_the_list_does() -> None:
    assert (ROOT / "docs/schema.md").read_text() == contracts.as_markdown()


def ahead(database: Database, *, oldest: str) -> None:
    """As a later version leaves it."""
    with database.transaction() as tx:
        tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        tx.conn.execute(text("UPDATE schema_contract SET oldest = :oldest"), {"oldest": oldest})


def test_a_later_schema_serves_this_version_unless_it_took_something_away(database: Database) -> None:
    assert condition.serves(database) is Schema.CURRENT
    ahead(database, oldest=head() or "")
    assert condition.serves(database) is Schema.AHEAD
    with pytest.raises(StoreError, match="later version"):
        upgrade(database)
    ahead(database, oldest="9999")
    assert condition.serves(database) is None
    with database.transaction() as tx:
        tx.conn.execute(text("DROP TABLE schema_contract"))
    assert condition.serves(database) is None


def test_who_is_ready_and_who_starts(client: FlaskClient, services: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def ready() -> tuple[int, str]:
        answer = client.get("/readyz")
        return answer.status_code, answer.get_json()["database"]

    assert ready() == (200, "ok")
    ahead(services.db, oldest=contracts.oldest())
    assert ready() == (200, "ok")
    assert client.get("/sign-in").status_code == 200
    ahead(services.db, oldest="9999")
    assert ready() == (503, "migrations missing")
    environ = {"PORTAL_DATA_DIR": str(services.settings.data_dir), "PORTAL_INDEX_KEY": services.settings.index_key}
    environ["PORTAL_ENCRYPTION_KEYS"] = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    answer = CliRunner().invoke(main, ["serve"], env=environ)
    assert (answer.exit_code, "not at a schema that this version serves" in answer.output) == (1, True)


@pytest.fixture
def postgres(postgres_server: str, tmp_path: Path) -> Iterator[Database]:
    settings = make_settings(tmp_path, database_url=migrated_postgres(postgres_server), statement_seconds=7)
    with closing(open_database(settings)) as database:
        yield database


def test_health_answers_while_a_table_is_locked(postgres: Database, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, database_url=postgres.url.render_as_string(hide_password=False)))
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    with postgres.transaction() as tx:
        tx.conn.execute(text("LOCK TABLE person IN ACCESS EXCLUSIVE MODE"))
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["database"]) == (503, "locked")
    assert client.get("/readyz").status_code == 200
    app.extensions["tributary"].db.close()


def test_a_migration_does_not_wait_long_for_a_table(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrades, "_LOCK_SECONDS", 1)
    holder = create_engine(postgres.url)
    with holder.begin() as conn:
        conn.execute(text("LOCK TABLE schema_contract IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StoreError, match="try again"):
            upgrade(postgres)
    upgrade(postgres)
    holder.dispose()


def test_connections_are_bounded_and_named(postgres: Database) -> None:
    with postgres.transaction() as tx:
        shown = {
            name: tx.conn.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
        }
    assert shown.pop("application_name", "").startswith("tributary ")
    assert shown == {"statement_timeout": "7s", "lock_timeout": "20s", "idle_in_transaction_session_timeout": "10min"}


def _shared_with_others(main_process: int) -> list[float]:
    """Return which part of what each child has in memory it shares with another process (proc(5), smaps_rollup)."""
    shares = []
    for child in Path(f"/proc/{main_process}/task/{main_process}/children").read_text().split():
        sizes = {
            line.split(":")[0]: int(line.split()[1])
            for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()[1:]
        }
        shares.append(1 - (sizes["Private_Clean"] + sizes["Private_Dirty"]) / sizes["Rss"])
    return shares


@pytest.mark.slow
def test_two_processes_count_together_and_at_the_end_go_on_for_a_while(tmp_path: Path) -> None:
    with closing(open_database(make_settings(tmp_path))) as database:
        migrate(database)
    port = free_ports(1)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
    environ |= {
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_ENCRYPTION_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "PORTAL_INDEX_KEY": "an index key that is only for tests",
    }
    arguments = ["serve", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--drain", "3"]
    server = subprocess.Popen([sys.executable, "-m", "portal.cli", *arguments], env=environ, stderr=subprocess.DEVNULL)
    try:
        until(port, "/readyz", 200)
        assert {status(port, "/sign-in") for _ in range(30)} == {200}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            figures = answer.read().decode()
        counted = re.search(
            r'tributary_http_seconds_count\{endpoint="[a-z._]*sign_in[a-z._]*",status="2xx"\} ([0-9.]+)', figures
        )
        assert counted, figures
        assert float(counted[1]) == 30, "by both processes together"
        assert all(share > 0.55 for share in _shared_with_others(server.pid)), "what is imported is there once"
        server.send_signal(signal.SIGTERM)
        until(port, "/readyz", 503)
        assert status(port, "/sign-in") == 200
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait()
