"""``/health/about/<topic>``: everything about one thing from all sections, and nothing that is kept private."""

import re

from flask import Flask
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import Linked, medication
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.desk.conftest import Browser
from tests.integration.web.html import check_page, get


def _said(client: FlaskClient, address: str) -> str:
    return " ".join(" ".join(check_page(get(client, address)).itertext()).split())


def test_it_collects_by_section_and_says_that_it_may_miss_some(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    ingest(
        services.db,
        person_id=ana.person_id,
        source=HOME,
        resources=[medication("met", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Twice a day")],
    )
    tree = check_page(get(signed, "/health/about/diabetes"))
    headings = [each.text for each in tree.findall(".//main//h2")]
    assert headings[:3] == ["Health issues", "Medications", "Test results"]
    titles = " ".join(link.text or "" for link in tree.findall(".//li[@data-entry]//a"))
    assert "etformin" in titles
    assert "Hemoglobin A1c" in titles
    assert "Asthma" not in titles
    assert "Some may be missing" in " ".join(tree.itertext())
    get(signed, "/health/about/nothing", status=404)


def test_a_health_issue_and_the_search_lead_there(signed: FlaskClient, riverbend: Linked) -> None:
    issues = get(signed, "/health/health-issues").text
    (entry,) = re.findall(r'href="(/health/health-issues/\w+)"[^>]*>[^<]*[Dd]iabetes', issues)[:1]
    for address in (entry, "/health/search?q=diabetes"):
        assert "/health/about/diabetes" in get(signed, address).text
    assert "/health/about/" not in get(signed, "/health/search?q=penicillin").text


def test_what_is_kept_private_is_not_in_it(
    signed: FlaskClient, app: Flask, world: World, ana: TestUser, riverbend: Linked
) -> None:
    own = Browser(signed)
    offered = re.findall(r'name="item" value="([^"]+)"', own.get("/family/private?about=diabetes"))
    own.send("/family/private", item=offered, private="1")  # type: ignore[arg-type]
    assert "Type 2 diabetes" in _said(signed, "/health/about/diabetes")
    carer = world.patient("ben", BEN)
    world.proxy(carer, ana.person_id or "")
    client = app.test_client()
    sign_in(client, carer)
    assert "Type 2 diabetes" not in _said(client, f"/for/{ana.person_id}/health/about/diabetes")
