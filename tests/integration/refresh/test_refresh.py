"""A refresh against a fake organization over real HTTP, into a real database."""

import pytest

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.sections import BASIC, Section
from portal.refresh.run import RefreshVerdict
from portal.services import Services
from portal.store.links import refreshes
from tests.benchmarks.population import Statement, watch
from tests.fakes import FakeOrganization, data
from tests.fakes.linked import Linked, link_to


def test_brings_every_section(linked: Linked) -> None:
    result = linked.refresh()
    assert linked.complaints() == {}
    assert result.verdict is RefreshVerdict.GOOD
    assert set(result.outcomes.values()) == {Outcome.DONE}
    shown = linked.shown()
    assert [section for section, titles in shown.items() if not titles] == []
    assert shown[Section.HEALTH_ISSUES] == ["Asthma", "Type 2 diabetes mellitus"]
    assert shown[Section.VITAL_SIGNS] == ["Heart rate"]
    latest = linked.latest()
    assert (latest.state, latest.settled, len(latest.sections)) == ("done", len(Section), len(Section))
    assert linked.link().refreshed_at is not None


def test_what_brought_nothing_is_stored_together(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record with one problem: the other sections cost one look at what is left out, not one each."""
    monkeypatch.setattr("portal.refresh.run._BEAT_SECONDS", 60.0)  # however slowly the answers come here
    problem = data.condition("only", "maria", "195967001", "Asthma")
    with FakeOrganization(
        resources=[data.patient("maria", "Lopez", ["Maria"], "1980-01-01", "female"), problem]
    ) as org:
        linked = link_to(services, org)
        statements: list[Statement] = []
        watch(services.db.engine, statements)
        linked.refresh()
    assert linked.complaints() == {}
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma"]
    looks = [text for text, _ in statements if text.startswith("SELECT resource.type, resource.refusal")]
    assert len(looks) <= 3


def test_what_is_referred_to_comes_once_and_is_kept(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    for kind, fhir_id in [("Practitioner", "ortiz"), ("Organization", "payer"), ("Medication", "metformin")]:
        assert linked.stored(kind, fhir_id) is not None
    assert len(org.calls("/fhir/Practitioner/ortiz")) == 1
    assert org.calls("/fhir/Medication/metformin") == []  # it came by _include


def test_medication_is_read_where_include_is_not_offered(services: Services) -> None:
    with FakeOrganization(includes=False) as org:
        linked = link_to(services, org)
        linked.refresh()
        assert len(org.calls("/fhir/Medication/metformin")) == 1
        assert any("etformin" in title for title in linked.titles(Section.MEDICATIONS))


def test_pages_are_followed(linked: Linked, org: FakeOrganization) -> None:
    for number in range(130):
        org.add(data.condition(f"many-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.DONE, None)
    part = next(part for part in linked.latest().sections if part.section is Section.HEALTH_ISSUES)
    assert (part.pages, part.items) == (3, 132)
    assert len(linked.titles(Section.HEALTH_ISSUES)) == 132


def test_record_only_asks_for_four_sections(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org, tier=Tier.RECORD_ONLY)
    result = linked.refresh()
    assert {section for section, outcome in result.outcomes.items() if outcome is Outcome.DONE} == BASIC
    assert linked.said(Section.TEST_RESULTS) == (Outcome.NOT_OFFERED, "tier")
    assert org.calls("/fhir/Observation") == []


def test_what_was_not_granted_is_not_asked_for(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org, scopes="patient/Condition.rs patient/Encounter.read offline_access")
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.DONE, None)
    assert linked.said(Section.ALLERGIES) == (Outcome.NOT_OFFERED, "not-granted")
    assert linked.said(Section.VISITS) == (Outcome.DONE, "partly-granted")
    assert org.calls("/fhir/Appointment") == []


def test_only_one_category_granted(services: Services, org: FakeOrganization) -> None:
    scope = "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    linked = link_to(services, org, scopes=f"{scope} offline_access")
    linked.refresh()
    assert linked.said(Section.VITAL_SIGNS) == (Outcome.NOT_OFFERED, "not-granted")
    assert {call.query["category"][0] for call in org.calls("/fhir/Observation")} == {"laboratory"}
    assert len(linked.titles(Section.TEST_RESULTS)) == 2


def test_what_the_server_does_not_have_is_not_asked_for(services: Services) -> None:
    with FakeOrganization(types=("Condition", "Observation")) as org:
        linked = link_to(services, org)
        linked.refresh()
        assert linked.said(Section.IMPLANTS) == (Outcome.NOT_OFFERED, "not-in-capability")
        assert org.calls("/fhir/Device") == []


def test_a_second_request_joins_the_first(linked: Linked) -> None:
    first = linked.request()
    assert linked.request() == first


def test_two_processes_do_not_run_the_same_refresh(linked: Linked, services: Services) -> None:
    refresh_id = linked.request()
    with services.db.transaction() as tx:
        assert refreshes.start(tx, refresh_id=refresh_id) is not None
    with services.db.transaction() as tx:
        assert refreshes.start(tx, refresh_id=refresh_id) is None


def test_a_second_refresh_changes_nothing(linked: Linked, org: FakeOrganization) -> None:
    linked.refresh()
    before = linked.shown()
    linked.refresh()
    assert linked.shown() == before
    assert sum(part.new_items for part in linked.latest().sections) == 0


def test_an_expired_token_is_renewed_once(linked: Linked, org: FakeOrganization) -> None:
    org.oauth.expire(linked.grant)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.grant.refreshes == 1


def test_expiry_in_the_middle_goes_on_at_the_same_page(linked: Linked, org: FakeOrganization) -> None:
    for number in range(130):
        org.add(data.condition(f"many-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    from tests.fakes import misbehaviour

    org.misbehave("/fhir/Condition", misbehaviour.status(401), times=1, query="start=50")
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert len(linked.titles(Section.HEALTH_ISSUES)) == 132
    starts = [call.query.get("start", ["0"])[0] for call in org.calls("/fhir/Condition")]
    assert starts == ["0", "50", "50", "100"]


def test_an_ended_link_is_not_refreshed(linked: Linked, services: Services, org: FakeOrganization) -> None:
    refresh_id = linked.request()
    with services.db.transaction() as tx:
        refreshes.cancel(tx, link_id=linked.link_id)
    from portal.refresh.run import refresh_link

    assert refresh_link(services, refresh_id=refresh_id).verdict is RefreshVerdict.NOT_STARTED
    assert org.calls("/fhir/Condition") == []
    assert linked.link().state is LinkState.ACTIVE
