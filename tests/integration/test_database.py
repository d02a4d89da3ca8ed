"""The transaction policy, on both databases."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text
from sqlalchemy.exc import IntegrityError

from portal import audit
from portal.access.passwords import hash_password
from portal.domain.errors import DecryptionError
from portal.domain.people import Role
from portal.store import UNAVAILABLE, Database, Tx, Write, open_database
from portal.store.engine import connecting
from portal.store.engine.bulk import insert_columns
from portal.store.engine.discarding import discarding
from portal.store.engine.schema_version import is_current
from portal.store.engine.upgrade import upgrade
from portal.store.people import accounts
from tests.factories.settings import make_settings
from tests.integration.records.helpers import make_person


def test_upgrade_is_complete_and_can_run_again(database: Database) -> None:
    assert is_current(database)
    upgrade(database)
    assert is_current(database)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fails() -> None:
        with database.transaction() as tx:
            accounts.add(tx, username="x", display="X", password_hash="h", role=Role.STAFF)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with database.reading() as tx:
        assert accounts.for_sign_in(tx, username="x") is None


def test_one_statement_is_there_for_others_at_once(database: Database) -> None:
    """Where somebody else writes meanwhile, it waits as a transaction does."""
    with database.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE counter (n INTEGER)"))

    def append() -> None:
        for _ in range(25):
            with database.appending() as tx:
                tx.conn.execute(text("INSERT INTO counter VALUES (1)"))

    threads = [threading.Thread(target=append) for _ in range(4)]
    with database.transaction() as tx:
        for thread in threads:
            thread.start()
        tx.conn.execute(text("INSERT INTO counter VALUES (1)"))
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT count(*) FROM counter")).scalar() == 101


def test_what_is_appended_is_one_statement(database: Database) -> None:
    """On SQLite each would be a transaction of its own; so that nobody learns it there alone, nowhere two."""

    def twice(tx: Tx) -> None:
        tx.conn.execute(_EVENTS)
        _event(tx)
        tx.conn.execute(_EVENTS)
        _event(tx)

    def written_directly(tx: Tx) -> None:
        for _ in range(2):
            tx.conn.exec_driver_sql("DELETE FROM audit_event WHERE 1 = 0")

    with pytest.raises(RuntimeError, match="one statement"), database.appending() as tx:
        twice(tx)
    with pytest.raises(RuntimeError, match="one statement"):
        database.read_then_append(lambda tx: (tx.now, twice))
    with pytest.raises(RuntimeError, match="one statement"), database.appending() as tx:
        written_directly(tx)


def test_columns_of_different_lengths_insert_nothing(database: Database) -> None:
    with database.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE pair (a INTEGER, b INTEGER)"))
        pair = Table("pair", MetaData(), Column("a", Integer), Column("b", Integer))
        insert_columns(tx, pair, {"a": [], "b": []})
        for columns in ({"a": [], "b": [1]}, {"a": [1], "b": []}, {"a": [1, 2], "b": [1]}):
            with pytest.raises(ValueError, match="zip"):
                insert_columns(tx, pair, columns)
        insert_columns(tx, pair, {"a": [1, 2], "b": [3, 4]})
        assert tx.conn.execute(text("SELECT a, b FROM pair ORDER BY a")).all() == [(1, 3), (2, 4)]


def test_what_is_read_is_followed_by_what_is_appended(database: Database) -> None:
    """The statement sees what was written since the snapshot; where the work fails, nothing is written."""

    def work(tx: Tx) -> tuple[int, Write]:
        with database.transaction() as other:
            _event(other)
        return tx.conn.execute(_EVENTS).scalar_one(), append

    def append(tx: Tx) -> None:
        after.append(tx.conn.execute(_EVENTS).scalar_one())
        _event(tx)

    def fails(tx: Tx) -> tuple[int, Write]:
        work(tx)
        raise ZeroDivisionError

    after: list[int] = []
    assert database.read_then_append(work) == 0
    assert after == [1]
    assert database.read_then_append(lambda tx: (tx.conn.execute(_EVENTS).scalar_one(), None)) == 2
    with pytest.raises(ZeroDivisionError):
        database.read_then_append(fails)
    with database.reading() as tx:
        assert tx.conn.execute(_EVENTS).scalar_one() == 3


_EVENTS = text("SELECT count(*) FROM audit_event")


def _event(tx: Tx) -> None:
    audit.record(tx, action=audit.Action.VIEW_LINKS, actor=audit.Actor("operator"), person_id=None)


def test_no_way_to_write_leaves_anything_of_a_preview(database: Database) -> None:
    ways = {name for name, value in vars(Database).items() if callable(value) and name[0] != "_"}
    harmless = {"reading", "share_keys", "empty_log", "check_keys", "after_fork", "close"}
    assert ways - harmless == ways & set(vars(type(discarding(database)))), "what is new must be undone, too"
    person_id = make_person(database)
    with database.transaction() as tx:
        tx.conn.execute(text("DELETE FROM person_key"))
    discarding(database).sealer(person_id)
    for way in ("transaction", "appending"):
        with getattr(discarding(database), way)() as tx:
            _event(tx)
    assert discarding(database).read_then_append(lambda _tx: ("read", _event)) == "read"
    with database.reading() as tx:
        assert tx.conn.execute(_EVENTS).scalar_one() == 0
        assert tx.conn.execute(text("SELECT count(*) FROM person_key")).scalar_one() == 0


def test_no_update_is_lost_between_threads(database: Database) -> None:
    with database.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE counter (n INTEGER)"))
        tx.conn.execute(text("INSERT INTO counter VALUES (0)"))

    def add() -> None:
        for _ in range(25):
            with database.transaction() as tx:
                tx.conn.execute(text("UPDATE counter SET n = n + 1"))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT n FROM counter")).scalar() == 100


def test_columns_are_found_by_their_names(database: Database) -> None:
    with database.reading() as tx:
        result = tx.conn.execute(text("SELECT 1 AS number, 'a' AS word"))
        assert list(result.keys()) == ["number", "word"]
        assert result.one()._asdict() == {"number": 1, "word": "a"}


def test_what_fails_at_the_end_is_an_error_of_the_database(database: Database) -> None:
    with database.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE owner (id INTEGER PRIMARY KEY)"))
        tx.conn.execute(text("CREATE TABLE owned (of_id INTEGER REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED)"))
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.conn.execute(text("INSERT INTO owned VALUES (1)"))
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT count(*) FROM owned")).scalar() == 0


def test_a_sealed_value_is_bound_to_its_row(database: Database) -> None:
    with database.reading() as tx:
        sealed = tx.seal({"a": 1}, row="entry.body:1")
        assert tx.unseal(sealed, dict, row="entry.body:1") == {"a": 1}
        with pytest.raises(DecryptionError):
            tx.unseal(sealed, dict, row="entry.body:2")


def test_names_are_not_in_the_clear(database: Database) -> None:
    with database.transaction() as tx:
        accounts.add(
            tx, username="zebulon", display="Zebulon Quist", password_hash=hash_password("pw"), role=Role.STAFF
        )
        row = tx.conn.execute(text("SELECT * FROM account")).one()
    assert b"zebulon" not in b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row).lower()


def test_only_the_owner_reads_the_files_of_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "new" / "portal.sqlite3"
    database = open_database(make_settings(file.parent))
    with database.transaction() as tx:
        tx.conn.exec_driver_sql("CREATE TABLE t (i INTEGER)")
        files = sorted(file.parent.glob("portal.sqlite3*"))
        assert len(files) == 3
        assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    for each in files:
        each.chmod(0o644)  # as an earlier version made them
    database.close()
    with open_database(make_settings(file.parent)).reading():
        assert {each.stat().st_mode & 0o777 for each in file.parent.glob("portal.sqlite3*")} == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_who_opens_a_new_file_waits_for_whoever_writes_its_first_table(tmp_path: Path) -> None:
    """SQLite itself waits for no lock where a file changes to a write-ahead log."""
    file = tmp_path / "portal.sqlite3"
    first = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")
    first.execute("CREATE TABLE begun (id INTEGER)")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(file, timeout=60).execute("PRAGMA journal_mode=WAL")
    ends = threading.Timer(0.5, first.execute, ("COMMIT",))
    ends.start()
    database = open_database(make_settings(tmp_path))
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT count(*) FROM begun")).scalar_one() == 0
        assert tx.conn.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    database.close()
    ends.join()
    first.close()


def test_a_new_database_has_no_accounts(database: Database) -> None:
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT count(*) FROM account")).scalar() == 0


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("rested", [-1.0, 3600.0])
def test_what_the_server_ended_is_opened_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch, rested: float
) -> None:
    """Before it is used where it has rested; else after one request has failed."""
    monkeypatch.setattr(connecting, "_RESTED", rested)
    with database.reading():
        pass
    other = create_engine(database.url)
    with other.begin() as conn:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        assert conn.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).all()  # noqa: S608
    other.dispose()
    if rested > 0:
        with pytest.raises(UNAVAILABLE), database.reading() as tx:
            tx.conn.execute(text("SELECT 1"))
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_what_is_asked_again_and_again_stays_prepared(database: Database) -> None:
    for _ in range(7):  # psycopg prepares what was asked for five times
        with database.reading() as tx:
            tx.conn.execute(text("SELECT count(*) FROM account"))
    with database.reading() as tx:
        prepared = tx.conn.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("FROM account" in statement for statement in prepared)
