"""Refusals are written down, but nobody can fill the audit trail, or another person's part of it, with them."""

from typing import Any

from flask.testing import FlaskClient

from portal import audit
from portal.audit import events as recording
from portal.authentication import passwords
from portal.services import Services
from portal.store import Tx
from portal.store.audit import events
from portal.store.people import accounts
from tests.factories.world import BEN, World, sign_in
from tests.integration.both import settings

__all__ = ["settings"]

MOST = recording.MOST_REFUSALS


def refusals(services: Services, **about: Any) -> int:
    with services.db.reading() as tx:
        return events.refusals_since(tx, since=tx.now.replace(year=2000), **about)


def nobody() -> dict[str, str | None]:
    return {"action": "denied", "actor_kind": "client", "actor_id": None, "person_id": None}


def test_requests_with_no_good_token_write_few_rows(client: FlaskClient, services: Services) -> None:
    for n in range(MOST + 5):
        answer = client.get("/fhir/Condition", headers={"Authorization": f"Bearer guess-{n}"})
        assert answer.status_code == 401
    assert refusals(services, **nobody()) == MOST


def test_sign_ins_with_unknown_names_write_few_rows(services: Services) -> None:
    for n in range(MOST + 5):
        assert passwords.check(services, username=f"nobody-{n}", password="x") is None
    assert refusals(services, action="sign-in", actor_kind="account", actor_id=None, person_id=None) == MOST


def test_an_ended_proxy_does_not_flood_the_record(client: FlaskClient, world: World, services: Services) -> None:
    parent, ben = world.patient(), world.patient("ben", BEN)
    assert ben.person_id is not None
    grant = world.proxy(parent, ben.person_id)
    sign_in(client, parent)
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    for _ in range(MOST + 5):
        assert client.get(f"/for/{ben.person_id}/activity").status_code == 404
    about: dict[str, str | None] = {"action": "denied", "actor_kind": "account", "person_id": ben.person_id}
    assert refusals(services, actor_id=parent.account_id, **about) == MOST
    another = world.patient("cleo")
    sign_in(other := client.application.test_client(), another)
    assert other.get(f"/for/{ben.person_id}/activity").status_code == 404
    assert refusals(services, actor_id=another.account_id, **about) == 1


def test_what_succeeds_is_always_written(services: Services) -> None:
    def write(tx: Tx) -> None:
        for _ in range(MOST + 5):
            audit.record(tx, action=audit.Action.VIEW_LINKS, actor=audit.Actor("account", "a"), person_id="p")

    with services.db.transaction() as tx:
        write(tx)
        assert len(events.of_person(tx, person_id="p", limit=1000)) == MOST + 5
