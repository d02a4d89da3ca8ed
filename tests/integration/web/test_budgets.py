"""Bytes over the line (requirement F1), as a browser with gzip gets them."""

from flask.testing import FlaskClient

from portal.services import Services
from tests.factories.record import Linked, link, medication
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

KB = 1024


def size(client: FlaskClient, address: str, *, fragment: bool = False) -> int:
    answer = get(client, address, fragment=fragment, Accept_Encoding="gzip")
    data = len(answer.get_data())
    assert answer.headers.get("Content-Encoding") == "gzip" or data < 600, address
    return data


def assets(client: FlaskClient, address: str) -> dict[str, int]:
    """What a cold visit loads besides the page itself: style sheet, scripts, icons."""
    tree = check_page(get(client, address))
    found = {element.get("src") for element in tree.iter("script")}
    found |= {one.get("href") for one in tree.iter("link") if one.get("rel") in ("stylesheet", "icon")}
    found |= {(use.get("href") or "").split("#")[0] for use in tree.iter("use")}
    return {one: size(client, one) for one in found if one}


def many(services: Services, user: TestUser) -> None:
    meds = [
        medication(f"m{n}", f"99{n:04}", f"medicine number {n:03} 10 MG Oral Tablet", f"Take {n % 3 + 1} tablets a day")
        for n in range(60)
    ]
    link(services, user, name="Riverbend Regional Medical Center", resources=meds)
    for name in ("Old Mill", "Shoreline Imaging", "Pinelands Heart", "Lakeside Hospital", "Garden State"):
        link(services, user, name=name)


def test_budgets_of_a_full_section(signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked) -> None:
    many(services, ana)
    loaded = assets(signed, "/health/medications")
    style = next(bytes_ for address, bytes_ in loaded.items() if ".css" in address)
    for address in ("/", "/health/medications", "/health/test-results", "/messages", "/help"):
        page = size(signed, address)
        assert page + style <= 14 * KB, (address, page, style)
        assert page <= 10 * KB, (address, page)
        assert page + sum(loaded.values()) <= 45 * KB
    assert 1 + len(loaded) <= 6, sorted(loaded)
    assert style <= 8 * KB


def test_budgets_of_fragments(signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked) -> None:
    many(services, ana)
    tree = check_page(get(signed, "/health/medications"))
    places = [one for one in tree.iter() if (one.get("hx-get") or "").startswith("/health/medications/from/")]
    assert len(places) == 7
    for place in places:
        assert size(signed, place.get("hx-get"), fragment=True) <= 2 * KB
        assert size(signed, place.get("hx-get").split("?")[0], fragment=True) <= 6 * KB


def test_assets_are_kept_for_good(signed: FlaskClient) -> None:
    for address in assets(signed, "/"):
        assert "immutable" in get(signed, address).headers["Cache-Control"], address
    assert "no-store" in get(signed, "/").headers["Cache-Control"]
