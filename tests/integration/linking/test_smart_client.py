"""What SMART App Launch 2.2.0 says of the client's side, where no other test looks: requests, keys, assertions."""

import json
from typing import Any

import msgspec
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.domain import key_overlap
from portal.fhir.capability import Capability
from portal.linking.oauth import keys, registration
from portal.services import Services
from portal.sharing.shlink import from_base64url
from portal.store.directory import organizations
from portal.store.links import tokens as link_tokens
from tests.integration.linking.conftest import Journey, query


def test_nothing_is_asked_that_the_launch_does_not_have(journey: Journey) -> None:
    asked = query(journey.start())
    assert not {"launch", "max_age", "auth_time"} & asked.keys(), "standalone, and no sign-in is forced"
    scopes = asked["scope"].split()
    assert not any("*" in scope for scope in scopes), "each kind by its name: what is shown, and no more"
    assert len(scopes) == len(set(scopes))
    assert ("openid" in scopes) <= ("fhirUser" in scopes)


def test_no_token_is_in_a_cookie(journey: Journey) -> None:
    link_id = journey.link()
    with journey.services.db.reading() as tx:
        assert link_tokens.tokens_of(tx, link_id=link_id), "it is kept here"
    tokens = [call.authorization.removeprefix("Bearer ") for call in journey.org.calls() if call.authorization]
    assert tokens
    cookies = "".join(cookie.value for cookie in journey.client._cookies.values())
    assert cookies
    assert not any(token in cookies for token in tokens)


@pytest.fixture
def assertion(journey: Journey) -> tuple[dict[str, Any], dict[str, str]]:
    """The header of the assertion with which this portal asks for a token, and the whole form."""
    with journey.services.db.transaction() as tx:
        organizations.put_client(
            tx, organization_id=journey.organization_id, client_id="client", auth_method="private_key_jwt"
        )
    journey.come_back(journey.agree(journey.start()))
    form = journey.org.calls("/oauth/token")[-1].form
    return json.loads(from_base64url(form["client_assertion"].split(".")[0])), form


def test_an_assertion_names_its_key(assertion: tuple[dict[str, Any], dict[str, str]], services: Services) -> None:
    header, form = assertion
    published = [key["kid"] for key in keys.published(services)["keys"]]
    assert header == {"alg": "ES384", "typ": "JWT", "kid": header["kid"]}, "no jku: the address was registered"
    assert published.count(header["kid"]) == 1
    assert "client_id" not in form, "the assertion says who we are"


def test_where_rs384_alone_is_taken_it_signs(journey: Journey, app: Flask, services: Services) -> None:
    """By what the server says, at the registration: SMART has clients support both."""
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=journey.organization_id)
    assert organization
    offers = Capability(
        fhir_base="https://r.example/fhir",
        source="smart-configuration",
        token_auth_methods=("private_key_jwt",),
        token_auth_algorithms=("RS384",),
    )
    assert registration.request_body(services, organization, offers)["token_endpoint_auth_signing_alg"] == "RS384"
    both = msgspec.structs.replace(offers, token_auth_algorithms=("RS384", "ES384"))
    assert "token_endpoint_auth_signing_alg" not in registration.request_body(services, organization, both)
    with services.db.transaction() as tx:
        organizations.put_client(
            tx,
            organization_id=journey.organization_id,
            client_id="client",
            auth_method="private_key_jwt",
            registration={"signing_alg": "RS384"},
        )
    journey.come_back(journey.agree(journey.start()))
    signed = journey.org.calls("/oauth/token")[-1].form["client_assertion"]
    published = app.test_client().get("/jwks.json").get_json()
    assert {key["kty"] for key in published["keys"]} == {"EC", "RSA"}
    assert not any({"d", "p", "q"} & key.keys() for key in published["keys"])
    token = jwt.decode(signed, KeySet.import_key_set(published), algorithms=["RS384"])
    assert token.header["alg"] == "RS384"
    assert token.claims["iss"] == "client"
    assert {key["kty"] for key in keys.published(services)["keys"] if key["kid"] == token.header["kid"]} == {"RSA"}


def test_the_key_set_is_open_and_cached_for_less_than_keys_are_published_ahead(app: Flask, services: Services) -> None:
    keys.rotate(services)
    answer = app.test_client().get("/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert key_overlap.PUBLISHED_AHEAD.total_seconds() > 300
    for key in answer.get_json()["keys"]:
        assert set(key) == {"kty", "kid", "use", "alg", "crv", "x", "y"}, "bare, and nothing private"
        assert key["kty"] == "EC"
        assert [len(from_base64url(key[name])) for name in ("x", "y")] == [48, 48]


def test_we_register_the_address_of_our_keys(journey: Journey) -> None:
    with journey.services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=journey.organization_id)
    assert organization
    offers = Capability(
        fhir_base="https://r.example/fhir",
        source="smart-configuration",
        token_auth_methods=("private_key_jwt", "client_secret_basic"),
    )
    body = registration.request_body(journey.services, organization, offers)
    assert body["token_endpoint_auth_method"] == "private_key_jwt"
    assert body["jwks_uri"] == f"{journey.services.settings.base_url}/jwks.json"
    assert "jwks" not in body
