"""Servers with quirks, through the whole pipeline; and the pipeline on both databases."""

from pathlib import Path

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.queue import JobQueue
from portal.refresh.run import RefreshVerdict
from portal.services import Services
from portal.store import Database
from tests.factories.settings import make_settings
from tests.fakes import Exchange, FakeOrganization
from tests.fakes import misbehaviour as m
from tests.fakes.linked import link_to


def test_categories_from_the_start(services: Services, org: FakeOrganization) -> None:
    org.misbehave("/fhir/Observation", m.category_required())
    linked = link_to(services, org, vendor="Epic")
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert all("category" in call.query for call in org.calls("/fhir/Observation"))
    assert all("_include" not in call.query for call in org.calls("/fhir/MedicationRequest"))
    assert linked.titles(Section.VITAL_SIGNS) == ["Heart rate"]


def test_only_the_searches_that_us_core_demands(services: Services, org: FakeOrganization) -> None:
    """Nothing is asked for by patient alone where a server need not answer that, and everything comes."""
    linked = link_to(services, org, vendor="us-core-searches-only")
    whole = link_to(services, org)
    assert (linked.refresh().verdict, whole.refresh().verdict) == (RefreshVerdict.GOOD, RefreshVerdict.GOOD)
    assert linked.shown() == whole.shown()
    org.misbehave("/fhir/MedicationRequest", m.category_required("intent"))
    org.misbehave("/fhir/CareTeam", m.category_required("status"))
    org.misbehave("/fhir/DiagnosticReport", m.category_required())
    asked = len(org.calls())
    linked.refresh()
    assert not linked.complaints()
    assert linked.shown() == whole.shown()
    late = [call for call in org.calls()[asked:] if call.path == "/fhir/CareTeam"]
    assert [call.query["status"] for call in late] == [["active"], ["proposed"], ["suspended"], ["inactive"]]


def test_a_report_of_a_category_that_we_do_not_know_is_not_taken_for_deleted(
    services: Services, org: FakeOrganization
) -> None:
    report = org.record["DiagnosticReport", "maria-r1"]
    other = {"category": [{"coding": [{"code": "RAD"}]}], "code": {"text": "X-ray of the chest"}}
    org.add(report | other | {"id": "maria-r9"})
    linked = link_to(services, org)
    linked.refresh()
    assert "X-ray of the chest" in linked.titles(Section.TEST_RESULTS)
    org.misbehave("/fhir/DiagnosticReport", m.category_required())
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert "X-ray of the chest" in linked.titles(Section.TEST_RESULTS)


def test_what_is_contained_in_a_resource_gives_it_its_names(services: Services, org: FakeOrganization) -> None:
    order = org.record["MedicationRequest", "maria-m1"]
    medicine = {"resourceType": "Medication", "id": "inside", "code": {"text": "Salbutamol 100 micrograms"}}
    kept = {key: value for key, value in order.items() if key != "medicationCodeableConcept"}
    org.add(kept | {"contained": [medicine], "medicationReference": {"reference": "#inside"}})
    linked = link_to(services, org)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert any(title.startswith("Salbutamol") for title in linked.titles(Section.MEDICATIONS))
    assert not org.calls("/fhir/Medication/inside")


def test_no_count_and_another_parameter(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org, vendor="no-count+subject-param")
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    call = org.calls("/fhir/Condition")[0]
    assert set(call.query) == {"subject"}


def test_versioned_and_absolute_references(services: Services, org: FakeOrganization) -> None:
    visit = org.record["Encounter", "maria-e1"]
    changes = {
        "subject": {"reference": f"{org.fhir_base}/Patient/maria/_history/2"},
        "serviceProvider": {"reference": f"{org.fhir_base}/Organization/clinic/_history/1"},
    }

    def versioned(value: dict[str, object], _exchange: Exchange) -> None:
        value["entry"] = [{"resource": visit | changes}]

    org.misbehave("/fhir/Encounter", m.bundle(versioned))
    linked = link_to(services, org, vendor="versioned-references")
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.said(Section.VISITS) == (Outcome.DONE, None)
    stored = linked.stored("Encounter", "maria-e1")
    assert stored is not None
    assert stored.body["subject"] == {"reference": f"{org.fhir_base}/Patient/maria"}


def test_code_only_medications(services: Services, org: FakeOrganization) -> None:
    order = org.record["MedicationRequest", "maria-m1"]
    concept = {"coding": [{"system": "urn:oid:1.2.3", "code": "77", "display": "Metformin 500 mg"}]}
    org.add(
        {key: value for key, value in order.items() if key != "medicationReference"}
        | {"medicationCodeableConcept": concept}
    )
    linked = link_to(services, org, vendor="code-only-medications")
    linked.refresh()
    assert any("etformin" in title for title in linked.titles(Section.MEDICATIONS))


def test_on_both_databases(database: Database, tmp_path: Path, org: FakeOrganization) -> None:
    here = Services(settings=make_settings(tmp_path), db=database, queue=JobQueue("", "test"))
    linked = link_to(here, org)
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    before = linked.shown()
    assert all(before.values())
    org.misbehave("/fhir/Condition", m.html())
    assert linked.refresh().verdict is RefreshVerdict.ERROR
    assert linked.shown() == before
