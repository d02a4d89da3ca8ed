"""The home chart from the organization's own FHIR server, by SMART Backend Services (product.md §5)."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs import context, nightly
from portal.app import create_app
from portal.directory.search import search
from portal.domain.errors import OutsideError
from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.linking import home_chart
from portal.linking.oauth.keys import published
from portal.refresh.imports import import_files
from portal.refresh.run import RefreshVerdict, refresh_link
from portal.services import Services
from portal.store.links import links, refresh_queue, refresh_report, refreshes, tokens
from portal.store.links.links import Link
from portal.store.people import people
from portal.store.records import resources, rows
from portal.store.records.resources import StoredResource
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import World, sign_in
from tests.fakes import FakeOrganization, data
from tests.fakes import misbehaviour as m
from tests.fakes.linked import QUICK
from tests.unit.normalise.ccda import coded
from tests.unit.normalise.ccda.documents import document

GROUP: dict[str, Any] = {
    "resourceType": "Group",
    "id": "portal",
    "type": "person",
    "actual": True,
    "member": [
        {"entity": {"reference": "Patient/maria"}},
        {"entity": {"reference": "Patient/james"}},
        {"entity": {"reference": "Patient/gone"}, "inactive": True},
        {"entity": {"reference": "Device/ward-bed"}},
    ],
}


@pytest.fixture
def server() -> Iterator[FakeOrganization]:
    with FakeOrganization() as organization:
        organization.add(GROUP)
        yield organization


@pytest.fixture
def app(tmp_path: Path, server: FakeOrganization) -> Iterator[Flask]:
    """A portal whose chart comes from ``server``, which lets in only who signs with the portal's published key."""
    settings = make_settings(
        tmp_path, chart_base=server.fhir_base, chart_client_id="mycooper-chart", chart_group="portal"
    )
    app = create_app(settings)
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    server.oauth.jwks = published(services)
    context.register(services)
    yield app
    context.forget()
    services.db.close()


def work(services: Services) -> list[RefreshVerdict]:
    """Run the refreshes that wait, as the sweeper and the workers do."""
    with services.db.reading() as tx:
        waiting = refresh_queue.lost(tx, waiting_for=timedelta(0))
    done = [refresh_link(services, refresh_id=each.refresh_id, limits=QUICK).verdict for each in waiting]
    return done + work(services) if waiting else done


def person(services: Services, fhir_id: str = "maria") -> str:
    with services.db.reading() as tx:
        found = people.by_fhir_id(tx, fhir_id=fhir_id)
    assert found is not None
    return found.id


def home_link(services: Services, fhir_id: str = "maria") -> Link:
    with services.db.reading() as tx:
        found = links.to_home(tx, person_id=person(services, fhir_id))
    assert found is not None
    return found


def stored(services: Services, kind: str, fhir_id: str) -> StoredResource | None:
    with services.db.reading() as tx:
        return resources.read(tx, type=kind, fhir_id=fhir_id, source=HOME)


def counts(services: Services, fhir_id: str = "maria") -> dict[Section, int]:
    with services.db.reading() as tx:
        found = resources.counts(tx, person_id=person(services, fhir_id))
    return {section: number for (section, source), number in found.items() if source == HOME}


def patient(services: Services, client: FlaskClient, fhir_id: str = "maria") -> None:
    """An account for a patient of the chart, signed in."""
    user = World(services).account(fhir_id, Role.PATIENT, person(services, fhir_id))
    sign_in(client, user)


def test_the_roster_is_read_and_every_chart_loaded(services: Services, server: FakeOrganization) -> None:
    done = home_chart.enrol(services, home_chart.roster(services))
    assert (done.requested, done.failed) == (["maria", "james"], {})
    assert work(services) == [RefreshVerdict.GOOD, RefreshVerdict.GOOD]
    for fhir_id in ("maria", "james"):
        assert home_link(services, fhir_id).state is LinkState.ACTIVE
        assert set(counts(services, fhir_id)) == set(Section), "something in every section, under the home source"
        assert stored(services, "Patient", fhir_id) is not None
    asked = [call.form for call in server.calls("/oauth/token")]
    assert {form["grant_type"] for form in asked} == {"client_credentials"}
    assert all("system/Observation.rs" in form["scope"] and "client_secret" not in form for form in asked)
    before = counts(services)
    home_chart.enrol(services, home_chart.roster(services))
    assert set(work(services)) == {RefreshVerdict.GOOD}
    assert counts(services) == before


