"""Links that were made here, opened over real HTTP by a receiver that nobody here wrote: npm ``kill-the-clipboard``."""

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conformance.app import App
from tests.node import installed


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("viewer"), "kill-the-clipboard@1.1.0")


def link_of(portal: App, opening: str) -> tuple[str, str]:
    """Make a link on the page as a person without scripts does; gives it with its passcode."""
    with httpx2.Client(base_url=portal.base, timeout=30) as browser:

        def form(at: str, **fields: Any) -> dict[str, Any]:
            page = browser.get(at).text
            hidden = re.findall(r'name="(csrf_token|share)"[^>]*?value="([^"]+)"', page)
            return dict(hidden) | fields

        browser.post("/sign-in", data=form("/sign-in", username=portal.username, password=portal.password))
        fields = {"section": ["10160-0", "48765-2"], "label": "Dr. Moreau", "opening": opening, "step": "create"}
        page = unescape(browser.post("/share/new", data=form("/share/new", **fields)).text)
    passcode = re.search(r'<code class="key">(\d{6})</code>', page)
    return re.search(r"shlink:/[\w-]+", page)[0], passcode[1] if passcode else ""  # type: ignore[index]


def opened(node_modules: Path, link: str, passcode: str) -> dict[str, Any]:
    script = Path(__file__).with_name("open_link.mjs")
    command = ["node", str(script), str(node_modules), link, passcode]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("prefix", ["", "https://viewer.example/#"])
@pytest.mark.parametrize("opening", ["week", "desk"])
def test_a_receiver_of_others_opens_it(portal: App, node_modules: Path, opening: str, prefix: str) -> None:
    link, passcode = link_of(portal, opening)
    assert bool(passcode) == (opening == "week")
    answer = opened(node_modules, prefix + link, passcode)
    assert answer.get("label") == "Dr. Moreau", answer
    assert {"Composition", "Patient", "AllergyIntolerance", "MedicationRequest"} <= set(answer["types"])


def test_it_understands_a_refusal(portal: App, node_modules: Path) -> None:
    link, passcode = link_of(portal, "week")
    wrong = "000000" if passcode != "000000" else "111111"
    assert "asscode" in opened(node_modules, link, wrong)["refused"]
