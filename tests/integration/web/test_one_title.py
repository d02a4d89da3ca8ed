"""A vaccine has one name wherever it is met: in lists, a search, its page, a summary, among what is private."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import link
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

_NAME = "Pneumococcal vaccine (PPSV23)"


def _vaccine(fhir_id: str, title: str, code: str, day: str = "2024-10-02") -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "id": fhir_id,
        "status": "completed",
        "patient": {"reference": "Patient/p"},
        "occurrenceDateTime": day,
        "vaccineCode": {"text": title, "coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": code}]},
    }


def _words(tree: Any) -> str:
    return " ".join("".join(tree.itertext()).split())


@pytest.mark.parametrize(
    "address",
    [
        "/health/immunizations",
        "/health/immunizations?q=PPSV23",
        "/health/summary",
        "/health/search?q=PPSV23",
        "/family/private?about=PPSV23",
    ],
)
def test_one_vaccine_has_one_title(signed: FlaskClient, services: Services, ana: TestUser, address: str) -> None:
    vaccine = _vaccine("v", "Pneumococcal vaccine", "33")
    ingest(services.db, person_id=ana.person_id, source="home", resources=[vaccine])
    assert _NAME in _words(check_page(get(signed, address)))


def test_its_own_page_and_a_neighbour_call_it_so(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    vaccine = _vaccine("v", "Pneumococcal vaccine", "33")
    ingest(services.db, person_id=ana.person_id, source="home", resources=[vaccine])
    link(services, ana, name="Lakeside", resources=[vaccine | {"id": "w", "status": "not-done"}])
    listed = check_page(get(signed, "/health/immunizations"))
    words = _words(listed)
    assert _NAME in words
    assert words.count("Pneumococcal vaccine") == words.count(_NAME)
    entry = listed.findall(".//*[@data-entry]")[0].get("data-entry")
    assert _NAME in _words(check_page(get(signed, f"/health/immunizations/{entry}")).find(".//h1"))
