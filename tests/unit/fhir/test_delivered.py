"""Bundles whose resources came before: told by their bytes, and read as far as is needed; all else as ever."""

import codecs
import hashlib
from typing import Any

import msgspec
import pytest

from portal.domain.errors import BadAnswerError, LimitReachedError
from portal.fhir.answers import decode
from portal.fhir.delivered import Delivered, Digests
from portal.normalise import subject_references
from tests.shared_data import bundles

DEPTH = 64


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def page_of(*resources: Any) -> bytes:
    entries = [{"fullUrl": "https://a.example/1", "resource": resource} for resource in resources]
    return msgspec.json.encode({"resourceType": "Bundle", "link": [], "total": len(resources), "entry": entries})


def both(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a page when it comes first, and when all of it came before."""
    first = Digests(digest, ()).page(content, depth=DEPTH)
    digests = {each["resource"].digest for each in first["entry"] if isinstance(each["resource"], Delivered)}
    return first, Digests(digest, digests).page(content, depth=DEPTH)


def test_each_resource_comes_as_its_head_and_its_bytes() -> None:
    name, bundle = next(bundles())
    resources = [entry["resource"] for entry in bundle["entry"]]
    plain = decode(page_of(*resources), depth=DEPTH)
    for page in both(page_of(*resources)):
        for entry, whole in zip(page["entry"], plain["entry"], strict=True):
            head, resource = entry["resource"], whole["resource"]
            assert decode(head.data, depth=DEPTH) == resource, name
            assert subject_references(head) == subject_references(resource)
            for element in ("resourceType", "id", "meta"):
                assert head.get(element) == resource.get(element)


def test_half_a_character_is_replaced_in_what_is_stored_too() -> None:
    content = page_of({"resourceType": "Condition", "id": "7", "note": "cut HALF"}).replace(b"HALF", b"\\ud83d")
    for page in both(content):
        assert decode(page["entry"][0]["resource"].data, depth=DEPTH)["note"] == "cut \ufffd"
        msgspec.json.decode(page["entry"][0]["resource"].data)


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Appointment", "participant": [{"actor": {"reference": "Patient/7"}}, {}]},
        {"resourceType": "Communication", "recipient": [{"reference": "Patient/7"}], "sender": {"type": "Patient"}},
        {"resourceType": "Coverage", "beneficiary": {"reference": "Patient/7"}},
        {"resourceType": "Task", "for": {"reference": "Patient/7"}},
        {"resourceType": "Patient"},
    ],
)
def test_whose_it_is_is_told_from_the_head_of_every_type(resource: dict[str, Any]) -> None:
    _, again = both(page_of(resource | {"id": "7"}))
    assert subject_references(again["entry"][0]["resource"]) == ("Patient/7",)


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "OperationOutcome", "issue": [{"code": "forbidden"}]},
        {"resourceType": "Bundle", "entry": "none"},
        {"resourceType": "Bundle", "entry": [None, 3]},
        {"resourceType": "Bundle", "entry": None},
        [1],
    ],
)
def test_what_is_no_bundle_of_entries_is_decoded_as_ever(body: object) -> None:
    content = msgspec.json.encode(body)
    assert Digests(digest, ()).page(content, depth=DEPTH) == decode(content, depth=DEPTH)


def test_what_a_search_says_of_itself_is_whole() -> None:
    outcome = {"resourceType": "OperationOutcome", "id": "1", "issue": [{"severity": "warning", "code": "suppressed"}]}
    for page in both(page_of(outcome)):
        assert page["entry"][0]["resource"] == outcome


def test_entries_without_a_resource_are_nothing() -> None:
    content = b'{"resourceType":"Bundle","entry":[{},{"resource":null},{"resource":[1]}]}'
    entries = Digests(digest, ()).page(content, depth=DEPTH)["entry"]
    assert [entry["resource"] for entry in entries] == [None, None, [1]]


def test_a_byte_order_mark_is_passed_over() -> None:
    content = codecs.BOM_UTF8 + page_of({"resourceType": "Patient", "id": "1"})
    assert Digests(digest, ()).page(content, depth=DEPTH) == decode(content, depth=DEPTH)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"resourceType":"Bundle","entry":[{"resource":{"a":1}'])
def test_what_is_no_json_is_refused_as_ever(content: bytes) -> None:
    with pytest.raises(BadAnswerError):
        Digests(digest, ()).page(content, depth=DEPTH)


@pytest.mark.parametrize("levels", [DEPTH, 5000])
def test_what_is_nested_too_deep_is_refused_as_ever(levels: int) -> None:
    content = page_of({"resourceType": "Patient", "id": "1"}).replace(
        b'"id":"1"', b'"id":' + b"[" * levels + b"]" * levels
    )
    with pytest.raises(LimitReachedError):
        decode(content, depth=DEPTH)
    with pytest.raises(LimitReachedError):
        Digests(digest, ()).page(content, depth=DEPTH)


def test_a_resource_may_be_as_deep_as_ever() -> None:
    for levels in (DEPTH - 5, DEPTH - 4, DEPTH - 3):
        content = page_of({"resourceType": "Patient", "x": 0}).replace(
            b'"x":0', b'"x":' + b"[" * levels + b"]" * levels
        )
        outcomes = []
        for read in (decode, Digests(digest, ()).page):
            try:
                read(content, depth=DEPTH)
                outcomes.append("read")
            except LimitReachedError:
                outcomes.append("refused")
        assert outcomes[0] == outcomes[1], levels
