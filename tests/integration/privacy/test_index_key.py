"""The key of the hashes belongs to its database; PORTAL_INDEX_KEY, which seals it, can be exchanged for a new one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import make_url, select, text, update

from portal.app import create_app
from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.backups import making, restoring
from portal.backups.manifest import Backup
from portal.cli import main
from portal.config import Settings
from portal.domain.errors import ConfigurationError
from portal.services import Services
from portal.store import Database, open_database
from portal.store.engine import key_rotation
from portal.store.engine.database import keys_of
from portal.store.engine.upgrade import _config, upgrade
from portal.store.people import people
from portal.store.schema.encryption import key_check
from tests.factories.deployment import KEYS
from tests.factories.postgres import fresh_database
from tests.factories.settings import make_settings
from tests.factories.world import ANA, World, sign_in
from tests.integration.provider.conftest import TestApp, register, store_chart

NEW, OTHER = "a new index key that is only for tests", "another index key that is only for tests"


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def empty(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a database in which no table is."""
    url = fresh_database(request.getfixturevalue("postgres_server")) if database_kind == "postgresql" else ""
    return make_settings(tmp_path, database_url=url)


@pytest.fixture
def current(database: Database, tmp_path: Path) -> Settings:
    """The settings of a database in which somebody is stored."""
    with database.transaction() as tx:
        people.put_home_patient(tx, fhir_id="ana", demographics=ANA)
    return make_settings(tmp_path, database_url=_url(database))


def _rotate(settings: Settings) -> None:
    with closing(open_database(settings)) as rotating:
        for rotated in key_rotation.rotate(rotating):
            assert not rotated.unreadable
        assert key_rotation.finish(rotating) == 0


def _hashed(settings: Settings) -> str:
    with closing(open_database(settings)) as database:
        return database.vault.hash("any", "text")


def _wrapped(database: Database) -> bytes:
    with database.reading() as tx:
        return bytes(tx.conn.execute(select(key_check.c.wrapped).where(key_check.c.kind == "index")).scalar_one())


def test_a_new_key_in_front_then_wrapped_anew_then_the_old_one_goes(current: Settings, database: Database) -> None:
    before, wrapped = _hashed(current), _wrapped(database)
    both = replace(current, index_key=NEW, old_index_key=current.index_key)
    assert _hashed(both) == before
    with closing(open_database(both)) as waiting:
        assert key_rotation.left(waiting) == 1
    with pytest.raises(ConfigurationError, match="PORTAL_OLD_INDEX_KEY until"):
        _hashed(replace(current, index_key=NEW))
    _rotate(both)
    assert _wrapped(database) != wrapped
    new = replace(current, index_key=NEW)
    assert (_hashed(new), _hashed(both)) == (before, before)
    with closing(open_database(new)) as after:
        assert key_rotation.left(after) == 0
    for left_behind in (current, replace(current, index_key=OTHER), replace(both, index_key=OTHER)):
        with pytest.raises(ConfigurationError, match="is not the key of this database"):
            _hashed(left_behind)
    assert database.vault.hash("any", "text") == before, "whoever runs meanwhile goes on"


def test_nothing_is_found_or_refused_otherwise_afterwards(database: Database, tmp_path: Path) -> None:
    """Sign-in, an app's refresh token, search, FHIR search and read, and the audit trail, with the new key alone."""
    settings = make_settings(tmp_path, database_url=_url(database))
    app = create_app(settings)
    services: Services = app.extensions["tributary"]
    user = World(services).patient()
    store_chart(services, user)
    register(services)
    browser = app.test_client()
    sign_in(browser, user)
    partner = TestApp(app, browser)
    partner.tokens = partner.exchange(partner.code()).get_json()
    chain.seal(services.db, checkpoint_file(settings))
    services.db.close()
    _rotate(replace(settings, index_key=NEW, old_index_key=settings.index_key))

    later = replace(settings, index_key=NEW)
    partner.app = browser.application = create_app(later)
    own: Services = partner.app.extensions["tributary"]
    assert "Penicillin of patient-ana" in browser.get("/health/search?q=penicillin").get_data(as_text=True)
    fresh = partner.token(grant_type="refresh_token", refresh_token=partner.tokens["refresh_token"])
    assert fresh.status_code == 200, fresh.get_data(as_text=True)
    partner.tokens = fresh.get_json()
    assert partner.get("AllergyIntolerance/a-patient-ana").status_code == 200
    assert partner.get("Observation?patient=patient-ana&code=4548-4").get_json()["total"] == 5
    chain.seal(own.db, checkpoint_file(later))
    report = chain.verify(own.db, checkpoint_file(later))
    assert (report.segments, report.findings) == (2, [])
    own.db.close()


