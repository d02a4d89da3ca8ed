"""Record-only links: found by a certain match, confirmed by the person, four sections, no account needed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from jobs import context, locate
from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.people import Person
from portal.domain.sections import BASIC, Section
from portal.linking import record_only, transitions
from portal.linking.oauth.keys import published
from portal.linking.oauth.tokens import LinkTokens
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.directory import organizations, suggestions
from portal.store.links import refreshes, revocations
from portal.store.links import tokens as link_tokens
from portal.store.people import people
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from portal.store.records import privacy
from portal.store.records import resources as stored_resources
from portal.store.records.privacy import PrivateChoice
from portal.store.schema.access import person as person_table
from tests.factories.world import ANA, BEN, World, sign_in
from tests.fakes.organization import FakeOrganization
from tests.integration.linking.conftest import Journey
from tests.integration.linking.second import Browser, Second, path_of, second_instance
from tests.integration.provider.conftest import chart

SCOPES = (
    "system/Patient.rs",
    *(f"system/{kind}.rs" for kind in ("AllergyIntolerance", "Condition", "Device", "MedicationRequest", "Medication")),
    "launch/patient",
    "offline_access",
    "patient/*.rs",
)


def patient(user: str, demographics: Person) -> dict[str, object]:
    name = demographics.name
    return {
        "resourceType": "Patient",
        "id": f"patient-{user}",
        "name": [{"use": "official", "family": name.family, "given": list(name.given)}],
        "birthDate": demographics.birth_date,
        "gender": demographics.sex,
    }


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Second]:
    with second_instance(tmp_path / "second") as other:
        user = World(other.services).patient("ana", ANA)
        resources = [one for one in chart("patient-ana") if one["resourceType"] != "Patient"]
        ingest(other.services.db, person_id=user.person_id, source=HOME, resources=[*resources, patient("ana", ANA)])
        yield other


@pytest.fixture
def journey(app: Flask, client: FlaskClient, world: World, services: Services, second: Second) -> Iterator[Journey]:
    """Ana at home; the other organization trusts ours, and has a record of hers."""
    context.register(app.extensions["tributary"])
    user = world.patient("ana", ANA)
    trusted = OAuthClient(
        client_id="mycooper",
        name="MyCooper",
        auth_method="private_key_jwt",
        redirect_uris=(f"{services.settings.base_url}/links/callback",),
        scopes=SCOPES,
        grant_types=("client_credentials", "authorization_code", "refresh_token"),
        jwks=published(services),
        trusted=True,
        partner=True,
    )
    with second.services.db.transaction() as tx:
        clients.add_client(tx, client=trusted)
    with services.db.transaction() as tx:
        found = organizations.add(tx, name="Old Mill", fhir_base=second.fhir_base)
        organizations.put_client(
            tx, organization_id=found.id, client_id="mycooper", auth_method="private_key_jwt", partner=True
        )
    sign_in(client, user)
    yield Journey(services, client, user, FakeOrganization(), found.id)
    context.forget()


def suggested(journey: Journey) -> list[str]:
    with journey.services.db.reading() as tx:
        return [
            one.reason for one in suggestions.suggestions(tx, person_id=journey.person_id, may_see_confidential=True)
        ]


def opt_out(services: Services) -> None:
    with services.db.transaction() as tx:
        tx.conn.execute(update(person_table).values(share_matches=False))


def test_found_confirmed_and_loaded_without_an_account(journey: Journey) -> None:
    assert locate.run(instance=journey.instance, person=journey.person_id) == 1
    assert suggested(journey) == ["match"]
    assert "Is this you?" in journey.page(f"/links/new/{journey.organization_id}")
    answer = journey.post(f"/links/new/{journey.organization_id}/record")
    link_id = answer.headers["Location"].rsplit("/", 1)[1]
    assert journey.post(f"/links/new/{journey.organization_id}/record").headers["Location"].endswith(link_id)
    journey.work()
    link = journey.stored(link_id)
    assert (link.state, link.tier, link.reason) == (LinkState.NO_ACCOUNT, Tier.RECORD_ONLY, None)
    with journey.services.db.reading() as tx:
        states = refreshes.states(tx, link_ids=[link_id])[link_id]
        counts = stored_resources.counts(tx, person_id=journey.person_id)
    assert {section for section, state in states.items() if state.outcome is Outcome.DONE} <= BASIC
    assert counts[Section.ALLERGIES, link_id] == 1
    assert (Section.TEST_RESULTS, link_id) not in counts
    page = journey.page(f"/links/{link_id}")
    assert 'data-state="no-account"' in page
    assert "Verify account" in page
    assert not suggested(journey)


def test_its_tokens_last_minutes_and_are_had_anew(journey: Journey) -> None:
    journey.post(f"/links/new/{journey.organization_id}/record")
    journey.work()
    (link,) = journey.all()
    with journey.services.db.transaction() as tx:
        stored = link_tokens.tokens_of(tx, link_id=link.id)
        assert stored is not None
        link_tokens.put_tokens(tx, link_id=link.id, tokens=stored.tokens, expires_at=tx.now - timedelta(seconds=1))
    tokens = LinkTokens(journey.services, link.id)
    assert tokens.access_token() != stored.tokens.access_token
    assert tokens.patient == "patient-ana"
    assert journey.stored(link.id).state is LinkState.NO_ACCOUNT


def test_it_becomes_an_account_by_signing_in_there(journey: Journey, second: Second) -> None:
    journey.post(f"/links/new/{journey.organization_id}/record")
    journey.work()
    (link,) = journey.all()
    answer = journey.post(f"/links/{link.id}/verify", to=second.url)
    back = Browser(second.url).agree(answer.headers["Location"], username="ana")
    journey.come_back(path_of(back))
    journey.work()
    found = journey.stored(link.id)
    assert (found.state, found.tier) == (LinkState.ACTIVE, Tier.ACCOUNT)
    with journey.services.db.reading() as tx:
        assert stored_resources.counts(tx, person_id=journey.person_id)[Section.TEST_RESULTS, link.id] == 5


def test_who_opted_out_here_is_asked_about_nowhere(journey: Journey, second: Second) -> None:
    opt_out(journey.services)
    assert locate.run(instance=journey.instance, person=journey.person_id) == 0
    answer = journey.post(f"/links/new/{journey.organization_id}/record")
    assert 'data-code="no-match"' in answer.get_data(as_text=True)
    assert not journey.all()


def test_who_opts_out_while_the_partner_is_asked_is_not_linked(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = record_only.find

    def slow(services: Services, **named: str) -> object:
        match = real(services, **named)
        opt_out(services)
        return match

    monkeypatch.setattr(record_only, "find", slow)
    journey.post(f"/links/new/{journey.organization_id}/record")
    assert not journey.all()


def test_opting_out_in_the_settings_holds_at_once(journey: Journey) -> None:
    locate.run(instance=journey.instance, person=journey.person_id)
    assert "has a record that matches you" in journey.page("/links")
    assert "Old Mill" in journey.page("/settings/finding")
    assert journey.post("/settings/finding", share="0").status_code == 303
    assert "has a record that matches you" not in journey.page("/links")
    assert "Is this you?" not in journey.page(f"/links/new/{journey.organization_id}")
    assert locate.run(instance=journey.instance, person=journey.person_id) == 0
    answer = journey.post(f"/links/new/{journey.organization_id}/record")
    assert 'data-code="no-match"' in answer.get_data(as_text=True)

    assert journey.post("/settings/finding", share="1").status_code == 303
    assert locate.run(instance=journey.instance, person=journey.person_id) == 1
    assert suggested(journey) == ["match"]


def test_opting_out_there_ends_what_was_found(journey: Journey, second: Second) -> None:
    """It is the other organization's patient who opts out there: its record is read no more, at once."""
    journey.post(f"/links/new/{journey.organization_id}/record")
    journey.work()
    (link,) = journey.all()
    opt_out(second.services)
    journey.post(f"/links/{link.id}/update")
    with journey.services.db.transaction() as tx:
        transitions.request_refresh(tx, link, "nightly")
    journey.work()
    with journey.services.db.reading() as tx:
        states = refreshes.states(tx, link_ids=[link.id])[link.id]
    assert {states[section].outcome for section in (Section.ALLERGIES, Section.MEDICATIONS)} == {Outcome.REFUSED}