def test_every_night_who_is_new_on_the_roster_is_enrolled(services: Services, server: FakeOrganization) -> None:
    assert nightly.run(instance=services.settings.slug) == 2
    assert set(work(services)) == {RefreshVerdict.GOOD}
    server.add(data.patient("noor", "Haddad", ["Noor"], "1991-01-09", "female"))
    server.add(GROUP | {"member": [*GROUP["member"], {"entity": {"reference": f"{server.fhir_base}/Patient/noor"}}]})
    reads = len(server.calls("/fhir/Patient/maria"))
    nightly.run(instance=services.settings.slug)
    work(services)
    assert home_link(services, "noor").refreshed_at is not None
    assert len(server.calls("/fhir/Patient/maria")) == reads, "who is here and was read today is left alone"


def test_the_first_sign_in_has_the_chart_read(
    services: Services, client: FlaskClient, server: FakeOrganization
) -> None:
    with services.db.transaction() as tx:
        home_chart.keep(tx, server.record["Patient", "maria"])
    patient(services, client)
    assert "has not been read completely yet" in client.get("/").get_data(as_text=True)
    page = client.get("/health/allergies").get_data(as_text=True)
    assert "has not been read completely yet" in page
    assert "has nothing documented" not in page, "nothing is said about what was not looked at"
    assert work(services) == [RefreshVerdict.GOOD]
    page = client.get("/health/allergies").get_data(as_text=True)
    assert "penicillin" in page
    assert 'data-origin="outside"' not in page
    assert "has not been read" not in page + client.get("/").get_data(as_text=True)


def test_who_the_patient_is_comes_with_the_chart(services: Services, server: FakeOrganization) -> None:
    home_chart.enrol(services, ["maria"])
    work(services)
    server.add(data.patient("maria", "Alvarez-Ortiz", ["Maria"], "1980-04-12", "female"))
    home_chart.enrol(services, ["maria"])
    with services.db.reading() as tx:
        found = people.by_fhir_id(tx, fhir_id="maria")
    assert found is not None
    assert found.demographics.name.family == "Alvarez-Ortiz"


def test_what_was_from_a_document_goes_with_it(services: Services, server: FakeOrganization, tmp_path: Path) -> None:
    """A document that was imported into a chart that the server keeps is gone after the next reading of it."""
    for key in [key for key in server.record if key[0] == "AllergyIntolerance"]:
        del server.record[key]
    home_chart.enrol(services, ["maria"])
    work(services)
    latex = coded.coded("code", "111088007", coded.SNOMED, "Latex")
    summary = tmp_path / "summary.xml"
    summary.write_text(document(coded.part("48765-2", coded.allergy(latex))))
    import_files(services.db, paths=[summary], patient="maria")
    assert allergies(services) == ["Latex"]
    home_chart.enrol(services, ["maria"])
    work(services)
    assert allergies(services) == []


def allergies(services: Services) -> list[str]:
    with services.db.reading() as tx:
        page = rows.page(tx, person_id=person(services), section=Section.ALLERGIES, sight=WHOLE, limit=20)
    return [sourced.entry.title for row in page.rows for sourced in row.entries]


def test_what_the_server_no_longer_has_is_gone_here(services: Services, server: FakeOrganization) -> None:
    home_chart.enrol(services, ["maria"])
    work(services)
    server.remove("AllergyIntolerance", "maria-a1")
    home_chart.enrol(services, ["maria"])
    work(services)
    assert Section.ALLERGIES not in counts(services)
    left = stored(services, "AllergyIntolerance", "maria-a1")
    assert left is not None
    assert left.deleted, "apps are told that it is gone (410), not that it never was"


def test_absolute_references_are_made_relative(services: Services, server: FakeOrganization) -> None:
    issue = data.condition("maria-c9", "maria", "38341003", "High blood pressure")
    server.add(issue | {"subject": {"reference": f"{server.fhir_base}/Patient/maria"}})
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.GOOD]
    found = stored(services, "Condition", "maria-c9")
    assert found is not None
    assert found.body["subject"] == {"reference": "Patient/maria"}


