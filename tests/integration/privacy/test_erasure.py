"""A person is erased at the word of two: nothing is left but the trail, which names nobody, and its tombstone."""

import threading
from typing import Any

import pytest
from sqlalchemy import String, select
from sqlalchemy.sql import operators

from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.domain.assists import Purpose, WaitingPlace
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import GrantLevel, Role
from portal.persons import deceased, erasure
from portal.services import Services
from portal.store import Database
from portal.store.desk import assists, queue
from portal.store.people import accounts, changes, outbox, proxies, removal
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent
from portal.store.provider import grants
from portal.store.schema import metadata
from portal.store.shares import exports
from tests.factories.record import small_record
from tests.factories.settings import make_settings
from tests.factories.world import BEN, TestUser, World
from tests.integration.desk.conftest import NUMBERED
from tests.integration.provider.conftest import register


@pytest.fixture
def services(database: Database, tmp_path: object) -> Services:
    from pathlib import Path

    from portal.queue import JobQueue

    assert isinstance(tmp_path, Path)
    settings = make_settings(tmp_path)
    return Services(settings, database, JobQueue("", settings.slug))


@pytest.fixture
def ana(services: Services) -> TestUser:
    """Somebody of whom there is everything: a record, links, an account, a proxy, mail, a place in the line."""
    world = World(services)
    user, ben = world.patient("ana", NUMBERED), world.patient("ben", BEN)
    small_record(services, user)
    world.proxy(ben, user.person_id or "", GrantLevel.FULL)
    world.proxy(user, ben.person_id or "", GrantLevel.FULL)
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@mail.example")
        outbox.add(tx, content=MailContent("ana@mail.example", "s", "t"))
        outbox.add(tx, content=MailContent("ben@mail.example", "s", "t"))
        queue.add(tx, person_id=user.person_id or "", purpose=Purpose.LINK, place=WaitingPlace.DESK)
    return user


def administrator(services: Services, name: str) -> Account:
    user = World(services).staff(name, Role.ADMIN)
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=user.account_id)
    assert account
    return account


def mentioned(services: Services, *texts: str) -> set[str]:
    """The tables in which one of these ids stands in any column."""
    tables = set()
    with services.db.reading() as tx:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String):
                    query = select(column).where(operators.in_op(column, texts)).limit(1)
                    if tx.conn.execute(query).first() is not None:
                        tables.add(table.name)
    return tables


def test_nothing_is_left_but_the_trail(services: Services, ana: TestUser) -> None:
    first, second = administrator(services, "admin"), administrator(services, "admin2")
    assert ana.person_id
    with services.db.reading() as tx:
        links = tx.conn.execute(select(metadata.tables["link"].c.id)).scalars().all()
        entries = tx.conn.execute(select(metadata.tables["entry"].c.id)).scalars().all()
    ids = (ana.person_id, ana.account_id, *links, *entries)
    assert {"person", "account", "link", "entry", "resource", "record_row", "proxy_grant"} <= mentioned(services, *ids)
    with services.db.transaction() as tx:
        change_id = erasure.request(tx, person_id=ana.person_id, by=first)
        assert erasure.request(tx, person_id=ana.person_id, by=second) == change_id
    with pytest.raises(ConflictError):
        erasure.confirm(services, change_id=change_id, by=first)
    assert "person" in mentioned(services, ana.person_id)
    erasure.confirm(services, change_id=change_id, by=second)
    assert mentioned(services, *ids) <= {"audit_event"}
    with services.db.reading() as tx:
        assert [mail.content.recipient for mail in outbox.newest(tx, limit=9)] == ["ben@mail.example"]
        assert accounts.by_username(tx, username="ben"), "nobody else went"
    with pytest.raises(NotFoundError):
        erasure.confirm(services, change_id=change_id, by=second)
    checkpoints = checkpoint_file(services.settings)
    assert chain.seal(services.db, checkpoints)
    assert not chain.verify(services.db, checkpoints).findings


