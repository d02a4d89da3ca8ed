"""Lists that are read again: with their ETag, from a real server; what is broken, gone or shrunken changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from jobs import context, directory
from portal.directory.sources import LIMITS, reread
from portal.domain.people import Role
from portal.services import Services
from portal.store.directory import entries, organizations
from tests.factories.world import World, sign_in
from tests.fakes.http import Exchange, FakeServer, Reply


@dataclass
class Publisher:
    """Who publishes a list; ``reply`` is what it answers, ``asked`` the If-None-Match of each request."""

    server: FakeServer
    reply: Reply
    asked: list[str | None] = field(default_factory=list)

    def publish(self, *names: str, etag: str = '"one"') -> None:
        rows = [
            {"URL": f"https://fhir.{name}.example/r4", "OrganizationName": name.title(), "NPIID": ""} for name in names
        ]
        self.reply = Reply.of({"Endpoints": rows}, kind="application/json")
        self.reply.headers["ETag"] = etag


@pytest.fixture
def publisher(services: Services) -> Iterator[Publisher]:
    def answer(exchange: Exchange) -> None:
        asked = exchange.headers.get("If-None-Match")
        made.asked.append(asked)
        known = asked is not None and asked == made.reply.headers.get("ETag")
        exchange.send(Reply(304, b"", {"ETag": str(asked)}) if known else made.reply)

    server = FakeServer(lambda _: Reply(), answer)
    made = Publisher(server, Reply())
    server.start()
    with services.db.transaction() as tx:
        entries.put_source(tx, source="state", address=f"{server.base}/brands.json")
    yield made
    server.stop()


def _state(services: Services) -> tuple[int, Any]:
    """How many organizations, and the source."""
    with services.db.reading() as tx:
        [source] = entries.sources(tx)
        return organizations.count(tx), replace(source, checked_at=None)


def test_what_is_unchanged_is_not_read_again(services: Services, publisher: Publisher) -> None:
    publisher.publish("fernhill", "quillback")
    assert reread(services) == {"state": "imported"}
    assert reread(services) == {"state": "unchanged"}
    publisher.publish("fernhill", "quillback", "perchwood", etag='"two"')
    assert reread(services) == {"state": "imported"}
    assert publisher.asked == [None, '"one"', '"one"']
    count, source = _state(services)
    assert (count, source.etag, source.outcome) == (3, '"two"', "imported")
    with services.db.reading() as tx:
        assert len(entries.imports(tx)) == 2


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200, b'{"Endpoints": [{"URL"', {"ETag": '"bad"'}), "broken"),
        (Reply(200, b'{"Endpoints": [{"URL": "https://a.example/r4", "OrganizationName": "A"}, 7]}'), "broken"),
        (Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}), "broken"),
        (Reply(200, b""), "broken"),
        (Reply(404, b"{}"), "http-404"),
        (Reply(500, b"{}"), "http-500"),
        (Reply(302, b"", {"Location": "https://elsewhere.example"}), "redirect"),
        (Reply(200, b"[]" + b" " * 70_000), "answer-too-large"),
    ],
    ids=["cut-short", "not-an-object", "html", "empty", "gone", "down", "redirect", "too-large"],
)
def test_a_broken_list_changes_nothing(services: Services, publisher: Publisher, reply: Reply, outcome: str) -> None:
    publisher.publish("fernhill", "quillback")
    reread(services)
    before = _state(services)
    publisher.reply = reply
    assert reread(services, limits=replace(LIMITS, answer_bytes=65_536)) == {"state": outcome}
    count, source = _state(services)
    assert (count, source) == (before[0], replace(before[1], outcome=outcome))


def test_a_list_that_lost_most_of_its_entries_is_not_believed(services: Services, publisher: Publisher) -> None:
    publisher.publish(*(f"clinic-{number:02}x" for number in range(30)))
    assert reread(services) == {"state": "imported"}
    publisher.publish("clinic-01x", etag='"two"')
    assert reread(services) == {"state": "shrunk"}
    assert _state(services)[0] == 30
    publisher.publish(*(f"clinic-{number:02}x" for number in range(20)), etag='"three"')
    assert reread(services) == {"state": "imported"}
    assert _state(services)[0] == 20


def test_one_that_fails_does_not_stop_the_next(services: Services, publisher: Publisher) -> None:
    publisher.publish("fernhill")
    with services.db.transaction() as tx:
        entries.put_source(tx, source="a-first", address="http://10.0.0.1/brands.json")
    found = reread(services)
    assert found["state"] == "imported"
    assert found["a-first"] not in ("imported", "unchanged")


def test_the_job_and_what_the_administrator_sees(
    services: Services, publisher: Publisher, world: World, app: Any
) -> None:
    publisher.publish("fernhill")
    context.register(app.extensions["tributary"])
    try:
        assert directory.run(instance=services.settings.slug) == 1
        assert directory.run(instance=services.settings.slug) == 0
    finally:
        context.forget()
    boss = app.test_client()
    sign_in(boss, world.staff("boss", Role.ADMIN))
    page = boss.get("/admin/imports").get_data(as_text=True)
    assert "Lists that are read every night" in page
    assert "unchanged," in page
