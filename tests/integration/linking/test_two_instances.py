"""Two instances of the same code link over HTTP: nothing is replaced by anything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs import context
from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome
from portal.domain.people import HumanName, Person
from portal.domain.sections import Section
from portal.linking import transitions
from portal.linking.oauth.keys import published
from portal.linking.oauth.tokens import LinkTokens
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations
from portal.store.links import refreshes, revocations
from portal.store.links import tokens as link_tokens
from portal.store.people import accounts
from portal.store.provider import grants
from portal.store.records import resources
from tests.factories.world import TestUser, World, sign_in
from tests.fakes.organization import FakeOrganization
from tests.integration.linking.conftest import MARIA, Journey
from tests.integration.linking.second import CLIENT_SECRET, Browser, Second, add_maria, path_of, second_instance

LEO = Person(names=(HumanName(family="Alvarez", given=("Leo",), use="official"),), birth_date="2017-06-02", sex="male")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Second]:
    with second_instance(tmp_path / "second") as other:
        add_maria(other, MARIA)
        yield other


@pytest.fixture
def journey(app: Flask, client: FlaskClient, world: World, services: Services, second: Second) -> Iterator[Journey]:
    context.register(app.extensions["tributary"])
    user = world.patient("maria", MARIA)
    with services.db.transaction() as tx:
        found = organizations.add(tx, name="Riverbend Regional", fhir_base=second.fhir_base)
    sign_in(client, user)
    yield Journey(services, client, user, FakeOrganization(), found.id)
    context.forget()


def register(journey: Journey, second: Second, method: str = "none") -> None:
    here = journey.services
    redirect_uri = f"{here.settings.base_url}/links/callback"
    second.add_client(name="MyCooper", redirect_uri=redirect_uri, method=method, jwks=published(here))
    secret = CLIENT_SECRET if method.startswith("client_secret") else None
    with here.db.transaction() as tx:
        organizations.put_client(
            tx, organization_id=journey.organization_id, client_id="mycooper", auth_method=method, secret=secret
        )


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_link_refresh_and_unlink_with_every_way_of_being_known(journey: Journey, second: Second, method: str) -> None:
    register(journey, second, method)
    back = Browser(second.url).agree(journey.start(), username="maria")
    assert back.startswith(journey.services.settings.base_url)
    answer = journey.come_back(path_of(back))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    journey.work()
    link = journey.stored(link_id)
    assert (link.state, link.reason, link.lasting) == (LinkState.ACTIVE, None, True)
    with journey.services.db.reading() as tx:
        states = refreshes.states(tx, link_ids=[link_id])[link_id]
        assert states[Section.MEDICATIONS].outcome is Outcome.DONE
        assert resources.counts(tx, person_id=journey.person_id)[Section.MEDICATIONS, link_id] == 1

    with journey.services.db.reading() as tx:
        given = link_tokens.tokens_of(tx, link_id=link_id)
    assert given is not None
    assert given.tokens.ends_at is not None, "we say when what we allow ends"
    token = LinkTokens(journey.services, link_id)
    before = token.access_token()
    after = token.refreshed()
    assert before != after
    assert token.access_token() == after

    assert journey.post(f"/links/{link_id}/unlink").status_code == 303
    journey.work()
    with journey.services.db.reading() as tx:
        assert not revocations.due_revocations(tx)
        assert not resources.counts(tx, person_id=journey.person_id)


def test_what_is_refused_on_the_consent_page_is_named_here(journey: Journey, second: Second) -> None:
    register(journey, second)
    back = Browser(second.url).agree(journey.start(), username="maria", refuse=("Condition", "conditions"))
    link_id = journey.come_back(path_of(back)).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    with journey.services.db.reading() as tx:
        states = refreshes.states(tx, link_ids=[link_id])[link_id]
    assert states[Section.HEALTH_ISSUES].outcome is Outcome.NOT_OFFERED
    assert states[Section.ALLERGIES].outcome is Outcome.DONE
    assert "You did not allow this" in journey.page(f"/links/{link_id}")


@pytest.mark.parametrize("renewed", [False, True])
def test_ones_own_record_chosen_by_mistake_for_a_child_leaves_ones_own_link_alone(
    journey: Journey, second: Second, world: World, renewed: bool
) -> None:
    """At linking the child, and at verifying the child's link again."""
    register(journey, second)
    leo, leo_there = world.patient("leo", LEO), World(second.services).patient("leo", LEO)
    second.store_chart(leo_there)
    about = {"name": [{"family": "Alvarez", "given": ["Leo"]}], "birthDate": LEO.birth_date, "gender": LEO.sex}
    chart = [second.patient(leo_there) | about]
    ingest(second.services.db, person_id=leo_there.person_id, source=HOME, resources=chart)
    with second.services.db.reading() as tx:
        maria_there = accounts.by_username(tx, username="maria")
    assert maria_there
    world.proxy(journey.user, str(leo.person_id))
    World(second.services).proxy(TestUser(maria_there.id, "maria", maria_there.person_id), str(leo_there.person_id))
    browser, own, child = Browser(second.url), str(maria_there.person_id), str(leo_there.person_id)

    def link(for_whom: Journey, person: str) -> str:
        back = browser.agree(for_whom.start(), username="maria", person=person)
        link_id = for_whom.come_back(path_of(back)).headers["Location"].rsplit("/", 1)[1]
        for_whom.work()
        return link_id

    link_id = link(journey, own)
    assert journey.stored(link_id).state is LinkState.ACTIVE
    childs = replace(journey, prefix=f"/for/{leo.person_id}")
    if renewed:
        first = link(childs, child)
        assert childs.stored(first).state is LinkState.ACTIVE
        with journey.services.db.transaction() as tx:
            transitions.token_lost(tx, link_id=first, reason="token-refused")
    mistaken = link(childs, own)
    assert childs.stored(mistaken).state is not LinkState.ACTIVE
    assert LinkTokens(journey.services, link_id).refreshed(), "her own goes on"
    with second.services.db.reading() as tx:
        assert len(grants.grants_of_person(tx, person_id=own)) == 1, "what was given by mistake has ended"


def test_not_agreeing_ends_on_a_page_that_says_so(journey: Journey, second: Second) -> None:
    register(journey, second)
    back = Browser(second.url).agree(journey.start(), username="maria", decision="deny")
    answer = journey.come_back(path_of(back))
    assert journey.code(answer) == "denied"
    assert "Start again" in journey.ending(answer)
    assert not journey.all()


def test_without_lasting_access_the_link_is_updated_by_hand(journey: Journey, second: Second) -> None:
    register(journey, second)
    back = Browser(second.url).agree(journey.start(), username="maria", lasting="no")
    link_id = journey.come_back(path_of(back)).headers["Location"].rsplit("/", 1)[1]
    journey.work()
    link = journey.stored(link_id)
    assert (link.state, link.lasting) == (LinkState.ACTIVE, False)
    assert "You may have to sign in there" in journey.page(f"/links/{link_id}")
