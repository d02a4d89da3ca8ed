"""Another person's data never get in (requirement B8)."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from portal.domain.links import LinkState, Outcome
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.refresh.run import RefreshVerdict
from portal.store.people import accounts, outbox
from tests.factories.world import World
from tests.fakes import Exchange, FakeOrganization, data
from tests.fakes import misbehaviour as m
from tests.fakes.http import Reply
from tests.fakes.linked import Linked

SECRET = "Something that is James's alone"


def with_entry(resource: dict[str, Any]) -> m.Behaviour:
    """The honest answer and this resource."""
    return m.bundle(lambda value, _exchange: value["entry"].append({"resource": resource}))


def foreign(reference: str = "Patient/james", kind: str = "Condition") -> dict[str, Any]:
    resource = data.condition("x1", "james", "195967002", SECRET)
    return resource | {"resourceType": kind, "subject": {"reference": reference}}


def assert_quarantined(linked: Linked, section: Section) -> None:
    before = len(linked.org.calls())
    result = linked.refresh()
    assert result.verdict is RefreshVerdict.WRONG_PERSON
    assert linked.said(section) == (Outcome.FAILED, "wrong-person")
    assert all(SECRET not in title for titles in linked.shown().values() for title in titles)
    assert linked.stored("Condition", "x1") is None
    assert linked.stored("Observation", "james-o1") is None
    link = linked.link()
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "wrong-person")
    assert linked.latest().state == "failed"
    assert len(linked.org.calls()) - before < 60
    again = linked.refresh()  # nothing more is asked for with this authorization
    assert again.verdict is RefreshVerdict.NEEDS_VERIFICATION


def many(count: int, reference: str = "Patient/james") -> m.Behaviour:
    """The honest answer and ``count`` items of somebody else."""

    def change(value: dict[str, Any], _exchange: object) -> None:
        value["entry"] += [{"resource": foreign(reference) | {"id": f"x{number}"}} for number in range(1, count + 1)]

    return m.bundle(change)


def assert_kept_out(linked: Linked, section: Section, reason: str = "other-person") -> None:
    """The rest of the section and of the organization goes on, and the operator is told."""
    with capture_logs() as lines:
        result = linked.refresh()
    assert result.verdict is RefreshVerdict.GOOD
    assert linked.complaints() == {section: (Outcome.PARTLY, reason)}
    assert all(SECRET not in title for titles in linked.shown().values() for title in titles)
    assert linked.stored("Condition", "x1") is None
    assert linked.titles(section)
    assert linked.link().state is LinkState.ACTIVE
    told = [line for line in lines if line["event"] == "refresh.others_items_kept_out"]
    assert bool(told) is (reason == "other-person")
    assert "james" not in str(told)


@pytest.mark.parametrize("section_first", [False, True])
def test_another_persons_conditions(linked: Linked, org: FakeOrganization, section_first: bool) -> None:
    if section_first:
        linked.refresh()
    org.misbehave("/fhir/Condition", many(6))
    assert_quarantined(linked, Section.HEALTH_ISSUES)
    assert bool(linked.titles(Section.HEALTH_ISSUES)) is section_first


def test_administrators_are_told_at_once(linked: Linked, org: FakeOrganization) -> None:
    linked.services = replace(linked.services, settings=replace(linked.services.settings, mail="page"))
    boss = World(linked.services).staff("boss", Role.ADMIN)
    with linked.services.db.transaction() as tx:
        accounts.set_email(tx, account_id=boss.account_id, email="boss@mail.example")
    org.misbehave("/fhir/Condition", many(6))
    assert_quarantined(linked, Section.HEALTH_ISSUES)
    with linked.services.db.reading() as tx:
        [told] = outbox.newest(tx, limit=9)
    assert told.content.recipient == "boss@mail.example"
    assert SECRET not in told.content.text


def test_another_persons_patient_resource(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", with_entry(org.record["Patient", "james"]))
    assert_quarantined(linked, Section.HEALTH_ISSUES)


@pytest.mark.parametrize("count", [1, 5])
def test_another_persons_condition(linked: Linked, org: FakeOrganization, count: int) -> None:
    org.misbehave("/fhir/Condition", many(count))
    assert_kept_out(linked, Section.HEALTH_ISSUES)


def test_a_few_among_very_many(linked: Linked, org: FakeOrganization) -> None:
    for number in range(700):
        org.add(data.condition(f"more-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    org.page_size = 200
    org.misbehave("/fhir/Condition", many(6), query="start=600")
    assert_kept_out(linked, Section.HEALTH_ISSUES)


def test_another_person_by_absolute_address(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", with_entry(foreign(f"{org.fhir_base}/Patient/james")))
    assert_kept_out(linked, Section.HEALTH_ISSUES)


def test_another_person_on_another_server(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Condition", many(6, "https://other.example/fhir/Patient/james"))
    assert_quarantined(linked, Section.HEALTH_ISSUES)


def test_the_same_id_on_another_server(linked: Linked, org: FakeOrganization) -> None:
    """Under a host that nobody names (an inner one, mostly) it is unclear whose it is, however many there are."""
    org.misbehave("/fhir/Condition", many(20, "https://other.example/fhir/Patient/maria"))
    assert_kept_out(linked, Section.HEALTH_ISSUES, "unclear-subject")


@pytest.mark.parametrize("named_by", ["self", "fullUrl", "implementation"])
def test_an_inner_address_that_the_server_names(linked: Linked, org: FakeOrganization, named_by: str) -> None:
    inner = "http://fhir-internal.example:8080/fhir"

    def renamed(value: dict[str, Any], _exchange: object) -> None:
        for entry in value["entry"]:
            entry["resource"]["subject"] = {"reference": f"{inner}/Patient/maria"}
            if named_by == "fullUrl":
                entry["fullUrl"] = f"{inner}/Condition/{entry['resource']['id']}"
        if named_by == "self":
            value["link"] = [{"relation": "self", "url": f"{inner}/Condition?patient=maria"}]

    def metadata(exchange: Exchange) -> None:
        about = {"implementation": {"url": f"{inner}/"}} if named_by == "implementation" else {}
        exchange.send(Reply.of(exchange.answer().json | about))

    org.misbehave("/fhir/Condition", m.bundle(renamed))
    org.misbehave("/fhir/metadata", metadata)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.complaints() == {}
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma", "Type 2 diabetes mellitus"]


@pytest.mark.parametrize("kind", ["replaces", "replaced-by", "refer", "seealso"])
@pytest.mark.parametrize("count", [1, 20])
def test_merged_patients_are_one_person(linked: Linked, org: FakeOrganization, kind: str, count: int) -> None:
    link = {"type": kind, "other": {"reference": "Patient/maria-old"}}
    org.add(org.record["Patient", "maria"] | {"link": [link]})
    org.misbehave("/fhir/Condition", many(count, "Patient/maria-old"))
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.complaints() == {}
    assert linked.stored("Condition", "x1") is not None


@pytest.mark.parametrize(
    "link",
    [7, [7], [{"other": {"reference": "https://other.example/fhir/Patient/james"}}], [{"other": {"reference": None}}]],
)
def test_a_patient_that_is_not_declared_is_not_the_person(linked: Linked, org: FakeOrganization, link: object) -> None:
    org.add(org.record["Patient", "maria"] | {"link": link})
    org.misbehave("/fhir/Condition", with_entry(foreign()))
    assert_kept_out(linked, Section.HEALTH_ISSUES)


def test_another_person_among_the_included(linked: Linked, org: FakeOrganization) -> None:
    org.misbehave("/fhir/MedicationRequest", with_entry(foreign()))
    assert_kept_out(linked, Section.MEDICATIONS)


def test_another_persons_panel_member(linked: Linked, org: FakeOrganization) -> None:
    report = {**org.record["DiagnosticReport", "maria-r1"], "result": [{"reference": "Observation/james-o1"}]}
    org.add(report)
    org.misbehave("/fhir/Observation/james-o1", m.resource(org.record["Observation", "james-o1"]))
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.stored("Observation", "james-o1") is None
    assert linked.said(Section.TEST_RESULTS) == (Outcome.PARTLY, "other-person")


def test_others_on_the_second_page(linked: Linked, org: FakeOrganization) -> None:
    for number in range(70):
        org.add(data.condition(f"more-{number:03}", "maria", f"19596{number:04}", f"Condition {number}"))
    org.misbehave("/fhir/Condition", many(6), query="start=")
    assert_quarantined(linked, Section.HEALTH_ISSUES)
    assert linked.titles(Section.HEALTH_ISSUES) == []


def test_a_patient_inside_the_resource(linked: Linked, org: FakeOrganization) -> None:
    contained = foreign("#p") | {"contained": [{"resourceType": "Patient", "id": "p"}]}
    org.misbehave("/fhir/Condition", with_entry(contained))
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.PARTLY, "unclear-subject")
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma", "Type 2 diabetes mellitus"]


def test_a_visit_of_a_group(linked: Linked, org: FakeOrganization) -> None:
    visit = {**org.record["Encounter", "maria-e1"], "id": "x2", "subject": {"reference": "Group/g1"}}
    org.misbehave("/fhir/Encounter", with_entry(visit))
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.said(Section.VISITS) == (Outcome.PARTLY, "unclear-subject")
    assert linked.stored("Encounter", "x2") is None


def test_an_appointment_of_several_people(linked: Linked, org: FakeOrganization) -> None:
    both = [{"actor": {"reference": f"Patient/{who}"}, "status": "accepted"} for who in ("james", "maria")]
    org.misbehave(
        "/fhir/Appointment", with_entry({**org.record["Appointment", "maria-ap1"], "id": "x3", "participant": both})
    )
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.stored("Appointment", "x3") is not None
