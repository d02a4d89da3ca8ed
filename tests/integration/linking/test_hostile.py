"""What others may try with a link attempt: each is refused with its own code, and nothing is stored."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select, update

from portal.domain.links import LinkState
from portal.domain.people import GrantLevel
from portal.store.directory import organizations
from portal.store.links import attempts, tokens
from portal.store.people import accounts
from portal.store.schema.links import link, link_attempt, link_token
from tests.factories.world import BEN, World, sign_in
from tests.fakes.http import Exchange, Reply
from tests.fakes.misbehaviour import Behaviour, body, hang_up, html, redirect, status
from tests.fakes.organization import FakeOrganization
from tests.integration.linking.conftest import Journey, query

JSON = "application/json"


@pytest.fixture
def address(journey: Journey) -> str:
    """An attempt that was started properly."""
    return journey.start()


def nothing_stored(journey: Journey) -> bool:
    with journey.services.db.reading() as tx:
        counts = [tx.conn.execute(select(func.count()).select_from(table)).scalar_one() for table in (link, link_token)]
    return counts == [0, 0]


def ends(journey: Journey, path: str) -> str:
    """Come back with this address; gives the code of the ending's page."""
    code = journey.code(journey.come_back(path))
    assert nothing_stored(journey)
    return code


def callback(address: str, **changes: str | None) -> str:
    """A callback as the server that was asked would make it, with changes."""
    values: dict[str, str | None] = {"code": "a-code", "state": query(address)["state"], "iss": None}
    return "/links/callback?" + urlencode(
        {name: value for name, value in (values | changes).items() if value is not None}
    )


def answers(change: Callable[[dict[str, Any]], None], code: int = 200) -> Behaviour:
    """An honest token answer, changed."""

    def behave(exchange: Exchange) -> None:
        honest = exchange.answer()
        value = json.loads(honest.body)
        change(value)
        exchange.send(Reply.of(value, status=code, kind=JSON))

    return behave


def put(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda answer: answer.update(values)


def drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda answer: answer.pop(name) and None


# --- the callback -------------------------------------------------------------------------------------------------


def test_no_state(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address, state=None)) == "state-unknown"


def test_a_state_of_ones_own_making(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address, state="0" * 43)) == "state-unknown"


def test_two_states(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address) + "&state=another") == "state-unknown"


def test_another_browser_of_the_same_person(journey: Journey, app: Flask, address: str) -> None:
    back = journey.agree(address)
    other = app.test_client()
    sign_in(other, journey.user)
    assert journey.code(other.get(back), other) == "other-session"
    assert nothing_stored(journey)
    assert ends(journey, back) == "attempt-used"  # and the state is worth nothing any more


def test_another_person(journey: Journey, app: Flask, world: World, address: str) -> None:
    back = journey.agree(address)
    other = app.test_client()
    sign_in(other, world.patient("ben", BEN))
    assert journey.code(other.get(back), other) == "other-session"
    assert nothing_stored(journey)


def test_an_attackers_code_in_the_victims_browser(journey: Journey, app: Flask, world: World) -> None:
    """Login CSRF: the attacker sends the victim a callback of an attempt of the attacker's own."""
    attacker = app.test_client()
    user = world.patient("ben", BEN)
    sign_in(attacker, user)
    theirs = Journey(journey.services, attacker, user, journey.org, journey.organization_id)
    assert ends(journey, theirs.agree(theirs.start(), "james")) == "other-session"


def test_nobody_signed_in(journey: Journey, app: Flask, address: str) -> None:
    other, back = app.test_client(), journey.agree(address)
    answer = other.get(back)
    assert journey.code(answer, other) == "signed-out"
    assert query(back)["code"] not in journey.ending(answer, other)
    assert nothing_stored(journey)


def test_signed_in_anew_meanwhile(journey: Journey, address: str) -> None:
    back = journey.agree(address)
    journey.post("/sign-out")
    sign_in(journey.client, journey.user)
    assert ends(journey, back) == "other-session"


def test_after_ten_minutes(journey: Journey, address: str) -> None:
    back = journey.agree(address)
    with journey.services.db.transaction() as tx:
        tx.conn.execute(update(link_attempt).values(expires_at=tx.now - attempts.LIFETIME))
    assert ends(journey, back) == "attempt-expired"


def test_the_same_callback_twice_makes_one_link(journey: Journey, address: str) -> None:
    back = journey.agree(address)
    first, second = journey.come_back(back), journey.come_back(back)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(journey.org.calls("/oauth/token")) == 1
    assert len(journey.all()) == 1