def test_a_database_of_before_goes_on_with_the_hashes_it_has(empty: Settings) -> None:
    with closing(open_database(empty)) as database:
        with database.transaction() as tx:
            command.upgrade(_config(tx.conn), "0063")
            derived = tx.vault.hash("any", "text")
            tx.conn.execute(
                text("INSERT INTO key_check (kind, key_id, value) VALUES ('index', 'index', :check)"),
                {"check": tx.vault.index_check},
            )
        assert database.vault.hash("any", "text") == derived
        upgrade(database)
    assert _hashed(empty) == derived
    _rotate(replace(empty, index_key=NEW, old_index_key=empty.index_key))
    assert _hashed(replace(empty, index_key=NEW)) == derived


def test_the_change_of_the_key_may_begin_before_the_upgrade(empty: Settings) -> None:
    with closing(open_database(empty)) as database, database.transaction() as tx:
        command.upgrade(_config(tx.conn), "0063")
        derived, check = tx.vault.hash("any", "text"), {"check": tx.vault.index_check}
        tx.conn.execute(text("INSERT INTO key_check (kind, key_id, value) VALUES ('index', 'index', :check)"), check)
    with closing(open_database(replace(empty, index_key=OTHER))) as other, pytest.raises(ConfigurationError):
        upgrade(other)
    with closing(open_database(replace(empty, index_key=NEW, old_index_key=empty.index_key))) as both:
        upgrade(both)
    assert _hashed(replace(empty, index_key=NEW)) == derived


def test_no_key_is_changed_before_the_upgrade(empty: Settings, tmp_path: Path) -> None:
    with closing(open_database(empty)) as database, database.transaction() as tx:
        command.upgrade(_config(tx.conn), "0063")
        check = {"check": tx.vault.index_check}
        tx.conn.execute(text("INSERT INTO key_check (kind, key_id, value) VALUES ('index', 'index', :check)"), check)
    environ = {"PORTAL_DATABASE_URL": empty.database_url, "PORTAL_DATA_DIR": str(tmp_path)}
    for name, key in KEYS.items():
        environ["PORTAL_" + name.upper().replace("-", "_")] = key
    for options in ([], ["--check"]):
        answer = CliRunner().invoke(main, ["db", "rotate-keys", *options], env=environ)
        assert answer.exit_code == 1, answer.output
        assert "portal db upgrade" in answer.output


def test_of_several_that_begin_a_database_one_key_wins(empty: Settings) -> None:
    starting = threading.Barrier(3)

    def begin() -> str:
        with closing(open_database(empty)) as database:
            starting.wait()
            upgrade(database)
            return database.vault.hash("any", "text")

    with ThreadPoolExecutor(3) as threads:
        hashes = [begun.result() for begun in [threads.submit(begin) for _ in range(3)]]
    assert hashes == [_hashed(empty)] * 3
    assert hashes[0] != keys_of(empty).hash("any", "text"), "a new database's key is chance, not PORTAL_INDEX_KEY"


@pytest.mark.parametrize("changed", ["damaged", "of another database"])
def test_an_index_key_that_was_changed_stops_every_process(current: Settings, database: Database, changed: str) -> None:
    wrapped = _wrapped(database)[:-1] + b"\x00" * 2
    if changed == "of another database":
        wrapped = keys_of(current).with_new_index_key().wrapped()
    with database.transaction() as tx:
        tx.conn.execute(update(key_check).where(key_check.c.kind == "index").values(wrapped=wrapped))
    with pytest.raises(ConfigurationError, match="was changed: restore a backup"):
        _hashed(current)


def test_a_backup_needs_the_key_of_its_time(empty: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    def restored(settings: Settings, backup: Backup) -> Settings:
        url = f"sqlite:///{tmp_path / 'restored' / settings.index_key[:9] / 'portal.sqlite3'}"
        if empty.database_url.startswith("postgresql"):
            url = fresh_database(request.getfixturevalue("postgres_server"))
        restored = replace(settings, database_url=url)
        restoring.restore(make_url(url), keys_of(restored), backup)
        return restored

    with closing(open_database(empty)) as database:
        upgrade(database)
        before = database.vault.hash("any", "text")
        early = making.make(database, tmp_path / "backups" / "early")
        new = replace(empty, index_key=NEW)
        _rotate(replace(new, old_index_key=empty.index_key))
        late = making.make(database, tmp_path / "backups" / "late")
    assert _hashed(restored(new, late)) == _hashed(restored(empty, early)) == before
    for settings, backup in ((new, early), (empty, late)):
        with pytest.raises(ConfigurationError, match="is not the key of this database"):
            restored(settings, backup)
