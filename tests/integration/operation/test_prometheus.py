"""deploy/prometheus: rules and dashboard name what /metrics tells, and promtool takes them."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from portal.services import Services
from portal.store import scheduled_runs
from portal.valkey import EmbeddedValkey
from tests.architecture.test_files import ROOT
from tests.fakes import FakeOrganization
from tests.fakes.linked import link_to

FOLDER = ROOT / "deploy/prometheus"
PROMTOOL = shutil.which("promtool")


def test_what_they_ask_for_is_there(client: FlaskClient, services: Services) -> None:
    with FakeOrganization() as org:
        link_to(services, org).refresh()
    with services.db.transaction() as tx:
        scheduled_runs.end(tx, job="retention", day=datetime.now(UTC).date().isoformat())
    queue = EmbeddedValkey(services.settings.data_dir / "queue")
    queue.start()
    try:
        client.get("/sign-in")
        exposed = client.get("/metrics").get_data(as_text=True)
    finally:
        queue.stop()
    names = set(re.findall(r"^(tributary_\w+)", exposed, re.MULTILINE))
    for file in ("tributary.rules.yaml", "tributary.rules.test.yaml", "dashboard.json"):
        asked = set(re.findall(r"\btributary_\w+", (FOLDER / file).read_text()))
        assert len(asked) > 3
        assert asked <= names, file


def test_the_dashboard_is_whole() -> None:
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) == len({panel["title"] for panel in panels})
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(panels)


@pytest.mark.skipif(not PROMTOOL, reason="promtool (Debian's prometheus) is not installed")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "tributary.rules.yaml"),
        ("test", "rules", "tributary.rules.test.yaml"),
        ("check", "config", "--syntax-only", "scrape.yaml"),
    ],
    ids=" ".join,
)
def test_promtool_takes_them(arguments: tuple[str, ...]) -> None:
    done = subprocess.run([str(PROMTOOL), *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