def test_a_right_that_ended_meanwhile(journey: Journey, app: Flask, world: World) -> None:
    child = world.patient("ben", BEN)
    assert child.person_id is not None
    grant_id = world.proxy(journey.user, child.person_id, GrantLevel.FULL)
    theirs = Journey(journey.services, journey.client, journey.user, journey.org, journey.organization_id)
    theirs.prefix = f"/for/{child.person_id}"
    back = theirs.agree(theirs.start())

    with journey.services.db.transaction() as tx:
        accounts.end_grant(tx, grant_id=grant_id)
    assert ends(journey, back) == "not-allowed"


# --- mix-up (RFC 9207) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["/", "X", ".evil.example", None])
def test_another_issuer(journey: Journey, address: str, change: str | None) -> None:
    said = f"{journey.org.url}{change}" if change else "https://evil.example"
    assert ends(journey, callback(address, iss=said)) == "issuer-mismatch"
    assert not journey.org.calls("/oauth/token")


def test_no_issuer_where_it_was_promised(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address)) == "issuer-missing"


def test_an_error_of_another_issuer_is_not_believed(journey: Journey, address: str) -> None:
    path = callback(address, code=None, error="access_denied", iss="https://evil.example")
    assert ends(journey, path) == "issuer-mismatch"


def test_a_code_of_one_organization_for_the_attempt_at_another(journey: Journey) -> None:
    """The attempt at the attacker's server is answered with a code of the honest one: it never reaches the attacker."""
    with FakeOrganization() as evil:
        with journey.services.db.transaction() as tx:
            found = organizations.add(tx, name="Evil Clinic", fhir_base=evil.fhir_base)
            organizations.put_client(tx, organization_id=found.id, client_id="client")
        honest = query(journey.agree(journey.start()))
        at_evil = Journey(journey.services, journey.client, journey.user, evil, found.id).start()
        assert ends(journey, callback(at_evil, code=honest["code"], iss=journey.org.url)) == "issuer-mismatch"
        assert not evil.calls("/oauth/token")


# --- answers of the authorization endpoint --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "denied"),
        ("invalid_scope", "scope-refused"),
        ("unauthorized_client", "not-registered"),
        ("server_error", "unavailable-there"),
        ("temporarily_unavailable", "unavailable-there"),
        ("invalid_request", "request-refused"),
        ("<script>alert(1)</script>", "request-refused"),
    ],
)
def test_errors_end_on_a_page_that_explains(journey: Journey, address: str, error: str, code: str) -> None:
    path = callback(address, code=None, error=error, error_description="<b>evil words</b>", iss=journey.org.url)
    answer = journey.come_back(path)
    page = journey.ending(answer)
    assert journey.code(answer) == code
    assert "evil words" not in page
    assert "<script>alert" not in page
    assert nothing_stored(journey)


def test_an_error_beside_a_code(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address, error="access_denied", iss=journey.org.url)) == "denied"


def test_no_code(journey: Journey, address: str) -> None:
    assert ends(journey, callback(address, code=None, iss=journey.org.url)) == "code-missing"


def test_somebody_elses_code(journey: Journey) -> None:
    """Code injection: PKCE binds the code to the attempt that asked for it."""
    first, second = journey.start(), journey.start()
    stolen = query(journey.agree(first))["code"]
    assert ends(journey, callback(second, code=stolen, iss=journey.org.url)) == "code-refused"


def test_no_way_out_of_the_portal(journey: Journey) -> None:
    for path in ("/links/callback?next=https://evil.example", f"/links/callback?state={quote('https://evil.example')}"):
        assert "evil.example" not in journey.ending(journey.come_back(path))


# --- answers of the token endpoint ----------------------------------------------------------------------------------

TOKEN_ANSWERS: list[tuple[str, Behaviour, str]] = [
    ("token type absent", answers(drop("token_type")), "token-type"),
    ("token type mac", answers(put(token_type="mac")), "token-type"),
    ("no access token", answers(drop("access_token")), "token-malformed"),
    ("access token a list", answers(put(access_token=["a"])), "token-malformed"),
    ("a line end in the token", answers(put(access_token="a\r\nX-Evil: 1")), "token-malformed"),
    ("scope a list of numbers", answers(put(scope=[1])), "token-malformed"),
    ("good words with a bad status", answers(put(), code=400), "code-refused"),
    ("an error with a good status", answers(put(error="invalid_grant")), "code-refused"),
    ("a redirect", redirect("https://evil.example/token"), "token-redirect"),
    ("another redirect", redirect("https://evil.example/token", 307), "token-redirect"),
    ("a page", html(), "unavailable-there"),
    ("a server error", status(500), "unavailable-there"),
    ("too many", status(429, retry_after="60"), "unavailable-there"),
    ("a connection that breaks", hang_up(), "unavailable-there"),
    ("a list", body(b"[1]"), "unavailable-there"),
    ("not json", body(b"{"), "unavailable-there"),
    ("deep json", body(b"[" * 3000), "unavailable-there"),
]


