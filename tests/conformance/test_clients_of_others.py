"""Clients that nobody here wrote: smart-on-fhir's fhirclient and fhirpy, over real HTTP."""

import importlib

import pytest

from tests.conformance.app import App


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
