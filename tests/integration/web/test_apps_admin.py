"""The administrator registers apps and partners, and shuts them out."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal.access.passwords import verify_password
from portal.domain.people import Role
from portal.provider import proposals
from portal.provider.oauth import grants
from portal.services import Services
from portal.store.people import accounts
from portal.store.provider import clients as oauth_clients
from portal.store.provider import proposals as stored_proposals
from portal.store.provider.clients import OAuthClient
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


def clients(services: Services) -> tuple[OAuthClient, ...]:
    with services.db.reading() as tx:
        return oauth_clients.clients(tx)


def test_an_app_with_a_secret_that_is_shown_once(admin: FlaskClient, services: Services) -> None:
    sent = form(admin, method="client_secret_basic")
    page = admin.post("/admin/apps", data=sent).get_data(as_text=True)
    (made,) = clients(services)
    secret = re.findall(r"Secret</dt>\s*<dd><code>([^<]+)<", page)[0]
    assert verify_password(made.secret_hash, secret)
    assert made.trusted
    assert not made.partner
    check_page(get(admin, "/admin/apps"))
    assert secret not in admin.get("/admin/apps").get_data(as_text=True)
    assert admin.post("/admin/apps", data=sent).status_code == 303  # the same once more, on a bad line
    assert clients(services) == (made,)


def test_a_partner_proves_itself_with_its_key(admin: FlaskClient, services: Services, world: World) -> None:
    sent = form(admin, kind="partner", redirect_uris="", jwks_uri="https://oldmill.example/jwks.json")
    assert admin.post("/admin/apps", data=sent).status_code == 303
    account_id = world.staff("admin2", Role.ADMIN).account_id
    with services.db.reading() as tx:
        [waiting] = stored_proposals.waiting(tx)
        second = accounts.by_id(tx, account_id=account_id)
    assert second
    with services.db.transaction() as tx:
        proposals.confirm(tx, proposal_id=waiting.id, by=second)
    (made,) = clients(services)
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
    admin: FlaskClient, services: Services, wrong: dict[str, str]
) -> None:
    answer = admin.post("/admin/apps", data=form(admin, **wrong))
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "There is a problem" in page
    assert wrong.get("name", "Heart Diary") in page
    assert not clients(services)


def test_shutting_out_ends_what_patients_granted(admin: FlaskClient, services: Services, world: World) -> None:
    admin.post("/admin/apps", data=form(admin))
    (made,) = clients(services)
    user = world.patient()
    with services.db.transaction() as tx:
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
    assert not clients(services)


def picture(side: int = 300) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(data, "JPEG")
    data.seek(0)
    return data


def consent_page(app: Flask, services: Services, world: World, client_id: str) -> tuple[FlaskClient, str]:
    patient = app.test_client()
    sign_in(patient, world.patient())
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "scope": "launch/patient patient/AllergyIntolerance.rs",
        "state": "a-state-of-the-app",
        "aud": services.settings.fhir_base,
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    return patient, patient.get("/oauth/authorize", query_string=query).get_data(as_text=True)


def test_who_asks_is_shown_with_its_logo_and_who_runs_it(
    app: Flask, admin: FlaskClient, services: Services, world: World
) -> None:
    sent = form(admin, owner="Heart Diary Inc., Camden")
    assert admin.post("/admin/apps", data={**sent, "logo": (picture(), "logo.jpg")}).status_code == 200
    (made,) = clients(services)
    assert made.owner == "Heart Diary Inc., Camden"
    check_page(get(admin, "/admin/apps"))
    patient, page = consent_page(app, services, world, made.client_id)
    assert "It is run by Heart Diary Inc., Camden." in page
    address = page.split('<img class="mark logo" src="')[1].split('"')[0]
    answer = patient.get(address)
    with Image.open(io.BytesIO(answer.data)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (96, 96)), "drawn anew: nothing of the file is handed on"
    assert "immutable" in answer.headers["Cache-Control"]
    assert patient.get("/oauth/logos/0123456789abcdef.png").status_code == 404
    assert app.test_client().get(address).status_code in (302, 303), "for those who are signed in"


def test_what_is_no_picture_is_refused_and_the_rest_kept(admin: FlaskClient, services: Services) -> None:
    sent = {**form(admin, owner="Heart Diary Inc."), "logo": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.svg")}
    answer = admin.post("/admin/apps", data=sent)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "Choose a picture: PNG, JPEG, GIF or WebP." in page
    assert "Heart Diary Inc." in page
    assert clients(services) == ()


def test_what_registered_itself_has_no_logo_and_no_owner(app: Flask, services: Services, world: World) -> None:
    """It might take another's name and picture; its initials take nobody in."""
    asked = {
        "client_name": "Heart Diary",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
        "logo_uri": "https://app.example/logo.png",
    }
    assert app.test_client().post("/oauth/register", json=asked).status_code == 201
    (made,) = clients(services)
    _patient, page = consent_page(app, services, world, made.client_id)
    assert '<span class="mark" aria-hidden="true">HD</span>' in page
    assert "app.example/logo.png" not in page
    assert "has not checked it" in page
    assert "It is run by" not in page
