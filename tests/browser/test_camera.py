"""A QR code before the camera at the desk: Chromium shows it one from a file."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserType, expect

from portal.domain.assists import Consent, Purpose
from portal.services import Services
from portal.store.desk import assists
from tests.browser.steps import Visitor
from tests.factories.world import TestUser, World

pytestmark = pytest.mark.skipif(not os.environ.get("JOURNEYS"), reason="make journeys")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """What the camera sees: a code that is cut off, which the page says when it has read it."""
    code = io.BytesIO()
    segno.make("shlink:/eyJ1cmwi", error="m").save(code, kind="png", scale=8)
    frame, still = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    frame.paste(Image.open(code).convert("RGB"), (150, 80))
    frame.save(still, format="JPEG", quality=90)
    path = tmp_path / "film.mjpeg"
    path.write_bytes(still.getvalue() * 5)
    return path


@pytest.fixture
def clerk(world: World, services: Services) -> TestUser:
    """Dana, whom a patient let help."""
    pytest.importorskip("zxingcpp", reason="the extra scan is not installed")
    dana, ana = world.staff("dana"), world.patient()
    with services.db.transaction() as tx:
        assists.begin(tx, account_id=dana.account_id, person_id=ana.person_id or "")
        assist = assists.open_of(tx, account_id=dana.account_id)
        assert assist
        assists.ask(tx, assist_id=assist.id, purpose=Purpose.LINK, consent=Consent.DEVICE, id_checked=False)
        assists.agree(tx, assist_id=assist.id, purpose=Purpose.LINK)
    return dana


@pytest.mark.parametrize("javascript", [True], ids=["javascript"], indirect=True)
def test_the_camera_reads_the_code(
    visitor: Visitor, clerk: TestUser, film: Path, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    options = dict(browser_type_launch_args)
    camera = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    options["args"] = [*options.get("args", ()), *camera, "--use-fake-ui-for-media-stream"]
    browser = browser_type.launch(**options)
    page = browser.new_page(permissions=["camera"])
    visitor.page = page
    page.on("console", visitor.hear)
    visitor.sign_in(clerk)
    visitor.go("/staff/patient/receive")
    visitor.check()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_text("The link is cut off")).to_be_visible()
    assert page.locator("#link").input_value() == "shlink:/eyJ1cmwi"
    browser.close()
