"""A clinical document in XML is read by its sections, says whom it names, and none of its markup acts."""

from base64 import b64encode
from typing import Any

import pytest

from tests.fakes import FakeOrganization
from tests.integration.linking.conftest import Journey
from tests.integration.linking.test_files import address, binary, document, give, org
from tests.unit.normalise.ccda import documents
from tests.unit.normalise.ccda.documents import section, unstructured
from tests.unit.normalise.ccda.test_hostile import LAUGHS

__all__ = ["org"]

PLAN = section("Plan", "<table><thead><tr><th>What</th></tr></thead><tbody><tr><td>Come back</td></tr></tbody></table>")
KINDS = ["text/xml", "application/xml", "application/hl7-cda+xml; charset=UTF-8"]


def linked(journey: Journey, org: FakeOrganization, text: str, *, kind: str = "text/xml", inline: bool = False) -> str:
    """Return the address of the file of a letter with this text, of the linked organization."""
    letter: dict[str, Any] = document("Binary/letter-file", kind)
    if inline:
        letter["content"][0]["attachment"] = {"contentType": kind, "data": b64encode(text.encode()).decode()}
    give(org, letter, binary(text.encode(), kind))
    journey.link()
    return address(journey)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inline", [True, False])
def test_it_is_read_by_its_sections(journey: Journey, org: FakeOrganization, kind: str, inline: bool) -> None:
    href = linked(journey, org, documents.document(PLAN), kind=kind, inline=inline)
    page = journey.page(href)
    assert "<h1" in page
    assert "Continuity of Care Document</h1>" in page
    assert "Maria Alvarez, born April 12, 1980" in page
    assert "Dr. Iris Owens, Dover Clinic" in page
    assert "Dover Health" in page
    assert "Plan</h2>" in page
    assert "Come back" in page
    assert 'data-whose="same"' in page
    assert f'href="{href}?save=1"' in page


@pytest.mark.parametrize(
    ("told", "whose", "sentence"),
    [
        ({"given": "Leo", "family": "Braun", "born": "2015-01-02"}, "other", "names another person"),
        ({"born": "19800413"}, "unsure", "Check that it is about the right person"),
        ({"given": "", "family": "", "born": ""}, "unnamed", "does not say whom it is about"),
    ],
)
def test_whom_it_names(
    journey: Journey, org: FakeOrganization, told: dict[str, str], whose: str, sentence: str
) -> None:
    told = {name: value.replace("-", "") for name, value in told.items()}
    page = journey.page(linked(journey, org, documents.document(PLAN, **told)))
    assert f'data-whose="{whose}"' in page
    assert sentence in page
    assert "Come back" in page


def test_one_of_several_patients_who_is_somebody_else(journey: Journey, org: FakeOrganization) -> None:
    text = documents.document(PLAN)
    start, end = text.index("<recordTarget>"), text.index("</recordTarget>") + len("</recordTarget>")
    other = text[start:end].replace("Maria", "Leo").replace("Alvarez", "Braun").replace("1980", "2015")
    page = journey.page(linked(journey, org, text[:end] + other + text[end:]))
    assert 'data-whose="other"' in page


@pytest.mark.parametrize(
    "text",
    [
        "&lt;script&gt;x()&lt;/script&gt;",
        "<script xmlns='http://www.w3.org/1999/xhtml'>x()</script>",
        "<content onclick='x()' hx-get='/x' style='x()'>seen</content>",
        "<linkHtml href='javascript:x()'>seen</linkHtml>",
        "<table><tbody><tr><td colspan='2\" onclick=\"x()'>seen</td></tr></tbody></table>",
        "<renderMultiMedia referencedObject='x()'/>",
    ],
)
def test_nothing_of_its_markup_acts(journey: Journey, org: FakeOrganization, text: str) -> None:
    styled = "<?xml-stylesheet href='https://evil.example/x.xsl' type='text/xsl'?>"
    whole = documents.document(section("&lt;img src=x onerror=x()&gt;", text)).replace("?>", f"?>{styled}", 1)
    page = journey.page(linked(journey, org, whole))
    main = page[page.index("<h1") :]
    assert "&lt;img src=x onerror=x()&gt;</h2>" in main
    assert "evil.example" not in page
    assert "<img src=x" not in main
    assert "x()" not in main.replace("onerror=x()", "").replace("&lt;script&gt;x()&lt;/script&gt;", "")


def test_a_file_in_an_envelope(journey: Journey, org: FakeOrganization) -> None:
    href = linked(journey, org, unstructured("application/pdf", b64encode(b"%PDF-1.4 x").decode()))
    page = journey.page(href)
    assert "PDF document" in page
    assert f'href="{href}?inside=1"' in page
    answer = journey.client.get(f"{href}?inside=1")
    assert (answer.get_data(), answer.content_type) == (b"%PDF-1.4 x", "application/pdf")
    saved = journey.client.get(f"{href}?inside=1&save=1")
    assert saved.headers["Content-Disposition"] == "attachment; filename=document.pdf"


@pytest.mark.parametrize(
    ("kind", "data"),
    [("text/xml", "PGEvPg=="), ("text/html", "PHNjcmlwdD54KCk8L3NjcmlwdD5IZWxsbw=="), ("image/tiff", "SUkq")],
)
def test_what_is_in_an_envelope_cannot_act(journey: Journey, org: FakeOrganization, kind: str, data: str) -> None:
    href = linked(journey, org, unstructured(kind, data))
    answer = journey.client.get(f"{href}?inside=1")
    assert "x()" not in answer.get_data(as_text=True)
    assert answer.content_type.startswith("text/html")
    saved = journey.client.get(f"{href}?inside=1&save=1")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LAUGHS + "<ClinicalDocument>&i;</ClinicalDocument>", "xml-doctype"),
        ("<a>" * 200, "xml-too-large"),
        ("<ClinicalDocument>", "xml-broken"),
        ("<Other/>", "xml-other"),
    ],
)
def test_what_cannot_be_shown_says_so_and_can_be_saved(
    journey: Journey, org: FakeOrganization, text: str, code: str
) -> None:
    href = linked(journey, org, text)
    page = journey.page(href)
    assert f'data-code="{code}"' in page
    assert "cannot be shown here" in page
    assert journey.client.get(f"{href}?save=1").get_data() == text.encode()


def test_a_page_that_is_called_xml(journey: Journey, org: FakeOrganization) -> None:
    page = "<!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><p>Dear</p><script>x()</script></html>"
    shown = journey.page(linked(journey, org, page, kind="application/xml"))
    assert "Dear" in shown
    assert "x()" not in shown


def test_in_spanish(journey: Journey, org: FakeOrganization) -> None:
    href = linked(journey, org, documents.document(section("Plan", ""), born="20150102"))
    answer = journey.client.get(href, headers={"Accept-Language": "es"})
    assert "nombra a otra persona" in answer.get_data(as_text=True)
