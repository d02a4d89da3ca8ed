"""Requirement E2: with the queue away pages work, an update is kept, and it runs when the queue is back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from jobs import context, sweep
from portal.queue import INTERACTIVE, queue_name, queue_url
from portal.store.links import refreshes
from portal.valkey import EmbeddedValkey
from tests.factories.databases import away
from tests.hostile.web.stage import Stage, addresses, build


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stage]:
    made = build(tmp_path)
    context.register(made.app.extensions["tributary"])
    yield made
    context.forget()
    made.services.db.close()


def test_an_update_waits_and_runs_when_the_queue_is_back(fresh: Stage) -> None:
    here = fresh.services
    assert not here.queue.answers()
    client = fresh.visitor(fresh.victim)
    for target in addresses(fresh):
        if target.method == "GET" and "person" not in target.about:
            assert client.get(target.path).status_code in (200, 303), target.path
    link = fresh.links["active"]
    data = {"csrf_token": fresh.token(client)}
    page = client.post(f"/links/{link}/update", data=data, follow_redirects=True)
    assert page.status_code == 200
    assert "The update is waiting for its turn" in page.get_data(as_text=True)
    with here.db.transaction() as tx:
        waiting = refreshes.latest(tx, link_id=link)
        assert waiting
        assert waiting.open
        tx.conn.execute(
            text("UPDATE refresh SET requested_at = :at WHERE id = :id"),
            {"at": (tx.now - timedelta(minutes=2)).replace(tzinfo=None).isoformat(sep=" "), "id": waiting.id},
        )
    server = EmbeddedValkey(here.settings.data_dir / "queue")
    server.start()
    try:
        assert here.queue.answers()
        assert sweep.run(instance=here.settings.slug) >= 1
        connection = Redis.from_url(queue_url(here.settings))
        jobs = Queue(queue_name(here.settings.slug, INTERACTIVE), connection=connection, serializer=JSONSerializer).jobs
        assert waiting.id in {job.kwargs.get("refresh") for job in jobs}
    finally:
        server.stop()
    assert client.get(f"/links/{link}").status_code == 200, "and away again: pages go on working"


def test_without_a_database_every_address_says_so(fresh: Stage) -> None:
    here = fresh.services
    client = fresh.visitor(fresh.victim)
    fresh.app.config["TESTING"] = fresh.app.testing = False
    with away(here.db):
        for target in addresses(fresh):
            if target.method == "GET" and "person" not in target.about:
                answer = client.get(target.path)
                assert answer.status_code == 503, f"{target.rule}: {answer.status}"
                assert answer.headers["Retry-After"] == "60"
                assert "qzmark" not in answer.get_data(as_text=True).casefold()
        for path in ("/help", "/healthz", "/sign-in"):
            assert client.get(path).status_code in (200, 503), path
    assert client.get("/health").status_code == 200