@pytest.mark.parametrize(
    ("behaviour", "code"), [row[1:] for row in TOKEN_ANSWERS], ids=[row[0] for row in TOKEN_ANSWERS]
)
def test_token_answers(journey: Journey, address: str, behaviour: Behaviour, code: str) -> None:
    back = journey.agree(address)
    journey.org.misbehave("/oauth/token", behaviour)
    assert ends(journey, back) == code
    journey.org.behave()
    assert len(journey.org.calls("/oauth/token")) == 1  # and the code was not tried again


@pytest.mark.parametrize(
    "more",
    ["patient/Goal.read patient/CarePlan.read", "patient/*.cruds", "system/*.*", "user/*.read", "patient/nonsense new"],
)
def test_scopes_beyond_those_asked_for_are_not_used(journey: Journey, address: str, more: str) -> None:
    """RFC 6749, 3.3: what is granted is the server's business; SMART servers grant by registration."""
    asked = query(address)["scope"].split()
    journey.org.misbehave("/oauth/token", answers(put(scope=f"{' '.join(asked)} {more}")))
    link_id = journey.come_back(journey.agree(address)).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE
    with journey.services.db.reading() as tx:
        stored = tokens.tokens_of(tx, link_id=link_id)
    assert stored is not None
    assert set(stored.tokens.scopes) == set(asked)
    assert 'data-outcome="done"' in journey.page(f"/links/{link_id}")


def test_without_a_refresh_token_the_link_is_updated_by_hand(journey: Journey, address: str) -> None:
    journey.org.oauth.lasting = False
    answer = journey.come_back(journey.agree(address))
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    assert not journey.stored(link_id).lasting


def test_a_refresh_token_that_nobody_asked_for_is_not_kept(journey: Journey) -> None:
    with journey.services.db.transaction() as tx:
        found = organizations.by_id(tx, organization_id=journey.organization_id)
        assert found is not None

        organizations.put(tx, replace(found, manual=True))
    journey.org.misbehave("/oauth/token", answers(put(refresh_token="unasked")))
    link_id = journey.link(work=False)
    with journey.services.db.reading() as tx:
        stored = tokens.tokens_of(tx, link_id=link_id)
    assert stored is not None
    assert stored.tokens.refresh_token == ""
    assert not journey.stored(link_id).lasting


# --- id tokens ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sign_on(journey: Journey) -> RSAKey:
    """The organization offers sign-on with a key of its own."""
    key = RSAKey.generate_key(2048, parameters={"kid": "k1"}, private=True)

    def configuration(exchange: Exchange) -> None:
        value = json.loads(exchange.answer().body)
        value["jwks_uri"] = f"{journey.org.url}/jwks"
        value["capabilities"].append("sso-openid-connect")
        value["scopes_supported"] += ["openid", "fhirUser"]
        exchange.send(Reply.of(value, kind=JSON))

    def keys(exchange: Exchange) -> None:
        exchange.send(Reply.of({"keys": [key.as_dict(private=False)]}, kind=JSON))

    journey.org.misbehave("/fhir/.well-known/smart-configuration", configuration)
    journey.org.misbehave("/jwks", keys)
    return key


def id_token(journey: Journey, address: str, key: RSAKey, alg: str = "RS256", **changes: Any) -> str:
    claims = {
        "iss": journey.org.url,
        "aud": "client",
        "sub": "maria",
        "exp": 4_000_000_000,
        "iat": 1_700_000_000,
        "nonce": query(address)["nonce"],
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    if alg == "none":
        part = jwt.encode({"alg": "RS256"}, claims, key).split(".")[1]
        return f"eyJhbGciOiJub25lIn0.{part}."
    return jwt.encode({"alg": alg, "kid": "k1"}, claims, key)


def test_a_good_id_token(journey: Journey, sign_on: RSAKey) -> None:
    address = journey.start()
    assert "openid" in query(address)["scope"]
    journey.org.misbehave("/oauth/token", answers(put(id_token=id_token(journey, address, sign_on))))
    assert journey.come_back(journey.agree(address)).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"exp": 1_000_000_000},
        {"nonce": "another"},
        {"key": "another"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_bad_id_tokens(journey: Journey, sign_on: RSAKey, changes: dict[str, Any]) -> None:
    address = journey.start()
    key = RSAKey.generate_key(2048, parameters={"kid": "k1"}, private=True) if changes.pop("key", "") else sign_on
    journey.org.misbehave("/oauth/token", answers(put(id_token=id_token(journey, address, key, **changes))))
    assert ends(journey, journey.agree(address)) == "id-token"
