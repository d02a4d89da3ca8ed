"""Pages that told somebody of what is confidential without showing the item: apps, requests, suggestions."""

import inspect
import pkgutil
import re
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import portal.store
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel, Role
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories.record import condition
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.hostile.sight.record import LABEL
from tests.integration.provider.conftest import ana

__all__ = ["ana"]
CLINIC = "Harbor Youth Clinic"
SCOPES = ("launch/patient", "patient/*.rs")


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, **form: str) -> Any:
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', text(client, "/settings"))[0]
    return client.post(address, data={"csrf_token": token, **form})


@pytest.fixture
def parent(app: Flask, world: World, ana: TestUser) -> tuple[FlaskClient, TestUser]:
    user = world.patient("parent", BEN)
    world.proxy(user, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    client = app.test_client()
    sign_in(client, user)
    return client, user


def allow(services: Services, account_id: str, person_id: str, name: str) -> str:
    """Agree to a portal as this account; give the grant's id."""
    reader = OAuthClient(
        client_id=name,
        name=name,
        redirect_uris=("https://a.example/",),
        trusted=True,
        portal_fhir_base="https://a.example/fhir",
    )
    with services.db.transaction() as tx:
        clients.add_client(tx, client=reader)
        issued = grants.issue(
            tx, client=reader, person_id=person_id, scopes=SCOPES, lasting=True, account_id=account_id
        )
    return issued.grant_id


def test_the_apps_page_names_no_clinic_to_who_may_not_know(
    services: Services, client: FlaskClient, ana: TestUser, parent: tuple[FlaskClient, TestUser]
) -> None:
    browser, user = parent
    person = str(ana.person_id)
    teens = allow(services, ana.account_id, person, CLINIC)
    allow(services, user.account_id, person, "Calendar for parents")
    for address in ("/settings/apps", "/links", "/activity"):
        page = text(browser, f"/for/{person}{address}")
        assert CLINIC not in page, address
        assert teens not in page, address
    assert "Calendar for parents" in text(browser, f"/for/{person}/settings/apps")
    assert CLINIC in text(client, "/settings/apps")
    assert send(browser, f"/for/{person}/settings/apps", grant=teens).status_code == 303
    assert CLINIC in text(client, "/settings/apps"), "who may not know of it cannot end it either"
    assert CLINIC not in text(browser, f"/for/{person}/settings/apps")


@pytest.fixture
def clerk(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.staff("records", Role.RECORDS))
    return client


@pytest.fixture
def two_requests(services: Services, client: FlaskClient, ana: TestUser) -> None:
    """Ana asked for a correction of one open and one confidential item."""
    items = [condition("open", "77", "Asthma"), condition("secret", "78", "Qzsecret disorder") | {"meta": LABEL}]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=items)
    page = text(client, "/health/health-issues")
    for href in sorted(set(re.findall(r'href="(/health/health-issues/[0-9a-f]{32})"', page))):
        title = "qzsecret" if "Qzsecret" in text(client, href) else "asthma"
        assert send(client, f"{href}/correction", wrong=f"{title} is wrong", right=f"{title} gone").status_code == 303


@pytest.mark.usefixtures("two_requests")
def test_a_clerk_reads_no_confidential_request_by_looking_at_the_list(clerk: FlaskClient, client: FlaskClient) -> None:
    page = text(clerk, "/staff/corrections")
    assert "asthma is wrong" in page
    assert "qzsecret" not in page.lower()
    assert page.count("Rivera") >= 2, "that there is one is said, so that it is not forgotten"
    assert "Opened a request" not in text(client, "/activity")
    address = re.findall(r'action="(/staff/corrections/[a-z0-9]+/open)"', page)
    assert len(address) == 1
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    opened = clerk.post(address[0], data={"csrf_token": token}).get_data(as_text=True)
    assert "qzsecret is wrong" in opened
    assert "qzsecret" not in text(clerk, "/staff/corrections").lower(), "one look opens it once"


@pytest.mark.usefixtures("two_requests")
def test_a_confidential_request_is_answered_by_who_opened_it(clerk: FlaskClient, client: FlaskClient) -> None:
    page = text(clerk, "/staff/corrections")
    [address] = re.findall(r'action="(/staff/corrections/[a-z0-9]+)/open"', page)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    opened = clerk.post(f"{address}/open", data={"csrf_token": token}).get_data(as_text=True)
    assert f'action="{address}"' in opened
    name = address.rpartition("/")[2]
    form = {"csrf_token": token, f"{name}-state": "corrected", f"{name}-answer": "Done."}
    assert clerk.post(address, data=form | {f"{name}-answer": ""}).status_code == 422
    assert clerk.post(address, data=form).status_code == 303
    assert "Done." in text(client, "/health/corrections")


def test_an_open_item_does_not_say_what_a_confidential_one_is(
    services: Services, client: FlaskClient, ana: TestUser, parent: tuple[FlaskClient, TestUser]
) -> None:
    """Its words come from what it refers to: the reason of an order, the ward of a visit."""
    me = {"reference": "Patient/patient-ana"}
    reason = condition("reason", "79", "Qzsecret disorder") | {"meta": LABEL}
    ward = {"resourceType": "Location", "id": "ward", "name": "Qzsecret ward", "meta": LABEL}
    order = {
        "resourceType": "MedicationRequest",
        "id": "order",
        "subject": me,
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-01-02",
        "medicationCodeableConcept": {"text": "Daily tablet"},
        "reasonReference": [{"reference": "Condition/reason"}],
    }
    visit = {
        "resourceType": "Encounter",
        "id": "visit",
        "subject": me,
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "Stay"}],
        "period": {"start": "2026-01-02", "end": "2026-01-03"},
        "location": [{"location": {"reference": "Location/ward"}}],
    }
    ingest(services.db, person_id=None, source=HOME, resources=[ward])
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[reason, order, visit])
    browser, _ = parent
    for section in ("medications", "visits"):
        for who, prefix in ((client, ""), (browser, f"/for/{ana.person_id}")):
            pages = text(who, f"{prefix}/health/{section}")
            for href in set(re.findall(rf'href="({prefix}/health/{section}/[0-9a-f]{{32}})"', pages)):
                pages += text(who, href)
            assert ("Qzsecret" in pages) is (who is client), (section, prefix)


def test_no_query_of_the_store_lets_its_caller_see_what_is_confidential_by_default() -> None:
    for module in pkgutil.walk_packages(portal.store.__path__, "portal.store."):
        if "migrations" in module.name:
            continue
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            for parameter in inspect.signature(function).parameters.values():
                if "confidential" in parameter.name:
                    assert parameter.default is inspect.Parameter.empty, f"{module.name}.{name}"
