"""Clients that nobody here wrote, over real HTTP: smart-on-fhir's fhirclient, fhirpy, and the manner of a third."""

import importlib

import httpx2
import pytest

from portal.provider.types import SERVED
from tests.conformance.app import App
from tests.factories import http


def test_fhirclient_launches_and_reads(portal: App) -> None:
    """It finds OAuth only in the CapabilityStatement, and asks with a slash behind the base."""
    client_module = pytest.importorskip("fhirclient.client")
    condition = importlib.import_module("fhirclient.models.condition").Condition
    observation = importlib.import_module("fhirclient.models.observation").Observation

    app = App(portal.base, portal.username, portal.password, http=portal.http)
    app.register(token_endpoint_auth_method="none")
    smart = client_module.FHIRClient(
        settings={
            "app_id": app.client_id,
            "api_base": f"{portal.base}/fhir/",
            "redirect_uri": app.redirect,
            "scope": "openid fhirUser launch/patient patient/*.read offline_access",
        }
    )
    smart.prepare()
    answer = app.authorize(address=smart.authorize_url)
    smart.handle_callback(answer["_"])
    assert smart.ready
    assert smart.patient.name[0].family == "Familypatient-ana"
    assert condition.where({"patient": smart.patient_id}).perform_resources(smart.server)
    observations = observation.where({"patient": smart.patient_id, "_count": "2"}).perform_resources_iter(smart.server)
    assert len(list(observations)) > 5
    assert smart.reauthorize()
    assert smart.patient_id == "patient-ana"


def test_fhirpy_reads_and_pages(portal: App) -> None:
    fhirpy = pytest.importorskip("fhirpy")
    app = App(portal.base, portal.username, portal.password, http=portal.http)
    app.register()
    app.connect()
    client = fhirpy.SyncFHIRClient(f"{portal.base}/fhir", authorization=f"Bearer {app.tokens['access_token']}")
    patient = client.reference("Patient", app.tokens["patient"]).to_resource()
    assert patient["birthDate"] == "1980-03-04"
    laboratory = client.resources("Observation").search(category="laboratory").limit(2).fetch_all()
    assert len(laboratory) >= 5
    assert {one["resourceType"] for one in laboratory} == {"Observation"}


class OlderClient(App):
    """A client that asks for FHIR JSON under its name before R4, on every request, as Mere Medical does."""

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return super().get(path, **{"Accept": "application/json+fhir", **headers})


def test_a_client_that_calls_json_by_its_older_name(portal: App) -> None:
    app = OlderClient(portal.base, portal.username, portal.password, http=portal.http)
    accept = {"Accept": "application/json+fhir"}
    for document in ("metadata", ".well-known/smart-configuration"):
        assert http.get(f"{portal.base}/fhir/{document}", headers=accept).status_code == 200
    app.register()
    app.connect()
    for path in ("Patient", f"Patient/{app.tokens['patient']}", "Observation?category=laboratory", "Observation/none"):
        answer = app.get(path)
        assert answer.headers["Content-Type"].startswith("application/fhir+json"), path
        assert answer.json()["resourceType"]
    assert len(app.resources("Observation?_count=2")) > 5
    everything = [kind for kind in SERVED if app.get(f"{kind}?_count=1").status_code != 200]
    assert everything == []