def test_not_me_stays_said_when_matches_are_switched_off_and_on(journey: Journey) -> None:
    locate.run(instance=journey.instance, person=journey.person_id)
    journey.post(f"/links/new/{journey.organization_id}/not-me")
    for share in ("0", "1"):
        journey.post("/settings/finding", share=share)
    locate.run(instance=journey.instance, person=journey.person_id)
    assert not suggested(journey)


def test_who_opted_out_there_is_not_found(journey: Journey, second: Second) -> None:
    opt_out(second.services)
    assert locate.run(instance=journey.instance, person=journey.person_id) == 0
    assert not suggested(journey)


def test_a_match_that_we_cannot_tell_to_be_them_is_not_linked(journey: Journey, second: Second) -> None:
    withheld = {name: value for name, value in patient("ana", ANA).items() if name != "birthDate"}
    with second.services.db.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id="patient-ana")
    assert person is not None
    ingest(second.services.db, person_id=person.id, source=HOME, resources=[withheld])
    locate.run(instance=journey.instance, person=journey.person_id)
    assert suggested(journey) == []
    answer = journey.post(f"/links/new/{journey.organization_id}/record")
    page = answer.get_data(as_text=True)
    assert 'data-code="cannot-tell"' in page
    assert "Our front desk can also help" in page
    assert "somebody else" not in page


