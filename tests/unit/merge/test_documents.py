"""A document's number is one with the system that gave it, in every way of writing it."""

from base64 import b64encode
from typing import Any

import pytest

from portal.refresh.compare import compare

UUID = "6b29fc40-ca47-1067-b31d-00dd010662da"


def verdict(left: dict[str, str], right: dict[str, str]) -> str:
    documents: list[dict[str, Any]] = [
        {
            "resourceType": "DocumentReference",
            "id": "1",
            "status": "current",
            "date": "2025-03-05",
            "masterIdentifier": number,
            "type": {"text": "Discharge summary"},
            "content": [{"attachment": {"contentType": "application/pdf"}}],
        }
        for number in (left, right)
    ]
    return compare(*documents, one_organization=False, pair_id="").verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{UUID.upper()}"},
            {"system": "urn:ietf:rfc:3986", "value": UUID},
        ),
        ({"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.77"}, {"system": "urn:oid:1.2.3", "value": "77"}),
        ({"value": "1.2.3^77"}, {"system": "1.2.3", "value": "77"}),
    ],
)
def test_one_number_in_two_ways_of_writing(left: dict[str, str], right: dict[str, str]) -> None:
    assert verdict(left, right) == "same"


def test_equal_numbers_of_two_systems_are_two_documents() -> None:
    assert (
        verdict({"system": "urn:oid:1.2.3", "value": "77"}, {"system": "urn:oid:9.9.9", "value": "77"}) == "different"
    )
    assert verdict({"system": "http://a.example", "value": "7"}, {"system": "http://b.example", "value": "7"}) == (
        "different"
    )


def test_a_file_of_which_only_the_hash_is_told_is_the_same_content() -> None:
    def letter(title: str, content_hash: str) -> dict[str, Any]:
        return {
            "resourceType": "DocumentReference",
            "id": "d",
            "status": "current",
            "type": {"text": title},
            "date": "2026-07-08T16:20:00-05:00",
            "content": [{"attachment": {"contentType": "text/plain", "hash": content_hash}}],
        }

    original = letter("Letter", "4UAkSIS0n31DgyAoLTMce/RDeoc=")
    assert compare(original, letter("Carta", "4UAkSIS0n31DgyAoLTMce/RDeoc=")).verdict == "same"
    assert compare(original, letter("Letter", "VVh71Bn9A2AdR9X+BtHkrxejcng=")).verdict == "different"


def _report(title: str, **fields: Any) -> dict[str, Any]:
    accession = [{"type": {"coding": [{"code": "ACSN"}]}, "system": "urn:lab", "value": "A-1"}]
    written = {"id": "r", "status": "final", "code": {"text": title}, "effectiveDateTime": "2025-12-15T10:40:00-05:00"}
    return {"resourceType": "DiagnosticReport", "identifier": accession, **written, "conclusion": "Normal.", **fields}


@pytest.mark.parametrize(
    ("left", "right"), [("MRI lumbar spine", "MRI L-spine"), ("MAMMO SCREEN BILAT", "Screening mammogram")]
)
def test_one_accession_is_one_report_where_only_one_title_says_the_side(left: str, right: str) -> None:
    assert compare(_report(left), _report(right)).verdict == "same"


def test_one_accession_with_two_sides_is_two_reports() -> None:
    assert compare(_report("XR knee left"), _report("XR knee right")).verdict == "different"


@pytest.mark.parametrize("author", ["Kim, Grace MD", "Grace Kim, MD", "Grace Kim"])
def test_the_author_of_a_report_in_any_order_of_the_name(author: str) -> None:
    one, other = (
        _report("Holter monitor", identifier=[], performer=[{"display": name}]) for name in ("Grace Kim MD", author)
    )
    assert compare(one, other).verdict == "same"
    assert compare(one, _report("Holter monitor", identifier=[], performer=[{"display": "Lee, Ann MD"}])).verdict == (
        "different"
    )


def test_two_contents_of_one_number_are_one_row_that_says_so() -> None:
    def letter(fhir_id: str, *files: dict[str, str]) -> dict[str, Any]:
        return {
            "resourceType": "DocumentReference",
            "id": fhir_id,
            "status": "current",
            "type": {"text": "Discharge summary"},
            "date": "2026-07-08T16:20:00-05:00",
            "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{UUID}"},
            "content": [{"attachment": file} for file in files],
        }

    def text(words: str) -> dict[str, str]:
        return {"contentType": "text/plain", "data": b64encode(words.encode()).decode()}

    warfarin, apixaban = text("Go home with warfarin 5 mg."), text("Go home with apixaban 5 mg twice a day.")
    page = {"contentType": "application/pdf", "hash": "2jmj7l5rSw0yVb/vlWAYkK/YBwk="}
    verdict = compare(letter("a", warfarin), letter("b", apixaban))
    assert verdict.verdict == "same"
    assert [(each.field, each.left, each.right) for each in verdict.disagreements] == [
        ("content", "text/plain, 27 bytes", "text/plain, 39 bytes")
    ]
    for left, right in (((warfarin,), (warfarin,)), ((warfarin,), (page,)), ((warfarin, page), (page,))):
        assert compare(letter("a", *left), letter("b", *right)).disagreements == ()
