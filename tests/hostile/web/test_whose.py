"""While another's record is open, no page speaks of it as the reader's own; and every way leads on within it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from portal.domain.people import HumanName, Person
from portal.web.reworded import REWORDED, Reworded
from tests.architecture.test_files import ROOT
from tests.factories.world import BEN, World, sign_in
from tests.hostile.web.stage import Stage, addresses

_OWN = re.compile(r"\b(your|yours|my|me|mine)\b", re.IGNORECASE)
_READERS = (
    "your browser",  # what the reader has
    "your list",
    "your phone",
    "not your own",
    "your password there",  # of who signed in
    "my calendar",
    "your calendar",
    "your own calendar",
    "your message",
    "ask me later",
    "open your account at",  # the reader's sign-in there
    "your sign-in",
    "for your safety",
)


@pytest.fixture(scope="module")
def carer(stage: Stage) -> FlaskClient:
    carer = stage.world.patient("whose-carer", BEN)
    stage.world.proxy(carer, stage.person_id)
    return stage.visitor(carer)


def pages(stage: Stage, carer: FlaskClient) -> Iterator[tuple[str, str]]:
    for target in addresses(stage):
        if target.method == "GET" and "person" in target.about:
            answer = carer.get(target.path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield target.path, answer.get_data(as_text=True)


def test_no_page_says_your_of_anothers_record(stage: Stage, carer: FlaskClient) -> None:
    told = set()
    looked = 0
    for path, page in pages(stage, carer):
        looked += 1
        main = re.search(r"(?s)<main.*</main>", page)
        assert main, path
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", main[0])
        for phrase in re.split(r"<(?!/?(?:a|b|time|span|em|code)\b)[^>]+>", text):
            words = " ".join(re.sub(r"<[^>]+>", "", phrase).split())
            rest = words.lower()
            for fine in _READERS:
                rest = rest.replace(fine, "")
            if _OWN.search(rest):
                told.add(words)
    assert looked > 40
    assert not told, "\n".join(sorted(told))


def test_every_way_keeps_whose_record_is_open(stage: Stage, carer: FlaskClient) -> None:
    """The logo, the menu of the record, help and each link within; only the account's own pages leave it."""
    account = re.compile(
        r"/($|family|settings|account|sign-|static|invited|icon|manifest|logos|oauth|brands|help#|go$)"
    )
    for path, page in pages(stage, carer):
        body = re.sub(r'(?s)<div class="person.*?</div>|<div>\s*<ul class="plain">.*?</ul>', "", page)
        leaving = {
            href
            for href in re.findall(r'href="(/[^"]*)"', body)
            if not href.startswith(f"/for/{stage.person_id}") and not account.match(href)
        }
        assert not leaving, (path, leaving)
        assert f'class="brand" href="/for/{stage.person_id}/"' in page, path


def test_each_phrase_is_one_of_a_page_and_has_its_spanish() -> None:
    with (ROOT / "portal/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    for own, others in REWORDED.items():
        assert own in catalogue, f"no page says this any more: {own}"
        spanish = catalogue[others].string
        named = re.compile(r"%\(\w+\)s")
        assert sorted(set(named.findall(others))) == sorted(set(named.findall(spanish))), others
        assert set(named.findall(own)) <= {*named.findall(others)}, others
        if "%(person)s" in others:
            assert not re.search(r"\b(su|sus|suyo|suya|mi|mis)\b", spanish) or "%(person)s" in spanish


def test_a_name_is_no_markup_and_no_placeholder(client: FlaskClient, world: World) -> None:
    person = Person(names=(HumanName(family="Evil", given=("<i>%s%(x)s",)),), birth_date="1980-01-01")
    child, carer = world.patient("evil", person), world.patient("ben", BEN)
    world.proxy(carer, str(child.person_id))
    sign_in(client, carer)
    for path in ("/", "/links", "/health/summary", "/health/search?q=a", "/health/corrections"):
        page = client.get(f"/for/{child.person_id}{path}").get_data(as_text=True)
        assert "<i>" not in page, path


def test_without_another_nothing_is_reworded() -> None:
    class Catalogue:
        def ugettext(self, text: str) -> str:
            return text

        def ungettext(self, text: str, plural: str, number: int) -> str:
            return text if number == 1 else plural

    catalogue: Any = Reworded(Catalogue(), "Leo")
    assert catalogue.ugettext("Search my record") == "Search Leo’s record"
    assert catalogue.ugettext("Save") == "Save"
