"""A process whose keys are not those the database is filled with does not start, and says why."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text, update

from portal.cli import main
from portal.config import Settings
from portal.domain.errors import ConfigurationError, StoreError
from portal.domain.people import Person
from portal.store import Database, open_database
from portal.store.engine import key_rotation
from portal.store.engine.schema_version import is_current
from portal.store.engine.upgrade import upgrade
from portal.store.people import people
from portal.store.schema.access import person, person_token
from portal.store.schema.encryption import key_check
from tests.factories.settings import make_settings
from tests.factories.world import ANA

OWN, OTHER, NEWER = ("k1", bytes(range(32))), ("k1", bytes(range(1, 33))), ("k2", bytes(range(32, 64)))


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> Settings:
    """The settings of a database that somebody is stored in."""
    with database.transaction() as tx:
        people.put_home_patient(tx, fhir_id="ana", demographics=ANA)
    return make_settings(tmp_path, database_url=database.url.render_as_string(hide_password=False))


def _reads(settings: Settings) -> None:
    database = open_database(settings)
    try:
        with database.reading() as tx:
            assert people.by_fhir_id(tx, fhir_id="ana")
    finally:
        database.close()


def _writes(settings: Settings) -> None:
    database = open_database(settings)
    try:
        with database.transaction() as tx:
            people.put_home_patient(tx, fhir_id="ben", demographics=ANA)
    finally:
        database.close()


@pytest.mark.parametrize("use", [_reads, _writes])
@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"encryption_keys": (OTHER,)}, "has another key k1"),
        ({"encryption_keys": (NEWER,)}, "lacks the key k1"),
        ({"encryption_keys": (NEWER, OTHER)}, "has another key k1"),
        ({"index_key": "another index key that is for tests"}, "PORTAL_INDEX_KEY"),
    ],
)
def test_other_keys_neither_read_nor_write(
    filled: Settings, use: Callable[[Settings], None], changes: dict[str, Any], hint: str
) -> None:
    use(filled)
    with pytest.raises(ConfigurationError) as refused:
        use(replace(filled, **changes))
    assert hint in refused.value.hint
    assert "put back" in refused.value.hint
    use(filled)


def test_what_is_kept_of_a_key_is_not_the_key(filled: Settings, database: Database) -> None:
    with database.reading() as tx:
        rows = tx.conn.execute(select(key_check)).all()
    assert {(row.kind, row.key_id) for row in rows} == {("index", "index"), ("encryption", "k1")}
    for row in rows:
        assert len(row.value) == 64
        assert OWN[1].hex() not in row.value
        assert filled.index_key.encode().hex() not in row.value


def test_a_newer_key_needs_the_older_one_until_all_is_sealed_anew(filled: Settings) -> None:
    _reads(replace(filled, encryption_keys=(OWN, NEWER)))  # appended, not used yet
    _reads(replace(filled, encryption_keys=(OWN,)))
    _writes(replace(filled, encryption_keys=(NEWER, OWN)))
    for keys in ((OWN,), (NEWER,)):  # each has sealed something now
        with pytest.raises(ConfigurationError, match="lacks the key"):
            _reads(replace(filled, encryption_keys=keys))
    rotating = open_database(replace(filled, encryption_keys=(NEWER, OWN)))
    assert key_rotation.finish(rotating) > 0
    with pytest.raises(ConfigurationError, match="lacks the key"):
        _reads(replace(filled, encryption_keys=(NEWER,)))
    for _ in key_rotation.rotate(rotating):
        pass
    assert key_rotation.finish(rotating) == 0
    rotating.close()
    _reads(replace(filled, encryption_keys=(NEWER,)))
    with pytest.raises(ConfigurationError, match="lacks the key k2"):
        _reads(replace(filled, encryption_keys=(OWN,)))


def _as_an_older_version_left_it(database: Database) -> None:
    with database.transaction() as tx:
        tx.conn.execute(delete(key_check))


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"encryption_keys": (OTHER,)}, "PORTAL_ENCRYPTION_KEYS do not open"),
        ({"encryption_keys": (NEWER,)}, "PORTAL_ENCRYPTION_KEYS do not open"),
        ({"index_key": "another index key that is for tests"}, "PORTAL_INDEX_KEY is not"),
    ],
)
def test_the_upgrade_of_a_filled_database_takes_its_own_keys_only(
    filled: Settings, database: Database, changes: dict[str, Any], hint: str
) -> None:
    _as_an_older_version_left_it(database)
    other = open_database(replace(filled, **changes))
    with pytest.raises(StoreError) as refused:
        upgrade(other)
    assert hint in refused.value.hint
    other.close()
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)


def test_the_upgrade_in_the_middle_of_a_rotation_binds_both_keys(filled: Settings, database: Database) -> None:
    _as_an_older_version_left_it(database)
    both = open_database(replace(filled, encryption_keys=(NEWER, OWN)))
    upgrade(both)
    with pytest.raises(ConfigurationError, match="lacks the key k1"):
        _reads(replace(filled, encryption_keys=(NEWER,)))
    for _ in key_rotation.rotate(both):
        pass
    assert key_rotation.finish(both) == 0
    both.close()
    _reads(replace(filled, encryption_keys=(NEWER,)))


def test_whoever_is_stored_without_a_birth_date_stops_no_upgrade(filled: Settings, database: Database) -> None:
    _as_an_older_version_left_it(database)
    with database.transaction() as tx:
        tx.conn.execute(delete(person_token))
        row = tx.conn.execute(select(person.c.id)).one()
        sealed = tx.seal(Person(), row=f"person.data:{row.id}")
        tx.conn.execute(update(person).values(data=sealed))
    upgrade(database)
    _reads(filled)


def _environ(settings: Settings, *keys: tuple[str, bytes]) -> dict[str, str]:
    return {
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_ENCRYPTION_KEYS": ",".join(f"{name}:{urlsafe_b64encode(key).decode()}" for name, key in keys),
        "PORTAL_INDEX_KEY": settings.index_key,
    }


@pytest.mark.parametrize(
    "command",
    [("db", "upgrade"), ("db", "check"), ("serve",), ("user", "add", "clerk", "--staff", "--password-stdin")],
)
def test_no_command_works_with_other_keys(
    filled: Settings, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _environ(filled, OTHER).items():
        monkeypatch.setenv(name, value)
    refused = CliRunner().invoke(main, command, input="a long and sufficient password\n")
    assert refused.exit_code == 1
    assert "has another key k1 than this database" in refused.output


@pytest.mark.parametrize("program", [("-m", "jobs.work", "--burst"), ("-m", "jobs.schedule"), ("-c", "import wsgi")])
def test_no_process_starts_with_other_keys(filled: Settings, program: tuple[str, ...]) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environ = clean | _environ(filled, OTHER)
    ended = subprocess.run([sys.executable, *program], env=environ, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "has another key k1 than this database" in ended.stderr


def test_keys_made_anew_do_not_fit_a_filled_database(filled: Settings, tmp_path: Path) -> None:
    """The data directory was lost, or another one is named: nothing is written with the keys that were made."""
    environ = {"PORTAL_DATA_DIR": str(tmp_path / "other"), "PORTAL_DATABASE_URL": filled.database_url}
    with pytest.raises(ConfigurationError, match="file index-key in the data directory"):
        _writes(Settings.from_environment(environ))


def test_a_database_that_does_not_answer_is_looked_at_later(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    open_database(settings).check_keys()


def test_an_empty_database_is_not_judged(tmp_path: Path) -> None:
    database = open_database(make_settings(tmp_path))
    database.check_keys()
    with database.reading() as tx:
        assert tx.conn.execute(text("SELECT 1")).scalar() == 1
    assert not is_current(database)
    database.close()
