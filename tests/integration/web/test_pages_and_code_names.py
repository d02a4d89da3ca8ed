"""The names of ICD-10-CM's codes are loaded where entries are read to be merged, never to show a page."""

from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.merge.issues import icd_names
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.world import World, sign_in


def test_no_page_of_health_issues_loads_the_names(client: FlaskClient, services: Services, world: World) -> None:
    user = world.patient()
    conditions = [
        {
            "resourceType": "Condition",
            "id": f"issue-{code}-{number}",
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}], "text": text},
            "note": [{"text": "Seen again."}],
        }
        for code, texts in {
            "I10": ("Essential hypertension", "High blood pressure"),
            "L29.9": ("Itch of the right arm", "Itch of the left arm"),
        }.items()
        for number, text in enumerate(texts)
    ]
    ingest(services.db, person_id=user.person_id, source=HOME, resources=conditions)
    icd_names.code_names.cache_clear()
    icd_names._lines.cache_clear()
    sign_in(client, user)
    page = client.get("/health/health-issues").get_data(as_text=True)
    entries = [part.partition('"')[0] for part in page.split('data-entry="')[1:]]
    assert len(entries) >= len(conditions)
    for entry in entries:
        assert client.get(f"/health/health-issues/{entry}").status_code == 200
    assert client.get("/health/health-issues?q=itch").status_code == 200
    assert client.get("/").status_code == 200
    assert icd_names._lines.cache_info().currsize == 0
