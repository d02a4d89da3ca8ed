"""A file that a record only refers to is fetched when it is opened, from its own organization and nowhere else."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from portal.demo.stories.pdf import one_page
from portal.store.directory import organizations
from tests.fakes import FakeOrganization, misbehaviour
from tests.fakes.http import Exchange, Reply
from tests.integration.linking.conftest import Journey

PDF = one_page("Letter", "From the clinic")


@pytest.fixture
def org() -> Iterator[FakeOrganization]:
    """It lists documents only: what else its record has is no matter of these tests, and most of a refresh."""
    with FakeOrganization(types=("DocumentReference",)) as organization:
        yield organization


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


def item(journey: Journey) -> str:
    """The letter's page."""
    listed = journey.page("/health/documents")
    return listed.split("Letter of the clinic")[0].rsplit('href="', 1)[1].split('"')[0]


def address(journey: Journey) -> str:
    """The letter's file, by the page that links to it."""
    href = item(journey)
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
    answer = journey.client.get(f"{item(journey)}/file/0")
    assert answer.status_code == 502
    assert 'data-code="elsewhere"' in answer.get_data(as_text=True)
    assert len(org.calls()) == before


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://elsewhere.example/Binary/letter-file", "elsewhere.example"),
        ("//elsewhere.example/x", "elsewhere.example"),
    ],
)
def test_a_file_at_another_host_is_named_so(journey: Journey, org: FakeOrganization, url: str, host: str) -> None:
    give(org, document(url))
    journey.link()
    page = journey.page(item(journey))
    assert f"another website ({host})" in page
    assert "/file/0" not in page


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


@pytest.mark.parametrize("kind", ["application/pdf", "application/octet-stream", ""])
def test_bytes_instead_of_a_binary_resource(journey: Journey, org: FakeOrganization, kind: str) -> None:
    give(org, document("Binary/letter-file"))
    org.misbehave("/fhir/Binary/letter-file", lambda exchange: exchange.send(Reply(200, PDF, {"Content-Type": kind})))
    journey.link()
    assert journey.client.get(address(journey)).get_data() == PDF


def test_anywhere_at_the_organizations_origin(journey: Journey, org: FakeOrganization) -> None:
    give(org, document(f"{org.url}/files/letter.pdf"))
    org.misbehave("/files/letter.pdf", lambda exchange: exchange.send(Reply(200, PDF, {})))
    journey.link()
    assert journey.client.get(address(journey)).get_data() == PDF
    (call,) = org.calls("/files/letter.pdf")
    assert call.authorization.startswith("Bearer ")


@pytest.mark.parametrize("path", ["/other/fhir/Binary/1", "/OTHER/fhir/Binary/1", "/other//fhir/x", "/other/%66hir/x"])
def test_not_under_the_base_of_another_organization(journey: Journey, org: FakeOrganization, path: str) -> None:
    with journey.services.db.transaction() as tx:
        organizations.add(tx, name="Another clinic", fhir_base=f"{org.url}/Other/fhir/")
    give(org, document(f"{org.url}{path}"))
    journey.link()
    answer = journey.client.get(address(journey))
    assert 'data-code="elsewhere"' in answer.get_data(as_text=True)
    assert not [call for call in org.calls() if "ther" in call.path]


@pytest.mark.parametrize("is_beside", [False, True])
def test_in_other_letters_it_may_be_of_another_organization(
    journey: Journey, org: FakeOrganization, is_beside: bool
) -> None:
    if is_beside:
        with journey.services.db.transaction() as tx:
            organizations.add(tx, name="Another clinic", fhir_base=f"{org.url}/FHIR")
    give(org, document(f"{org.url}/FHIR/Binary/letter-file"))
    org.misbehave("/FHIR/Binary/letter-file", lambda exchange: exchange.send(Reply(200, PDF, {})))
    journey.link()
    answer = journey.client.get(address(journey))
    if is_beside:
        assert 'data-code="elsewhere"' in answer.get_data(as_text=True)
    else:
        assert answer.get_data() == PDF
    assert bool(org.calls("/FHIR/Binary/letter-file")) is not is_beside


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("text/xml", "xml"),
        ("application/xml; charset=utf-8", "xml"),
        ("application/xhtml+xml", "xhtml"),
        ("text/html", "html"),
        ("application/rtf", "rtf"),
        ("image/tiff", "tif"),
        ("application/x-unknown", "bin"),
        ("application/pdf", "pdf"),
    ],
)
@pytest.mark.parametrize("is_inline", [True, False])
def test_whatever_came_can_be_saved_and_cannot_act(
    journey: Journey, org: FakeOrganization, kind: str, ending: str, is_inline: bool
) -> None:
    raw = b"<html><script>x()</script></html>"
    letter = document("Binary/letter-file", kind)
    if is_inline:
        letter["content"][0]["attachment"] = {"contentType": kind, "data": b64encode(raw).decode(), "title": "A b/\n"}
    give(org, letter, binary(raw, kind))
    journey.link()
    href = journey.page("/health/documents").split("Letter of the clinic")[0].rsplit('href="', 1)[1].split('"')[0]
    if kind not in ("text/html", "application/xhtml+xml") or not is_inline:  # those stand in the page
        assert f'href="{href}/file/0?save=1"' in journey.page(href)
    answer = journey.client.get(f"{href}/file/0?save=1")
    assert answer.get_data() == raw
    assert answer.content_type == "application/octet-stream"
    name = "A-b" if is_inline else "document"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}.{ending}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text/plain", "Señora".encode()),
        ("text/plain", "Señora".encode("utf-8-sig")),
        ("text/plain", "Señora".encode("utf-16")),
        ("text/plain", "Señora".encode("cp1252")),
        ("text/plain; charset=ISO-8859-1", "Señora".encode("latin-1")),
        ('text/plain; charset="windows-1250"', "Señora".encode("cp1252")),
        ("text/html", b'<meta charset="iso-8859-1"><p>' + "Señora".encode("latin-1")),
        ("text/plain; charset=nonsense", "Señora".encode()),
    ],
)
def test_character_sets(journey: Journey, org: FakeOrganization, kind: str, raw: bytes) -> None:
    give(org, document("Binary/letter-file", kind), binary(raw, kind))
    journey.link()
    page = journey.page(address(journey))
    assert ("Señora" if "1250" not in kind else "Seńora") in page


def test_files_behind_a_scope_of_their_own_are_asked_for_and_open(journey: Journey, org: FakeOrganization) -> None:
    """As at servers where files are only in Binary, and Binary only with its own scope."""

    def with_binary(exchange: Exchange) -> None:
        statement = exchange.answer().json
        statement["rest"][0]["resource"].append({"type": "Binary", "interaction": [{"code": "read"}]})
        exchange.send(Reply.of(statement))

    def only_with_scope(exchange: Exchange) -> None:
        grant = org.oauth.allowed(exchange.token)
        has_scope = grant is not None and "patient/Binary." in grant.scopes
        exchange.send(exchange.answer() if has_scope else Reply.outcome(403, "forbidden"))

    org.misbehave("/fhir/metadata", with_binary)
    org.misbehave("/fhir/Binary/letter-file", only_with_scope)
    give(org, document("Binary/letter-file"), binary(PDF))
    journey.link()
    assert journey.client.get(address(journey)).get_data() == PDF
