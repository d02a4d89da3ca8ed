"""smart-on-fhir's JavaScript client (npm fhirclient) launches from a page of another origin and reads a chart."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import keep
from tests.conformance.app import App
from tests.conformance.conftest import portal
from tests.node import packed

__all__ = ["portal"]

_VERSION = "2.6.3"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>An app of others</title>
<script src="fhir-client.js"></script>
<h1>An app of others</h1><p id="state">not yet</p><dl id="found"></dl>
<script>
const show = (name, value) => {
  const dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = name; dd.id = name; dd.textContent = value;
  document.getElementById("found").append(dt, dd);
};
const asked = (client, what) => client.request(what).then(answer => answer.total ?? "read", error => error.status);
FHIR.oauth2.init({clientId: "%(client)s", iss: "%(iss)s", redirectUri: location.pathname,
                  scope: "launch/patient openid fhirUser offline_access patient/*.rs"})
  .then(async client => {
    const patient = await client.patient.read();
    show("family", patient.name[0].family);
    const first = "Observation?patient=" + client.patient.id + "&_count=2";
    const all = await client.request(first, {flat: true, pageLimit: 0});
    show("observations", all.length);
    show("kinds", [...new Set(all.map(one => one.resourceType))].join());
    show("user", client.getFhirUser());
    show("refused", await asked(client, "Condition?patient=" + client.patient.id));
    show("other", await asked(client, "Patient/somebody-else"));
    const before = client.getState("tokenResponse.access_token");
    await client.refresh();
    show("renewed", client.getState("tokenResponse.access_token") !== before);
    show("after", await asked(client, "Patient/" + client.patient.id));
    document.getElementById("state").textContent = "done";
  })
  .catch(error => { document.getElementById("state").textContent = "failed: " + error.message; });
</script></html>"""


@dataclass
class _Site:
    """Where the app's two files are."""

    address: str
    page: str = ""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[_Site]:
    script = packed(tmp_path, f"fhirclient@{_VERSION}", "build/fhir-client.pure.min.js").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scripts = self.path.startswith("/fhir-client.js")
            body = script if scripts else made.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if scripts else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = _Site(f"http://127.0.0.1:{server.server_port}/app.html")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    server.shutdown()


def test_it_launches_reads_pages_and_renews(portal: App, site: _Site, page: Page) -> None:
    body = {
        "client_name": "An app of others",
        "redirect_uris": [site.address],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "launch/patient openid fhirUser offline_access patient/*.rs",
    }
    registered = httpx2.post(f"{portal.base}/oauth/register", json=body).json()
    site.page = _PAGE % {"client": registered["client_id"], "iss": f"{portal.base}/fhir"}
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(site.address)
    page.fill("[name=username]", portal.username)
    page.fill("[name=password]", portal.password)
    page.locator("main form").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Share your record with An app of others?")).to_be_visible()
    page.locator("summary").filter(has_text="Choose in detail").filter(has_text="health").first.click()
    page.get_by_label("Health issues", exact=True).uncheck()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.locator("#state")).to_have_text("done")
    keep(page, "fhirclient", "record")
    found = {one.get_attribute("id"): one.text_content() for one in page.locator("dd").all()}
    assert found["family"] == "Familypatient-ana"
    everything = portal_observations(portal)
    assert found["observations"] == str(everything), "all pages"
    assert found["kinds"] == "Observation"
    assert found["user"] == "Patient/patient-ana"
    assert (found["refused"], found["other"]) == ("403", "404")
    assert (found["renewed"], found["after"]) == ("true", "read")
    assert not problems, json.dumps(problems)


def portal_observations(portal: App) -> int:
    app = App(portal.base, portal.username, portal.password)
    app.register()
    app.connect()
    headers = {"Authorization": f"Bearer {app.tokens['access_token']}"}
    answer = httpx2.get(f"{portal.base}/fhir/Observation?_summary=count", headers=headers).json()
    return int(answer["total"])
