"""The release policy may hold results back for some days (``PORTAL_RESULTS_DELAY_DAYS``)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import people
from tests.integration.provider.conftest import TestApp

NOW = datetime.now(UTC).replace(microsecond=0)


def ids(answer: TestResponse) -> set[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {entry["resource"]["id"] for entry in answer.get_json().get("entry", [])}


def result(fhir_id: str, issued: datetime, category: str = "laboratory") -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category},
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "17856-6"}]},
        "subject": {"reference": "Patient/patient-ana"},
        "effectiveDateTime": (issued - timedelta(days=5)).isoformat(),  # taken long before it was known
        "issued": issued.isoformat(),
        "valueQuantity": {"value": 7.1, "unit": "%"},
    }


@pytest.fixture
def held(app: Flask, services: Services, third_party: TestApp) -> TestApp:
    """A portal that holds results back for three days, with one of yesterday, one of last week, and a vital sign."""
    app.extensions["tributary"] = replace(services, settings=replace(services.settings, results_delay_days=3))
    with services.db.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id="patient-ana")
    assert person is not None
    resources = [
        result("yesterday", NOW - timedelta(days=1)),
        result("last-week", NOW - timedelta(days=7)),
        result("pulse", NOW - timedelta(hours=1), "vital-signs"),
        {
            "resourceType": "DiagnosticReport",
            "id": "report",
            "status": "final",
            "subject": {"reference": "Patient/patient-ana"},
            "code": {"text": "HbA1c"},
            "issued": (NOW - timedelta(days=1)).isoformat(),
            "result": [{"reference": "Observation/yesterday"}],
        },
        {
            "resourceType": "Condition",
            "id": "because-of-it",
            "subject": {"reference": "Patient/patient-ana"},
            "code": {"text": "Tired"},
            "text": {"status": "generated", "div": "<div>Tired, because of: HIV antibodies</div>"},
            "evidence": [
                {"detail": [{"reference": "Observation/yesterday", "display": "HIV antibodies"}]},
                {"detail": [{"reference": "Observation/last-week", "display": "Ferritin"}]},
            ],
        },
        {
            "resourceType": "MedicationRequest",
            "id": "for-it",
            "subject": {"reference": "Patient/patient-ana"},
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Zinc"},
            "reasonReference": [{"reference": "Observation/yesterday", "display": "HIV antibodies"}],
        },
    ]
    ingest(services.db, person_id=person.id, source=HOME, resources=resources)
    return third_party.connect()


def test_what_is_held_back_is_as_if_it_were_not_there(held: TestApp) -> None:
    found = ids(held.get("Observation?_count=200"))
    assert {"last-week", "pulse"} <= found
    assert "yesterday" not in found
    assert "report" not in ids(held.get("DiagnosticReport"))
    assert ids(held.get("Observation?_id=yesterday")) == set()
    assert ids(held.get("Observation?category=laboratory&code=17856-6")) == {"last-week"}
    assert held.get("Observation/yesterday").status_code == 404
    assert held.get("Observation/yesterday").data == held.get("Observation/none").data
    total = held.get("Observation?_summary=count&code=17856-6").get_json()["total"]
    assert total == 2, "the vital sign and last week's"


def test_nothing_names_it_until_then(held: TestApp) -> None:
    for query, other in (
        ("Condition/because-of-it", "Ferritin"),
        ("Condition", "Ferritin"),
        ("Patient/$summary", "Zinc"),
    ):
        text = held.get(query).get_data(as_text=True)
        assert other in text, query
        assert "HIV" not in text, query
        assert "Observation/yesterday" not in text, query
    with time_machine.travel(NOW + timedelta(days=2, minutes=1), tick=True):
        answer = held.token(grant_type="refresh_token", refresh_token=held.tokens["refresh_token"])
        later = replace(held, tokens=answer.get_json())
        assert b"HIV" in later.get("Condition/because-of-it").data
        assert b"HIV" in later.get("Patient/$summary").data


def test_it_is_released_as_a_change_of_that_moment(held: TestApp) -> None:
    """Who asks for what changed since the last time must get it, although it was stored before that."""
    with time_machine.travel(NOW + timedelta(days=2, minutes=1), tick=True):
        answer = held.token(grant_type="refresh_token", refresh_token=held.tokens["refresh_token"])
        later = replace(held, tokens=answer.get_json())
        since = (NOW + timedelta(days=1)).isoformat().replace("+00:00", "Z")
        assert ids(later.get(f"Observation?_lastUpdated=ge{since}")) == {"yesterday"}
        body = later.get("Observation/yesterday").get_json()
        released = datetime.fromisoformat(body["meta"]["lastUpdated"])
        assert released == NOW + timedelta(days=2)
        assert "report" in ids(later.get("DiagnosticReport"))
        before = (NOW + timedelta(days=1)).isoformat().replace("+00:00", "Z")
        assert "yesterday" not in ids(later.get(f"Observation?_lastUpdated=lt{before}"))


def test_without_the_policy_all_is_there(app: Flask, services: Services, held: TestApp) -> None:
    app.extensions["tributary"] = services
    assert {"yesterday", "last-week", "pulse"} <= ids(held.get("Observation?_count=200"))
