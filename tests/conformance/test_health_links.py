"""Links that were made here, opened by a receiver that nobody here wrote, and its links opened here: npm
``kill-the-clipboard``."""

import json
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from portal.sharing import receiving, shlink
from tests.conformance import desk_vectors
from tests.conformance.app import App
from tests.conformance.desk_vectors import CLINICAL, PERSON, STORY
from tests.factories import http
from tests.node import installed


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("viewer"), "kill-the-clipboard@1.1.0")


def signed_in(browser: httpx2.Client, portal: App) -> None:
    """Sign in as a person without scripts does."""
    hidden = re.findall(r'name="(csrf_token)"[^>]*?value="([^"]+)"', browser.get("/sign-in").text)
    fields = {"username": portal.username, "password": portal.password}
    browser.post("/sign-in", data=dict(hidden) | fields)


def link_of(portal: App, opening: str) -> tuple[str, str]:
    """Make a link on the page as a person without scripts does; gives it with its passcode."""
    with httpx2.Client(verify=http.CERTIFICATES, base_url=portal.base, timeout=30) as browser:

        def form(at: str, **fields: Any) -> dict[str, Any]:
            page = browser.get(at).text
            hidden = re.findall(r'name="(csrf_token|share)"[^>]*?value="([^"]+)"', page)
            return dict(hidden) | fields

        signed_in(browser, portal)
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
@pytest.mark.parametrize("opening", ["week", "desk", "card"])
def test_a_receiver_of_others_opens_it(portal: App, node_modules: Path, opening: str, prefix: str) -> None:
    link, passcode = link_of(portal, opening)
    assert bool(passcode) == (opening != "desk")
    answer = opened(node_modules, prefix + link, passcode)
    assert answer.get("label") == "Dr. Moreau", answer
    assert {"Patient", "AllergyIntolerance", "MedicationRequest"} <= set(answer["types"])
    assert ("Composition" in answer["types"]) == (opening != "desk")


def test_it_understands_a_refusal(portal: App, node_modules: Path) -> None:
    link, passcode = link_of(portal, "week")
    wrong = "000000" if passcode != "000000" else "111111"
    assert "asscode" in opened(node_modules, link, wrong)["refused"]


class Phone:
    """What answers for the other implementation: its files and its manifest, as it made them."""

    def __init__(self, made: dict[str, Any], *, direct: bool, embedded: bool) -> None:
        self._files = made["files"]
        self._url = made["url"]
        self._direct = direct
        self._manifest = made["manifests"][embedded]

    def get(self, url: str, *, accept: str) -> bytes:
        assert accept == "application/jose"
        if self._direct:
            address, _mark, query = url.partition("?")
            assert (address, query) == (self._url, "recipient=Lakeside+front+desk")
            return str(*self._files.values()).encode()
        return str(self._files[url]).encode()

    def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        assert (url, body["recipient"], body["passcode"]) == (self._url, "Lakeside front desk", "2468")
        return 200, self._manifest


@pytest.mark.parametrize(
    ("flag", "deflate", "embedded"),
    [
        ("U", "no", False),
        ("U", "yes", False),
        ("", "no", True),
        ("P", "yes", False),
        ("LP", "yes", True),
        ("L", "no", False),
    ],
)
def test_what_others_make_opens_here(node_modules: Path, flag: str, deflate: str, embedded: bool) -> None:
    script = Path(__file__).with_name("make_link.mjs")
    content = json.dumps(desk_vectors.bundle(PERSON, STORY, *CLINICAL)).encode()
    command = ["node", str(script), str(node_modules), flag, deflate]
    made = json.loads(subprocess.run(command, input=content, capture_output=True, check=True, timeout=60).stdout)
    link = shlink.read("https://viewer.example/#" + made["link"])
    assert link.label == "Inés — summary"
    phone = Phone(made, direct=flag == "U", embedded=embedded)
    now = datetime.now(UTC)
    shared = receiving.open_link(link, phone, recipient="Lakeside front desk", now=now, passcode="2468")
    assert shared.bundle == json.loads(content)
    assert shared.problems == (() if flag == "U" else ("flag",))
