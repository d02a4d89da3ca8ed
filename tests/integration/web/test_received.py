"""What was handed on at the front desk: who may read it beside the person, and who is told that somebody did."""

import base64
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.access.proxies import LEVELS
from portal.audit import Action
from portal.domain.people import GrantLevel, ProxyChoice, Role
from portal.domain.sections import Section
from portal.services import Services
from portal.store import Tx
from portal.store.audit import events
from portal.store.people import people, proxies
from portal.store.records import privacy
from portal.store.records.privacy import PrivateChoice
from portal.store.shares import received
from portal.store.shares.received import ReceivedOrigin
from tests.factories.world import ANA, BEN, TestUser, World, sign_in

LABEL = "A cough"
PROXY_LEVELS = [GrantLevel.FULL, GrantLevel.NO_CONFIDENTIAL, GrantLevel.VISITS_ONLY]


def handed_over(tx: Tx, person_id: str) -> str:
    """File a summary with a condition and a PDF; return its id."""
    pdf = {"contentType": "application/pdf", "data": base64.b64encode(b"%PDF-1.7").decode()}
    entries = (
        {"resourceType": "Patient", "name": [{"family": "Rivera"}], "birthDate": ANA.birth_date},
        {"resourceType": "Condition", "code": {"text": "Asthma"}},
        {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": pdf}]},
    )
    held = [{"fullUrl": f"urn:x:{number}", "resource": resource} for number, resource in enumerate(entries)]
    content = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": held}).encode()
    origin = ReceivedOrigin(host="phone.example", label=LABEL, kinds={Section.HEALTH_ISSUES.value: 1})
    summary = received.add(tx, person_id=person_id, account_id="clerk", origin=origin, content=content)
    received.file_it(tx, received_id=summary)
    return summary


def signed_in(app: Flask, user: TestUser) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


def addresses(summary: str, person_id: str = "") -> list[str]:
    start = f"/for/{person_id}/health/received" if person_id else "/health/received"
    return [start, f"{start}/{summary}", f"{start}/{summary}/file/2"]


def child_without_sign_in(tx: Tx) -> str:
    return people.put_home_patient(tx, fhir_id="patient-child", demographics=ANA)


@pytest.mark.parametrize(
    "choices",
    [*(LEVELS[level] for level in PROXY_LEVELS), frozenset({ProxyChoice.VISITS, ProxyChoice.CONFIDENTIAL})],
    ids=[*PROXY_LEVELS, "visits and sensitive items"],
)
def test_nobody_who_acts_for_an_adult_reads_a_summary(
    app: Flask, services: Services, world: World, choices: frozenset[ProxyChoice]
) -> None:
    ana, ben = world.patient(), world.patient("ben", BEN)
    assert ana.person_id
    with services.db.transaction() as tx:
        proxies.begin(tx, account_id=ben.account_id, person_id=ana.person_id, choices=choices, relationship="child")
        summary = handed_over(tx, ana.person_id)
    own, other = signed_in(app, ana), signed_in(app, ben)
    assert [own.get(address).status_code for address in addresses(summary)] == [200] * 3
    assert [other.get(address).status_code for address in addresses(summary, ana.person_id)] == [404] * 3
    for page in ("share", "activity"):
        text = other.get(f"/for/{ana.person_id}/{page}").get_data(as_text=True)
        assert "health/received" not in text
        assert "handed over at" not in text
    assert "/health/received" in own.get("/share").get_data(as_text=True)


@pytest.mark.parametrize(
    ("level", "private", "status"),
    [
        (GrantLevel.FULL, False, 200),
        (GrantLevel.FULL, True, 404),
        (GrantLevel.NO_CONFIDENTIAL, False, 404),
    ],
)
def test_who_sees_all_of_a_child_without_a_sign_in_reads_it(
    app: Flask, services: Services, world: World, *, level: GrantLevel, private: bool, status: int
) -> None:
    ben = world.patient("ben", BEN)
    with services.db.transaction() as tx:
        child = child_without_sign_in(tx)
        summary = handed_over(tx, child)
        if private:
            privacy.put(tx, person_id=child, chosen=[PrivateChoice(section=Section.ALLERGIES.value)], private=True)
    world.proxy(ben, child, level)
    parent = signed_in(app, ben)
    assert [parent.get(address).status_code for address in addresses(summary, child)] == [status] * 3


def test_who_looked_is_recorded_and_told_to_the_person_alone(app: Flask, services: Services, world: World) -> None:
    ana, ben, nadia = world.patient(), world.patient("ben", BEN), world.staff("nadia", Role.CARE_TEAM)
    assert ana.person_id
    world.proxy(ben, ana.person_id)
    with services.db.transaction() as tx:
        summary = handed_over(tx, ana.person_id)
    own, other, team = signed_in(app, ana), signed_in(app, ben), signed_in(app, nadia)
    token = re.search(r'"X-CSRFToken":"([^"]+)"', team.get("/help").get_data(as_text=True))
    assert token

    def looks(action: Action) -> int:
        with services.db.reading() as tx:
            stored = events.of_person(tx, person_id=str(ana.person_id), limit=100)
        return sum(event.action == action and event.detail.get("section") == "received" for event in stored)

    for number, address in enumerate(addresses(summary), 1):
        assert own.get(address).status_code == 200
        assert looks(Action.VIEW_SECTION) == number, address
    team.post(f"/care-team/received/{summary}", data={"csrf_token": token[1]})
    assert looks(Action.CARE_TEAM_VIEW) == 1
    told = "looked at what was handed over at the front desk"
    assert f"{told}, as the care team" in own.get("/activity").get_data(as_text=True)
    assert "handed over at the front desk" not in other.get(f"/for/{ana.person_id}/activity").get_data(as_text=True)
