"""What a patient measured at home over FHIR: asked for by its performer, and never among what the hospital says."""

from portal.refresh import own_readings
from portal.refresh.own_readings import OwnReading
from portal.services import Services
from tests.factories.world import TestUser
from tests.integration.provider.conftest import TestApp

READING = OwnReading(
    id="r" * 20, kind="blood-pressure", numbers=("128", "82"), unit="mm[Hg]", at="2026-03-02T07:30:00-05:00"
)
MINE = "Observation?performer=Patient/patient-ana"


def _ids(reader: TestApp, path: str) -> list[str]:
    return [entry["resource"]["id"] for entry in reader.get(path).get_json().get("entry", [])]


def _add(services: Services, ana: TestUser) -> None:
    own_readings.put(services.db, person_id=ana.person_id or "", patient="patient-ana", reading=READING)


def test_it_is_served_as_the_patients_own(reader: TestApp, services: Services, ana: TestUser) -> None:
    before = _ids(reader, "Observation")
    _add(services, ana)
    assert _ids(reader, "Observation") == before, "nothing of it is what the hospital says"
    assert _ids(reader, "Observation?code=85354-9&date=ge2020") == []
    assert _ids(reader, MINE) == [READING.id]
    assert _ids(reader, f"{MINE}&category=vital-signs&code=85354-9&date=ge2026-01-01") == [READING.id]
    assert _ids(reader, f"{MINE}&date=ge2027-01-01") == []
    assert _ids(reader, "Observation?performer=Patient/patient-ben") == []
    assert reader.get("Observation?performer=Practitioner/x").status_code == 400
    body = reader.get(f"Observation/{READING.id}").get_json()
    assert body["performer"] == [{"reference": "Patient/patient-ana"}]
    assert body["meta"]["profile"] == ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-blood-pressure"]
    assert [label["code"] for label in body["meta"]["security"]] == ["PATAST"]
    assert [part["valueQuantity"]["value"] for part in body["component"]] == [128, 82]


def test_an_app_gets_it_only_as_far_as_its_scope_goes(third_party: TestApp, services: Services, ana: TestUser) -> None:
    _add(services, ana)
    laboratory = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    third_party.connect(scope=f"launch/patient patient/Observation.rs?category={laboratory}")
    assert _ids(third_party, MINE) == []
    assert third_party.get(f"Observation/{READING.id}").status_code == 404
