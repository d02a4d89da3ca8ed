"""Bytes and requests over the line (requirements F1 and F6)."""

import gzip

import brotli
import pytest
from backports import zstd
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services import Services
from portal.store.links import refreshes
from portal.web.assets import STYLE_COOKIE
from tests.factories.record import Linked, link, medication
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

KB = 1024


def size(client: FlaskClient, address: str, *, fragment: bool = False, coding: str = "gzip") -> int:
    answer = get(client, address, fragment=fragment, Accept_Encoding=coding)
    data = len(answer.get_data())
    assert answer.headers.get("Content-Encoding") == coding or data < 600, address
    return data


def assets(client: FlaskClient, address: str, *, coding: str = "gzip") -> dict[str, int]:
    """What a visit loads besides the page itself: style sheet, scripts, icons, and parts that are asked for at once."""
    tree = check_page(get(client, address))
    loaded = {element.get("src") for tag in ("script", "img") for element in tree.iter(tag)}
    loaded |= {each.get("href") for each in tree.iter("link")}
    loaded |= {(use.get("href") or "").split("#")[0] for use in tree.iter("use")}
    loaded |= {each.get("hx-get") for each in tree.iter() if each.get("hx-trigger") == "load, again"}
    return {each: size(client, each, coding=coding) for each in loaded if each}


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
    assert style <= 8 * KB


@pytest.mark.parametrize("address", ["/", "/health/medications", "/links"])
def test_what_a_browser_gets_that_holds_nothing(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked, address: str
) -> None:
    """Requirement F6: few requests and bytes, whatever the number of links; the first paint needs no second one."""
    many(services, ana)
    signed.delete_cookie(STYLE_COOKIE)
    first = size(signed, address, coding="br")
    assert first <= 9 * KB
    signed.delete_cookie(STYLE_COOKIE)
    loaded = assets(signed, address, coding="br")
    assert 1 + len(loaded) <= 6, sorted(loaded)
    assert first + sum(loaded.values()) <= 30 * KB
    assert size(signed, address, coding="br") <= 6 * KB, "the next visit: everything else is held"


def test_the_style_sheet_is_in_the_page_until_the_browser_holds_it(signed: FlaskClient) -> None:
    def sheets() -> tuple[int, int, int]:
        tree = check_page(get(signed, "/"))
        inline = len("".join(style.text for style in tree.findall(".//style")))
        links = "link[@rel='stylesheet']"
        return inline, len(tree.findall(f"./head/{links}")), len(tree.findall(f"./body/{links}"))

    held = sheets()
    assert held[0] < 100
    assert held[1:] == (1, 0)
    for outdated in (None, "an older hash"):
        signed.delete_cookie(STYLE_COOKIE)
        if outdated:
            signed.set_cookie(STYLE_COOKIE, outdated)
        first = sheets()
        assert 1000 < first[0] < 8 * KB
        assert first[1:] == (0, 1), "after the page's text: the first paint does not wait for it"
        assert sheets() == held


def test_a_page_loads_htmx_only_where_something_uses_it(
    signed: FlaskClient, services: Services, riverbend: Linked
) -> None:
    assert not any("htmx" in address for address in assets(signed, "/health/medications"))
    with services.db.transaction() as tx:
        refreshes.request(tx, link_id=riverbend.link_id, cause="asked")
    assert any("htmx" in address for address in assets(signed, "/health/medications"))


def test_budgets_of_fragments(signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked) -> None:
    many(services, ana)
    tree = check_page(get(signed, "/health/medications"))
    places = [each.get("id").removeprefix("place-") for each in tree.findall(".//li[@class='place']")]
    assert len(places) == 7
    for place in places:
        part = f"/health/medications/from/{place}"
        assert size(signed, f"{part}?show=status", fragment=True) <= 2 * KB
        assert size(signed, part, fragment=True) <= 6 * KB


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip", ""])
def test_a_static_file_is_the_same_in_each_coding(client: FlaskClient, coding: str) -> None:
    plain = get(client, "/static/portal.css", Accept_Encoding="identity")
    answer = get(client, "/static/portal.css", Accept_Encoding=coding)
    assert answer.headers.get("Content-Encoding", "") == coding
    decode = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress, "": bytes}[coding]
    assert decode(answer.get_data()) == plain.get_data()
    again = get(client, "/static/portal.css", status=304, Accept_Encoding=coding, If_None_Match=answer.headers["ETag"])
    assert not again.get_data()
    assert (answer.headers["ETag"] == plain.headers["ETag"]) is (coding == "")


def test_a_browser_gets_the_coding_it_asks_for_that_is_smallest(client: FlaskClient) -> None:
    answer = get(client, "/static/portal.css", Accept_Encoding="gzip, zstd, br")
    assert answer.headers["Content-Encoding"] == "br"


def test_refusals_are_no_heavier_than_other_pages(client: FlaskClient) -> None:
    missing = get(client, "/nowhere", status=404, Accept_Encoding="br")
    refused = client.post("/sign-in", data={"username": "nobody"}, headers={"Accept-Encoding": "br"})
    assert (missing.status, refused.status_code) == ("404 NOT FOUND", 400)
    for answer in (missing, refused):
        assert answer.headers["Content-Encoding"] == "br"
        assert len(answer.get_data()) == answer.content_length <= 6 * KB
        assert b"</html>" in brotli.decompress(answer.get_data())


@pytest.mark.parametrize("address", ["/sign-in", "/help"])
@pytest.mark.parametrize("coding", ["br", "identity"])
def test_a_page_without_anybodys_data_is_sent_once(client: FlaskClient, address: str, coding: str) -> None:
    def ask(*, status: int, tag: str = "") -> TestResponse:
        return get(client, address, status=status, Accept_Encoding=coding, If_None_Match=tag)

    ask(status=200)  # the cookies are there
    first = ask(status=200)
    again = ask(status=304, tag=first.headers["ETag"])
    assert not again.get_data()
    assert "Content-Security-Policy" not in again.headers, "its nonce would not be that of the page which is held"
    assert "Cookie" in again.headers["Vary"]
    client.delete_cookie("session")
    client.delete_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert ask(status=200, tag=first.headers["ETag"]).headers["ETag"] != first.headers["ETag"], "another form's token"
    client.set_cookie("language", "es")
    assert ask(status=200, tag=first.headers["ETag"]).get_data()


def test_a_page_of_somebody_is_kept_nowhere(signed: FlaskClient) -> None:
    for address in ("/help", "/"):
        answer = get(signed, address)
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_assets_are_kept_for_good(signed: FlaskClient) -> None:
    for address in assets(signed, "/").keys() - {"/manifest.webmanifest"}:
        assert "immutable" in get(signed, address).headers["Cache-Control"], address
    assert "no-store" in get(signed, "/").headers["Cache-Control"]
