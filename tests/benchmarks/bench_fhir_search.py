"""FHIR searches over one person's record of 1,000, 10,000 and 100,000 entries, against a route that does nothing else.

Each search is a real request through the application: token, audit, database, decryption, JSON. The floor is a Flask
route that answers the very same bytes.
"""

import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from portal import logs
from portal.app import create_app
from portal.domain.ids import HOME
from portal.processes import calm_collector
from portal.provider.oauth import grants
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.engine.upgrade import upgrade
from portal.store.provider import clients
from portal.store.provider.clients import OAuthClient
from tests.factories.settings import make_settings
from tests.factories.world import World

SIZES = (1_000, 10_000, 100_000)
_ROUNDS, _REQUESTS = 3, 100
_SEARCHES = {
    "category, newest 50": "Observation?patient={p}&category=laboratory&_count=50",
    "category and date, 50": "Observation?patient={p}&category=laboratory&date=ge2015-01-01&_count=50",
    "code, 20 of all": "Observation?patient={p}&code=http://loinc.org|4548-4&_count=50",
    "date, 10 of all": "Observation?patient={p}&date=ge2025-12-30&_count=50",
    "read one": "Observation/{p}-0",
}


def run() -> str:
    rows = []
    growth: dict[str, list[float]] = {}
    floors = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            app, token, patient = _instance(Path(folder), size)
            for name, path in _SEARCHES.items():
                rounds = [_measured(app, f"/fhir/{path.format(p=patient)}", token) for _ in range(_ROUNDS)]
                body, times, floor = min(rounds, key=lambda one: statistics.median(one[1]))
                median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
                growth.setdefault(name, []).append(median)
                floors.append(median / statistics.median(floor))
                n = len(json.loads(body).get("entry", [1]))
                rows.append(
                    f"| {size:,} | {name} | {n} | {1 / median:.0f} | {median * 1000:.1f} | {p95 * 1000:.1f} "
                    f"| {statistics.median(floor) * 1000:.1f} | {floors[-1]:.1f} |"
                )
            app.extensions["tributary"].db.close()
    grown = "; ".join(f"{name} {found[-1] / found[0]:.2f}" for name, found in growth.items())
    return f"""## FHIR search

`python -m tests.benchmarks fhir_search`: one person, SQLite, {_REQUESTS} requests each over HTTP on loopback to a
threaded development server, best of {_ROUNDS} rounds. The floor is a Flask route that answers the same
bytes there; the two take turns.

| entries | search | returned | per second | median ms | p95 ms | floor ms | ratio |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Growth of the median from {SIZES[0]:,} to {SIZES[-1]:,} entries: {grown}.
"""


def _instance(folder: Path, size: int) -> tuple[Flask, str, str]:
    app = create_app(make_settings(folder, testing=False))
    services: Services = app.extensions["tributary"]
    upgrade(services.db)
    user = World(services).patient()
    calm_collector(every=20_000)  # as ``portal serve`` does, which also writes a line of JSON for each answer
    logs.configure()
    patient = "patient-ana"
    ingest(services.db, person_id=user.person_id, source=HOME, resources=_observations(patient, size))
    client = OAuthClient(client_id="bench", name="Bench", redirect_uris=("https://app.example/cb",))
    with services.db.transaction() as tx:
        clients.add_client(tx, client=client)
        issued = grants.issue(tx, client=client, person_id=user.person_id, scopes=("patient/*.rs",), lasting=False)
    return app, issued.access_token, patient


def _observations(patient: str, size: int) -> Iterator[dict[str, Any]]:
    """Ten years of results, spread evenly; every tenth is a vital sign, twenty of all are HbA1c."""
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    step = max(1, size // 20)
    for number in range(size):
        year, rest = 2016 + number * 10 // size, number * 3650 // size % 365
        code = "4548-4" if number % step == 0 else f"{10000 + number % 400}-1"
        yield {
            "resourceType": "Observation",
            "id": f"{patient}-{number}",
            "status": "final",
            "category": [
                {"coding": [{"system": category, "code": "vital-signs" if number % 10 == 0 else "laboratory"}]}
            ],
            "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": f"Test {code}"}]},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": f"{year}-{rest // 31 + 1:02}-{rest % 28 + 1:02}T08:{number % 60:02}:00Z",
            "valueQuantity": {"value": 5 + number % 70 / 10, "unit": "%", "system": "http://unitsofmeasure.org"},
        }


def _floor(body: bytes) -> Flask:
    app = Flask("floor")

    @app.get("/floor")
    def _answer() -> Response:
        return Response(body, content_type="application/fhir+json; charset=utf-8")

    return app


def _measured(app: Flask, path: str, token: str) -> tuple[bytes, list[float], list[float]]:
    """The answer, and the seconds of each request over HTTP: ours and the floor's, in turns, so that what else the
    machine does meets both."""
    with _served(app) as port:
        body, _ = _asked(port, path, token)
        times, floor = [], []
        with _served(_floor(body)) as other:
            for number in range(_REQUESTS + 5):
                spent = [_asked(port, path, token)[1], _asked(other, "/floor", token)[1]]
                if number >= 5:
                    times.append(spent[0])
                    floor.append(spent[1])
    return body, times, floor


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def _asked(port: int, path: str, token: str) -> tuple[bytes, float]:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return body, time.perf_counter() - start


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: printing would be measured too."""
