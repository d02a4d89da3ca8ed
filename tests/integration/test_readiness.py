"""What ``/readyz`` tells: the database, the queue, who works on it, and how the request came here."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from jobs import context, schedule, work
from portal.app import create_app
from portal.queue import SWEEP
from portal.services import Services
from portal.valkey import EmbeddedValkey
from portal.web.proxies import BehindProxies
from tests.factories.databases import migrate
from tests.factories.settings import make_settings


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "queue")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(tmp_path: Path, valkey: EmbeddedValkey) -> Iterator[FlaskClient]:
    settings = make_settings(tmp_path)
    app = create_app(settings)
    app.wsgi_app = BehindProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    context.register(services)
    yield app.test_client()
    context.forget()
    services.db.close()


def ready(client: FlaskClient, status: int = 200, **request: Any) -> dict[str, Any]:
    answer = client.get("/readyz", **request)
    assert answer.status_code == status
    told: dict[str, Any] = answer.get_json()
    return told


def test_workers_and_scheduler_show_themselves(client: FlaskClient) -> None:
    told = ready(client)
    assert (told["queue"], told["workers"]) == ("ok", "none: interactive, background, nightly")
    assert told["scheduler"] == "none"
    slug = client.application.extensions["tributary"].settings.slug
    work.sweep_all((slug,), ("interactive", "background"))
    assert ready(client)["workers"] == "none: nightly"
    work.sweep_all((slug,))
    assert (ready(client)["workers"], ready(client)["scheduler"]) == ("ok", "none")
    schedule.tick((slug,))
    assert (ready(client)["workers"], ready(client)["scheduler"]) == ("ok", "ok")


def test_a_beat_ends_by_itself(client: FlaskClient, valkey: EmbeddedValkey) -> None:
    queue = client.application.extensions["tributary"].queue
    work.sweep_all((queue.instance,))
    assert 0 < Redis.from_url(valkey.url).ttl(f"{queue.name}:alive:interactive") <= 120


def test_how_long_the_next_job_waits(client: FlaskClient) -> None:
    queue = client.application.extensions["tributary"].queue
    assert (ready(client)["queue_jobs"], ready(client)["queue_age"]) == (0, 0)
    queue.enqueue(SWEEP, job_id="sweep")
    time.sleep(1.1)
    assert (ready(client)["queue_jobs"], ready(client)["queue_age"]) == (1, 1)


def test_without_the_queue_pages_are_ready(client: FlaskClient, valkey: EmbeddedValkey) -> None:
    valkey.stop()
    told = ready(client)
    assert told["queue"] == "unreachable"
    assert "workers" not in told


@pytest.mark.parametrize(
    ("peer", "headers", "told"),
    [
        ("127.0.0.1", {}, ("none", "http")),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}, ("believed", "https")),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, ("believed", "http")),
        ("198.51.100.7", {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}, ("not believed", "http")),
    ],
)
def test_how_the_request_came(client: FlaskClient, peer: str, headers: dict[str, str], told: tuple[str, str]) -> None:
    answer = ready(client, headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert (answer["proxy"], answer["scheme"]) == told


def test_migrations_missing(tmp_path: Path) -> None:
    app = create_app(replace(make_settings(tmp_path)))
    assert ready(app.test_client(), 503)["database"] == "migrations missing"
    app.extensions["tributary"].db.close()
