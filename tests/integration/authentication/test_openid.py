"""Signing in at the hospital's OpenID provider: off by default, bound by issuer and subject, no way around anything."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from portal.authentication import openid
from portal.services import Services
from portal.store import Database
from portal.store.people import openid_identities, people
from portal.store.people.openid_identities import Evidence
from tests.factories import http
from tests.factories.commands import Run, user_command
from tests.factories.oidc_provider import Browser, running
from tests.factories.world import ANA, TestUser, World
from tests.fakes.http import Reply
from tests.fakes.openid import OpenIdProvider
from tests.integration.authentication.conftest import application, is_in, send
from tests.integration.authentication.test_big_steps import grow_old
from tests.integration.authentication.test_second_factor import make_codes

SUBJECT = "248289761001"


@pytest.fixture
def database_kind() -> str:
    """What of it is the database's is tested in tests/integration/store."""
    return "sqlite"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()
    yield provider
    provider.stop()
    openid._cache.clear()


@pytest.fixture
def app(database: Database, tmp_path: Path, provider: OpenIdProvider) -> Flask:
    return application(
        database, tmp_path, oidc_issuer=provider.issuer, oidc_client_id="portal", oidc_client_secret="of the portal"
    )


@pytest.fixture
def bound(services: Services, ana: TestUser, provider: OpenIdProvider) -> TestUser:
    """Ana, whose account is opened by the subject that the provider names."""
    with services.db.transaction() as tx:
        openid_identities.put(
            tx, account_id=ana.account_id, issuer=provider.issuer, subject=SUBJECT, evidence=Evidence()
        )
    return ana


def begin(client: FlaskClient, **query: str) -> str:
    answer = client.get("/sign-in/openid", query_string=query)
    assert answer.headers["Location"].startswith("http://127.0.0.1:"), answer.headers["Location"]
    return answer.headers["Location"]


def come_back(client: FlaskClient, **answer: str) -> TestResponse:
    """Return where it leads, or the page that says why it did not work."""
    response = client.get("/sign-in/openid/callback", query_string=answer)
    assert response.status_code == 303
    return client.get(response.headers["Location"]) if "/openid/ended/" in response.headers["Location"] else response


def enter(client: FlaskClient, provider: OpenIdProvider, **query: str) -> TestResponse:
    return come_back(client, **provider.agree(begin(client, **query)))


def test_off_by_default(database: Database, tmp_path: Path) -> None:
    client = application(database, tmp_path).test_client()
    assert client.get("/sign-in/openid").status_code == 404
    assert "openid" not in client.get("/sign-in").get_data(as_text=True)


def test_whose_subject_is_bound_gets_in_and_what_was_said_of_them_is_kept(
    client: FlaskClient, services: Services, bound: TestUser, provider: OpenIdProvider
) -> None:
    assert "Sign in with Cooper Regional Health" in client.get("/sign-in").get_data(as_text=True)
    provider.claims = {"acr": "urn:example:aal2", "amr": ["pwd", "otp"], "ial": 2, "email": "somebody@else.example"}
    answer = enter(client, provider, next="/links")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/links")
    assert is_in(client)
    with services.db.reading() as tx:
        identity = openid_identities.of_account(tx, account_id=bound.account_id)
    assert identity is not None
    assert (identity.subject, identity.evidence.acr, identity.evidence.amr, identity.evidence.ial) == (
        SUBJECT,
        "urn:example:aal2",
        ("pwd", "otp"),
        "2",
    )


def test_the_request_is_bound_to_the_browser_and_the_code_to_us(
    client: FlaskClient, bound: TestUser, provider: OpenIdProvider
) -> None:
    enter(client, provider)
    asked, form = provider.asked, provider.forms[-1]
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert asked["code_challenge"] == challenge
    assert len({asked["state"], asked["nonce"], form["code_verifier"]}) == 3
    assert len(asked["state"]) >= 32
    assert "prompt" not in asked


def test_nobody_is_found_by_a_name_or_an_email(
    client: FlaskClient, services: Services, ana: TestUser, provider: OpenIdProvider
) -> None:
    provider.claims = {"email": "ana@mail.example", "email_verified": True, "preferred_username": "ana", "sub": "ana"}
    answer = enter(client, provider)
    assert answer.status_code == 403
    assert not is_in(client)
    assert ana.username not in answer.get_data(as_text=True).split("<main", 1)[1]


