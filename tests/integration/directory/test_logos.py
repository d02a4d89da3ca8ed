"""Logos: asked for by us, from a real server, kept small, and served from here to who is signed in."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from jobs import context, directory
from portal.directory import logos
from portal.domain.links import LinkState, Tier
from portal.services import Services
from portal.store.directory import logos as kept
from portal.store.directory import organizations
from portal.store.links import links
from tests.factories.world import World, sign_in
from tests.fakes.http import Exchange, FakeServer, Reply


def _png(colour: str = "teal") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(made, "PNG")
    return made.getvalue()


@dataclass
class Site:
    """An organization's web site; ``asked`` are the paths in the order in which they were asked for."""

    base: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    def answer(exchange: Exchange) -> None:
        made.asked.append(exchange.path)
        exchange.send(made.replies.get(exchange.path, Reply(404)))

    server = FakeServer(lambda _: Reply(), answer)
    made = Site(server.base)
    server.start()
    yield made
    server.stop()


def _organization(services: Services, address: str | None, name: str = "Fernhill Clinic") -> str:
    with services.db.transaction() as tx:
        # Operators choose ids of their own, with dashes in them.
        return organizations.add(tx, id=name.lower().replace(" ", "-"), name=name, logo_url=address).id


def _mark(services: Services, organization_id: str) -> str:
    with services.db.reading() as tx:
        found = organizations.by_id(tx, organization_id=organization_id)
    assert found is not None
    return found.mark.logo


def test_a_logo_is_asked_for_once_and_shown_from_here(services: Services, site: Site, client: FlaskClient) -> None:
    site.replies["/logo.png"] = Reply(200, _png(), {"Content-Type": "image/png"})
    one = _organization(services, f"{site.base}/logo.png")
    assert (logos.fetch(services), logos.fetch(services)) == (1, 0)
    assert site.asked == ["/logo.png"]
    address = f"/logos/{_mark(services, one)}.png"

    assert client.get(address).status_code == 303, "sent to sign in"
    sign_in(client, World(services).patient())
    page = client.get("/links/search?q=fernhill").text
    assert f'src="{address}"' in page
    assert site.base not in page, "the browser is not sent there"
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (logos.SIDE, logos.SIDE)
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    saving = client.get("/links/search?q=fernhill", headers={"Save-Data": "on"}).text
    assert address not in saving
    assert ">FC<" in saving


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"Content-Type": "image/svg+xml"}),
        Reply(200, b"<html>", {"Content-Type": "image/png"}),
        Reply(302, b"", {"Location": "http://127.0.0.1:1/"}),
        Reply(500),
        Reply(200, b"\x89PNG" + b"\0" * (2 * 1024 * 1024), {"Content-Type": "image/png"}),
    ],
    ids=["svg", "html", "redirect", "error", "too large"],
)
def test_initials_stand_for_what_cannot_be_had(services: Services, site: Site, reply: Reply) -> None:
    site.replies["/logo"] = reply
    one = _organization(services, f"{site.base}/logo")
    assert (logos.fetch(services), logos.fetch(services)) == (0, 0)
    assert len(site.asked) == 1, "not asked for again the next night"
    assert _mark(services, one) == ""


def test_a_failure_does_not_take_a_logo_away_but_another_address_does(services: Services, site: Site) -> None:
    site.replies["/a"] = Reply(200, _png())
    one = _organization(services, f"{site.base}/a")
    logos.fetch(services)
    before = _mark(services, one)
    with services.db.transaction() as tx:
        found = organizations.by_id(tx, organization_id=one)
        assert found is not None
        organizations.put(tx, found)
    assert _mark(services, one) == before
    with services.db.transaction() as tx:
        kept.put(tx, organization_id=one, address=f"{site.base}/a", body=b"")
    assert _mark(services, one) == before
    with services.db.transaction() as tx:
        kept.put(tx, organization_id=one, address=f"{site.base}/b", body=b"")
    assert _mark(services, one) == ""


def test_the_nightly_job_begins_with_those_that_are_linked(app: Flask, services: Services, site: Site) -> None:
    person = World(services).patient().person_id
    for number in range(3):
        _organization(services, f"{site.base}/{number}", f"Clinic {number}")
    linked = _organization(services, f"{site.base}/linked", "Zebra Clinic")
    with services.db.transaction() as tx:
        links.add(
            tx,
            person_id=person,
            organization_id=linked,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="test",
            move="authorized",
        )
    context.register(app.extensions["tributary"])
    try:
        directory.run(instance=services.settings.slug)
    finally:
        context.forget()
    assert site.asked[0] == "/linked"
    assert len(site.asked) == 4
