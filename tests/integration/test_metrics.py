"""``/metrics`` and the operator's alerts: what they say, and to whom."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from jobs.work import ReticentJob
from portal import logs
from portal.app import create_app
from portal.audit import chain
from portal.audit.checkpoints import CheckpointFile
from portal.domain.people import Role
from portal.queue import SWEEP, queue_name
from portal.services import Services
from portal.store.links import refresh_report
from portal.valkey import EmbeddedValkey
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import World, sign_in
from tests.fakes import FakeOrganization, data, misbehaviour
from tests.fakes.http import Exchange, Reply
from tests.fakes.linked import Linked, link_to


@pytest.fixture
def linked(services: Services) -> Iterator[Linked]:
    with FakeOrganization() as org:
        yield link_to(services, org)


def another_person(exchange: Exchange) -> None:
    wrong = [{"resource": data.condition(f"x{n}", "james", "195967001", "Asthma")} for n in range(6)]
    exchange.send(Reply.of({"resourceType": "Bundle", "type": "searchset", "entry": wrong}))


def figures(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.get_data(as_text=True).splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def value(found: dict[str, float], name: str, /, **labels: str) -> float:
    """The sum of the series of this name with these labels."""
    return sum(
        number
        for series, number in found.items()
        if series.partition("{")[0] == name and all(f'{key}="{text}"' in series for key, text in labels.items())
    )


def test_figures(client: FlaskClient, linked: Linked) -> None:
    linked.refresh()
    linked.org.misbehave("*", misbehaviour.status(500))
    linked.refresh()
    client.get("/healthz")
    found = figures(client)
    assert value(found, "tributary_refreshes_ended_last_day", organization=linked.organization_id, state="done") == 1
    assert value(found, "tributary_refreshes_ended_last_day", organization=linked.organization_id, state="failed") == 1
    assert value(found, "tributary_links", name="Riverbend") == 1
    assert value(found, "tributary_queue_up") == 0  # nobody serves the queue in this test
    assert value(found, "tributary_refreshes_waiting") == 0
    assert value(found, "tributary_http_seconds_count", endpoint="system.alive", status="2xx") == 1
    assert value(found, "tributary_wrong_person_links") == 0


def test_an_answer_is_a_line_without_personal_data(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    app = create_app(replace(make_settings(tmp_path), testing=False))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    client, user = app.test_client(), World(services).patient()
    sign_in(client, user)
    client.get(f"/for/{user.person_id}/health/allergies?q=Rivera")
    client.get("/healthz")
    client.get("/readyz")
    services.db.close()
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["endpoint"].partition(".")[0] for line in requests][-1] == "health"
    assert not [line for line in requests if line["endpoint"].startswith("system")]
    for line in requests:
        fields = {"endpoint", "event", "level", "method", "ms", "request_id", "status", "timestamp"}
        assert line.keys() == fields
        assert not {user.username, user.person_id, user.account_id, "Rivera"} & {str(text) for text in line.values()}


def fail(url: str, name: str) -> None:
    """Two jobs that fail, worked on as the product's workers do."""
    kinds: Any = {"connection": Redis.from_url(url), "serializer": JSONSerializer, "job_class": ReticentJob}
    jobs = Queue(name, **kinds)
    for _ in range(2):
        jobs.enqueue("tests.integration.privacy.failing.run", kwargs={"instance": "portal"})
    SimpleWorker([jobs], **kinds).work(burst=True)


def test_the_queue_by_kind(client: FlaskClient, services: Services) -> None:
    queue = EmbeddedValkey(services.settings.data_dir / "queue")
    queue.start()
    try:
        services.queue.beat("interactive")
        services.queue.enqueue(SWEEP, job_id="sweep")
        fail(queue.url, queue_name(services.settings.slug, "nightly"))
        found = figures(client)
    finally:
        queue.stop()
    assert value(found, "tributary_queue_jobs", kind="background") == 1
    assert value(found, "tributary_queue_jobs", kind="interactive") == 0
    assert (
        value(found, "tributary_queue_failed_jobs", kind="nightly") == value(found, "tributary_queue_failed_jobs") == 2
    )
    assert {kind: value(found, "tributary_workers_up", kind=kind) for kind in ("interactive", "nightly")} == {
        "interactive": 1,
        "nightly": 0,
    }
    assert value(found, "tributary_scheduler_up") == 0


def test_somebody_elses_records_are_an_alert(client: FlaskClient, linked: Linked, world: World) -> None:
    linked.org.misbehave("/fhir/Condition", another_person)
    linked.refresh()
    with linked.services.db.reading() as tx:
        (alert,) = refresh_report.wrong_persons(tx)
    assert (alert.link_id, alert.name, alert.open) == (linked.link_id, "Riverbend", True)
    assert value(figures(client), "tributary_wrong_person_links") == 1
    sign_in(client, world.staff("boss", Role.ADMIN))
    page = client.get("/admin/").get_data(as_text=True)
    assert re.search(rf'data-alert="wrong-person".*{linked.link_id}', page, re.DOTALL)
    assert "Rivera" not in page


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("192.0.2.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
    ],
)
def test_only_for_this_machine(app: Flask, address: str, headers: dict[str, str], status: int) -> None:
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)  # type: ignore[method-assign]  # as wsgi.py does
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_with_a_token_only_with_it(tmp_path: Path) -> None:
    app = create_app(replace(make_settings(tmp_path), metrics_token="only for tests"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    client = app.test_client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer something else"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer only for tests"}).status_code == 200
    services.db.close()


def test_events_that_nobody_seals(client: FlaskClient, services: Services, world: World, tmp_path: Path) -> None:
    sign_in(client, world.patient())
    with services.db.transaction() as tx:
        tx.conn.execute(text("UPDATE audit_event SET at = :at"), {"at": tx.now - timedelta(minutes=5)})
    assert value(figures(client), "tributary_audit_unsealed_seconds") >= 300
    chain.seal(services.db, CheckpointFile(tmp_path / "checkpoint"))
    assert value(figures(client), "tributary_audit_unsealed_seconds") == 0
