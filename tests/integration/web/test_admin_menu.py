"""The ways between an administrator's pages: folded before the content, with the name of the page that is open."""

from flask import Flask
from flask.testing import FlaskClient

from portal.domain.people import Role
from tests.factories.world import World, sign_in
from tests.integration.web.html import check_page, get


def _pages(client: FlaskClient) -> list[str]:
    tree = check_page(get(client, "/admin/"))
    return [link.get("href") for link in tree.findall(".//nav[@class='rooms']//a")]


def test_every_page_of_it_is_named_and_marked(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in(client, world.staff("admin", Role.ADMIN))
    addresses = _pages(client)
    assert len(addresses) > 10
    for address in addresses:
        tree = check_page(get(client, address))
        details = tree.find(".//nav[@class='rooms']/details")
        assert details.get("open") is None, "one sees the page first"
        (current,) = [link for link in details.iter("a") if link.get("aria-current") == "page"]
        assert current.get("href") == address
        assert details.findtext("summary/b") == current.text, address
        (open_item,) = [link for link in tree.findall(".//nav[@class='nav']//a") if link.get("aria-current")]
        assert open_item.get("href") == "/admin/", address
