"""Requests to the authorization server that are not quite what they should be (RFC 6749, 7636, 9700)."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from joserfc import jwt

from portal.services import Services
from tests.factories.world import TestUser, sign_in
from tests.integration.provider.conftest import BASE, REDIRECT, SECRET, TestApp, query_of
from tests.integration.provider.test_clients import Key, ask, backend

ERRORS: list[dict[str, str | None]] = [
    {"response_type": "token"},
    {"scope": "user/*.cruds"},
    {"aud": "https://other.example/fhir"},
    {"code_challenge": None},
    {"prompt": "none"},
]


@pytest.mark.parametrize("changes", ERRORS, ids=lambda changes: next(iter(changes)))
def test_nobody_is_sent_to_an_unchecked_app_before_they_agreed(
    app: Flask, unchecked: TestApp, changes: dict[str, str | None]
) -> None:
    """Whoever registers an app could make this server send people anywhere (RFC 9700, 4.11.2)."""
    for browser in (unchecked.browser, app.test_client()):
        answer = browser.get("/oauth/authorize", query_string=unchecked.parameters(**changes))
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert f'href="{REDIRECT}' not in answer.get_data(as_text=True)


def test_who_says_no_to_an_unchecked_app_stays_here(unchecked: TestApp) -> None:
    answer = unchecked.answer(unchecked.page(), decision="deny")
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    page = answer.get_data(as_text=True)
    assert "Nothing was shared" in page
    assert f'href="{REDIRECT}?error=access_denied' in page, "the person may go back"


@pytest.mark.parametrize("name", ["aud", "client_id", "redirect_uri", "scope", "state", "code_challenge", "prompt"])
def test_a_parameter_that_is_there_twice(third_party: TestApp, name: str) -> None:
    """Two readers of one request may each take another of the two (RFC 6749, 3.1)."""
    pairs = [*third_party.parameters(prompt="consent").items()]
    for other in ("https://evil.example/fhir", dict(pairs)[name]):
        answer = third_party.browser.get(f"/oauth/authorize?{urlencode([*pairs, (name, other)])}")
        assert answer.status_code in (303, 400)
        if answer.status_code == 303:
            assert query_of(answer)["error"] == "invalid_request"
        posted = third_party.browser.post(
            "/oauth/authorize",
            data={name: [dict(pairs)[name], other]} | {key: value for key, value in pairs if key != name},
        )
        followed = third_party.browser.get(posted.headers["Location"]) if posted.status_code == 303 else posted
        assert followed.status_code in (303, 400)


NOT_READ = [
    ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
    ("request", "", "request_not_supported"),
    ("request_uri", "http://127.0.0.1:9/request.jwt", "request_uri_not_supported"),
    ("request_uri", "urn:ietf:params:oauth:request_uri:1", "request_uri_not_supported"),
    ("registration", "{}", "registration_not_supported"),
    ("response_mode", "form_post", "invalid_request"),
    ("response_mode", "fragment", "invalid_request"),
    ("response_mode", "query.jwt", "invalid_request"),
    ("response_mode", "", "invalid_request"),
]


@pytest.mark.parametrize(("name", "value", "error"), NOT_READ)
def test_what_would_change_the_request_is_refused_not_passed_over(
    third_party: TestApp, unchecked: TestApp, name: str, value: str, error: str
) -> None:
    """A request object stands above the parameters beside it (RFC 9101, 6.3); an app would believe that it was read."""
    answer = third_party.page(**{name: value})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{REDIRECT}?")
    assert query_of(answer)["error"] == error
    assert name in query_of(answer)["error_description"]
    beside: list[dict[str, str | None]] = [
        {},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/cb"},
        {"response_type": None},
    ]
    for changes in beside:
        answer = unchecked.page(**(changes | {name: value}))
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert name in answer.get_data(as_text=True)


def test_the_usual_way_of_answering_may_be_named(third_party: TestApp) -> None:
    assert third_party.page(response_mode="query").status_code == 200
    published = third_party.browser.get("/.well-known/openid-configuration").get_json()
    assert published["request_parameter_supported"] is published["request_uri_parameter_supported"] is False


@pytest.mark.parametrize("ending", ["\n", "\r\n", " ", "=", "\x00", "é"])
def test_a_challenge_with_more_than_it_may_have(third_party: TestApp, ending: str) -> None:
    challenge = third_party.parameters()["code_challenge"]
    for wrong in (challenge + ending, challenge[:-1] + ending, ending + challenge):
        answer = third_party.page(code_challenge=wrong)
        assert answer.status_code == 303
        assert query_of(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("length", [42, 44, 128])
def test_a_challenge_of_another_length(third_party: TestApp, length: int) -> None:
    assert query_of(third_party.page(code_challenge="A" * length))["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", ["x" * 50, "x", "", "x" * 43 + "\n"])
def test_a_wrong_verifier_burns_the_code(third_party: TestApp, verifier: str) -> None:
    """Who stole a code may not try verifiers until one fits."""
    code = third_party.code()
    assert third_party.exchange(code, code_verifier=verifier).status_code == 400
    assert third_party.exchange(code).status_code == 400


@pytest.mark.parametrize("grant_type", ["authorization_code", "refresh_token"])
def test_two_ways_to_authenticate_at_once(third_party: TestApp, grant_type: str) -> None:
    """RFC 6749, 2.3: one way in each request."""
    third_party.connect()
    form = {"grant_type": grant_type, "refresh_token": third_party.tokens["refresh_token"], "code": "x"}
    both = {"client_id": "test-app", "client_secret": SECRET}
    with_key = Key().form("test-app")
    for more in (both, {"client_secret": "wrong"}, with_key):
        answer = third_party.token(**form, **more)
        assert answer.status_code == 400
        assert answer.get_json()["error"] == "invalid_request"
    in_body = third_party.app.test_client().post("/oauth/token", data=form | both | with_key)
    assert in_body.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["token", "revoke", "introspect"])
def test_two_client_ids_that_differ(third_party: TestApp, path: str) -> None:
    third_party.connect()
    basic = base64.b64encode(f"test-app:{SECRET}".encode()).decode()
    form = {"grant_type": "refresh_token", "token": "x", "refresh_token": third_party.tokens["refresh_token"]}
    answer = third_party.app.test_client().post(
        f"/oauth/{path}", data=form | {"client_id": "another"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "scope", "client_id"])
def test_a_token_request_with_a_parameter_twice(third_party: TestApp, name: str) -> None:
    third_party.connect()
    form: dict[str, Any] = {
        "grant_type": "refresh_token",
        "refresh_token": third_party.tokens["refresh_token"],
        "scope": "patient/*.rs",
        "client_id": "test-app",
        "client_secret": SECRET,
    }
    form[name] = [form[name], "another"]
    answer = third_party.app.test_client().post("/oauth/token", data=form)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "audience",
    [
        [f"{BASE}/oauth/token", "https://other.example/oauth/token"],
        ["https://other.example/oauth/token", f"{BASE}/oauth/token"],
        [f"{BASE}/oauth/token", f"{BASE}/oauth/token"],
        [],
        [[f"{BASE}/oauth/token"]],
        {"aud": f"{BASE}/oauth/token"},
    ],
)
def test_an_assertion_has_one_audience(app: Flask, services: Services, audience: Any) -> None:
    """One that is meant for two servers could be shown by the one to the other."""
    key = Key()
    backend(services, key)
    assert ask(app, key, aud=audience).status_code == 401
    assert ask(app, key, aud=[f"{BASE}/oauth/token"]).status_code == 200


def claims_of(app: Flask, asking: TestApp, answer: dict[str, Any]) -> dict[str, Any]:
    from joserfc import jwk

    keys = jwk.KeySet.import_key_set(app.test_client().get("/oauth/jwks").get_json())
    del asking
    return dict(jwt.decode(answer["id_token"], keys, algorithms=["RS256"]).claims)


OPENID = {"scope": "openid fhirUser patient/Patient.rs"}


def test_auth_time_is_when_the_person_signed_in(app: Flask, third_party: TestApp, ana: TestUser) -> None:
    """An app that asks for a fresh sign-in must not be told that the consent was one."""
    with time_machine.travel("2026-03-01T10:00:00+00:00", tick=False) as clock:
        third_party.browser = app.test_client()
        sign_in(third_party.browser, ana)
        signed_in = 1772359200
        clock.shift(timedelta(minutes=7))
        answer = third_party.exchange(third_party.code(**OPENID)).get_json()
        assert claims_of(app, third_party, answer)["auth_time"] == signed_in


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "60"}, {"max_age": "0"}], ids=str)
def test_an_app_can_ask_for_a_fresh_sign_in(
    app: Flask, third_party: TestApp, ana: TestUser, changes: dict[str, str]
) -> None:
    with time_machine.travel("2026-03-01T10:00:00+00:00", tick=False) as clock:
        browser = third_party.browser = app.test_client()
        sign_in(browser, ana)
        clock.shift(timedelta(minutes=7))
        page = third_party.page(**OPENID, **changes)
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        assert "Sign in again" in text
        assert 'name="decision"' not in text
        form = text.split('action="/oauth/again')[1].split("</form>")[0]
        token = form.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        action = "/oauth/again" + form.split('"')[0].replace("&amp;", "&")
        away = browser.post(action, data={"csrf_token": token})
        assert away.status_code == 303
        assert away.headers["Location"].startswith("/sign-in?next=")
        sign_in(browser, ana)
        following = dict([away.headers["Location"].split("?", 1)[1].split("=", 1)])["next"]
        from urllib.parse import unquote

        again = browser.get(unquote(following))
        assert again.status_code == 200
        assert 'name="decision"' in again.get_data(as_text=True)
        code = query_of(third_party.answer(again))["code"]
        body = third_party.exchange(code).get_json()
        assert claims_of(app, third_party, body)["auth_time"] == 1772359200 + 7 * 60


def test_a_sign_in_that_is_fresh_enough_is_enough(third_party: TestApp) -> None:
    assert 'name="decision"' in third_party.page(**OPENID, max_age="3600").get_data(as_text=True)
    assert 'name="decision"' in third_party.page(**OPENID, prompt="consent").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "none"}, "consent_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
    ],
)
def test_prompt_and_max_age_that_cannot_be_met(third_party: TestApp, changes: dict[str, str], error: str) -> None:
    answer = third_party.page(**OPENID, **changes)
    assert answer.status_code == 303
    assert query_of(answer)["error"] == error


def test_no_prompt_and_nobody_signed_in(app: Flask, third_party: TestApp) -> None:
    third_party.browser = app.test_client()
    assert query_of(third_party.page(**OPENID, prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8000", "localhost@evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/oauth/authorize", "/fhir/metadata", "/static/portal.css"])
def test_another_host_is_not_answered(app: Flask, host: str, path: str) -> None:
    """Caches and links that are made of the Host header belong to whoever sent it."""
    answer = app.test_client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/icons/", "/static/..", "/static/%2e%2e/pyproject.toml"]
)
def test_no_folder_is_listed(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


def test_a_file_that_is_not_there_is_not_kept(app: Flask) -> None:
    """A cache that keeps it for a year keeps the page broken after the upgrade that brings the file."""
    answer = app.test_client().get("/static/portal-2.css?v=0123456789abcdef")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
