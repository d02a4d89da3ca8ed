"""A person takes everything that is kept of them; nobody who acts for them can."""

import io
import json
import zipfile

from flask import Flask
from flask.testing import FlaskClient

from tests.factories.record import Linked
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_page, get
from tests.integration.web.test_corrections import post


def test_everything_is_in_the_file(signed: FlaskClient, riverbend: Linked) -> None:
    assert riverbend
    check_page(get(signed, "/settings/export"))
    answer = post(signed, "/settings/export")
    assert answer.headers["Cache-Control"] == "no-store"
    packed = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    record = json.loads(packed.read("record.json"))
    kinds = {entry["resource"]["resourceType"] for entry in record["entry"]}
    assert {"AllergyIntolerance", "MedicationRequest", "Observation"} <= kinds
    assert "Riverbend Regional Medical Center" in {
        link["organization"] for link in json.loads(packed.read("links.json"))
    }
    assert json.loads(packed.read("account.json"))["username"] == "ana"
    events = [json.loads(line) for line in packed.read("log.ndjson").splitlines()]
    assert {event["resourceType"] for event in events} == {"AuditEvent"}
    assert "downloaded everything" in get(signed, "/activity").get_data(as_text=True)


def test_who_acts_for_them_cannot(app: Flask, world: World, ana: TestUser) -> None:
    ben, client = world.patient("ben", BEN), app.test_client()
    world.proxy(ben, ana.person_id or "")
    sign_in(client, ben)
    assert post(client, f"/for/{ana.person_id}/settings/export").status_code == 404