def test_the_second_factor_is_asked_for_all_the_same(
    client: FlaskClient, app: Flask, services: Services, bound: TestUser, provider: OpenIdProvider
) -> None:
    enter(client, provider)
    make_codes(client, "printed")
    elsewhere = app.test_client()
    provider.claims = {"amr": ["mfa"], "acr": "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}
    assert enter(elsewhere, provider).headers["Location"].startswith("/sign-in/code")
    assert not is_in(elsewhere)


_CLAIMS: tuple[dict[str, object], ...] = (
    {"iss": "https://elsewhere.example"},
    {"aud": "another"},
    {"aud": ["portal", "another"]},
    {"azp": "another"},
    {"nonce": "another"},
    {"nonce": None},
    {"exp": 1},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
)


def test_a_token_that_is_not_for_us_and_for_this_attempt(
    client: FlaskClient, bound: TestUser, provider: OpenIdProvider
) -> None:
    for claims in _CLAIMS:
        provider.claims = claims
        assert enter(client, provider).status_code == 400, claims
        assert not is_in(client), claims
    provider.claims = {}
    assert enter(client, provider).status_code == 303


def test_a_token_of_another_key(client: FlaskClient, bound: TestUser, provider: OpenIdProvider) -> None:
    provider.signs_with = ECKey.generate_key("P-256", parameters={"kid": "k"})
    assert enter(client, provider).status_code == 400
    assert not is_in(client)


_REPLIES = (
    Reply.of({"error": "invalid_grant"}, status=400, kind="application/json"),
    Reply.of({"access_token": "x", "token_type": "Bearer"}, kind="application/json"),
    Reply.of([], kind="application/json"),
    Reply(200, b"<html>", {"Content-Type": "text/html"}),
    Reply(302, b"", {"Location": "http://127.0.0.1:1/"}),
    Reply(500),
)


def test_a_provider_that_does_not_answer_as_it_should(
    client: FlaskClient, bound: TestUser, provider: OpenIdProvider
) -> None:
    for reply in _REPLIES:
        provider.token = lambda _answer, reply=reply: reply  # type: ignore[misc]
        assert enter(client, provider).status_code == 400, reply
        assert not is_in(client), reply


def test_an_answer_counts_once_in_the_browser_that_asked(
    client: FlaskClient, app: Flask, bound: TestUser, provider: OpenIdProvider
) -> None:
    answer = provider.agree(begin(client))
    stranger = app.test_client()
    assert come_back(stranger, **answer).headers["Location"] == "/sign-in"
    begin(stranger)
    assert come_back(stranger, **answer).status_code == 400
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    for wrong in (answer | {"state": "x"}, answer | {"iss": "https://evil.example"}, {"state": answer["state"]}):
        again = app.test_client()
        again.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
        assert come_back(again, **wrong).status_code == 400
    assert not provider.forms, "no code went anywhere"
    assert come_back(client, **answer).status_code == 303
    assert is_in(client)
    thief = app.test_client()
    thief.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
    assert come_back(thief, **answer).status_code == 400, "the cookie from before, with the same answer"
    assert not is_in(thief)


def test_who_does_not_agree_is_told(client: FlaskClient, provider: OpenIdProvider) -> None:
    answer = provider.agree(begin(client))
    refused = come_back(client, state=answer["state"], iss=answer["iss"], error="access_denied")
    assert refused.status_code == 400
    assert "access_denied" not in refused.get_data(as_text=True)


def test_what_the_provider_publishes_must_be_its_own_and_is_asked_for_once(
    client: FlaskClient, bound: TestUser, provider: OpenIdProvider
) -> None:
    for _ in range(3):
        begin(client)
    assert provider.calls.count("/.well-known/openid-configuration") == 1
    openid._cache.clear()
    provider.metadata = {"issuer": "https://elsewhere.example"}
    for _ in range(3):
        assert client.get("/sign-in/openid").headers["Location"] == "/sign-in/openid/ended/failed"
    assert provider.calls.count("/.well-known/openid-configuration") == 2, "one that does not fit is left alone awhile"


def test_no_open_redirect(client: FlaskClient, bound: TestUser, provider: OpenIdProvider) -> None:
    assert enter(client, provider, next="//evil.example/").headers["Location"] == "/"


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PORTAL_OIDC_ISSUER", services.settings.oidc_issuer)
    monkeypatch.setenv("PORTAL_OIDC_CLIENT_ID", "portal")
    monkeypatch.setenv("PORTAL_ALLOW_LOCAL_ENDPOINTS", "on")
    return user_command(services.settings, monkeypatch)


def _invited(services: Services, run: Run) -> str:
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="patient-ana", demographics=ANA)
    return run("invite", "ana", "--patient", "patient-ana").output.strip()


