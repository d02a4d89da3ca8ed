"""What may be an id of somebody else's resource, and that it stays one step of an address."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import httpx2
import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.domain.errors import BadAnswerError
from portal.domain.fhir_ids import is_fhir_id, search_value
from portal.fhir.authorised import Authorised
from portal.fhir.client import FhirClient, local_reference
from portal.fhir.vendors import Quirks
from portal.normalise import subject_reference
from portal.provider.fhir.query import read

BASE = "https://org.example/api/fhir"


@pytest.mark.parametrize(
    "text", ["1", "e" + "x9A" * 22 + "QQ", "a" * 255, "a_b", "a|b", "a:b=", "ñ", "a%2Fb", "..a", "a,b", "a\\b"]
)
def test_ids_are_opaque(text: str) -> None:
    assert is_fhir_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "a" * 256, ".", "..", "...", "a/b", "a?b", "a#b", "a b", "a\n", "a\x00", "a\x85b", "a\u2028b", "\ud800", 7],
)
def test_what_is_no_id(text: object) -> None:
    assert not is_fhir_id(text)


class _Echo:
    """A server that answers each read with the resource that was asked for."""

    def __init__(self) -> None:
        self.paths: list[bytes] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.paths.append(request.url.raw_path)
        kind, fhir_id = request.url.raw_path.decode().split("/")[-2:]
        body = {"resourceType": kind, "id": unquote(fhir_id)}
        return httpx2.Response(
            200, content=msgspec.json.encode(body), headers={"Content-Type": "application/fhir+json"}
        )


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[_Echo, FhirClient]]:
    server = _Echo()
    with httpx2.Client(transport=httpx2.MockTransport(server)) as http:
        yield server, FhirClient(Authorised(http, BASE, None))


@given(st.text(min_size=1, max_size=255))
def test_an_id_stays_one_step_below_the_base(echo: tuple[_Echo, FhirClient], text: str) -> None:
    server, client = echo
    if not is_fhir_id(text):
        with pytest.raises(BadAnswerError):
            client.read("Condition", text)
        return
    assert client.read("Condition", text)["id"] == text
    path = server.paths[-1].decode()
    assert path.rpartition("/")[0] == f"{urlsplit(BASE).path}/Condition"
    assert local_reference(f"Condition/{text}", BASE) == ("Condition", text)
    assert subject_reference({"resourceType": "Patient", "id": text}) == f"Patient/{text}"


@given(st.text(min_size=1, max_size=30))
def test_a_search_value_is_one_value(text: str) -> None:
    assume(is_fhir_id(text) and text.strip() == text)
    assert read("Condition", [("_id", search_value(text))], patient=None, base=BASE, strict=False).ids == [text]
    assert Quirks().params(text) == {"patient": search_value(text)}