def test_a_server_that_is_down_takes_nothing_away(
    services: Services, client: FlaskClient, server: FakeOrganization
) -> None:
    home_chart.enrol(services, ["maria"])
    work(services)
    before = counts(services)
    patient(services, client)
    server.misbehave("*", m.status(503))
    with services.db.transaction() as tx:
        refreshes.request(tx, link_id=home_link(services).id, cause="asked")
    assert work(services) == [RefreshVerdict.ERROR]
    assert counts(services) == before
    assert home_link(services).state is LinkState.ERROR
    assert "could not be read again" in client.get("/").get_data(as_text=True)
    page = client.get("/health/allergies").get_data(as_text=True)
    assert "could not be read again" in page
    assert "penicillin" in page
    server.behave()
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.GOOD]
    assert "could not be read" not in client.get("/health/allergies").get_data(as_text=True)


def test_one_section_that_fails_is_named_and_the_others_come(
    services: Services, client: FlaskClient, server: FakeOrganization
) -> None:
    server.misbehave("/fhir/Condition", m.truncated_json())
    server.misbehave("/fhir/Coverage", m.status(403))
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.ERROR]
    patient(services, client)
    issues = client.get("/health/health-issues").get_data(as_text=True)
    assert "could not be read, so nothing from there is shown yet" in issues
    assert "does not release this section" in client.get("/health/insurance").get_data(as_text=True)
    assert "could not be read" not in client.get("/health/allergies").get_data(as_text=True)
    summary = client.get("/health/summary").get_data(as_text=True)
    assert "May be incomplete: Health issues" in summary, "nor does the page that is printed call itself complete"
    assert "could not be read" not in client.get("/messages").get_data(as_text=True)
    server.misbehave("/fhir/Communication", m.truncated_json())
    home_chart.enrol(services, ["maria"])
    work(services)
    assert "could not be read again" in client.get("/messages").get_data(as_text=True)


def test_a_key_that_is_not_known_there_is_an_error_that_passes(services: Services, server: FakeOrganization) -> None:
    home_chart.enrol(services, ["maria"])
    work(services)
    known, server.oauth.jwks = server.oauth.jwks, {"keys": []}
    with pytest.raises(OutsideError):
        home_chart.enrol(services, ["maria"])
    with services.db.transaction() as tx:
        refreshes.request(tx, link_id=home_link(services).id, cause="asked")
        tokens.drop_tokens(tx, link_id=home_link(services).id)
    assert work(services) == [RefreshVerdict.ERROR]
    assert home_link(services).state is LinkState.ERROR
    server.oauth.jwks = known
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.GOOD]


def test_tokens_that_end_early_are_had_anew(services: Services, server: FakeOrganization) -> None:
    server.oauth.lifetime = 1
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.GOOD]
    assert len(server.calls("/oauth/token")) > 2


def test_somebody_elses_records_stop_it_until_an_operator_looked(services: Services, server: FakeOrganization) -> None:
    """Requirement B8: a backend's token opens every chart, so the server's mistake is the whole danger."""
    home_chart.enrol(services, ["maria"])
    entry = {"resource": server.record["Patient", "james"]}
    server.misbehave("/fhir/Condition", m.bundle(lambda value, _exchange: value["entry"].append(entry)))
    assert work(services) == [RefreshVerdict.WRONG_PERSON]
    assert Section.HEALTH_ISSUES not in counts(services)
    assert stored(services, "Condition", "james-c1") is None
    link = home_link(services)
    assert (link.state, link.reason) == (LinkState.NEEDS_VERIFICATION, "wrong-person")
    with services.db.reading() as tx:
        assert [one.link_id for one in refresh_report.wrong_persons(tx) if one.open] == [link.id]
    server.behave()
    with services.db.transaction() as tx:
        refreshes.request(tx, link_id=link.id, cause="nightly")
    assert work(services) == [RefreshVerdict.NEEDS_VERIFICATION], "nothing is asked for until then"
    home_chart.enrol(services, ["maria"])
    assert work(services) == [RefreshVerdict.GOOD]
    assert counts(services)[Section.HEALTH_ISSUES] == 2


