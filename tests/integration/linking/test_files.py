"""A file that a record only refers to is fetched when it is opened, from its own organization and nowhere else."""

from base64 import b64encode
from typing import Any

import pytest

from portal.demo.stories.pdf import one_page
from tests.fakes import FakeOrganization, misbehaviour
from tests.integration.linking.conftest import Journey

PDF = one_page("Letter", "From the clinic")


def document(url: str, kind: str = "application/pdf") -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "letter",
        "status": "current",
        "subject": {"reference": "Patient/maria"},
        "type": {"text": "Letter of the clinic"},
        "content": [{"attachment": {"contentType": kind, "url": url}}],
    }


def binary(raw: bytes, kind: str = "application/pdf") -> dict[str, Any]:
    return {
        "resourceType": "Binary",
        "id": "letter-file",
        "contentType": kind,
        "data": b64encode(raw).decode(),
    }


def give(org: FakeOrganization, *resources: dict[str, Any]) -> None:
    for one in resources:
        org.add(one)


def address(journey: Journey) -> str:
    """The letter's file, by the page that links to it."""
    listed = journey.page("/health/documents")
    href = listed.split("Letter of the clinic")[0].rsplit('href="', 1)[1].split('"')[0]
    assert f'href="{href}/file/0"' in journey.page(href)
    return f"{href}/file/0"


def test_a_binary_is_fetched_with_the_links_token(journey: Journey, org: FakeOrganization) -> None:
    give(org, document("Binary/letter-file"), binary(PDF))
    journey.link()
    before = len(org.calls())
    answer = journey.client.get(address(journey))
    assert answer.get_data() == PDF
    assert answer.content_type == "application/pdf"
    (call,) = [one for one in org.calls()[before:] if "Binary" in one.path]
    assert call.authorization.startswith("Bearer ")


def test_a_text_is_put_into_a_page_and_cannot_act(journey: Journey, org: FakeOrganization) -> None:
    give(org, document("Binary/letter-file", "text/html"), binary(b"<p>Dear</p><script>x()</script>", "text/html"))
    journey.link()
    page = journey.page(address(journey))
    assert "Dear" in page
    assert "x()" not in page


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/Binary/letter-file",
        "http://169.254.169.254/latest",
        "//elsewhere.example/Binary/1",
        "Patient/leo",
        "Binary/../Patient/leo",
        "file:///etc/passwd",
    ],
)
def test_nothing_else_is_asked_for(journey: Journey, org: FakeOrganization, url: str) -> None:
    give(org, document(url), binary(PDF))
    journey.link()
    before = len(org.calls())
    answer = journey.client.get(address(journey))
    assert answer.status_code == 502
    assert 'data-code="elsewhere"' in answer.get_data(as_text=True)
    assert len(org.calls()) == before


@pytest.mark.parametrize(
    "behaviour",
    [misbehaviour.status(403), misbehaviour.status(404), misbehaviour.html(), misbehaviour.gzip_bomb()],
    ids=["refused", "gone", "html", "bomb"],
)
def test_what_is_not_given_is_said(journey: Journey, org: FakeOrganization, behaviour: Any) -> None:
    give(org, document("Binary/letter-file"), binary(PDF))
    journey.link()
    href = address(journey)
    org.misbehave("/fhir/Binary/letter-file", behaviour)
    answer = journey.client.get(href)
    assert answer.status_code == 502
    assert "could not be opened" in answer.get_data(as_text=True)
