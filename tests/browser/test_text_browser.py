"""A browser of text alone, w3m: what stands on a page, in which order, in sixty columns. Run by ``make journeys``."""

import shutil
import subprocess

import pytest
from flask import Flask

from portal.services import Services
from tests.browser.tasks import record
from tests.factories.world import World, sign_in

pytestmark = pytest.mark.skipif(not shutil.which("w3m"), reason="w3m is not installed")

PAGES = {
    "/": ("Good ", "Your next visit", "Health record", "Other providers"),
    "/health/vital-signs": (
        "Vital signs",
        "Nov 20, 2026",
        "Blood pressure",
        "131/",
    ),  # w3m ends the line of a narrow column after it
    "/health/allergies": ("Allergies", "Peanut oil", "Hives"),
    "/health/medications?status=past&q=warfarin": ("Medications", "Allergies", "warfarin", "Stopped"),
    "/health/search?q=hemo": ("Search my record", "Best matches", "Hemoglobin A1c", "6.8%"),
    "/health/test-results": ("Test results", "Hemoglobin A1c", "6.8%", "High"),
    "/messages": ("Messages", "About your last result", "Dr. Tom Becker"),
    "/links": ("Link My Accounts", "Linked", "Riverbend", "Active", "Find another place"),
    "/share/new": ("Share with a doctor", "What to share", "For how long", "Make the link"),
    "/help": ("Help", "What do the red numbers mean"),
}
"""What a page must say, in this order."""


def test_every_page_reads_as_text(app: Flask, site: str, world: World, services: Services) -> None:
    ana = world.patient()
    record.fill(services, ana)
    client = app.test_client()
    sign_in(client, ana)
    cookies = "; ".join(f"{each.key}={each.value}" for each in client._cookies.values())
    problems = []
    for path, says in PAGES.items():
        text = _read(f"{site}{path}", cookies)
        at = 0
        for words in says:
            at = text.lower().find(words.lower(), at)
            if at < 0:
                problems.append(f"{path}: {words!r} is missing, or not in this order")
                break
    assert not problems, "\n".join(problems)


def _read(address: str, cookies: str) -> str:
    command = ["w3m", "-dump", "-cols", "60", "-no-graph", "-header", f"Cookie: {cookies}", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return " ".join(done.stdout.split())