def test_activation_binds_it_and_needs_no_password(
    app: Flask, client: FlaskClient, services: Services, provider: OpenIdProvider, run: Run
) -> None:
    code = _invited(services, run)
    form = {"code": code, "birth_date": ANA.birth_date, "openid": "1"}
    assert send(client, "/activate", **(form | {"birth_date": "1980-03-05"})).status_code == 422
    page = send(client, "/activate", **form)
    assert "/sign-in/openid?activate=1" in page.get_data(as_text=True)
    answer = enter(client, provider, activate="1")
    assert answer.headers["Location"] == "/account/security"
    assert provider.asked["prompt"] == "login", "not whoever happens to be signed in there"
    assert "Sign-in of Cooper Regional Health" in client.get("/account/security").get_data(as_text=True)
    elsewhere = app.test_client()
    assert enter(elsewhere, provider).status_code == 303
    assert is_in(elsewhere)
    assert send(app.test_client(), "/activate", **form).status_code == 422, "the code is used up"
    assert SUBJECT in run("show", "ana").output


def test_an_activation_that_was_left_binds_nobody_else(
    client: FlaskClient, services: Services, provider: OpenIdProvider, run: Run
) -> None:
    """The next person at a shared computer signs in at the provider: their subject is not bound to Ana's account."""
    send(client, "/activate", code=_invited(services, run), birth_date=ANA.birth_date, openid="1")
    begin(client, activate="1")
    assert enter(client, provider).status_code == 403
    assert enter(client, provider, activate="1").status_code == 403
    assert not is_in(client)


def test_a_subject_opens_one_account(
    client: FlaskClient, bound: TestUser, world: World, provider: OpenIdProvider, run: Run
) -> None:
    world.patient("ben")
    assert run("openid", "ben", "--subject", SUBJECT).exit_code == 1
    assert run("openid", "ben", "--subject", "other").exit_code == 0
    provider.claims = {"sub": "other"}
    assert enter(client, provider).status_code == 303
    assert run("openid", "ben", "--end").exit_code == 0
    assert enter(client.application.test_client(), provider).status_code == 403
    assert run("openid", "ben").exit_code == 1


def test_an_account_that_is_disabled_stays_shut(
    client: FlaskClient, bound: TestUser, provider: OpenIdProvider, run: Run
) -> None:
    assert run("disable", "ana").exit_code == 0
    assert enter(client, provider).status_code == 403
    assert not is_in(client)


def test_before_a_big_step_it_stands_for_the_password_when_asked_anew(
    client: FlaskClient, services: Services, bound: TestUser, provider: OpenIdProvider
) -> None:
    enter(client, provider)
    grow_old(services)
    assert client.get("/account/email").headers["Location"].startswith("/account/confirm")
    assert "Sign in again with" in client.get("/account/confirm").get_data(as_text=True)
    address = begin(client, next="/account/email")
    query = parse_qs(urlsplit(address).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    provider.claims = {"auth_time": 1}
    assert come_back(client, **provider.agree(address)).status_code == 400, "the provider did not ask anew"
    provider.claims = {"auth_time": None}
    assert enter(client, provider, next="/account/email").status_code == 400
    provider.claims = {"sub": "somebody else"}
    assert enter(client, provider, next="/account/email").status_code == 403
    assert client.get("/account/email").status_code == 303
    provider.claims = {}
    assert enter(client, provider, next="/account/email").headers["Location"] == "/account/email"
    assert client.get("/account/email").status_code == 200


def test_before_a_big_step_it_does_not_stand_for_the_second_factor(
    client: FlaskClient, services: Services, bound: TestUser, provider: OpenIdProvider
) -> None:
    enter(client, provider)
    make_codes(client, "printed")
    grow_old(services)
    assert "Sign in again with" not in client.get("/account/confirm").get_data(as_text=True)
    assert enter(client, provider, next="/account/email").status_code == 403
    assert client.get("/account/email").status_code == 303


def test_with_a_provider_that_nobody_here_wrote(
    database: Database, tmp_path: Path, services: Services, ana: TestUser
) -> None:
    with running(tmp_path, seconds=60) as issuer:
        back = f"{services.settings.base_url}/sign-in/openid/callback"
        registered = http.post(f"{issuer}/reg", json={"redirect_uris": [back]}).json()
        client = application(
            database,
            tmp_path,
            oidc_issuer=issuer,
            oidc_client_id=registered["client_id"],
            oidc_client_secret=registered["client_secret"],
        ).test_client()
        with services.db.transaction() as tx:
            openid_identities.put(tx, account_id=ana.account_id, issuer=issuer, subject="maria", evidence=Evidence())
        assert client.get(Browser(begin(client, next="/links"), back=back).agree()).headers["Location"] == "/links"
        grow_old(services)
        again = client.get(Browser(begin(client, next="/account/email"), back=back).agree())
        assert again.headers["Location"] == "/account/email"
        assert client.get("/account/email").status_code == 200
