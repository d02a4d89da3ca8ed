"""What is confidential stays closed to partner organizations, whatever they matched."""

from typing import Any

import pytest

from portal.domain.ids import HOME
from portal.provider.oauth import grants
from portal.provider.types import SYSTEM_SCOPES
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients
from tests.factories.world import TestUser
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, chart
from tests.integration.provider.test_clients import ANA, SYSTEM, Key, backend, match
from tests.integration.provider.test_fhir import ids

__all__ = ["settings"]
RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def restricted(resource: dict[str, Any]) -> dict[str, Any]:
    return resource | {"meta": RESTRICTED}


@pytest.fixture
def partner(third_party: TestApp, services: Services) -> TestApp:
    """A partner with every scope there is for partners."""
    key = Key()
    backend(services, key, scopes=SYSTEM_SCOPES)
    system = TestApp(third_party.app, third_party.app.test_client(), client_id="partner")
    form = SYSTEM | key.form("partner") | {"scope": " ".join(SYSTEM_SCOPES)}
    system.tokens = system.browser.post("/oauth/token", data=form).get_json()
    return system


def test_a_partner_sees_only_what_is_not_confidential(partner: TestApp, services: Services, ana: TestUser) -> None:
    hidden = {
        "resourceType": "Condition",
        "id": "hidden",
        "subject": {"reference": "Patient/patient-ana"},
        "code": {"text": "Hidden"},
    }
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[restricted(hidden)])
    assert match(partner, **ANA).get_json()["total"] == 1
    assert ids(partner.get("Condition?patient=patient-ana")) == ["c-patient-ana"]
    assert partner.get("Condition?patient=patient-ana&_summary=count").get_json()["total"] == 1
    answer = partner.get("Condition/hidden")
    assert answer.status_code == 404
    assert answer.data == partner.get("Condition/none").data


def test_a_match_does_not_tell_of_a_patient_who_is_confidential(
    partner: TestApp, services: Services, ana: TestUser
) -> None:
    patient = chart("patient-ana")[0] | ANA
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[patient])
    assert match(partner, **ANA).get_json()["total"] == 1
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[restricted(patient)])
    assert match(partner, **ANA).get_json() == match(partner, **ANA | {"birthDate": "1999-01-01"}).get_json()
    assert partner.get("Patient/patient-ana").status_code == 404


def test_a_grant_between_organizations_leaves_out_what_is_confidential(
    third_party: TestApp, services: Services, ana: TestUser
) -> None:
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[restricted(chart("patient-ana")[2])])
    with services.db.transaction() as tx:
        client = clients.client_by_id(tx, client_id="test-app")
        assert client is not None
        issued = grants.issue(tx, client=client, person_id=ana.person_id, scopes=["patient/*.rs"], lasting=False)
    third_party.tokens = {"access_token": issued.access_token}
    assert third_party.get("Condition/c-patient-ana").status_code == 404
    assert ids(third_party.get("Condition")) == []
