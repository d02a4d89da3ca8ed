"""Becoming known to another organization by dynamic registration (RFC 7591), honestly answered and not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from jobs import context
from portal.domain import key_overlap
from portal.domain.errors import LinkingError, OutsideError
from portal.domain.links import LinkState
from portal.linking.oauth import keys, registration
from portal.linking.oauth.discovery import capability_of
from portal.store.directory import organizations
from portal.store.directory.organizations import OrganizationClient
from portal.store.schema.links import signing_key
from tests.factories.world import World, sign_in
from tests.fakes.http import Exchange, Reply
from tests.fakes.misbehaviour import Behaviour, html, redirect, status
from tests.fakes.organization import FakeOrganization
from tests.integration.linking.conftest import MARIA, Journey
from tests.integration.linking.second import Browser, add_maria, path_of, second_instance


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Journey, str]]:
    """Two instances, both served, that do not know each other yet."""
    with (
        second_instance(tmp_path / "there") as there,
        second_instance(tmp_path / "here", name="MyCooper", organization="Cooper") as first,
    ):
        context.register(first.app.extensions["tributary"])
        add_maria(there, MARIA)
        user = World(first.services).patient("maria", MARIA)
        with first.services.db.transaction() as tx:
            found = organizations.add(tx, name="Riverbend Regional", fhir_base=there.fhir_base)
        client = first.app.test_client()
        sign_in(client, user)
        yield Journey(first.services, client, user, FakeOrganization(), found.id), there.url
        context.forget()


def test_the_first_link_registers_this_portal_with_its_key(both: tuple[Journey, str]) -> None:
    journey, site = both
    answer = journey.post(f"/links/new/{journey.organization_id}", to=site)
    back = Browser(site).agree(answer.headers["Location"], username="maria")
    link_id = journey.come_back(path_of(back)).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE
    with journey.services.db.reading() as tx:
        known = organizations.client_of(tx, organization_id=journey.organization_id)
    assert known is not None
    assert (known.auth_method, known.secret) == ("private_key_jwt", None)

    keys.rotate(journey.services)
    journey.post(f"/links/{link_id}/unlink")
    journey.work()
    answer = journey.post(f"/links/new/{journey.organization_id}", to=site)
    back = Browser(site).agree(answer.headers["Location"], username="maria")
    assert "/links/ended/" not in journey.come_back(path_of(back)).headers["Location"]


def test_a_new_key_is_published_before_it_signs(journey: Journey) -> None:
    here = journey.services
    first = keys.current(here).id
    second = keys.rotate(here)
    assert keys.current(here).id == first
    assert {key["kid"] for key in keys.published(here)["keys"]} == {first, second}
    with here.db.transaction() as tx:
        tx.conn.execute(
            update(signing_key)
            .where(signing_key.c.id == second)
            .values(created_at=tx.now - key_overlap.PUBLISHED_AHEAD - timedelta(seconds=1))
        )
    assert keys.current(here).id == second
    page = journey.client.get("/jwks.json")
    assert page.status_code == 200
    assert b'"d"' not in page.data


@pytest.fixture
def stranger(journey: Journey) -> Iterator[Journey]:
    """An organization that does not know this portal yet."""
    with FakeOrganization() as other:
        journey.org = other
        with journey.services.db.transaction() as tx:
            journey.organization_id = organizations.add(tx, name="Stranger", fhir_base=other.fhir_base).id
        yield journey


def client_of(journey: Journey) -> OrganizationClient | None:
    with journey.services.db.reading() as tx:
        return organizations.client_of(tx, organization_id=journey.organization_id)


def test_a_secret_where_keys_are_not_taken(stranger: Journey) -> None:
    client = registration.register(stranger.services, stranger.organization_id)
    assert client.auth_method == "client_secret_basic"
    assert client.secret
    assert registration.redirect_uri(stranger.services, client).endswith(f"/callback/{stranger.organization_id}")
    link_id = stranger.link()
    assert stranger.stored(link_id).state is LinkState.ACTIVE


@pytest.mark.parametrize("vendor", ["Epic", " epic "])
def test_one_registration_for_all_of_a_vendors_organizations(stranger: Journey, vendor: str) -> None:
    """Used as it is, without registering anew; one of its own comes first."""
    stranger.org.oauth.clients["for-all"] = "a secret for all"
    here = stranger.services
    with here.db.transaction() as tx:
        found = organizations.by_id(tx, organization_id=stranger.organization_id)
        assert found is not None
        organizations.put(tx, replace(found, vendor=vendor))
        other = organizations.add(tx, name="Elsewhere", fhir_base="https://elsewhere.example/fhir", vendor="Other")
        served = organizations.put_vendor_client(
            tx, vendor="EPIC", client_id="for-all", auth_method="client_secret_basic", secret="a secret for all"
        )
        assert served == 1
        assert organizations.client_of(tx, organization_id=other.id) is None
    link_id = stranger.link()
    assert stranger.stored(link_id).state is LinkState.ACTIVE
    assert not stranger.org.calls("/oauth/register")
    with here.db.transaction() as tx:
        organizations.put_client(tx, organization_id=stranger.organization_id, client_id="its own")
    known = client_of(stranger)
    assert known is not None
    assert known.client_id == "its own"


def _capability(journey: Journey) -> Any:
    with journey.services.db.reading() as tx:
        found = organizations.by_id(tx, organization_id=journey.organization_id)
    assert found is not None
    return capability_of(journey.services, found)


def changed(**values: Any) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        answer = json.loads(exchange.answer().body) | values
        kept = {name: value for name, value in answer.items() if value is not None}
        exchange.send(Reply.of(kept, status=201, kind="application/json"))

    return behave


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (changed(redirect_uris=["https://evil.example/callback"]), "registration-redirects"),
        (
            changed(redirect_uris=["http://localhost:8000/links/callback", "https://evil.example/"]),
            "registration-redirects",
        ),
        (changed(client_id=None), "registration-refused"),
        (changed(client_id=["a"]), "registration-refused"),
        (changed(client_id="x" * 300), "registration-refused"),
        (changed(client_secret=None), "registration-refused"),
        (changed(token_endpoint_auth_method="tls_client_auth"), "registration-refused"),
        (status(400), "registration-refused"),
        (status(403), "registration-refused"),
    ],
)
def test_bad_answers_register_nothing(stranger: Journey, behaviour: Behaviour, code: str) -> None:
    stranger.org.misbehave("/oauth/register", behaviour)
    with pytest.raises(LinkingError) as caught:
        registration.register(stranger.services, stranger.organization_id)
    assert caught.value.code == code
    assert client_of(stranger) is None
    answer = stranger.post(f"/links/new/{stranger.organization_id}")
    assert answer.status_code == 409
    assert not stranger.all()


@pytest.mark.parametrize("behaviour", [status(500), html(), redirect("https://evil.example/register")])
def test_broken_answers_register_nothing(stranger: Journey, behaviour: Behaviour) -> None:
    stranger.org.misbehave("/oauth/register", behaviour)
    with pytest.raises(OutsideError):
        registration.register(stranger.services, stranger.organization_id)
    assert client_of(stranger) is None
