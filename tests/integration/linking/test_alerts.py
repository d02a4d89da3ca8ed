"""Administrators are told of what an organization does: at once of somebody else's records, once a day of failures."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from portal.domain.people import Role
from portal.mail import alerts
from portal.queue import JobQueue
from portal.services import Services
from portal.store import Database
from portal.store.people import accounts, outbox
from portal.store.schema.links import refresh
from tests.factories.record import Linked, link
from tests.factories.settings import make_settings
from tests.factories.world import World


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    settings = make_settings(tmp_path, mail="page", mail_from="portal@mail.example")
    return Services(settings, database, JobQueue("", settings.slug))


@pytest.fixture
def riverbend(services: Services) -> Linked:
    """A link; and administrators: one with an address, who reads Spanish, one without, one who is shut out."""
    world = World(services)
    linked = link(services, world.patient("ana"), name="Riverbend Hospital", refreshed=False)
    boss, _silent, former = (world.staff(name, Role.ADMIN) for name in ("boss", "silent", "former"))
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=boss.account_id, email="boss@mail.example")
        accounts.set_preferences(tx, account_id=boss.account_id, locale="es", reduce_data=False)
        accounts.set_email(tx, account_id=former.account_id, email="former@mail.example")
        accounts.disable(tx, account_id=former.account_id)
    return linked


def mails(services: Services) -> list[tuple[str, str]]:
    with services.db.reading() as tx:
        return [(each.content.recipient, each.content.text) for each in outbox.newest(tx, limit=9)]


def ended(services: Services, linked: Linked, state: str) -> None:
    with services.db.transaction() as tx:
        values = {"id": state, "link_id": linked.link_id, "cause": "nightly", "state": state}
        tx.conn.execute(insert(refresh).values(**values, requested_at=tx.now, ended_at=tx.now - timedelta(hours=1)))


def test_of_somebody_elses_records_at_once(services: Services, riverbend: Linked) -> None:
    with services.db.transaction() as tx:
        alerts.wrong_person(tx, services, organization_id=riverbend.organization_id)
    [(recipient, text)] = mails(services)
    assert recipient == "boss@mail.example"
    assert "Riverbend Hospital" in text
    assert "otra persona" in text
    assert "Rivera" not in text


def test_of_what_failed_all_day(services: Services, riverbend: Linked) -> None:
    assert alerts.failing(services) == 0
    ended(services, riverbend, "failed")
    assert alerts.failing(services) == 1
    assert "Riverbend Hospital" in mails(services)[0][1]
    ended(services, riverbend, "done")
    assert alerts.failing(services) == 0
