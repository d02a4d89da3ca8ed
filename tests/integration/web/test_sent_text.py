"""A text of a source is marked with the language that it says, or as of an unknown one; never as the page's."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import allergy, medication
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get

_TRANSLATION = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/translation",
            "extension": [
                {"url": "lang", "valueCode": "es"},
                {"url": "content", "valueString": "Cacahuate tostado"},
            ],
        }
    ]
}


@pytest.fixture
def record(services: Services, ana: TestUser) -> None:
    drug = medication("m1", "99001", "Jarabe de la abuela", "Tómese una cucharada", since="2026-01-02") | {
        "language": "es-US",
        "note": [{"text": "Agítese bien"}],
    }
    plain = medication("m2", "99002", "Herbal drops", "Take 3 drops")
    plain["dosageInstruction"].append({"text": "Shake well"})
    peanut = allergy("a1", "91935009", "Roasted peanut", "Hives")
    peanut["code"]["_text"] = _TRANSLATION
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[drug, plain, peanut])


def _languages(tree: Any, text: str) -> set[str | None]:
    """The languages of the elements that say this, as a screen reader takes them: the nearest that has one."""
    parents = {child: parent for parent in tree.iter() for child in parent}
    saying = [each for each in tree.find(".//main").iter() if (each.text or "").strip() == text]
    return {_language(each, parents) for each in saying}


def _language(element: Any, parents: dict[Any, Any]) -> str | None:
    own: str | None = element.get("lang")
    return own if own is not None else _language(parents[element], parents)


@pytest.mark.parametrize("address", ["/health/medications", "/health/search?q=jarabe", "/health/summary"])
def test_the_language_is_the_resources(signed: FlaskClient, record: None, address: str) -> None:
    tree = check_page(get(signed, address))
    assert _languages(tree, "Jarabe de la abuela") == {"es-US"}
    assert all(each.get("dir") == "auto" for each in tree.iter() if each.get("lang") == "es-US")


def test_without_one_it_is_not_the_pages(signed: FlaskClient, record: None) -> None:
    tree = check_page(get(signed, "/health/medications"))
    assert _languages(tree, "Herbal drops") == {""}
    assert _languages(tree, "Take 3 drops; Shake well") == {""}
    assert _languages(tree, "Medications") == {"en"}, "words of ours are the page's"


def test_on_an_items_own_page(signed: FlaskClient, record: None) -> None:
    tree = check_page(get(signed, "/health/medications"))
    href = next(each.get("href") for each in tree.iter("a") if (each.text or "") == "Jarabe de la abuela")
    page = check_page(get(signed, href))
    assert _languages(page, "Jarabe de la abuela") == {"es-US"}
    assert _languages(page, "Agítese bien") == {"es-US"}


@pytest.mark.parametrize(
    ("language", "title", "marked"), [("es", "Cacahuate tostado", "es"), ("en", "Roasted peanut", "")]
)
def test_a_title_is_in_the_readers_language_where_its_source_has_it(
    signed: FlaskClient, record: None, language: str, title: str, marked: str
) -> None:
    tree = check_page(get(signed, "/health/allergies", Accept_Language=language))
    assert _languages(tree, title) == {marked}
