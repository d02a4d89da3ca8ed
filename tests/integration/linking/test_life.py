"""What becomes of a link: near matches, verification anew, hiding, manual updates, errors, nights, other people."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from jobs import nightly, revoke, sweep, verify
from portal import audit
from portal.domain.links import LinkPolicy, LinkState
from portal.domain.people import GrantLevel
from portal.linking import authorization
from portal.linking import proxies as linking_proxies
from portal.store.directory import organizations, suggestions
from portal.store.links import refreshes, revocations, tokens
from portal.store.people import people, proxies
from portal.store.records import privacy, resources
from portal.store.records.privacy import PrivateChoice
from portal.store.schema.links import link as link_table
from tests.factories.world import BEN, World, sign_in
from tests.fakes import data
from tests.fakes import misbehaviour as m
from tests.fakes.http import Reply
from tests.fakes.misbehaviour import Behaviour, status
from tests.integration.linking.conftest import MARIA, Journey


def age(journey: Journey, link_id: str, **fields: timedelta) -> None:
    """Make instants of a link older."""
    with journey.services.db.transaction() as tx:
        values = {name: tx.now - span for name, span in fields.items()}
        tx.conn.execute(update(link_table).where(link_table.c.id == link_id).values(**values))


def set_policy(journey: Journey, policy: LinkPolicy) -> None:
    with journey.services.db.transaction() as tx:
        organizations.set_policy(tx, organization_id=journey.organization_id, policy=policy)


# --- verification ---------------------------------------------------------------------------------------------------


def near(journey: Journey) -> str:
    journey.org.add(data.patient("maria", "Alvarez-Gomez", ["María"], "1980-04-12", "female"))
    return journey.link()


def test_a_near_match_asks_the_patient_and_shows_what_differs(journey: Journey) -> None:
    link_id = near(journey)
    assert journey.stored(link_id).state is LinkState.CONFIRM
    page = journey.page(f"/links/{link_id}")
    assert "Alvarez-Gomez" in page
    assert "1980" not in page.split("Is this you?")[1].split("</table>")[0]
    assert not journey.org.calls("/fhir/Condition")
    assert journey.post(f"/links/{link_id}/confirm").status_code == 303
    assert journey.post(f"/links/{link_id}/confirm").status_code == 303
    journey.work()
    link = journey.stored(link_id)
    assert (link.state, link.finding) == (LinkState.ACTIVE, None)
    assert journey.org.calls("/fhir/Condition")


def test_not_me_keeps_nothing(journey: Journey) -> None:
    link_id = near(journey)
    assert journey.post(f"/links/{link_id}/not-me").status_code == 303
    assert journey.post(f"/links/{link_id}/not-me").status_code == 303
    journey.work()
    link = journey.stored(link_id)
    assert (link.state, link.finding, link.patient_hash) == (LinkState.REFUSED, None, None)
    assert len(journey.org.calls("/oauth/revoke")) == 1
    assert "Alvarez-Gomez" not in journey.page(f"/links/{link_id}")


def test_what_cannot_be_told_is_asked_where_the_birth_date_agrees(journey: Journey) -> None:
    journey.org.add(data.patient("maria", "Okafor", ["Maria"], "1980-04-12", "female"))
    link_id = journey.link()
    link = journey.stored(link_id)
    assert (link.state, link.reason) == (LinkState.CONFIRM, "cannot-tell")
    assert "We can&#39;t tell if the account at" in journey.page("/links")
    page = journey.page(f"/links/{link_id}")
    question = page.split('id="confirm"')[1].split("</table>")[0]
    assert "We can't tell if this is you" in question
    assert "Say yes only if this is your own record" in question
    assert "Okafor" in question
    assert "1980" not in question
    assert "belongs to somebody else" not in page
    assert "We could not tell if it was you, and you were asked" in page
    forms = re.findall(rf'action="/links/{link_id}/(\w[\w-]*)"', page)
    assert [form for form in forms if form in ("confirm", "not-me", "cancel")] == ["confirm", "not-me", "cancel"]
    assert journey.post(f"/links/{link_id}/confirm").status_code == 303
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_without_a_birth_date_only_the_desk_can_tell(journey: Journey) -> None:
    patient = data.patient("maria", "Alvarez", ["Maria"], "1980-04-12", "female")
    del patient["birthDate"]
    journey.org.add(patient)
    link_id = journey.link()
    link = journey.stored(link_id)
    assert (link.state, link.reason, link.finding) == (LinkState.NEEDS_VERIFICATION, "cannot-tell", None)
    with journey.services.db.reading() as tx:
        assert tokens.tokens_of(tx, link_id=link_id) is None
        assert not resources.counts(tx, person_id=journey.person_id)
    assert len(journey.org.calls("/oauth/revoke")) == 1
    assert not journey.org.calls("/fhir/Condition")
    for path in ("/links", f"/links/{link_id}"):
        page = journey.page(path)
        assert "a birth date or another detail is missing or does not match" in page
        assert "Our front desk can help" in page
        assert "belongs to somebody else" not in page
    assert journey.post(f"/links/{link_id}/confirm").status_code == 303
    assert journey.stored(link_id).state is LinkState.NEEDS_VERIFICATION
    journey.org.add(patient | {"birthDate": "1980-04-12"})
    assert journey.link() == link_id
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_what_differs_is_said_in_words(journey: Journey) -> None:
    dead = data.patient("maria", "Alvarez", ["Maria"], "1980-04-12", "male") | {"deceasedBoolean": True}
    journey.org.add(dead)
    question = journey.page(f"/links/{journey.link()}").split('id="confirm"')[1].split("</table>")[0]
    cells = re.findall(r"<(?:th scope=\"row\"|td[^>]*)>([^<]*)<", question)
    assert cells == ["Sex", "female", "male", "Recorded as deceased", "No", "Yes"]


def test_cancelling_while_it_is_verified(journey: Journey) -> None:
    link_id = journey.link(work=False)
    assert journey.post(f"/links/{link_id}/cancel").status_code == 303
    journey.work()
    assert journey.stored(link_id).state is LinkState.CANCELLED
    assert not journey.org.calls("/fhir/Patient/maria")
    assert len(journey.org.calls("/oauth/revoke")) == 1


def test_signing_in_again_to_the_same_account_needs_no_verification(journey: Journey) -> None:
    link_id = journey.link()
    asked = len(journey.org.calls("/fhir/Patient/maria"))
    assert journey.link(work=False) == link_id
    assert journey.stored(link_id).state is LinkState.ACTIVE
    journey.work()
    assert len(journey.org.calls("/fhir/Patient/maria")) == asked
    assert len(journey.all()) == 1
    assert len(journey.org.calls("/oauth/revoke")) == 1  # what came before


def test_signing_in_again_to_another_account_keeps_what_was_verified(journey: Journey) -> None:
    link_id = journey.link()
    with journey.services.db.reading() as tx:
        before = resources.counts(tx, person_id=journey.person_id)
    assert journey.link("james") == link_id
    link = journey.stored(link_id)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "different-person")
    with journey.services.db.reading() as tx:
        assert resources.counts(tx, person_id=journey.person_id) == before
        assert tokens.tokens_of(tx, link_id=link_id) is None
    assert not [call for call in journey.org.calls("/fhir/Condition") if "james" in str(call.query)]


def test_after_a_year_it_is_verified_again(journey: Journey) -> None:
    link_id = journey.link()
    age(journey, link_id, verified_at=timedelta(days=400))
    nightly.run(instance=journey.instance)
    link = journey.stored(link_id)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "year-passed")
    assert "more than a year ago" in journey.page(f"/links/{link_id}")
    asked = len(journey.org.calls("/fhir/Patient/maria"))
    journey.link()
    assert len(journey.org.calls("/fhir/Patient/maria")) > asked
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_an_organization_that_does_not_answer_is_asked_again(journey: Journey) -> None:
    journey.org.misbehave("/fhir/Patient/maria", status(500))
    link_id = journey.link(work=False)
    assert verify.run(instance=journey.instance, link=link_id) == "postponed"
    assert "did not answer yet" in journey.page(f"/links/{link_id}")
    assert sweep.run(instance=journey.instance) == 0  # not yet
    age(journey, link_id, updated_at=timedelta(minutes=2), throttled_until=timedelta(seconds=1))
    assert sweep.run(instance=journey.instance) == 1
    assert sweep.run(instance=journey.instance) == 0
    journey.org.behave()
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_after_an_hour_without_an_answer_the_patient_is_told(journey: Journey) -> None:
    journey.org.misbehave("/fhir/Patient/maria", status(500))
    link_id = journey.link(work=False)
    age(journey, link_id, updated_at=timedelta(hours=2))
    assert verify.run(instance=journey.instance, link=link_id) == "not-reached"
    assert journey.stored(link_id).state is LinkState.NEEDS_VERIFICATION


@pytest.mark.parametrize(
    "behaviour", [m.body(b"{"), m.content_type("application/fhir+xml"), m.body(b"[1]")], ids=["cut", "xml", "list"]
)
def test_an_answer_that_can_never_be_read_ends(journey: Journey, behaviour: Behaviour) -> None:
    """Requirement H3: it came, so nobody reads that there was no answer, and it is not asked for ever."""
    journey.org.misbehave("/fhir/Patient/maria", behaviour)
    link_id = journey.link(work=False)
    assert verify.run(instance=journey.instance, link=link_id) == "postponed"
    page = journey.page(f"/links/{link_id}")
    assert "could not be read" in page
    assert "We will ask again" not in page
    assert verify.run(instance=journey.instance, link=link_id) == "patient-unreadable"
    assert journey.stored(link_id).state is LinkState.NEEDS_VERIFICATION
    assert "cannot be read by this portal" in journey.page(f"/links/{link_id}")


def test_a_patient_resource_that_is_not_released(journey: Journey) -> None:
    journey.org.misbehave("/fhir/Patient/maria", status(403))
    link = journey.stored(journey.link())
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "patient-withheld")


def test_another_patient_than_the_tokens(journey: Journey) -> None:
    journey.org.misbehave("/fhir/Patient/maria", lambda exchange: exchange.send(_james(journey)))
    link = journey.stored(journey.link())
    assert link.state is LinkState.NEEDS_VERIFICATION


def _james(journey: Journey) -> Reply:
    return Reply.of(journey.org.record["Patient", "james"])


# --- hide, update, unlink -------------------------------------------------------------------------------------------


def test_hide_and_show_again(journey: Journey) -> None:
    link_id = journey.link()
    assert "Riverbend Regional" in journey.page("/")
    for _twice in range(2):
        assert journey.post(f"/links/{link_id}/hide").status_code == 303
    journey.page("/links")  # takes the messages away
    assert f"tile-{link_id}" not in journey.page("/")
    page = journey.page("/links")
    assert 'data-state="hidden"' in page
    assert "Show again" in page
    journey.post(f"/links/{link_id}/show")
    assert f"tile-{link_id}" in journey.page("/")


def test_update_asks_once_however_often_it_is_pressed(journey: Journey) -> None:
    link_id = journey.link()
    for _twice in range(2):
        assert journey.post(f"/links/{link_id}/update").headers["Location"].endswith(link_id)
    with journey.services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=link_id)
    assert latest is not None
    assert (latest.open, latest.cause) == (True, "asked")
    part = journey.client.get(f"/links/{link_id}/progress", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert " ".join(part.split()).startswith('<div id="live"')
    assert "look=1" in part
    journey.work()
    part = journey.client.get(f"/links/{link_id}/progress?look=3", headers={"HX-Request": "true"}).get_data(
        as_text=True
    )
    assert "hx-get" not in part.split(">")[0]


def test_looking_at_progress_backs_off_and_ends(journey: Journey) -> None:
    link_id = journey.link(work=False)
    head = {"HX-Request": "true"}
    pauses = []
    for look in range(30):
        part = journey.client.get(f"/links/{link_id}/progress?look={look}", headers=head).get_data(as_text=True)
        opening = part.strip().split(">")[0]
        pauses.append(int(opening.split("delay:")[1].split("s")[0]) if "delay:" in opening else 0)
    asking = [pause for pause in pauses if pause]
    assert asking == sorted(asking)
    assert pauses[-1] == 0


def test_a_manual_organization_is_updated_by_signing_in_there(journey: Journey) -> None:
    journey.org.oauth.lasting = False
    link_id = journey.link()
    age(journey, link_id, refreshed_at=timedelta(days=3))
    with journey.services.db.transaction() as tx:
        found = tokens.tokens_of(tx, link_id=link_id)
        assert found is not None
        tokens.put_tokens(tx, link_id=link_id, tokens=found.tokens, expires_at=tx.now)
    page = journey.page(f"/links/{link_id}")
    assert 'data-state="update-due"' in page
    assert "Update now" in page
    answer = journey.post(f"/links/{link_id}/update", to=journey.org.url)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{journey.org.url}/oauth/authorize")
    journey.come_back(journey.agree(answer.headers["Location"]))
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE
    assert 'data-state="active' in journey.page(f"/links/{link_id}")


def test_unlinking_while_the_organization_does_not_answer(journey: Journey) -> None:
    link_id = journey.link()
    journey.org.misbehave("/oauth/revoke", status(503))
    journey.post(f"/links/{link_id}/unlink")
    with journey.services.db.reading() as tx:
        assert tokens.tokens_of(tx, link_id=link_id) is None
        (waiting,) = revocations.due_revocations(tx)
    journey.work()
    with journey.services.db.reading() as tx:
        assert not revocations.due_revocations(tx)  # later
        assert revocations.revocation(tx, revocation_id=waiting) is not None
    journey.org.behave()
    with journey.services.db.transaction() as tx:
        revocations.put_off_revocations(tx, ids=[waiting], until=tx.now)
    assert sweep.run(instance=journey.instance) == 1
    assert revoke.run(instance=journey.instance, revocation=waiting) == "revoked"
    assert revoke.run(instance=journey.instance, revocation=waiting) == "done-before"


def test_the_other_side_ended_it_first(journey: Journey) -> None:
    link_id = journey.link()
    for grant in journey.org.oauth.grants.values():
        grant.revoked = True
    journey.post(f"/links/{link_id}/update")
    journey.work()
    assert journey.stored(link_id).state is LinkState.NEEDS_VERIFICATION
    assert "ended the link" in journey.page(f"/links/{link_id}")
    journey.post(f"/links/{link_id}/unlink")
    journey.work()
    assert not journey.stored(link_id).live


# --- errors and nights ----------------------------------------------------------------------------------------------


def test_an_organization_that_is_broken_shows_so_and_comes_back(journey: Journey) -> None:
    link_id = journey.link()
    journey.org.misbehave("*", status(500))
    journey.post(f"/links/{link_id}/update")
    journey.work()
    assert journey.stored(link_id).state is LinkState.ERROR
    page = journey.page(f"/links/{link_id}")
    assert "Try again" in page
    assert 'data-state="error"' in page
    with journey.services.db.reading() as tx:
        assert resources.counts(tx, person_id=journey.person_id)
    journey.org.behave()
    journey.post(f"/links/{link_id}/update")
    journey.work()
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_asked_to_wait(journey: Journey) -> None:
    link_id = journey.link()
    journey.org.misbehave("*", status(429, retry_after="600"))
    journey.post(f"/links/{link_id}/update")
    journey.work()
    page = journey.page(f"/links/{link_id}")
    assert 'data-state="throttled"' in page
    assert "Next update at" in page
    assert "disabled" in page
    assert journey.post(f"/links/{link_id}/update").status_code == 303
    with journey.services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=link_id)
    assert latest is not None
    assert not latest.open


def test_nights_and_sign_ins_refresh_what_is_old_enough(journey: Journey) -> None:
    link_id = journey.link()
    assert nightly.run(instance=journey.instance) == 0
    age(journey, link_id, refreshed_at=timedelta(hours=13))
    assert nightly.run(instance=journey.instance) == 1
    journey.work()
    age(journey, link_id, refreshed_at=timedelta(hours=2))
    journey.post("/sign-out")
    sign_in(journey.client, journey.user)
    with journey.services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=link_id)
    assert latest is not None
    assert (latest.open, latest.cause) == (True, "sign-in")


def test_switched_off(journey: Journey) -> None:
    link_id = journey.link()
    set_policy(journey, LinkPolicy.OFF)
    page = journey.page(f"/links/{link_id}")
    assert 'data-state="unavailable"' in page
    assert "Unlink" in page
    age(journey, link_id, refreshed_at=timedelta(hours=13))
    assert nightly.run(instance=journey.instance) == 0
    journey.post(f"/links/{link_id}/update")
    with journey.services.db.reading() as tx:
        latest = refreshes.latest(tx, link_id=link_id)
    assert latest is not None
    assert not latest.open


@pytest.mark.parametrize(
    ("policy", "code"), [(LinkPolicy.OFF, "policy-off"), (LinkPolicy.EXCHANGE_REQUIRED, "exchange-required")]
)
def test_policies_are_explained_before_and_hold_behind(journey: Journey, policy: LinkPolicy, code: str) -> None:
    set_policy(journey, policy)
    assert "Sign in at" not in journey.page(f"/links/new/{journey.organization_id}")
    answer = journey.post(f"/links/new/{journey.organization_id}")
    assert answer.status_code == 409
    assert f'data-code="{code}"' in answer.get_data(as_text=True)
    assert not journey.org.calls()


# --- suggestions ----------------------------------------------------------------------------------------------------


def test_suggestions_can_be_put_off_and_refused(journey: Journey, world: World) -> None:
    with journey.services.db.transaction() as tx:
        suggestions.suggest(
            tx,
            person_id=journey.person_id,
            organization_id=journey.organization_id,
            reason="chart",
            last_visit="2026-05",
        )
    page = journey.page("/links")
    assert "It is mentioned in your record here" in page
    assert "May 2026" in page
    journey.post(f"/links/new/{journey.organization_id}/later")
    journey.page("/links")
    assert 'data-state="suggested"' not in journey.page("/links")
    journey.post(f"/links/new/{journey.organization_id}/not-me")
    journey.page("/links")
    assert 'data-state="suggested"' not in journey.page("/links")
    assert 'data-state="put-away"' in journey.page("/links")
    assert journey.post(f"/links/new/{journey.organization_id}/later", again="1").status_code == 303
    page = journey.page("/links")
    assert 'data-state="suggested"' in page, "what was put away can be taken back"
    assert 'data-state="put-away"' not in page


# --- other people ---------------------------------------------------------------------------------------------------


@pytest.fixture
def child(journey: Journey, world: World) -> Journey:
    """Maria acting for somebody whose record is at the organization too."""
    ben = world.patient("ben", BEN)
    assert ben.person_id is not None
    world.proxy(journey.user, ben.person_id, GrantLevel.FULL)
    journey.org.add(data.patient("ben", "Okafor", ["Ben"], "1975-11-30", "male"))
    return Journey(
        journey.services, journey.client, journey.user, journey.org, journey.organization_id, f"/for/{ben.person_id}"
    )


def test_a_link_for_someone_one_acts_for(journey: Journey, child: Journey) -> None:
    assert "This link is for Ben Okafor" in child.page(f"/links/new/{journey.organization_id}")
    link_id = child.link("ben")
    assert child.stored(link_id).person_id == child.person_id
    assert child.stored(link_id).state is LinkState.ACTIVE
    assert not links_of(journey)
    assert "Riverbend Regional" in child.page(f"/links/{link_id}")
    assert journey.client.get(f"/links/{link_id}").status_code == 404


def test_who_may_not_act_any_more_when_the_organization_answers_makes_no_link(
    child: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = authorization._exchange

    def slow(*args: Any) -> Any:
        granted = real(*args)
        with child.services.db.reading() as tx:
            (grant,) = proxies.in_force(tx, teen_age=13, person_id=child.person_id)
        linking_proxies.end(child.services, grant_id=grant.id, actor=audit.Actor("operator"))
        return granted

    monkeypatch.setattr(authorization, "_exchange", slow)
    assert child.code(child.come_back(child.agree(child.start(), "ben"))) == "not-allowed"
    assert not links_of(child)
    child.work()
    assert len(child.org.calls("/oauth/revoke")) == 1


def test_nobody_else_takes_over_a_link_that_is_kept_private(journey: Journey, world: World) -> None:
    link_id = journey.link()
    with journey.services.db.transaction() as tx:
        privacy.put(tx, person_id=journey.person_id, chosen=[PrivateChoice(source=link_id)], private=True)
        before = tokens.tokens_of(tx, link_id=link_id)
    ben, browser = world.patient("ben", BEN), journey.client.application.test_client()
    world.proxy(ben, journey.person_id)
    sign_in(browser, ben)
    proxy = replace(journey, client=browser, user=ben, prefix=f"/for/{journey.person_id}")
    address = proxy.start()
    assert "grant_id" not in address
    assert proxy.code(proxy.come_back(proxy.agree(address)), browser) == "not-allowed"
    with journey.services.db.reading() as tx:
        assert tokens.tokens_of(tx, link_id=link_id) == before
    journey.work()
    assert len(journey.org.calls("/oauth/revoke")) == 1, "the tokens that came of it end there"
    set_policy(journey, LinkPolicy.EXCHANGE_REQUIRED)
    answer = proxy.post(f"/links/new/{journey.organization_id}")
    assert 'data-code="exchange-required"' in answer.get_data(as_text=True), "as where there is no link"
    assert journey.stored(link_id).state is LinkState.ACTIVE


def test_the_other_side_gives_oneself_instead(journey: Journey, child: Journey) -> None:
    link_id = child.link("maria")
    assert child.stored(link_id).state is LinkState.REFUSED
    assert "belongs to somebody else" in child.page(f"/links/{link_id}")
    with journey.services.db.reading() as tx:
        assert not resources.counts(tx, person_id=child.person_id)


def test_another_persons_link_is_as_if_it_did_not_exist(journey: Journey, world: World) -> None:
    link_id = journey.link()
    other = journey.client.application.test_client()
    sign_in(other, world.patient("eve", BEN))
    token = other.get("/links").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    missing = "aaaaaaaaaaaaaaaaaaaa"
    for path in ("", "/progress", "/tile", "/unlink"):
        theirs = other.get(f"/links/{link_id}{path}").get_data(as_text=True).replace(link_id, missing)
        nobodys = other.get(f"/links/{missing}{path}").get_data(as_text=True)
        assert _without_tokens(theirs) == _without_tokens(nobodys)
    for path in ("update", "verify", "hide", "show", "unlink", "confirm", "not-me", "cancel"):
        assert other.post(f"/links/{link_id}/{path}", data={"csrf_token": token}).status_code == 404
    assert journey.stored(link_id).live


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrf_token" value="|X-CSRFToken":"|nonce=")[^"]+', "", page)


def links_of(journey: Journey) -> tuple[object, ...]:
    return journey.all()


def test_demographics_of_the_person_decide(journey: Journey) -> None:
    with journey.services.db.transaction() as tx:
        changed = type(MARIA)(names=MARIA.names, birth_date="1999-01-01", sex="female")
        people.put_home_patient(tx, fhir_id="patient-maria", demographics=changed)
    assert journey.stored(journey.link()).state is LinkState.REFUSED
