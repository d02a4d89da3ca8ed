"""Answers of every kind, messages that answer others, and places of a visit: what is followed from one to the next."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.domain.entry import Fact, Message, Result, Visit
from portal.normalise import to_entry
from portal.normalise.context import Context
from portal.normalise.facts import visit_of, visit_through
from portal.normalise.provenance import FROM_DOCUMENT, FROM_SENT_DOCUMENT
from tests.unit.normalise.samples import amount, others, sample


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ([{"valueQuantity": amount(7, "h")}], "7 hours"),
        ([{"valueInteger": 3}], "3"),
        ([{"valueDecimal": 7.50}], "7.5"),
        ([{"valueBoolean": True}], "Yes"),
        ([{"valueDate": "2024-05"}], "2024-05"),
        ([{"valueDateTime": "2024-05-06"}], "2024-05-06"),
        ([{"valueTime": "08:30:00"}], "08:30:00"),
        ([{"valueString": "Often"}], "Often"),
        ([{"valueUri": "urn:x"}], "urn:x"),
        ([{"valueCoding": {"system": "http://loinc.org", "code": "LA33-6"}}], "Yes"),
        ([{"valueCoding": {"system": "urn:own", "code": "7"}}], "Code 7"),
        ([{"valueAttachment": {"title": "Scan"}}], "Scan"),
        ([{"valueReference": {"display": "Dr. Ito"}}], "Dr. Ito"),
        ([{"valueString": "a"}, {"valueString": "b"}, {"valueString": "a"}], "a; b"),
        ([], ""),
        ([{"valueCoding": "x"}], ""),
    ],
)
def test_answers(answers: list[dict[str, Any]], text: str) -> None:
    item = [{"linkId": "q", "answer": answers}, {"item": []}]
    detail = to_entry(sample("QuestionnaireResponse", item=item), others).detail
    assert isinstance(detail, Result)
    assert [(part.name, part.text) for part in detail.components] == [("q", text)]


def test_a_questionnaire_of_a_thousand_questions_is_read_so_far() -> None:
    item = [{"linkId": f"g{group}", "item": [{"linkId": str(one)} for one in range(400)]} for group in range(3)]
    detail = to_entry(sample("QuestionnaireResponse", item=item), others).detail
    assert isinstance(detail, Result)
    assert [part.name for part in detail.components][399:403] == ["398", "399", "g1", "0"]
    assert len(detail.components) == 1000


_BEFORE: dict[str, dict[str, Any]] = {
    "Communication/2": {"inResponseTo": [{"reference": "Communication/1"}], "groupIdentifier": {"value": "no"}},
    "Communication/1": {"partOf": [{"display": "nothing to follow"}]},
    "Communication/loop": {"inResponseTo": {"reference": "Communication/loop"}},
    "Communication/order": {"partOf": [{"reference": "ServiceRequest/1"}]},
    "ServiceRequest/1": {"partOf": [{"reference": "Communication/1"}]},
    "urn:uuid:ana": {"resourceType": "Patient"},
    "urn:uuid:lee": {"resourceType": "Practitioner"},
}


def before(reference: str, /) -> Mapping[str, Any] | None:
    return _BEFORE.get(reference)


def message(**changes: Any) -> Message:
    detail = to_entry(sample("Communication", **changes), before).detail
    assert isinstance(detail, Message)
    return detail


@pytest.mark.parametrize(
    ("answered", "thread"),
    [
        ("Communication/2", "Communication/1"),
        ("Communication/1", "Communication/1"),
        ("Communication/gone", "Communication/gone"),
        ("Communication/loop", "Communication/loop"),
        ("Communication/order", "ServiceRequest/1"),
    ],
)
def test_a_chain_of_answers_is_followed_to_its_first_message(answered: str, thread: str) -> None:
    assert message(inResponseTo=[{"reference": answered}]).thread == thread


@pytest.mark.parametrize(
    ("sender", "own"),
    [
        ("Patient/ana", True),
        ("https://x.example/fhir/RelatedPerson/1", True),
        ("urn:uuid:ana", True),
        ("urn:uuid:lee", False),
        ("Practitioner/lee", False),
        ("Organization/1", False),
    ],
)
def test_who_wrote_it_and_who_gets_the_answer(sender: str, own: bool) -> None:
    written = message(sender={"reference": sender}, recipient=[{"reference": "Practitioner/9"}])
    assert (written.own, written.reply_to) == (own, "Practitioner/9" if own else sender)


def test_what_a_message_refers_to_stands_among_its_files_wherever_it_stands() -> None:
    written = message(
        payload=[
            {"contentString": "See both."},
            {"contentReference": {"reference": "DocumentReference/1", "display": "YOUR PLAN"}},
            {"contentReference": {"reference": "Observation/2"}},
            {"contentAttachment": {"title": "Leaflet", "url": "Binary/9"}},
            {"contentReference": {"reference": "Binary/3"}},
        ]
    )
    assert [(file.title, file.url) for file in written.attachments] == [
        ("Leaflet", "Binary/9"),
        ("Your Plan", "DocumentReference/1"),
        ("", "Binary/3"),
    ]


_PLACES: dict[str, dict[str, Any]] = {
    "Location/first": {"resourceType": "Location", "name": "Ward 1", "telecom": [{"system": "phone", "value": "1"}]},
    "Location/last": {"resourceType": "Location", "address": {"line": ["5 Elm Road"]}},
    "Location/bare": {"resourceType": "Location"},
    "Organization/here": {
        "resourceType": "Organization",
        "name": "North Hospital",
        "address": [{"city": "Anytown"}],
        "telecom": [{"system": "phone", "value": "9"}],
    },
}


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        (["Location/first", "Location/last"], ("North Hospital", "5 Elm Road", "1")),
        (["Location/first", "Location/bare"], ("Ward 1", "Anytown", "1")),
        (["Location/bare"], ("North Hospital", "Anytown", "9")),
        ([], ("North Hospital", "Anytown", "9")),
    ],
)
def test_where_a_visit_was(locations: list[str], expected: tuple[str, str, str]) -> None:
    listed = [{"location": {"reference": one}} for one in locations]
    visit = sample("Encounter", location=listed, serviceProvider={"reference": "Organization/here"})
    detail = to_entry(visit, _PLACES.get).detail
    assert isinstance(detail, Visit)
    assert (detail.place, detail.address, detail.phone) == expected


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        (FROM_DOCUMENT, "A document that was imported, not a record system"),
        (FROM_SENT_DOCUMENT, "A document of this organization, which lists nothing of this kind by itself"),
        (("urn:other", "document"), ""),
    ],
)
def test_what_was_made_of_a_document_says_so(tag: tuple[str, str], words: str) -> None:
    meta = {"tag": [{"system": "x", "code": "y"}, {"system": tag[0], "code": tag[1]}]}
    origin = [
        fact for fact in to_entry(sample("Condition", meta=meta), others).facts if fact.label == "Where it is from"
    ]
    assert origin == ([Fact("Where it is from", words)] if words else [])


def test_identifiers_and_what_is_replaced_in_every_place() -> None:
    resource = sample(
        "DocumentReference",
        masterIdentifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:7"},
        identifier=[{"type": {"coding": [{"code": "acsn"}]}, "value": "A1"}, {"value": "x" * 300}],
        replaces=[{"reference": "DocumentReference/3/_history/2"}],
        relatesTo=[{"code": {"coding": [{"code": "replaces"}]}, "target": {"reference": "DocumentReference/4"}}],
        language="es-US",
    )
    entry = to_entry(resource, others)
    assert entry.identifiers[:2] == ("|urn:ietf:rfc:3986|7", "ACSN||A1")
    assert len(entry.identifiers[2]) == 202
    assert entry.replaces == ("DocumentReference/3", "DocumentReference/4")
    assert (entry.language, entry.reference) == ("es-US", "DocumentReference/documentreference")
    assert to_entry(sample("DocumentReference", id="no id!"), others).reference == ""


@pytest.mark.parametrize(
    ("resource", "visit"),
    [
        ({"encounter": {"reference": "Encounter/1/_history/2"}}, "Encounter/1"),
        ({"encounter": [{"reference": "Encounter/1"}, {"reference": "Encounter/2"}]}, "Encounter/1"),
        ({"context": {"reference": "Encounter/1"}}, "Encounter/1"),  # STU3
        ({"context": {"encounter": [{"reference": "Encounter/1"}]}}, "Encounter/1"),
        ({"context": {"encounter": {"reference": "Encounter/1"}}}, "Encounter/1"),
        ({"context": {"period": {"start": "2024"}}}, ""),
        ({"context": "Encounter/1"}, ""),
        ({}, ""),
    ],
)
def test_the_visit_in_each_version_of_fhir(resource: dict[str, Any], visit: str) -> None:
    assert visit_of(resource) == visit


def test_a_visit_through_a_document() -> None:
    at_hand = {
        "DocumentReference/1": {
            "resourceType": "DocumentReference",
            "context": {"encounter": {"reference": "Encounter/5"}},
        },
        "Condition/1": {"resourceType": "Condition", "encounter": {"reference": "Encounter/6"}},
    }
    context = Context({}, at_hand.get)
    references = [{"reference": f"{one}/1"} for one in ("Condition", "DocumentReference", "Encounter")]
    assert visit_through(references, context) == "Encounter/5"
    assert visit_through(references[::-1], context) == "Encounter/1"
    assert visit_through(references[:1], context) == visit_through(None, context) == ""