def test_no_page_lists_it_and_no_search_finds_it(services: Services, client: FlaskClient) -> None:
    home_chart.enrol(services, ["maria"])
    work(services)
    patient(services, client)
    link = home_link(services)
    assert link.id not in client.get("/links").get_data(as_text=True) + client.get("/").get_data(as_text=True)
    assert client.get(f"/links/{link.id}").status_code == 404
    assert client.get(f"/health/allergies/from/{link.id}").status_code == 404
    assert client.get(f"/links/new/{HOME}").status_code == 404, "nor can it be linked"
    admin = client.application.test_client()
    sign_in(admin, World(services).staff("admin", Role.ADMIN))
    assert services.settings.organization in admin.get("/admin/").get_data(as_text=True), "but its health is seen"
    assert admin.get(f"/admin/directory/{HOME}").status_code == 404
    with services.db.reading() as tx:
        assert search(tx, text=services.settings.organization) == []


def test_an_attachment_is_read_from_the_server(
    services: Services, client: FlaskClient, server: FakeOrganization
) -> None:
    letter = "Seen in the heart clinic."
    server.add(
        {
            "resourceType": "DocumentReference",
            "id": "letter",
            "status": "current",
            "subject": {"reference": "Patient/maria"},
            "type": {"text": "Letter"},
            "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/b1", "title": "Letter"}}],
        }
    )
    encoded = base64.b64encode(letter.encode()).decode()
    server.add({"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": encoded})
    home_chart.enrol(services, ["maria"])
    work(services)
    patient(services, client)
    found = stored(services, "DocumentReference", "letter")
    assert found is not None
    assert letter in client.get(f"/health/documents/{found.id}/file/0").get_data(as_text=True)


def test_several_patients_are_loaded_at_once(services: Services, server: FakeOrganization) -> None:
    for number in range(6):
        server.add(data.patient(f"p{number}", f"Family{number}", ["Given"], "1970-01-01", "female"))
        server.add(data.condition(f"p{number}-c1", f"p{number}", "195967001", "Asthma"))
    home_chart.enrol(services, [f"p{number}" for number in range(6)])
    with services.db.reading() as tx:
        waiting = [refreshes.latest(tx, link_id=home_link(services, f"p{number}").id) for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: refresh_link(services, refresh_id=one.id, limits=QUICK) if one else None, waiting))
    work(services)
    for number in range(6):
        assert counts(services, f"p{number}") == {Section.HEALTH_ISSUES: 1}
        assert stored(services, "Condition", f"p{number}-c1") is not None


def test_the_command(services: Services, server: FakeOrganization, tmp_path: Path) -> None:
    settings = services.settings
    environ = os.environ | {
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on",
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_ENCRYPTION_KEYS": f"k1:{base64.urlsafe_b64encode(settings.encryption_keys[0][1]).decode()}",
        "PORTAL_INDEX_KEY": settings.index_key,
        "PORTAL_CHART_BASE": server.fhir_base,
        "PORTAL_CHART_CLIENT_ID": "mycooper-chart",
        "PORTAL_CHART_GROUP": "Group/portal",
    }

    def portal(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "portal.cli", *words]
        return subprocess.run(command, env=environ | changes, capture_output=True, text=True, timeout=60, check=False)

    done = portal("records", "fetch", "--roster", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"requested": ["maria", "james"], "failed": {}})
    assert work(services) == [RefreshVerdict.GOOD, RefreshVerdict.GOOD]
    with services.db.reading() as tx:
        state = refreshes.states(tx, link_ids=[home_link(services).id])[home_link(services).id][Section.ALLERGIES]
    assert state.outcome is Outcome.DONE
    done = portal("records", "fetch", "nobody")
    assert (done.returncode, done.stdout) == (1, "0 charts are asked for\n")
    assert "nobody: http-404" in done.stderr
    refused = portal("records", "import", str(tmp_path))
    assert refused.returncode == 2
    assert "portal records fetch" in refused.stderr
    broken = portal("settings", "--check", PORTAL_CHART_CLIENT_ID="")
    assert broken.returncode == 1
    assert "PORTAL_CHART_CLIENT_ID must be set where PORTAL_CHART_BASE is" in broken.stdout + broken.stderr
