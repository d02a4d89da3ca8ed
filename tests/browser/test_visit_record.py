"""The record of a visit, from the desk's screen to the patient's own browser."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server

from portal.config import Settings
from portal.domain.assists import Consent, Purpose
from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import pictures
from portal.store.desk import assists
from tests.browser.ports import free_ports
from tests.browser.steps import Visitor
from tests.factories.settings import make_settings
from tests.factories.world import World
from tests.integration.desk.test_visit import TODAY, document, encounter, of_visit

pytestmark = pytest.mark.skipif(not os.environ.get("JOURNEYS"), reason="make journeys")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As an instance that knows its own address: it is in the link."""
    return make_settings(tmp_path, base_url=f"http://127.0.0.1:{free_ports()}")


@pytest.fixture
def site(app: Flask, settings: Settings) -> Iterator[str]:
    server = make_server("127.0.0.1", urlsplit(settings.base_url).port or 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield settings.base_url
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("javascript", [True], ids=["javascript"], indirect=True)
def test_the_patient_opens_at_home_what_the_desk_showed(
    visitor: Visitor, world: World, services: Services, context_of: Any
) -> None:
    pytest.importorskip("zxingcpp", reason="the extra scan is not installed")
    ana, dana = world.patient(), world.staff("dana")
    told = [encounter("today", TODAY), of_visit("Condition", "c1", "Sinus infection"), document("d1", "today")]
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=told)
    with services.db.transaction() as tx:
        assists.begin(tx, account_id=dana.account_id, person_id=ana.person_id or "")
        assist = assists.open_of(tx, account_id=dana.account_id)
        assert assist
        assists.ask(tx, assist_id=assist.id, purpose=Purpose.VISIT, consent=Consent.DEVICE, id_checked=False)
    phone = context_of(viewport={"width": 320, "height": 700}).new_page()
    desk, visitor.page = visitor.page, phone
    visitor.sign_in(ana)
    visitor.go("/assist")
    phone.get_by_role("button", name="Yes, show me the passcode").click()
    visitor.check()
    passcode = re.search(r"\d{6}", phone.locator("code.key").inner_text())
    assert passcode
    visitor.page = desk
    visitor.sign_in(dana)
    visitor.go("/staff/patient")
    desk.get_by_role("button", name="Link to the visit’s record").click()
    visitor.check()
    assert "Sinus" not in desk.content()
    (code,) = pictures.codes_in(desk.locator(".paper svg").screenshot())
    visitor.page = phone
    phone.goto(code)
    phone.fill("#who", "Ana")
    phone.fill("#passcode", passcode[0])
    phone.locator("#view-form button").click()
    phone.get_by_text("Sinus infection").wait_for()
    visitor.check()
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="Save the document (PDF)").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
