"""Keys rotate without downtime (requirement D2): old values stay readable, and everything can be sealed anew."""

import os
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import LargeBinary, inspect, select, text

from portal.cli import main
from portal.config import Settings
from portal.domain.errors import ConfigurationError, DecryptionError
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.domain.sections import Section
from portal.queue import JobQueue
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database, open_database
from portal.store.audit import events
from portal.store.engine import key_rotation
from portal.store.engine.upgrade import upgrade
from portal.store.links import revocations
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import Tokens
from portal.store.people import accounts, people
from portal.store.records import rows
from portal.store.schema import metadata
from tests.factories.postgres import fresh_database
from tests.factories.record import at_home, at_riverbend, link
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import PASSWORD, World

OLD, NEW = ("k1", bytes(range(32))), ("k2", bytes(range(32, 64)))


def _services(settings: Settings, database: Database) -> Services:
    return Services(settings=settings, db=database, queue=JobQueue("", settings.slug))


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A filled database that was sealed with the old key alone."""
    url = fresh_database(request.getfixturevalue("postgres_server")) if request.param == "postgresql" else ""
    settings = make_settings(tmp_path, database_url=url, encryption_keys=(OLD,))
    database = open_database(settings)
    upgrade(database)
    services = _services(settings, database)
    world = World(services)
    user, carer = world.patient(), world.patient("carer")
    assert user.person_id
    world.proxy(carer, user.person_id, GrantLevel.FULL)
    ingest(database, person_id=user.person_id, source=HOME, resources=at_home())
    linked = link(services, user, name="Riverbend", resources=at_riverbend())
    with database.transaction() as tx:
        tokens = Tokens(access_token="a", refresh_token="r", scopes=(), patient="p", issuer="i")
        link_tokens.put_tokens(tx, link_id=linked.link_id, tokens=tokens, expires_at=None)
        revocations.add_revocation(tx, organization_id=linked.organization_id, token="t")
        events.append(
            tx,
            action="denied",
            outcome="denied",
            actor_kind="job",
            actor_id=None,
            person_id=user.person_id,
            detail={"a": "b"},
        )
    database.close()
    return settings


def _under_persons_keys(database: Database) -> int:
    with database.reading() as tx:
        return sum(
            bytes(sealed)[1:2] == b"@"
            for column in key_rotation.sealed_columns()
            for sealed in tx.conn.execute(select(column).where(column.is_not(None))).scalars()
        )


def _everything_opens(database: Database) -> int:
    """Open each sealed value of the database; gives how many there are."""
    opened = 0
    with database.reading() as tx:
        for column in key_rotation.sealed_columns():
            bound = "seal_id" if key_rotation.name_of(column) == "audit_event.detail" else None
            (key,) = column.table.primary_key.columns
            for row in tx.conn.execute(select(column.table.c[bound] if bound else key, column)):
                if row[1] is not None:
                    tx.open(bytes(row[1]), row=f"{key_rotation.name_of(column)}:{row[0]}")
                    opened += 1
    return opened


def test_a_key_in_front_then_everything_anew_then_the_old_one_goes(old: Settings) -> None:
    both = open_database(replace(old, encryption_keys=(NEW, OLD)))
    count = _everything_opens(both)
    assert count > 40
    assert key_rotation.left(both) == count - _under_persons_keys(both)
    with both.reading() as tx:
        before = accounts.for_sign_in(tx, username="ana")
        assert before is not None
    persons = _under_persons_keys(both)
    assert persons > 20, "only the keys of persons are sealed anew, not what is sealed with them"
    assert sum(rotated.count for rotated in key_rotation.rotate(both)) == count - persons
    assert sum(rotated.count for rotated in key_rotation.rotate(both)) == 0, "twice does nothing again"
    assert key_rotation.finish(both) == 0
    both.close()

    new = open_database(replace(old, encryption_keys=(NEW,)))
    assert _everything_opens(new) == count
    with new.reading() as tx:
        assert accounts.for_sign_in(tx, username="ana") == before
        person = people.by_fhir_id(tx, fhir_id="patient-ana")
        assert person
        assert person.demographics.birth_date == "1980-03-04"
        assert rows.page(tx, person_id=person.id, sight=WHOLE, section=Section.MEDICATIONS).rows
    new.close()

    taken_out = open_database(replace(old, encryption_keys=(OLD,)))
    with pytest.raises(ConfigurationError, match="lacks the key k2"):
        _everything_opens(taken_out)
    taken_out.close()


def test_values_written_meanwhile_are_sealed_with_the_new_key_and_read_by_both(old: Settings) -> None:
    """Step 1 of the procedure: a process that has the new key at the end reads what one that has it in front writes."""
    last, first = (open_database(replace(old, encryption_keys=keys)) for keys in ((OLD, NEW), (NEW, OLD)))
    with first.transaction() as tx:
        account = accounts.for_sign_in(tx, username="ana")
        assert account
        accounts.set_password_hash(tx, account_id=account[0].id, password_hash="changed")
    with last.reading() as tx:
        changed = accounts.for_sign_in(tx, username="ana")
        assert changed
        assert changed[1] == "changed"
    for database in (last, first):
        database.close()


def test_every_column_of_bytes_is_known() -> None:
    """A new sealed column is rotated by itself; one that is not sealed has to be named."""
    bytes_ = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {key_rotation.name_of(column) for column in key_rotation.sealed_columns()} == bytes_ - key_rotation.PLAIN
    for column in key_rotation.sealed_columns():
        assert len(inspect(column.table).primary_key) == 1, key_rotation.name_of(column)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def keys(*pairs: tuple[str, bytes]) -> str:
        return ",".join(f"{name}:{urlsafe_b64encode(key).decode()}" for name, key in pairs)

    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", keys(OLD))
    run = CliRunner()
    assert run.invoke(main, ["db", "upgrade"]).exit_code == 0
    added = run.invoke(main, ["user", "add", "clerk", "--staff", "--password-stdin"], input=PASSWORD + "\n")
    assert added.exit_code == 0, added.output
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", keys(NEW, OLD))
    check = run.invoke(main, ["db", "rotate-keys", "--check"])
    assert check.exit_code == 1
    assert "older key" in check.output
    done = run.invoke(main, ["db", "rotate-keys"])
    assert done.exit_code == 0
    assert "newest key" in done.output
    assert run.invoke(main, ["db", "rotate-keys", "--check"]).exit_code == 0


def test_a_value_moved_to_another_row_does_not_open(old: Settings) -> None:
    database = open_database(old)
    with database.transaction() as tx:
        ids = tx.conn.execute(text("SELECT id FROM account ORDER BY id")).scalars().all()
        moved = {"to": ids[0], "of": ids[1]}
        tx.conn.execute(
            text("UPDATE account SET data = (SELECT data FROM account WHERE id = :of) WHERE id = :to"), moved
        )
    with database.reading() as tx, pytest.raises(DecryptionError):
        accounts.by_id(tx, account_id=ids[0])
    database.close()
