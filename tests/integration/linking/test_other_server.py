"""A link to an authorization server that nobody here wrote: npm ``oidc-provider``, with a small FHIR stub behind it."""

import time
from collections.abc import Callable, Iterator

import httpx2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs import context
from portal.domain.links import LinkState
from portal.domain.sections import Section
from portal.linking.oauth.tokens import LinkTokens
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import tokens
from portal.store.records import resources as stored_resources
from tests.factories import http
from tests.factories.oidc_provider import Browser, running
from tests.factories.world import World, sign_in
from tests.fakes import FakeOrganization
from tests.integration.linking.conftest import MARIA, Journey

_SECONDS = 3  # how long an access token lives there


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    with running(tmp_path_factory.mktemp("oidc"), seconds=_SECONDS) as address:
        yield address


@pytest.fixture
def journey(app: Flask, client: FlaskClient, world: World, services: Services, other: str) -> Iterator[Journey]:
    """Maria, and that organization in the directory: this portal is not registered there yet."""
    context.register(app.extensions["tributary"])
    user = world.patient("maria", MARIA)
    with services.db.transaction() as tx:
        found = organizations.add(tx, name="Elsewhere Health", fhir_base=f"{other}/fhir")
    sign_in(client, user)
    yield Journey(services, client, user, FakeOrganization(), found.id)
    context.forget()


def linked(journey: Journey) -> str:
    answer = journey.come_back(Browser(journey.start(), back="/links/callback").agree())
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert "/links/ended/" not in answer.headers["Location"], journey.ending(answer)
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    journey.work()
    return link_id


def test_registers_links_and_reads_the_record(journey: Journey) -> None:
    link_id = linked(journey)
    link = journey.stored(link_id)
    assert (link.state, link.reason, link.lasting) == (LinkState.ACTIVE, None, True)
    with journey.services.db.reading() as tx:
        known = organizations.client_of(tx, organization_id=journey.organization_id)
        found = stored_resources.counts(tx, person_id=journey.person_id)
    assert known is not None
    assert (known.auth_method, bool(known.secret)) == ("client_secret_basic", True)
    for section in (Section.ALLERGIES, Section.MEDICATIONS, Section.TEST_RESULTS, Section.MESSAGES):
        assert found[section, link_id], section


def test_not_agreeing_ends_on_a_page_that_says_so(journey: Journey) -> None:
    answer = journey.come_back(Browser(journey.start(), back="/links/callback").refuse())
    assert journey.code(answer) == "denied"
    assert not journey.all()


def test_an_expired_token_is_refreshed_and_rotated(journey: Journey) -> None:
    link_id = linked(journey)
    with journey.services.db.reading() as tx:
        before = tokens.tokens_of(tx, link_id=link_id)
    time.sleep(_SECONDS + 1)
    journey.post(f"/links/{link_id}/update")
    LinkTokens(journey.services, link_id).refreshed()
    journey.work()
    with journey.services.db.reading() as tx:
        after = tokens.tokens_of(tx, link_id=link_id)
    assert before is not None
    assert after is not None
    assert after.tokens.refresh_token != before.tokens.refresh_token
    assert after.tokens.access_token != before.tokens.access_token
    assert journey.stored(link_id).state is LinkState.ACTIVE


def use_refresh_token(journey: Journey, link_id: str, other: str) -> Callable[[], httpx2.Response]:
    """Somebody who holds our refresh token and secret as they are now, and may use them later."""
    with journey.services.db.reading() as tx:
        stored = tokens.tokens_of(tx, link_id=link_id)
        client = organizations.client_of(tx, organization_id=journey.organization_id)
    assert stored is not None
    assert client is not None
    assert client.secret
    auth = client.client_id, client.secret
    asked = {"grant_type": "refresh_token", "refresh_token": stored.tokens.refresh_token}
    return lambda: http.post(f"{other}/token", data=asked, auth=auth)


def test_a_refresh_token_used_twice_ends_the_family_and_is_explained(journey: Journey, other: str) -> None:
    """Somebody else used it: the server revokes the grant, and the patient is asked to verify again."""
    link_id = linked(journey)
    stolen = use_refresh_token(journey, link_id, other)()
    assert stolen.status_code == 200, stolen.text
    time.sleep(_SECONDS + 1)
    journey.post(f"/links/{link_id}/update")
    journey.work()
    assert journey.stored(link_id).state is LinkState.NEEDS_VERIFICATION
    body = {"Authorization": f"Bearer {stolen.json()['access_token']}"}
    assert http.get(f"{other}/fhir/Patient/maria", headers=body).status_code == 401


def test_unlinking_revokes_the_tokens_there(journey: Journey, other: str) -> None:
    link_id = linked(journey)
    use = use_refresh_token(journey, link_id, other)
    journey.post(f"/links/{link_id}/unlink")
    journey.work()
    refused = use()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
