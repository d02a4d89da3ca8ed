"""Plans, goals, orders and what a pharmacy handed out stand where a patient looks, and are no facts of another kind."""

import re

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.world import TestUser
from tests.integration.provider.test_us_core_types import resources
from tests.integration.web.html import check_page, get
from tests.integration.web.test_shown import text

ORDER = {
    "resourceType": "MedicationRequest",
    "id": "m-patient-ana",
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/patient-ana"},
    "medicationCodeableConcept": {"text": "Metformin 500 mg"},
}


@pytest.fixture
def chart(services: Services, ana: TestUser) -> None:
    parts = [ORDER, *resources("patient-ana")]
    dispense = next(part for part in parts if part["resourceType"] == "MedicationDispense")
    del dispense["medicationReference"]
    dispense["medicationCodeableConcept"] = ORDER["medicationCodeableConcept"]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=parts)


def test_the_section_says_of_each_what_it_is(chart: None, signed: FlaskClient) -> None:
    page = text(check_page(get(signed, "/health/plans")))
    for words in ("Plans, goals and orders", "Asthma", "Care plan", "Walk", "Goal", "Ordered"):
        assert words in page, words


def test_an_order_of_a_medicine_lists_what_was_handed_out(chart: None, signed: FlaskClient) -> None:
    section = get(signed, "/health/medications")
    listed = text(check_page(section))
    assert "Handed out by a pharmacy" in listed
    assert listed.index("Current") < listed.index("Past") < listed.index("Handed out by a pharmacy")
    entry = re.findall(r'href="(/health/medications/[^"/?]+)"', section.get_data(as_text=True))[0]
    page = text(check_page(get(signed, entry)))
    assert "Handed out by a pharmacy" in page


def test_answers_and_pictures(chart: None, signed: FlaskClient) -> None:
    assert "Questionnaire" in text(check_page(get(signed, "/health/questionnaires")))
    assert "Picture" in text(check_page(get(signed, "/health/documents")))


def test_in_spanish(chart: None, signed: FlaskClient) -> None:
    page = text(check_page(get(signed, "/health/plans", Accept_Language="es")))
    assert "Planes, metas y órdenes" in page
    assert "Pedido" in page