def test_somebody_it_does_not_know(journey: Journey, world: World) -> None:
    ben = world.patient("ben", BEN)
    assert ben.person_id is not None
    assert locate.run(instance=journey.instance, person=ben.person_id) == 0


def test_a_link_that_is_kept_private_is_answered_like_none(
    journey: Journey, app: Flask, world: World, second: Second
) -> None:
    """Else who acts for somebody could ask each organization of the directory whether they are linked there."""
    journey.post(f"/links/new/{journey.organization_id}/record")
    journey.work()
    (link,) = journey.all()
    with journey.services.db.transaction() as tx:
        privacy.put(tx, person_id=journey.person_id, chosen=[PrivateChoice(source=link.id)], private=True)
    ben, browser = world.patient("ben", BEN), app.test_client()
    world.proxy(ben, journey.person_id)
    sign_in(browser, ben)
    proxy = replace(journey, client=browser, user=ben, prefix=f"/for/{journey.person_id}")
    answer = proxy.post(f"/links/new/{journey.organization_id}/record")
    with second.services.db.transaction() as tx:
        tx.conn.execute(update(person_table).values(share_matches=False))  # so it knows nobody
    journey.post(f"/links/{link.id}/unlink")
    nobody = proxy.post(f"/links/new/{journey.organization_id}/record")
    assert (answer.status_code, nobody.status_code) == (409, 409)
    texts = [each.get_data(as_text=True).split("<main")[1].split("</main>")[0] for each in (answer, nobody)]
    assert texts[0] == texts[1]
    assert not journey.all()[0].live


def test_unlinking_removes_it(journey: Journey) -> None:
    journey.post(f"/links/new/{journey.organization_id}/record")
    journey.work()
    (link,) = journey.all()
    journey.post(f"/links/{link.id}/unlink")
    journey.work()
    with journey.services.db.reading() as tx:
        assert not stored_resources.counts(tx, person_id=journey.person_id)
        assert not revocations.due_revocations(tx)
