"""What was granted can be seen and ended, by the person concerned alone, and the end acts at once."""

import re

from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.provider.fhir import preview
from portal.provider.types import OF_A_PERSON
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import grants
from portal.store.records import privacy, rows
from portal.store.records.grouping import regroup_pending
from portal.store.records.privacy import PrivateChoice
from tests.factories.sights import WHOLE
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.provider.conftest import TestApp, chart

_PAGE = "/settings/apps"


def _end(browser: FlaskClient, grant: str) -> int:
    page = browser.get(_PAGE).get_data(as_text=True)
    token = re.findall(r'name="csrf_token"\s+value="([^"]+)"', page)[0]
    return browser.post(_PAGE, data={"csrf_token": token, "grant": grant}).status_code


def _grants(browser: FlaskClient) -> list[str]:
    return re.findall(r'name="grant"\s+value="([^"]+)"', browser.get(_PAGE).get_data(as_text=True))


def test_an_app_is_named_with_what_it_may_read(third_party: TestApp, client: FlaskClient) -> None:
    assert "No app and no other portal" in client.get(_PAGE).get_data(as_text=True)
    third_party.connect(refuse=("Condition",))
    page = client.get(_PAGE).get_data(as_text=True)
    assert len(_grants(client)) == 1
    assert "Allergies" in page
    assert "Health issues" not in page


def test_the_end_acts_at_once_and_twice_is_once(third_party: TestApp, client: FlaskClient) -> None:
    connected = third_party.connect()
    assert connected.get("AllergyIntolerance").status_code == 200
    [grant] = _grants(client)
    assert _end(client, grant) == 303
    assert connected.get("AllergyIntolerance").status_code == 401
    assert (
        connected.token(grant_type="refresh_token", refresh_token=connected.tokens["refresh_token"]).status_code == 400
    )
    assert _grants(client) == []
    assert _end(client, grant) == 303


def test_nobody_else_can_end_it(app: Flask, third_party: TestApp, client: FlaskClient, world: World) -> None:
    connected = third_party.connect()
    [grant] = _grants(client)
    other = app.test_client()
    sign_in(other, world.patient("ben", BEN))
    assert _grants(other) == []
    assert _end(other, grant) == 303
    assert _grants(client) == [grant]
    assert "cannot read" not in other.get(_PAGE).get_data(as_text=True)
    assert connected.get("AllergyIntolerance").status_code == 200


def test_seen_as_an_app_is_what_the_app_gets(
    third_party: TestApp, client: FlaskClient, services: Services, ana: TestUser
) -> None:
    """Each resource that the app reads and no other one, with something refused, confidential, private and delayed."""
    person_id = str(ana.person_id)
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    confidential = {**chart("patient-ana")[1], "id": "r", "meta": label}
    ingest(services.db, person_id=person_id, source=HOME, resources=[confidential])
    with services.db.transaction() as tx:
        [row] = rows.page(tx, person_id=person_id, section=Section.MEDICATIONS, sight=WHOLE).rows
        kept = PrivateChoice(Section.MEDICATIONS.value, "", row.primary_id)
        for section in privacy.put(tx, person_id=person_id, chosen=[kept], private=True):
            regroup_pending(tx, person_id=person_id, section=section)
    connected = third_party.connect(refuse=("Condition",))
    got = set()
    for kind in sorted(OF_A_PERSON):
        answer = connected.get(f"{kind}?_count=200")
        if answer.status_code == 200:
            entries = answer.get_json().get("entry", [])
            got |= {f"{kind}/{each['resource']['id']}" for each in entries if each["search"]["mode"] == "match"}
    with services.db.reading() as tx:
        [grant] = grants.grants_of_person(tx, person_id=person_id)
        readable = {f"{each.type}/{each.fhir_id}" for each in preview.readable(tx, services.settings, grant)}
    assert readable == got
    assert len(got) > 5
    assert not [each for each in got if each.startswith(("Condition", "MedicationRequest"))]
    page = client.get(f"{_PAGE}/{grant.id}").get_data(as_text=True)
    assert "Penicillin of patient-ana" in page
    assert "Asthma of" not in page
    assert "Metformin of" not in page
    stranger = third_party.app.test_client()
    sign_in(stranger, World(services).patient("ben", BEN))
    assert stranger.get(f"{_PAGE}/{grant.id}").status_code == 404
    assert _end(client, grant.id) == 303
    assert client.get(f"{_PAGE}/{grant.id}").status_code == 404
