"""A page in Spanish says nothing in English that is ours (requirement F4); what organizations wrote stays as it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.factories.record import Linked
from tests.integration.web.html import check_page, get
from tests.integration.web.test_pages import PAGES

_CATALOGUE = Path(__file__).parents[3] / "portal/translations/es/LC_MESSAGES/messages.po"
_SAID_BY_ATTRIBUTE = ("aria-label", "title", "placeholder", "alt")


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Every phrase of ours that reads differently in Spanish."""
    with _CATALOGUE.open("rb") as file:
        return {m.id for m in read_po(file, locale="es") if isinstance(m.id, str) and m.id and m.string != m.id}


def _said(element: Any) -> Iterator[str]:
    for one in element.iter():
        if not isinstance(one.tag, str) or one.tag in ("script", "style", "code"):
            continue
        yield from (one.get(name, "") for name in _SAID_BY_ATTRIBUTE)
        yield one.text or ""
        yield from (child.tail or "" for child in one)


def _check(client: FlaskClient, address: str, english: set[str]) -> Any:
    tree = check_page(get(client, address, Accept_Language="es-US,es;q=0.9,en;q=0.5"))
    assert tree.get("lang") == "es"
    left = {" ".join(text.split()) for text in _said(tree)} & english
    assert not left, (address, left)
    return tree


_PAGES = [*PAGES, "/links", "/links/search?q=zzzz", "/family", "/activity", "/settings/apps"]


@pytest.mark.parametrize("address", _PAGES)
def test_pages_in_spanish(signed: FlaskClient, riverbend: Linked, english: set[str], address: str) -> None:
    tree = _check(signed, address, english)
    if address.startswith("/health/"):
        for row in tree.findall(".//*[@data-entry]"):
            _check(signed, row.find(".//a").get("href"), english)


def test_pages_for_everyone_in_spanish(client: FlaskClient, english: set[str]) -> None:
    for address in ("/sign-in", "/signed-out", "/help", "/developers"):
        _check(client, address, english)


def test_the_choice_of_a_person_goes_before_the_browsers(signed: FlaskClient) -> None:
    token = get(signed, "/").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = signed.post("/settings/quick", data={"csrf_token": token, "language": "es", "next": "/"})
    assert answer.status_code == 303
    assert check_page(get(signed, "/", Accept_Language="en")).get("lang") == "es"
