"""The administrator registers apps and partners, and shuts them out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.passwords import verify_password
from portal.domain.people import Role
from portal.services import Services
from portal.smart.oauth import grants
from portal.store import provider
from portal.store.provider import OAuthClient
from tests.factories.world import World, sign_in
from tests.integration.web.html import check_page, get

REDIRECT = "https://app.example/callback"


@pytest.fixture
def admin(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.staff("admin", Role.ADMIN))
    return client


def form(admin: FlaskClient, **values: str) -> dict[str, str]:
    page = admin.get("/admin/apps").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client_id = page.split('name="client_id" type="hidden" value="')[1].split('"')[0]
    given = {"name": "Heart Diary", "kind": "app", "redirect_uris": REDIRECT, "method": "none"}
    return {"csrf_token": token, "client_id": client_id, **given, **values}


def clients(here: Services) -> tuple[OAuthClient, ...]:
    with here.db.reading() as tx:
        return provider.clients(tx)


def test_an_app_with_a_secret_that_is_shown_once(admin: FlaskClient, here: Services) -> None:
    sent = form(admin, method="client_secret_basic")
    page = admin.post("/admin/apps", data=sent).get_data(as_text=True)
    (made,) = clients(here)
    secret = page.split("<dt>Secret</dt><dd><code>")[1].split("<")[0]
    assert verify_password(made.secret_hash, secret)
    assert made.trusted
    assert not made.partner
    check_page(get(admin, "/admin/apps"))
    assert secret not in admin.get("/admin/apps").get_data(as_text=True)
    assert admin.post("/admin/apps", data=sent).status_code == 303  # the same once more, on a bad line
    assert clients(here) == (made,)


def test_a_partner_proves_itself_with_its_key(admin: FlaskClient, here: Services) -> None:
    sent = form(admin, kind="partner", redirect_uris="", jwks_uri="https://oldmill.example/jwks.json")
    assert admin.post("/admin/apps", data=sent).status_code == 200
    (made,) = clients(here)
    assert (made.partner, made.auth_method, made.grant_types) == (True, "private_key_jwt", ("client_credentials",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"redirect_uris": ""},
        {"redirect_uris": "http://app.example/callback"},
        {"redirect_uris": f"{REDIRECT}#part"},
        {"method": "private_key_jwt"},
        {"jwks_uri": "https://app.example/jwks.json"},
        {"kind": "partner"},
        {"homepage": "javascript:alert(1)"},
        {"method": "tls_client_auth"},
    ],
)
def test_what_cannot_be_registered_is_explained_and_kept(
    admin: FlaskClient, here: Services, wrong: dict[str, str]
) -> None:
    answer = admin.post("/admin/apps", data=form(admin, **wrong))
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "There is a problem" in page
    assert wrong.get("name", "Heart Diary") in page
    assert not clients(here)


def test_shutting_out_ends_what_patients_granted(admin: FlaskClient, here: Services, world: World) -> None:
    admin.post("/admin/apps", data=form(admin))
    (made,) = clients(here)
    user = world.patient()
    with here.db.transaction() as tx:
        issued = grants.issue(
            tx, client=made, person_id=str(user.person_id), scopes=("patient/*.rs", "launch/patient"), lasting=False
        )
    assert "<dd>1</dd>" in admin.get("/admin/apps").get_data(as_text=True)
    bearer = {"Authorization": f"Bearer {issued.access_token}"}
    assert admin.get("/fhir/Patient", headers=bearer).status_code == 200
    token = form(admin)["csrf_token"]
    for _twice in range(2):
        answer = admin.post("/admin/apps/end", data={"csrf_token": token, "client": made.client_id})
        assert answer.status_code == 303
    assert admin.get("/fhir/Patient", headers=bearer).status_code == 401
    assert not clients(here)
