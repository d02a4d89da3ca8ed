"""The authorization code flow: what works, and each way in which it must not."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.services import Services
from portal.store.audit import events as audit_events
from portal.store.people import accounts
from portal.store.provider import grants
from tests.factories.world import ANA, TestUser, World
from tests.integration.provider.conftest import BASE, REDIRECT, SECRET, TestApp, query_of, register


def test_a_whole_launch(third_party: TestApp) -> None:
    answer = third_party.answer(third_party.page())
    assert answer.headers["Location"].startswith(f"{REDIRECT}?")
    got = query_of(answer)
    assert got["state"] == "a-state"
    assert got["iss"] == BASE
    token = third_party.exchange(got["code"])
    assert token.status_code == 200
    assert token.headers["Cache-Control"] == "no-store"
    body = token.get_json()
    assert body["token_type"] == "Bearer"
    assert 0 < body["expires_in"] <= 3600
    assert body["patient"] == "patient-ana"
    assert body["scope"].split() == ["launch/patient", "patient/*.rs", "offline_access"]
    third_party.tokens = body
    patient = third_party.get("Patient/patient-ana")
    assert patient.status_code == 200
    assert patient.get_json()["name"][0]["family"] == "Familypatient-ana"


def test_a_person_who_is_not_signed_in_comes_back_to_the_same_request(
    app: Flask, services: Services, world: World
) -> None:
    register(services)
    asking = TestApp(app, app.test_client())
    page = asking.page()
    assert page.status_code == 303
    assert page.headers["Location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")


def test_authorize_takes_a_post_as_well(third_party: TestApp) -> None:
    answer = third_party.browser.post("/oauth/authorize", data=third_party.parameters())
    assert answer.status_code == 303
    assert third_party.browser.get(answer.headers["Location"]).status_code == 200


def test_the_consent_page_cannot_be_framed_and_its_form_may_lead_to_the_app(third_party: TestApp) -> None:
    page = third_party.page()
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example" in policy
    assert "Access-Control-Allow-Origin" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"aud": "https://other.example/fhir"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'c"ode'}, "unsupported_response_type"),
        ({"scope": "user/*.cruds"}, "invalid_scope"),
        ({"scope": "system/Patient.rs"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_a_wrong_request_goes_back_with_an_error_and_no_code(
    third_party: TestApp, changes: dict[str, str | None], error: str
) -> None:
    answer = third_party.page(**changes)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert answer.headers["Location"].startswith(REDIRECT)
    got = query_of(answer)
    assert got["error"] == error
    assert got["iss"] == BASE
    assert got["state"] == "a-state"
    assert "code" not in got


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": f"{REDIRECT}/"},
        {"redirect_uri": f"{REDIRECT}?a=1"},
        {"redirect_uri": 'https://evil.example/"\\'},
    ],
)
def test_an_unknown_client_or_address_is_never_redirected_to(
    third_party: TestApp, changes: dict[str, str | None]
) -> None:
    answer = third_party.page(**changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_refusing_goes_back_with_access_denied(third_party: TestApp) -> None:
    answer = third_party.answer(third_party.page(), decision="deny")
    assert query_of(answer)["error"] == "access_denied"


def test_without_any_kind_the_page_says_so(third_party: TestApp) -> None:
    page = third_party.page(scope="patient/Condition.rs")
    answer = third_party.answer(page, refuse=("Condition",))
    assert answer.status_code == 422
    assert "Choose at least one kind" in answer.get_data(as_text=True)


def test_another_persons_record_cannot_be_chosen(third_party: TestApp, world: World) -> None:
    other = world.patient("ben")
    answer = third_party.answer(third_party.page(), person=str(other.person_id))
    assert answer.status_code == 422


def test_a_proxy_chooses_and_loses_access_with_the_grant(
    third_party: TestApp, world: World, services: Services, ana: TestUser
) -> None:
    child = world.patient("leo")
    assert child.person_id is not None
    grant = world.proxy(ana, child.person_id)
    third_party.connect(person=child.person_id)
    assert third_party.tokens["patient"] == "patient-leo"
    assert third_party.get("Observation").status_code == 200
    token = {"token": third_party.tokens["access_token"]}
    secret = (third_party.client_id, SECRET)
    assert third_party.browser.post("/oauth/introspect", data=token, auth=secret).get_json()["active"] is True
    with services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant)
    assert third_party.get("Observation").status_code == 401
    assert third_party.browser.post("/oauth/introspect", data=token, auth=secret).get_json() == {"active": False}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "x" * 50}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_request"),
        ({"redirect_uri": "https://app.example/other"}, 400, "invalid_grant"),
        ({"code": "nonsense"}, 400, "invalid_grant"),
        ({"grant_type": "nonsense"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"grant_type": 'non"sense'}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_token_request_is_refused(
    third_party: TestApp, changes: dict[str, str], status: int, error: str
) -> None:
    answer = third_party.exchange(third_party.code(), **changes)
    assert answer.status_code == status
    assert answer.get_json()["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_challenge_itself_is_not_a_verifier(third_party: TestApp) -> None:
    challenge = third_party.parameters()["code_challenge"]
    assert third_party.exchange(third_party.code(), code_verifier=challenge).status_code == 400


def test_a_client_that_does_not_authenticate_gets_401(third_party: TestApp) -> None:
    code = third_party.code()
    third_party.secret = "wrong"
    answer = third_party.exchange(code)
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    third_party.secret = ""
    assert third_party.exchange(code).status_code == 401


def test_a_code_lives_a_minute(third_party: TestApp) -> None:
    with time_machine.travel("2026-01-01T10:00:00+00:00", tick=False) as clock:
        third_party.browser = _signed_in(third_party)
        code = third_party.code()
        clock.shift(timedelta(seconds=61))
        assert third_party.exchange(code).status_code == 400


def test_a_replayed_code_ends_what_it_gave(third_party: TestApp) -> None:
    code = third_party.code()
    third_party.tokens = third_party.exchange(code).get_json()
    assert third_party.get("Patient/patient-ana").status_code == 200
    assert third_party.exchange(code).status_code == 400
    assert third_party.get("Patient/patient-ana").status_code == 401
    assert (
        third_party.token(grant_type="refresh_token", refresh_token=third_party.tokens["refresh_token"]).status_code
        == 400
    )


def test_another_client_cannot_use_a_code(third_party: TestApp, services: Services) -> None:
    code = third_party.code()
    register(services, client_id="other-app")
    third_party.client_id = "other-app"
    assert third_party.exchange(code).status_code == 400


def test_refresh_rotates_and_reuse_ends_the_family(third_party: TestApp) -> None:
    third_party.connect()
    first = third_party.tokens
    second = third_party.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["patient"] == "patient-ana"
    third_party.tokens = second
    assert third_party.get("Patient/patient-ana").status_code == 200
    assert third_party.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).status_code == 400
    assert third_party.get("Patient/patient-ana").status_code == 401
    assert third_party.token(grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 400


def test_a_refresh_never_widens_and_may_narrow(third_party: TestApp) -> None:
    third_party.connect(scope="patient/Condition.rs patient/Patient.rs offline_access")
    refresh = third_party.tokens["refresh_token"]
    wider = third_party.token(grant_type="refresh_token", refresh_token=refresh, scope="patient/*.rs")
    assert wider.status_code == 400
    assert wider.get_json()["error"] == "invalid_scope"
    narrower = third_party.token(
        grant_type="refresh_token", refresh_token=refresh, scope="patient/Patient.rs"
    ).get_json()
    assert narrower["scope"] == "patient/Patient.rs"
    third_party.tokens = narrower
    assert third_party.get("Condition").status_code == 403


def test_no_lasting_access_without_the_persons_word(third_party: TestApp) -> None:
    answer = third_party.answer(third_party.page(), lasting="no")
    body = third_party.exchange(query_of(answer)["code"]).get_json()
    assert "refresh_token" not in body
    assert "offline_access" not in body["scope"]


def test_refresh_tokens_of_confidential_clients_last_three_months(third_party: TestApp) -> None:
    with time_machine.travel("2026-01-01T10:00:00+00:00", tick=False) as clock:
        third_party.browser = _signed_in(third_party)
        third_party.connect()
        clock.shift(timedelta(days=92))
        assert (
            third_party.token(grant_type="refresh_token", refresh_token=third_party.tokens["refresh_token"]).status_code
            == 200
        )


def test_a_public_client_needs_no_secret_but_pkce(
    app: Flask, services: Services, ana: TestUser, client: FlaskClient
) -> None:
    register(services, auth_method="none", secret_hash="")
    public = TestApp(app, client, secret="")
    public.connect()
    assert public.get("Patient/patient-ana").status_code == 200


def test_revocation_by_the_client(third_party: TestApp) -> None:
    third_party.connect()
    refresh = third_party.tokens["refresh_token"]
    assert _revoke(third_party, third_party.tokens["access_token"]) == 200
    assert third_party.get("Patient/patient-ana").status_code == 401
    third_party.tokens = third_party.token(grant_type="refresh_token", refresh_token=refresh).get_json()
    assert _revoke(third_party, third_party.tokens["refresh_token"]) == 200
    assert third_party.get("Patient/patient-ana").status_code == 401
    assert _revoke(third_party, "never issued") == 200


def test_a_person_ends_a_grant_at_once(third_party: TestApp, services: Services, ana: TestUser) -> None:
    third_party.connect()
    assert ana.person_id is not None
    with services.db.transaction() as tx:
        (grant,) = grants.grants_of_person(tx, person_id=ana.person_id)
        grants.end_grant(tx, grant_id=grant.id, reason="person")
    assert third_party.get("Patient/patient-ana").status_code == 401
    assert (
        third_party.token(grant_type="refresh_token", refresh_token=third_party.tokens["refresh_token"]).status_code
        == 400
    )


def test_what_happened_is_recorded_without_tokens_or_names(
    third_party: TestApp, services: Services, ana: TestUser
) -> None:
    third_party.connect()
    third_party.get("Condition")
    assert ana.person_id is not None
    with services.db.reading() as tx:
        events = audit_events.of_person(tx, person_id=ana.person_id)
    assert {"consent", "token-issue", "api-read"} <= {event.action for event in events}
    assert not any(secret in str(events) for secret in (third_party.tokens["access_token"], ANA.name.family))


def _revoke(asking: TestApp, token: str) -> int:
    answer = asking.app.test_client().post(
        "/oauth/revoke", data={"token": token}, auth=(asking.client_id, asking.secret)
    )
    return answer.status_code


def _signed_in(asking: TestApp) -> FlaskClient:
    from tests.factories.world import sign_in

    browser = asking.app.test_client()
    sign_in(browser, TestUser("", "ana", None))
    return browser


def test_a_public_client_may_leave_its_id_out_of_a_refresh(
    app: Flask, third_party: TestApp, services: Services
) -> None:
    """RFC 6749, 6 does not ask for it, and npm fhirclient does not send it."""
    register(services, client_id="public-app", auth_method="none", secret_hash="")
    public = replace(third_party, client_id="public-app", secret="", tokens={})
    public.connect()
    form = {"grant_type": "refresh_token", "refresh_token": public.tokens["refresh_token"]}
    answer = app.test_client().post("/oauth/token", data=form)
    assert answer.status_code == 200
    assert answer.get_json()["patient"] == "patient-ana"
    assert app.test_client().post("/oauth/token", data=form).status_code == 400, "it works once, as ever"
    public.tokens = answer.get_json()
    assert public.get("Patient/patient-ana").status_code == 401, "and its reuse ends the family"


def test_what_keeps_a_secret_must_show_it_for_a_refresh(app: Flask, third_party: TestApp) -> None:
    third_party.connect()
    for token in (third_party.tokens["refresh_token"], third_party.tokens["access_token"], "no-token", ""):
        answer = app.test_client().post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token})
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert third_party.get("Patient/patient-ana").status_code == 200, "trying does not end anything"