def test_it_can_be_called_off_until_then(services: Services, ana: TestUser) -> None:
    first, second = administrator(services, "admin"), administrator(services, "admin2")
    with services.db.transaction() as tx:
        change_id = erasure.request(tx, person_id=ana.person_id or "", by=first)
    with services.db.transaction() as tx:
        erasure.cancel(tx, change_id=change_id, by=first)
    with pytest.raises(NotFoundError):
        erasure.confirm(services, change_id=change_id, by=second)
    assert "person" in mentioned(services, ana.person_id or "")


def test_only_administrators_ask_for_it(services: Services, ana: TestUser) -> None:
    with services.db.reading() as tx:
        own = accounts.by_id(tx, account_id=ana.account_id)
    assert own
    with pytest.raises(ConflictError), services.db.transaction() as tx:
        erasure.request(tx, person_id=ana.person_id or "", by=own)


def test_after_a_death_nobody_gets_in_and_the_record_stays(services: Services, ana: TestUser) -> None:
    first, second = administrator(services, "admin"), administrator(services, "admin2")
    assert ana.person_id
    register(services)
    with services.db.transaction() as tx:
        grants.add_grant(
            tx, client_id="test-app", account_id=ana.account_id, person_id=ana.person_id, scopes=(), lasting=True
        )
        erasure_id = erasure.request(tx, person_id=ana.person_id, by=first)
        change_id = erasure.request(tx, person_id=ana.person_id, by=first, kind=changes.DECEASED)
        exports.add(tx, person_id=ana.person_id, account_id=first.id, content=b"all")
        assists.begin(tx, account_id=first.id, person_id=ana.person_id, purpose=Purpose.FAMILY)
        assists.begin(tx, account_id=second.id, person_id=ana.person_id)
    assert change_id != erasure_id
    with pytest.raises(ConflictError):
        erasure.confirm(services, change_id=change_id, by=first)
    erasure.confirm(services, change_id=change_id, by=second)
    with services.db.reading() as tx:
        assert accounts.by_id(tx, account_id=ana.account_id) is None, "disabled"
        assert not proxies.in_force(tx, teen_age=13, person_id=ana.person_id)
        assert not proxies.in_force(tx, teen_age=13, account_id=ana.account_id)
        assert not grants.grants_of_person(tx, person_id=ana.person_id)
        assert [change.id for change in changes.everything(tx)] == [erasure_id]
        assert exports.waiting(tx, person_id=ana.person_id) is None
        assert not any(assists.open_of(tx, account_id=each.id) for each in (first, second))
        assert not queue.of_person(tx, person_id=ana.person_id)
    assert {"person", "entry", "link"} <= mentioned(services, ana.person_id)


@pytest.mark.parametrize("kind", [changes.ERASURE, changes.DECEASED])
def test_what_is_being_confirmed_cannot_be_called_off(
    services: Services, ana: TestUser, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    asker, second = administrator(services, "admin"), administrator(services, "admin2")
    with services.db.transaction() as tx:
        change_id = erasure.request(tx, person_id=ana.person_id or "", by=asker, kind=kind)
    events: list[str] = []
    place, name = (deceased, "close") if kind == changes.DECEASED else (removal, "remove_person")
    real = getattr(place, name)

    def call_off() -> None:
        try:
            with services.db.transaction() as tx:
                erasure.cancel(tx, change_id=change_id, by=asker)
            events.append("called off")
        except NotFoundError:
            events.append("too late")

    thread = threading.Thread(target=call_off)

    def slow(*arguments: Any, **named: Any) -> Any:
        thread.start()
        thread.join(0.3)  # on SQLite, and behind the lock, it waits until this one ends
        return real(*arguments, **named)

    monkeypatch.setattr(place, name, slow)
    erasure.confirm(services, change_id=change_id, by=second)
    thread.join(60)
    assert events == ["too late"]


def test_two_accounts_of_one_human_are_not_two_people(services: Services, ana: TestUser) -> None:
    first, second = administrator(services, "admin"), administrator(services, "admin2")
    with services.db.transaction() as tx:
        for account in (first, second):
            accounts.set_email(tx, account_id=account.id, email="rae@mail.example")
        change_id = erasure.request(tx, person_id=ana.person_id or "", by=first)
        both = accounts.by_id(tx, account_id=second.id)
    assert both
    with pytest.raises(ConflictError):
        erasure.confirm(services, change_id=change_id, by=both)
