"""Migrations run forward on a database that is filled (requirement E4), on SQLite and PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    Table,
    create_engine,
    select,
    text,
)

from portal.access.proxies import LEVELS
from portal.cli import main
from portal.domain.errors import DecryptionError
from portal.domain.people import GrantLevel, HumanName, Person, ProxyChoice
from portal.store import Database, Tx
from portal.store.engine.contracts import oldest
from portal.store.engine.database import open_database
from portal.store.engine.schema_version import SCRIPTS, head, is_current, revision, revisions
from portal.store.engine.upgrade import _config, _take_turns, upgrade
from portal.store.people import people
from portal.store.records import renewals
from portal.store.schema import metadata
from tests.factories.deployment import KEYS
from tests.factories.settings import make_settings


@pytest.fixture
def empty(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    url = ""
    if database_kind == "postgresql":
        from tests.factories.postgres import fresh_database

        url = fresh_database(request.getfixturevalue("postgres_server"))
    return open_database(make_settings(tmp_path, database_url=url))


_VALUES: dict[type[Any], Any] = {
    JSON: {},
    LargeBinary: b"x",
    Boolean: False,
    Integer: 1,
    DateTime: datetime(2026, 1, 1, tzinfo=UTC),
}


def _value(column: Column[Any]) -> Any:
    return next((value for kind, value in _VALUES.items() if isinstance(column.type, kind)), "x")


def _fill(database: Database, *names: str) -> None:
    """One row in each table, "x" in every column that needs something, so that foreign keys meet."""
    with database.transaction() as tx:
        for name in names:
            table = Table(name, MetaData(), autoload_with=tx.conn)
            row = {}
            for column in table.columns:
                if not column.nullable or column.foreign_keys:
                    row[column.name] = _value(column)
            if name == "person":
                row["data"] = tx.seal(Person(), row=f"person.data:{row['id']}")
            tx.conn.execute(table.insert().values(row))


def test_the_version_that_pages_look_at_is_that_of_the_migrations(empty: Database) -> None:
    scripts = ScriptDirectory(str(SCRIPTS))
    assert [head()] == scripts.get_heads()
    assert revisions() == {script.revision for script in scripts.walk_revisions()}
    with empty.reading() as tx:
        assert revision(tx.conn) is None
    upgrade(empty)
    with empty.reading() as tx:
        assert revision(tx.conn) == MigrationContext.configure(tx.conn).get_current_revision() == head()
    empty.close()


@contextmanager
def serving(database: Database) -> Iterator[None]:
    """A service of ours has the database open."""
    if database.is_sqlite:
        program = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
        command = [sys.executable, "-c", program, str(database.url.database)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            yield
            process.communicate()
    else:
        engine = create_engine(database.url, poolclass=NullPool, connect_args={"application_name": "tributary serve"})
        with engine.connect():
            yield


def test_what_takes_something_away_waits_until_no_service_runs(empty: Database, tmp_path: Path) -> None:
    url = empty.url.render_as_string(hide_password=False)
    environ = {"PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": str(tmp_path)}
    for name, key in KEYS.items():
        environ["PORTAL_" + name.upper().replace("-", "_")] = key

    def upgraded(*options: str) -> tuple[int, str | None, str]:
        answer = CliRunner().invoke(main, ["db", "upgrade", *options], env=environ)
        with empty.reading() as tx:
            return answer.exit_code, revision(tx.conn), answer.output

    newest = oldest()
    before = max(each for each in revisions() if each < newest)
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), before)
    with serving(empty):
        code, current, output = upgraded()
        assert (code, current) == (1, before)
        assert f"schema {newest}" in output
        assert "stop the services first" in output
    assert upgraded()[:2] == (0, head())
    with serving(empty):
        assert upgraded()[:2] == (0, head()), "nothing is taken away from them"
    empty.close()


def test_an_upgrade_waits_for_another_however_long_that_takes(
    empty: Database, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr("portal.store.engine.connecting._LOCK_SECONDS", 0.05)
    overdue = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE locktype = 'advisory' "
        "AND datname = current_database() AND NOT granted AND clock_timestamp() - waitstart > interval '100 ms'"
    )
    other = Database(empty.url.render_as_string(hide_password=False), empty.vault)
    with ThreadPoolExecutor(1) as pool, closing(other):
        with other.transaction() as tx:
            _take_turns(tx)
            waiting = pool.submit(upgrade, empty)
            while not waiting.done() and not tx.conn.execute(overdue).scalar_one():
                pass
        waiting.result()
    assert is_current(empty)
    empty.close()


def test_what_was_stored_before_counts_as_confidential_until_it_is_read_again(empty: Database) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0001")
    _fill(empty, "person", "resource", "record_row", "record_row_source", "record_count", "entry")
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    with empty.reading() as tx:
        for name in ("entry", "record_row", "record_row_source", "record_count"):
            table = metadata.tables[name]
            assert tx.conn.execute(select(table.c.confidential)).scalars().all() == [True], name  # and nothing is lost
    empty.close()


def test_a_level_becomes_the_choices_that_it_stood_for(empty: Database) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0017")
    _fill(empty, "person", "account", "proxy_grant")
    with empty.transaction() as tx:
        tx.conn.execute(text("UPDATE proxy_grant SET level = 'messages-only'"))
    upgrade(empty)
    with empty.reading() as tx:
        choices = tx.conn.execute(select(metadata.tables["proxy_grant"].c.choices)).scalar_one()
    assert frozenset(map(ProxyChoice, choices)) == LEVELS[GrantLevel.MESSAGES_ONLY]
    empty.close()


def test_ids_of_any_length_fit_into_a_database_that_is_filled(empty: Database) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0007")
    _fill(empty, "person", "resource")
    upgrade(empty)
    with empty.transaction() as tx:
        for name in ("person", "resource"):
            table = metadata.tables[name]
            tx.conn.execute(table.update().values(fhir_id="a" * 255))
            assert tx.conn.execute(select(table.c.fhir_id)).scalars().all() == ["a" * 255]
    empty.close()


def test_what_the_lists_of_the_directory_contain_keeps_its_place(empty: Database) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0008")
    _fill(empty, "organization", "organization_source")
    upgrade(empty)
    with empty.reading() as tx:
        source = metadata.tables["organization_source"].c
        assert tx.conn.execute(select(source.content_hash, source.content)).one() == ("x", {})
    empty.close()


def test_bases_of_before_are_compared_as_new_ones_are(empty: Database) -> None:
    bases = {"one": "HTTPS://P.Example:443/R4/", "same": "https://p.example/R4", "clinic": None, "empty": ""}
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0063")
    _fill(empty, "organization")
    with empty.transaction() as tx:
        table = Table("organization", MetaData(), autoload_with=tx.conn)
        row = tx.conn.execute(select(table)).mappings().one()
        tx.conn.execute(table.insert(), [{**row, "id": name, "fhir_base": base} for name, base in bases.items()])
    upgrade(empty)
    with empty.reading() as tx:
        c = metadata.tables["organization"].c
        keys = {row.id: row.base_key for row in tx.conn.execute(select(c.id, c.base_key).where(c.id.in_(bases)))}
    assert keys == {"one": "https://p.example/R4", "same": "https://p.example/R4", "clinic": None, "empty": None}
    empty.close()


@pytest.mark.parametrize("revision", ["0017", "0028", "0063"])
def test_what_other_rules_grouped_waits_to_be_read_again(empty: Database, revision: str) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), revision)
    _fill(empty, "person", "resource")
    upgrade(empty)
    with empty.transaction() as tx:
        first = renewals.next_of(tx)
        assert first is not None
        assert (first.person_id, first.source, first.after, first.counts) == ("x", "x", "", {})
        renewals.note(tx, first, {"changed": {"allergies": 1}}, after="x", done=True)
        assert (renewals.waiting(tx), renewals.end(tx)) == (0, {"changed": {"allergies": 1}})
    empty.close()


def test_results_stand_by_their_date_whatever_their_status(empty: Database) -> None:
    names = ("record_row", "record_row_source", "record_count")
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0047")
    _fill(empty, "person", "resource", "record_row", "record_row_source", "entry", "record_count")
    with empty.transaction() as tx:
        stored = {name: Table(name, MetaData(), autoload_with=tx.conn) for name in (*names, "entry")}
        for name in names:
            tx.conn.execute(stored[name].update().values(section="test-results", rank=2))
        tx.conn.execute(stored["entry"].update().values(section="test-results", status="active"))
        of = {"person_id": "x", "confidential": False, "private": False, "held": False, "rows": 4}
        others = [{"section": "test-results", "rank": 0}, {"section": "medications", "rank": 2}]
        tx.conn.execute(stored["record_count"].insert(), [{**of, "source": "x", **other} for other in others])
    upgrade(empty)
    with empty.reading() as tx:
        c = stored["record_count"].c
        counted = tx.conn.execute(select(c.section, c.rank, c.rows).order_by(c.section)).all()
        assert [tuple(line) for line in counted] == [("medications", 2, 4), ("test-results", 0, 5)]
        assert [tx.conn.execute(select(stored[name].c.rank)).scalar_one() for name in names[:2]] == [0, 0]
        assert tx.conn.execute(select(stored["entry"].c.status)).scalar_one() == "past"
    empty.close()


def test_migrated_tables_are_those_of_the_schema(empty: Database) -> None:
    upgrade(empty)
    with empty.reading() as tx:
        found = compare_metadata(MigrationContext.configure(tx.conn, opts={"compare_type": True}), metadata)
    assert [one for one in found if str(one[0]) in ("add_table", "add_column")] == []
    empty.close()


WEI = Person(names=(HumanName(family="王", given=("伟",)),), birth_date="1979-08-15")


def test_people_of_an_older_folding_are_hashed_anew_wherever_it_was_interrupted(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_here = 7
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0008")
        person, token = (Table(name, MetaData(), autoload_with=tx.conn) for name in ("person", "person_token"))
        for number in range(people_here):
            person_id = f"person-{number}"
            row = {"id": person_id, "data": tx.seal(WEI, row=f"person.data:{person_id}"), "share_matches": True}
            tx.conn.execute(person.insert().values(**row, created_at=tx.now, updated_at=tx.now))
            for kind, value in (("family", "wrong"), ("birth-date", "1979-08-15")):  # as the old folding left them
                digest = tx.vault.hash(f"person.{kind}", value)
                tx.conn.execute(token.insert().values(person_id=person_id, kind=kind, hash=digest))
    monkeypatch.setattr("portal.store.engine.upgrade._BATCH", 2)

    rebuild = people.rebuild_tokens
    batches = 0

    def interrupted(tx: Tx, *, limit: int) -> int:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise KeyboardInterrupt
        return rebuild(tx, limit=limit)

    monkeypatch.setattr(people, "rebuild_tokens", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrade(empty)
    assert not is_current(empty)
    with empty.reading() as tx:
        assert len(people.with_token(tx, kind="family", values=["王"])) == 4
    monkeypatch.setattr(people, "rebuild_tokens", rebuild)
    upgrade(empty)
    assert is_current(empty)
    with empty.reading() as tx:
        for kind, value in (("family", "王"), ("given", "伟"), ("birth-date", "1979-08-15")):
            assert len(people.with_token(tx, kind=kind, values=[value])) == people_here, kind
        assert not people.with_token(tx, kind="family", values=["wrong"])
    empty.close()


def test_what_no_key_opens_stops_the_upgrade_and_is_not_lost(empty: Database) -> None:
    with empty.transaction() as tx:
        command.upgrade(_config(tx.conn), "0008")
    _fill(empty, "person")
    with empty.transaction() as tx:
        tx.conn.execute(text("UPDATE person SET data = :data"), {"data": b"x"})
    with pytest.raises(DecryptionError):
        upgrade(empty)
    assert not is_current(empty)
    with empty.reading() as tx:
        assert tx.conn.execute(select(metadata.tables["person"].c.data)).scalars().all() == [b"x"]
    empty.close()
