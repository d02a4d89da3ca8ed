"""AuditEvent by the FHIR API: what happened with one's record, for an app that was agreed to for just that."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from portal import audit
from portal.audit import Action, Actor
from portal.domain.people import GrantLevel
from portal.services import Services
from portal.store.audit import events
from portal.store.people import accounts
from tests.factories.stages import staged
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.both import settings
from tests.integration.provider.conftest import TestApp, ana, store_chart, third_party

__all__ = ["ana", "settings", "third_party"]

SCOPE = "launch/patient patient/Condition.rs patient/AuditEvent.rs"


@pytest.fixture
def reader(third_party: TestApp, services: Services, client: FlaskClient) -> TestApp:
    tokens = staged(services, ("connected", SCOPE), lambda: third_party.connect(scope=SCOPE).tokens, client)
    third_party.tokens = dict(tokens)
    return third_party


def bundle(app: TestApp, path: str) -> dict[str, Any]:
    answer = app.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body: dict[str, Any] = answer.get_json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in body.get("entry", [])]


def stored(services: Services, user: TestUser) -> list[str]:
    with services.db.reading() as tx:
        return [str(event.seq) for event in events.of_person(tx, person_id=str(user.person_id), limit=1000)]


def test_the_consent_page_names_it_and_all_does_not_mean_it(third_party: TestApp) -> None:
    assert "Who has looked at the record" in third_party.page(scope=SCOPE).get_data(as_text=True)
    assert "Who has looked at the record" not in third_party.page().get_data(as_text=True)
    wide = third_party.connect()
    assert wide.get("Condition").status_code == 200
    assert wide.get("AuditEvent").status_code == 403
    assert wide.get("AuditEvent/1").status_code == 403


def test_it_can_be_refused(third_party: TestApp) -> None:
    app = third_party.connect(scope=SCOPE, refuse=("AuditEvent",))
    assert app.get("Condition").status_code == 200
    assert app.get("AuditEvent").status_code == 403


def test_all_events_newest_first_page_by_page(reader: TestApp, services: Services, ana: TestUser) -> None:
    for n in range(12):
        with services.db.transaction() as tx:
            actor = Actor("account", ana.account_id)
            audit.record(tx, action=Action.VIEW_SECTION, actor=actor, person_id=ana.person_id, section=f"s{n}")
    before = stored(services, ana)
    body = bundle(reader, "AuditEvent?patient=patient-ana&_count=5")
    seen = ids(body)
    while following := [link["url"] for link in body["link"] if link["relation"] == "next"]:
        body = bundle(reader, following[0].partition("/fhir/")[2])
        seen += ids(body)
    assert seen == before
    first = bundle(reader, f"AuditEvent/{before[0]}")
    assert first["resourceType"] == "AuditEvent"
    assert first["agent"][0]["who"]["display"] == "Ana Luz Rivera"
    assert first["entity"][0]["what"]["reference"] == "Patient/patient-ana"
    assert first["type"]["code"] == "110110"
    assert {"recorded", "outcome", "source"} <= first.keys()
    newest = bundle(reader, "AuditEvent?_count=1")["entry"][0]["resource"]
    assert newest["type"]["code"] == "rest", "reading it is an event too"
    assert newest["agent"][0]["who"]["display"] == "Test App"


def test_dates_narrow(reader: TestApp, services: Services, ana: TestUser) -> None:
    old = stored(services, ana)[-1]
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET at = '2024-03-05 10:00:00' WHERE seq = :seq"), {"seq": int(old)})
    for date in ("2024-03-05", "lt2025", "le2024-03-05", "ge2024-03-05&date=lt2024-04"):
        assert ids(bundle(reader, f"AuditEvent?date={date}")) == [old], date
    for date in ("gt2024-03-05", "ge2024-04"):
        assert old not in ids(bundle(reader, f"AuditEvent?date={date}")), date
    assert reader.get("AuditEvent?date=ne2024").status_code == 400
    assert reader.get("AuditEvent?date=yesterday").status_code == 400
    assert reader.get("AuditEvent?agent=x", Prefer="handling=strict").status_code == 400


def test_another_persons_events_stay_closed(reader: TestApp, world: World, services: Services, ana: TestUser) -> None:
    ben = world.patient("ben", BEN)
    store_chart(services, ben)
    with services.db.transaction() as tx:
        audit.record(tx, action=Action.IMPORT, actor=Actor("operator"), person_id=ben.person_id)
    (foreign,) = stored(services, ben)
    assert reader.get(f"AuditEvent/{foreign}").status_code == 404
    assert reader.get("AuditEvent?patient=patient-ben").status_code == 403
    assert foreign not in ids(bundle(reader, "AuditEvent?_count=200"))
    for odd in ("0", "-1", "x", "9" * 30, "1e3"):
        assert reader.get(f"AuditEvent/{odd}").status_code == 404


def test_who_may_not_see_what_is_confidential_reads_no_names_of_apps(
    reader: TestApp, world: World, services: Services, ana: TestUser
) -> None:
    reader.get("Condition")
    with services.db.transaction() as tx:
        actor = Actor("account", ana.account_id)
        audit.record(tx, action=Action.LINK_CHANGE, actor=actor, person_id=ana.person_id, organization="clinic-id")
    parent = world.patient("cleo")
    world.proxy(parent, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    browser = reader.app.test_client()
    sign_in(browser, parent)
    app = TestApp(reader.app, browser).connect(scope=SCOPE, person=str(ana.person_id))
    text_ = app.get("AuditEvent?_count=200").get_data(as_text=True)
    assert '"view-' in text_ or '"api-read"' in text_
    for hidden in ("Test App", "test-app", "clinic-id", '"type":"n"'):
        assert hidden not in text_.replace(": ", ":"), "how many an app read counts what is confidential"
    with services.db.transaction() as tx:
        grants = accounts.grants_of(tx, account_id=parent.account_id, teen_age=13)
        accounts.end_grant(tx, grant_id=grants[0].id)
    assert app.get("AuditEvent").status_code == 401


@pytest.mark.parametrize(
    ("action", "detail"),
    [
        (Action.ASSIST, {"step": "received"}),
        (Action.ASSIST, {"step": "received-filed"}),
        (Action.ASSIST, {"step": "received-other"}),
        (Action.IMPORT, {"what": "summary-file"}),
        (Action.VIEW_SECTION, {"section": "received"}),
        (Action.CARE_TEAM_VIEW, {"section": "received"}),
    ],
)
def test_no_app_learns_of_a_summary_from_outside(
    reader: TestApp, services: Services, ana: TestUser, action: Action, detail: dict[str, str]
) -> None:
    with services.db.transaction() as tx:
        audit.record(tx, action=action, actor=Actor("account", "clerk"), person_id=ana.person_id, **detail)
    newest = stored(services, ana)[0]
    assert newest not in ids(bundle(reader, "AuditEvent?_count=200"))
    assert reader.get(f"AuditEvent/{newest}").status_code == 404


def test_the_metadata_names_it(reader: TestApp) -> None:
    client = reader.app.test_client()
    kinds = {part["type"] for part in client.get("/fhir/metadata").get_json()["rest"][0]["resource"]}
    assert "AuditEvent" in kinds
    scopes = client.get("/fhir/.well-known/smart-configuration").get_json()["scopes_supported"]
    assert "patient/AuditEvent.rs" in scopes
