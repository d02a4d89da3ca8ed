"""Mix-up (RFC 9700, 4.4): one organization's server must not get the code that another one gave.

A malicious organization sends people to an honest one's sign-in and names a token endpoint of its own; the code and its
verifier would arrive there.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.fhir.capability import Capability
from portal.linking.oauth import discovery
from portal.services import Services
from portal.store.directory import organizations
from tests.fakes import misbehaviour as m
from tests.fakes.http import Exchange, Reply
from tests.fakes.organization import FakeOrganization
from tests.integration.linking.conftest import Journey, journey, org, query

__all__ = ["journey", "org"]

SMART = "/fhir/.well-known/smart-configuration"
OPENID = "/.well-known/openid-configuration"
RFC8414 = "/.well-known/oauth-authorization-server"


@pytest.fixture
def evil(journey: Journey) -> Iterator[FakeOrganization]:
    """Another organization of the directory, which anyone may link."""
    with FakeOrganization() as other:
        yield other


def smart(authorization: str, token: str, issuer: str = "", **more: Any) -> m.Behaviour:
    body = {
        "authorization_endpoint": authorization,
        "token_endpoint": token,
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["launch-standalone", "client-public", "permission-patient", "permission-v1"],
        **({"issuer": issuer} if issuer else {}),
        **more,
    }
    return m.resource(body)


def whatever_the_audience(exchange: Exchange) -> None:
    """A sign-in that does not look at ``aud``, as there are some: agrees at once."""
    answer = {"code": "the-code", "state": exchange.param("state"), "iss": exchange.base}
    exchange.send(Reply(302, b"", {"Location": f"{exchange.param('redirect_uri')}?{urlencode(answer)}"}))


def linkable(journey: Journey, target: FakeOrganization, *, client_id: str = "") -> str:
    with journey.services.db.transaction() as tx:
        added = organizations.add(tx, name="Valley Clinic", fhir_base=target.fhir_base)
        if client_id:
            organizations.put_client(tx, organization_id=added.id, client_id=client_id)
    return added.id


def ending_of(journey: Journey) -> str:
    """Press "Link" and return the code of the page on which it ends."""
    answer = journey.post(f"/links/new/{journey.organization_id}")
    text = answer.get_data(as_text=True)
    return text.split('data-code="')[1].split('"')[0] if 'data-code="' in text else str(answer.status_code)


def codes_at(server: FakeOrganization) -> list[str]:
    return [call.form["code"] for call in server.calls("/oauth/token") if "code" in call.form]


@pytest.mark.parametrize("published", [OPENID, RFC8414])
def test_an_issuer_that_names_another_token_endpoint(
    journey: Journey, org: FakeOrganization, evil: FakeOrganization, published: str
) -> None:
    org.misbehave("/oauth/authorize", whatever_the_audience)
    org.misbehave(published, m.resource({"issuer": org.url, "token_endpoint": f"{org.url}/oauth/token"}))
    evil.misbehave(SMART, smart(f"{org.url}/oauth/authorize", f"{evil.url}/oauth/token", org.url))
    journey.organization_id = linkable(journey, evil, client_id="client")
    try:
        address = journey.start()
    except AssertionError:
        address = ""
    if address:
        journey.come_back(journey.agree(address))
    assert codes_at(evil) == [], "the honest organization's code arrived at the malicious one"
    assert ending_of(journey) == "issuer-unproven"


def test_an_issuer_that_publishes_nothing_and_is_somebody_else(
    journey: Journey, org: FakeOrganization, evil: FakeOrganization
) -> None:
    with FakeOrganization() as third:
        evil.misbehave(SMART, smart(f"{org.url}/oauth/authorize", f"{third.url}/oauth/token", org.url))
        journey.organization_id = linkable(journey, evil, client_id="client")
        assert ending_of(journey) == "issuer-unproven"


def test_an_issuer_that_cannot_be_asked_just_now(
    journey: Journey, org: FakeOrganization, evil: FakeOrganization
) -> None:
    """Who can keep the honest server busy must not be believed for it."""
    for path in (OPENID, RFC8414):
        org.misbehave(path, m.status(503))
    evil.misbehave(SMART, smart(f"{org.url}/oauth/authorize", f"{evil.url}/oauth/token", org.url))
    journey.organization_id = linkable(journey, evil, client_id="client")
    assert ending_of(journey) == "issuer-unproven"


def test_what_was_believed_before_is_asked_again(
    journey: Journey, org: FakeOrganization, evil: FakeOrganization, services: Services
) -> None:
    """Of discovery that was kept before the issuer was looked at."""
    org.misbehave(OPENID, m.resource({"issuer": org.url, "token_endpoint": f"{org.url}/oauth/token"}))
    evil.misbehave(SMART, smart(f"{org.url}/oauth/authorize", f"{evil.url}/oauth/token", org.url))
    journey.organization_id = linkable(journey, evil, client_id="client")
    stored = Capability(
        fhir_base=evil.fhir_base,
        source="smart-configuration",
        issuer=org.url,
        authorization_endpoint=f"{org.url}/oauth/authorize",
        token_endpoint=f"{evil.url}/oauth/token",
    )
    with services.db.transaction() as tx:
        organizations.set_capability(tx, organization_id=journey.organization_id, capability=stored.to_json())
    assert ending_of(journey) == "issuer-unproven"


@pytest.mark.parametrize(
    "case",
    [
        ("org", {OPENID: "org"}, "org"),
        ("org", {OPENID: "evil"}, "evil"),  # its metadata vouches for a token endpoint elsewhere
        ("org", {RFC8414: "evil"}, "evil"),
        ("org", {}, "org"),
        ("org", {}, "base"),
        ("", {}, "evil"),
        ("nowhere", {}, "base"),
    ],
)
def test_issuers_that_are_believed(
    journey: Journey,
    org: FakeOrganization,
    evil: FakeOrganization,
    case: tuple[str, dict[str, str], str],
) -> None:
    issuer, published, token = case
    with FakeOrganization() as base:
        urls = {"org": org.url, "evil": evil.url, "base": base.url, "nowhere": "https://10.0.0.1", "": ""}
        for path, of in published.items():
            org.misbehave(path, m.resource({"issuer": org.url, "token_endpoint": f"{urls[of]}/oauth/token"}))
        base.misbehave(SMART, smart(f"{org.url}/oauth/authorize", f"{urls[token]}/oauth/token", urls[issuer]))
        added = linkable(journey, base)
        with journey.services.db.reading() as tx:
            organization = organizations.by_id(tx, organization_id=added)
        assert organization is not None
        assert discovery.capability_of(journey.services, organization).issuer_proven


def test_a_registration_of_its_own_has_an_address_of_its_own(journey: Journey, evil: FakeOrganization) -> None:
    """The honest server knows only its own address, so that an attempt at another one ends at its sign-in."""
    with FakeOrganization() as honest:
        addresses = set()
        for server in (evil, honest):
            server.oauth.clients["somebody"] = "registered"  # whoever is not registered is refused
            journey.org, journey.organization_id = server, linkable(journey, server)
            address = query(journey.start())["redirect_uri"]
            assert address == f"http://localhost:8000/links/callback/{journey.organization_id}"
            addresses.add(address)
        assert len(addresses) == 2
        assert journey.stored(journey.link()).state == "active"


def test_a_registration_of_before_keeps_its_address(journey: Journey) -> None:
    assert query(journey.start())["redirect_uri"] == "http://localhost:8000/links/callback"
    assert journey.stored(journey.link()).state == "active"


@pytest.mark.parametrize("at", ["/links/callback", "/links/callback/another"])
def test_an_answer_at_another_organizations_address(
    journey: Journey, org: FakeOrganization, evil: FakeOrganization, at: str
) -> None:
    """The code came from whoever is registered with the address it came to."""
    journey.organization_id = linkable(journey, evil)
    back = journey.agree(journey.start())
    assert journey.code(journey.come_back(f"{at}?{back.split('?', 1)[1]}")) == "issuer-mismatch"
    assert codes_at(evil) == []


def test_an_answer_at_an_organizations_address_for_one_without(journey: Journey, org: FakeOrganization) -> None:
    back = journey.agree(journey.start())
    at = f"/links/callback/{journey.organization_id}"
    assert journey.code(journey.come_back(f"{at}?{back.split('?', 1)[1]}")) == "issuer-mismatch"
    assert codes_at(org) == []
