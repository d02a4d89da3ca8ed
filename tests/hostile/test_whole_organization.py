"""What concerns a whole organization: its authorization, its availability, its discovery, a refresh that breaks off."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.linking import transitions
from portal.linking.states import By, Move
from portal.refresh.run import RefreshResult, RefreshVerdict, refresh_link
from portal.services import Services
from portal.store.links import links, refresh_queue, refreshes, tokens
from portal.store.records import rows
from tests.factories.sights import WHOLE
from tests.fakes import Exchange, FakeOrganization, data
from tests.fakes import misbehaviour as m
from tests.fakes.linked import Linked, link_to


@pytest.fixture
def evil() -> Iterator[FakeOrganization]:
    with FakeOrganization() as other:
        yield other


def assert_as_before(linked: Linked, before: dict[Section, list[str]]) -> None:
    assert linked.shown() == before
    assert any(before.values())


def test_no_token_to_a_foreign_next(linked: Linked, org: FakeOrganization, evil: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", m.next_link(f"{evil.fhir_base}/Condition"))
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.PARTLY, "other-origin")
    assert evil.calls() == []


def test_no_token_after_a_redirect(linked: Linked, org: FakeOrganization, evil: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", m.redirect(f"{evil.fhir_base}/Condition"))
    linked.refresh()
    assert evil.calls() == []


def test_no_token_to_a_foreign_reference(linked: Linked, org: FakeOrganization, evil: FakeOrganization) -> None:
    visit = org.record["Encounter", "maria-e1"]
    org.add(visit | {"serviceProvider": {"reference": f"{evil.fhir_base}/Organization/clinic"}})
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert evil.calls() == []


def test_no_token_to_an_attachment(linked: Linked, org: FakeOrganization, evil: FakeOrganization) -> None:
    document = org.record["DocumentReference", "maria-dr1"]
    org.add(document | {"content": [{"attachment": {"url": f"{evil.fhir_base}/Binary/b1", "title": "Note"}}]})
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.titles(Section.DOCUMENTS)
    assert evil.calls() == []


def test_token_refused_for_good(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    org.oauth.revoke(linked.grant)
    assert linked.refresh().verdict is RefreshVerdict.NEEDS_VERIFICATION
    assert linked.link().state is LinkState.NEEDS_VERIFICATION
    assert linked.link().reason == "token-refused"
    assert linked.said(Section.ALLERGIES) == (Outcome.FAILED, "http-401")
    assert len(org.calls("/oauth/token")) == 1
    assert_as_before(linked, before)


def test_new_token_refused_as_well(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    for kind in org.types:
        org.misbehave(f"/fhir/{kind}", m.status(401))
    assert linked.refresh().verdict is RefreshVerdict.NEEDS_VERIFICATION
    assert linked.link().state is LinkState.NEEDS_VERIFICATION
    assert linked.grant.refreshes <= 3
    with linked.services.db.reading() as tx:
        assert tokens.tokens_of(tx, link_id=linked.link_id) is None
    assert_as_before(linked, before)


def test_one_renewal_for_all_threads(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/oauth/token", m.late(0.2))
    org.oauth.expire(linked.grant)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.grant.refreshes == 1


def test_token_endpoint_down(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    org.misbehave("/oauth/token", m.status(503))
    org.oauth.expire(linked.grant)
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert linked.link().state is LinkState.ERROR
    assert linked.said(Section.ALLERGIES) == (Outcome.FAILED, "token-unavailable")
    assert len(org.calls("/oauth/token")) <= 6
    assert_as_before(linked, before)
    org.behave()
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.link().state is LinkState.ACTIVE


def test_rotated_answer_lost(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()

    def rotate_and_hang_up(exchange: Exchange) -> None:
        exchange.answer()
        exchange.hang_up()

    org.misbehave("/oauth/token", rotate_and_hang_up, times=1)
    org.oauth.expire(linked.grant)
    assert linked.refresh().verdict in (RefreshVerdict.ERROR, RefreshVerdict.NEEDS_VERIFICATION)
    linked.refresh()
    link = linked.link()
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "answer-lost")
    assert_as_before(linked, before)


def test_organization_down(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before, refreshed_at = linked.shown(), linked.link().refreshed_at
    org.stop()
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert linked.said(Section.ALLERGIES) == (Outcome.FAILED, "connection-refused")
    link = linked.link()
    assert (link.state, link.refreshed_at) == (LinkState.ERROR, refreshed_at)
    assert_as_before(linked, before)


def test_organization_hangs(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before, calls = linked.shown(), len(org.calls())
    org.misbehave("*", m.never_answers())
    started = time.monotonic()
    assert linked.refresh(idle_seconds=0.8).verdict is RefreshVerdict.ERROR
    assert time.monotonic() - started < 10
    assert len(org.calls()) - calls <= 6  # three failures in a row are enough to leave it alone
    assert "organization-down" in {state.reason for state in linked.states().values()}
    assert_as_before(linked, before)


def test_everything_html(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    org.misbehave("*", m.html())
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert {state.reason for state in linked.states().values()} == {"html"}
    assert_as_before(linked, before)


def test_down_then_healed(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("*", m.status(500))
    org.misbehave("/fhir/.well-known/smart-configuration", lambda exchange: exchange.send(exchange.answer()))
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert linked.link().state is LinkState.ERROR
    org.behave()
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.link().state is LinkState.ACTIVE
    assert linked.said(Section.VISITS) == (Outcome.DONE, None)


def test_deleted_there(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    org.remove("Condition", "maria-c1")
    linked.refresh()
    assert linked.titles(Section.HEALTH_ISSUES) == ["Type 2 diabetes mellitus"]


def test_entered_in_error(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    org.misbehave("/fhir/Condition", m.entered_in_error())
    linked.refresh()
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, sight=WHOLE, section=Section.HEALTH_ISSUES)
    assert all(row.status.value == "entered-in-error" for row in page.rows)


def test_corrected_there(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    org.add(data.condition("maria-c1", "maria", "13645005", "Chronic obstructive pulmonary disease"))
    linked.refresh()
    titles = linked.titles(Section.HEALTH_ISSUES)
    assert titles == ["Chronic obstructive pulmonary disease", "Type 2 diabetes mellitus"]


def test_absent_from_a_partial_answer(linked: Linked, org: FakeOrganization) -> None:
    for number in range(70):
        org.add(data.condition(f"more-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    linked.refresh()
    before = linked.titles(Section.HEALTH_ISSUES)
    org.misbehave("/fhir/Condition", m.status(500), query="start=")
    org.remove("Condition", "maria-c1")
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES)[0] is Outcome.PARTLY
    assert linked.titles(Section.HEALTH_ISSUES) == before


def test_absent_when_the_count_is_off(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    org.remove("Condition", "maria-c1")
    org.misbehave("/fhir/Condition", m.wrong_total(2))
    linked.refresh()
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma", "Type 2 diabetes mellitus"]


def test_a_whole_section_emptied(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    org.remove("AllergyIntolerance", "maria-a1")
    linked.refresh()
    assert linked.said(Section.ALLERGIES) == (Outcome.DONE, None)
    assert linked.titles(Section.ALLERGIES) == []


@pytest.mark.parametrize(("code", "is_gone"), [("suppressed", True), ("incomplete", False), ("informational", True)])
def test_deleted_while_the_server_warns(linked: Linked, org: FakeOrganization, code: str, is_gone: bool) -> None:
    """What is kept back on purpose is not to be had, so that what is not there any more was deleted."""
    linked.refresh()
    org.remove("Condition", "maria-c1")
    org.misbehave("/fhir/Condition", m.warns(code))
    linked.refresh()
    assert (linked.titles(Section.HEALTH_ISSUES) == ["Type 2 diabetes mellitus"]) is is_gone


def test_a_category_that_the_server_does_not_know(linked: Linked, org: FakeOrganization) -> None:
    """It does not keep the others "partly" for ever."""
    org.misbehave("/fhir/Observation", m.category_required())
    org.misbehave("/fhir/Observation", m.status(400), query="category=imaging")
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.complaints() == {}


def test_cancelled_in_the_middle(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    org.misbehave("/fhir/Condition", m.late(3.0))
    linked.limits = replace(linked.limits, total_seconds=9, idle_seconds=9)
    org.remove("Condition", "maria-c1")
    refresh_id = linked.request()
    results: list[RefreshResult] = []
    limits = linked.limits
    worker = threading.Thread(
        target=lambda: results.append(refresh_link(linked.services, refresh_id=refresh_id, limits=limits))
    )
    worker.start()
    time.sleep(0.3)
    with linked.services.db.transaction() as tx:
        assert refreshes.cancel(tx, link_id=linked.link_id)
    worker.join(60)
    assert [result.verdict for result in results] == [RefreshVerdict.CANCELLED]
    assert linked.latest().state == "cancelled"
    assert linked.link().state is LinkState.ACTIVE
    assert_as_before(linked, before)


def test_unlinked_in_the_middle(linked: Linked, org: FakeOrganization, services: Services) -> None:
    linked.refresh()

    def unlink_and_answer(exchange: Exchange) -> None:
        with services.db.transaction() as tx:
            link = links.by_id(tx, link_id=linked.link_id)
            assert link is not None
            transitions.end(tx, link, Move.UNLINKED, By.PATIENT)
        exchange.send(exchange.answer())

    org.misbehave("/fhir/Observation", unlink_and_answer, times=1)
    assert linked.refresh().verdict in (RefreshVerdict.CANCELLED, RefreshVerdict.NEEDS_VERIFICATION)
    assert linked.link().state is LinkState.UNLINKED
    assert not any(linked.shown().values())
    assert linked.stored("Condition", "maria-c1") is None
    assert linked.stored("Practitioner", "ortiz") is None


def test_process_died_in_the_middle(linked: Linked, org: FakeOrganization, services: Services) -> None:
    refresh_id = linked.request()
    with services.db.transaction() as tx:
        refreshes.start(tx, refresh_id=refresh_id)
        refreshes.plan(tx, refresh_id=refresh_id, sections=list(Section))
        for section in (Section.ALLERGIES, Section.IMPLANTS, Section.VISITS):
            refreshes.end_section(
                tx, refresh_id=refresh_id, link_id=linked.link_id, section=section, outcome=Outcome.DONE
            )
    with services.db.transaction() as tx:
        lost = refresh_queue.lost(tx, waiting_for=timedelta(minutes=5), stale=timedelta(0))
        assert [turn.refresh_id for turn in lost] == [refresh_id]
    assert refresh_link(services, refresh_id=refresh_id).verdict is RefreshVerdict.NOT_STARTED
    with services.db.transaction() as tx:  # its heartbeat is older than a minute and a half
        refreshes.beat(replace(tx, now=tx.now - timedelta(minutes=2)), refresh_id=refresh_id)
    result = refresh_link(services, refresh_id=refresh_id, limits=linked.limits)
    assert result.verdict is RefreshVerdict.GOOD
    assert org.calls("/fhir/AllergyIntolerance") == []  # that section was finished
    assert set(result.outcomes) == set(Section)
    assert linked.latest().state == "done"


def test_a_server_of_another_fhir_version(services: Services, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.body(b'{"resourceType":"Conformance","fhirVersion":"1.0.2"}'))
    linked = link_to(services, org)
    result = linked.refresh()
    assert (result.verdict, result.reason) == (RefreshVerdict.ERROR, "fhir-version")
    assert linked.link().state is LinkState.ERROR


def test_no_capability_statement(services: Services, org: FakeOrganization) -> None:
    org.misbehave("/fhir/metadata", m.status(500))
    linked = link_to(services, org)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.titles(Section.MEDICATIONS)


def test_only_the_older_discovery(services: Services, org: FakeOrganization) -> None:
    org.smart = False
    linked = link_to(services, org)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
