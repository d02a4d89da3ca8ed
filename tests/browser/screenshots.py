"""Pictures of the demo's pages: narrow and wide, light and dark, English and Spanish, with and without JavaScript.

Each page in English also in forced colours, at 400 % (1280 by 900 pixels, so 320 by 225 of CSS), and as printed.

``make screenshots`` starts a demo of its own, walks Maria's journey once, and writes
``artefacts/screenshots/<page>-<width>-<scheme>-<language>-<js|nojs>.png`` and ``<page>-<forced|zoomed|print>.png``.
Pages named after the folder: only these.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.demo.network import PASSWORD
from tests.browser.ports import free_ports

_WIDTHS = (320, 1280)
_SCHEMES = ("light", "dark")
_READY_SECONDS = 120.0
_PAGES = {
    "home": "/",
    "record": "/health",
    "medications": "/health/medications",
    "allergies": "/health/allergies",
    "test-results": "/health/test-results",
    "visits": "/health/visits",
    "summary": "/health/summary",
    "link-my-accounts": "/links",
    "messages": "/messages",
    "write": "/messages/new",
    "activity": "/activity",
    "security": "/account/security",
    "settings": "/settings",
    "share": "/share/new",
    "family": "/family",
    "find": "/links?q=clinic",
    "search": "/health/search?q=sugar",
    "help": "/help",
}


def main() -> int:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.stderr.write("Chromium is not installed\n")
        return 1
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "artefacts/screenshots")
    target.mkdir(parents=True, exist_ok=True)
    port = free_ports()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "portal.cli", "demo", "--port", str(port), "--data-dir", f"{folder}/data"]
        with out.open("w") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            ends = time.monotonic() + _READY_SECONDS
            while "demo ready: " not in out.read_text():
                if process.poll() is not None or time.monotonic() > ends:
                    sys.stderr.write(out.read_text())
                    return 1
                time.sleep(0.2)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                _take_all(browser, f"http://localhost:{port}", target, sys.argv[2:])
                browser.close()
        finally:
            process.terminate()
            process.wait(60)
    print(f"{len(list(target.glob('*.png')))} pictures in {target}")
    return 0


def _take_all(browser: Browser, base: str, target: Path, only: list[str]) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    _sign_in(page, base)
    page.goto(f"{base}/links/new/riverbend")
    page.locator("main form button").first.click()
    _fill(page)
    page.get_by_role("button", name="Share", exact=True).wait_for()
    page.get_by_role("radio", name="Maria").check()
    _take(page, target, "consent")
    page.get_by_role("button", name="Share", exact=True).click()
    page.locator("#live").wait_for()
    _take(page, target, "linking")
    while page.locator("#live .busy").count():
        page.wait_for_timeout(300)
    state = page.context.storage_state()
    for language, scripts in product(("en", "es"), (True, False)):
        context = browser.new_context(storage_state=state, java_script_enabled=scripts, reduced_motion="reduce")
        context.add_cookies([{"name": "language", "value": language, "url": base}])
        again = context.new_page()
        for name, path in _PAGES.items():
            if only and name not in only:
                continue
            again.goto(f"{base}{path}")
            _take(again, target, name, f"-{language}-{'js' if scripts else 'nojs'}")
            if language == "en" and scripts:
                _take_other_ways(again, target, name)
        context.close()
    zoomed = browser.new_context(storage_state=state, viewport={"width": 320, "height": 225}, device_scale_factor=4)
    again = zoomed.new_page()
    for name, path in _PAGES.items():
        if not only or name in only:
            again.goto(f"{base}{path}")
            again.screenshot(path=target / f"{name}-zoomed.png")


def _sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in")
    _fill(page)
    page.get_by_role("navigation", name="Main").wait_for()


def _fill(page: Page) -> None:
    page.fill("[name=username]", "maria")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").get_by_role("button", name="Sign in").click()


def _take(page: Page, target: Path, name: str, kind: str = "") -> None:
    """The page in both widths and schemes; the top of it, as a person first sees it, when it is very long."""
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_load_state("networkidle")
            page.screenshot(path=target / f"{name}-{width}-{scheme}{kind}.png", full_page=name != "help")
    page.set_viewport_size({"width": 1280, "height": 900})


def _take_other_ways(page: Page, target: Path, name: str) -> None:
    """The page in forced colours, and as on paper of 8.5 by 11 inches."""
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.screenshot(path=target / f"{name}-forced.png", full_page=name != "help")
    page.emulate_media(forced_colors="none", color_scheme="light", media="print")
    page.set_viewport_size({"width": 816, "height": 1056})
    page.screenshot(path=target / f"{name}-print.png", full_page=name != "help")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})


if __name__ == "__main__":
    sys.exit(main())
