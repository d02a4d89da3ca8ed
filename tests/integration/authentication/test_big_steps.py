"""Before a big step the portal asks once more who it is, unless that was shown in the last ten minutes."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.domain.people import Role
from portal.services import Services
from portal.store.directory import organizations
from tests.factories.authenticator import SoftwareAuthenticator
from tests.factories.world import PASSWORD, TestUser, World, sign_in
from tests.integration.authentication.conftest import is_in, send
from tests.integration.authentication.test_passkeys import HERE, add, options, post
from tests.integration.authentication.test_second_factor import make_codes


def grow_old(services: Services, minutes: int = 11) -> None:
    """Let every sign-in and every confirmation be so long ago; they were in use all the time."""
    with services.db.transaction() as tx:
        at = (tx.now - timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(sep=" ")
        tx.conn.execute(text("UPDATE sign_in SET created_at = :at"), {"at": at})
        tx.conn.execute(text("UPDATE sign_in SET confirmed_at = :at WHERE confirmed_at IS NOT NULL"), {"at": at})


@pytest.fixture
def client(app: Flask, ana: TestUser) -> FlaskClient:
    client = app.test_client()
    sign_in(client, ana)
    return client


@pytest.fixture
def riverbend(services: Services) -> str:
    with services.db.transaction() as tx:
        return organizations.add(tx, name="Riverbend", fhir_base="https://fhir.riverbend.example", city="Camden").id


def test_ten_minutes_after_the_sign_in_nothing_is_asked(client: FlaskClient, services: Services) -> None:
    grow_old(services, minutes=9)
    assert client.get("/account/email").status_code == 200


def test_after_that_it_asks_and_leads_back_to_the_page_before(
    app: Flask, client: FlaskClient, services: Services, riverbend: str
) -> None:
    before = f"/links/new/{riverbend}"
    grow_old(services)
    answer = send(client, before, page="/help")
    assert answer.headers["Location"] == f"/account/confirm?next={before}"
    assert send(client, "/account/confirm", proof="wrong", next=before).status_code == 422
    assert send(client, before, page="/help").headers["Location"].startswith("/account/confirm")
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert send(client, "/account/confirm", proof=PASSWORD, next=before).headers["Location"] == before
    thief = app.test_client()
    assert cookie
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
    assert not is_in(thief), "the session from before is worth nothing"
    assert is_in(client)
    assert not send(client, before, page="/help").headers.get("Location", "").startswith("/account/confirm")
    grow_old(services)
    assert send(client, before, page="/help").headers["Location"].startswith("/account/confirm")


def test_what_an_app_asked_for_is_not_lost(client: FlaskClient, services: Services) -> None:
    grow_old(services)
    answer = send(client, "/oauth/consent?client_id=app&state=s", page="/help", decision="allow")
    assert answer.headers["Location"] == "/account/confirm?next=/oauth/authorize?client_id%3Dapp%26state%3Ds"


def test_who_has_a_second_factor_shows_that_and_not_the_password(client: FlaskClient, services: Services) -> None:
    codes = make_codes(client, "printed")
    grow_old(services)
    assert "newest" not in client.get("/account/confirm").get_data(as_text=True)
    assert send(client, "/account/confirm", proof=PASSWORD, next="/account/email").status_code == 422
    assert client.get("/account/email").status_code == 303
    assert send(client, "/account/confirm", proof=codes[0], next="/account/email").status_code == 303
    assert client.get("/account/email").status_code == 200
    grow_old(services)
    assert send(client, "/account/confirm", proof=codes[0]).status_code == 422


def test_a_passkey_confirms_its_own_account_only(
    app: Flask, client: FlaskClient, services: Services, world: World
) -> None:
    ben = app.test_client()
    sign_in(ben, world.account("ben", Role.STAFF, None))
    mine, of_ben = SoftwareAuthenticator(HERE), SoftwareAuthenticator(HERE, credential_id=b"of Ben")
    assert add(client, mine).status_code == 200
    assert add(ben, of_ben).status_code == 200
    grow_old(services)
    asked = post(client, "/account/passkeys/options", {})
    assert (asked.status_code, asked.get_json()) == (403, {"next": "/account/confirm?next=/account/security"})
    assert post(client, "/account/confirm/passkey", of_ben.get(options(client))).status_code == 422
    assert client.get("/account/email").status_code == 303
    confirmed = post(client, "/account/confirm/passkey?next=/account/email", mine.get(options(client)))
    assert confirmed.get_json() == {"next": "/account/email"}
    assert client.get("/account/email").status_code == 200


@pytest.mark.parametrize(
    ("address", "page"),
    [("/admin/staff", "/admin/staff"), ("/admin/staff/x", "/admin/staff?account%3Dx")],
)
def test_an_administrator_is_asked_too(app: Flask, world: World, services: Services, address: str, page: str) -> None:
    client = app.test_client()
    sign_in(client, world.staff("boss", Role.ADMIN))
    grow_old(services)
    assert send(client, address, page="/help").headers.get("Location") == f"/account/confirm?next={page}"
