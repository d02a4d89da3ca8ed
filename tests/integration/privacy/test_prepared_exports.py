"""What staff let be put together for a person opens with that person's key alone, once, until it runs out."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal import audit
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import Role
from portal.persons import export
from portal.queue import JobQueue
from portal.services import Services
from portal.store import Database, Tx
from portal.store.engine import crypto, person_keys
from portal.store.people import accounts, removal
from portal.store.people.accounts import Account
from portal.store.schema.shares import prepared_export
from portal.store.shares import exports
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import BEN, TestUser, World


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    settings = make_settings(tmp_path)
    return Services(settings, database, JobQueue("", settings.slug))


@pytest.fixture
def ana(services: Services) -> TestUser:
    user = World(services).patient("ana")
    small_record(services, user)
    return user


def administrator(services: Services, role: Role = Role.ADMIN) -> Account:
    user = World(services).staff("boss", role)
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=user.account_id)
    assert account
    return account


def taken(services: Services, export_id: str, user: TestUser) -> bytes | None:
    with services.db.transaction() as tx:
        actor = audit.Actor("account", user.account_id)
        return export.take(tx, export_id=export_id, person_id=user.person_id or "", actor=actor)


def test_it_is_sealed_for_the_person_and_gone_once_opened(services: Services, ana: TestUser) -> None:
    ben = World(services).patient("ben", BEN)
    boss = administrator(services)
    first = export.prepare(services, person_id=ana.person_id or "", by=boss)
    second = export.prepare(services, person_id=ana.person_id or "", by=boss)
    with services.db.reading() as tx:
        sealed = bytes(
            tx.conn.execute(select(prepared_export.c.content).where(prepared_export.c.id == second)).scalar_one()
        )
    assert crypto.key_id_of(sealed).startswith(person_keys.PREFIX)
    assert taken(services, second, ben) is None
    assert taken(services, first, ana) is None, "the newer one took its place"
    content = taken(services, second, ana)
    assert content is not None
    assert content.startswith(b"PK")
    assert taken(services, second, ana) is None
    with services.db.reading() as tx:
        assert not any(tx.conn.execute(select(prepared_export.c.content)).scalars())


def test_it_runs_out(services: Services, ana: TestUser) -> None:
    export_id = export.prepare(services, person_id=ana.person_id or "", by=administrator(services))
    with services.db.transaction() as tx:
        tx.conn.execute(update(prepared_export).values(expires_at=tx.now - timedelta(seconds=1)))
        assert exports.waiting(tx, person_id=ana.person_id or "") is None
    assert taken(services, export_id, ana) is None


def test_of_who_is_erased_meanwhile_nothing_is_kept(
    services: Services, ana: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = export.archive

    def erased_after(tx: Tx, **named: str) -> bytes:
        content = real(tx, **named)
        with services.db.transaction() as writing:
            removal.remove_person(writing, person_id=ana.person_id or "")
        return content

    monkeypatch.setattr(export, "archive", erased_after)
    with pytest.raises(NotFoundError):
        export.prepare(services, person_id=ana.person_id or "", by=administrator(services))
    with services.db.reading() as tx:
        assert tx.conn.execute(select(prepared_export)).first() is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_starts_it(services: Services, ana: TestUser, role: Role) -> None:
    with pytest.raises(ConflictError):
        export.prepare(services, person_id=ana.person_id or "", by=administrator(services, role))
    with services.db.reading() as tx:
        assert tx.conn.execute(select(prepared_export)).first() is None


def test_who_has_no_sign_in_could_not_open_it(services: Services, ana: TestUser) -> None:
    with services.db.transaction() as tx:
        accounts.disable(tx, account_id=ana.account_id)
    with pytest.raises(ConflictError):
        export.prepare(services, person_id=ana.person_id or "", by=administrator(services))
