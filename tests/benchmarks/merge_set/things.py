"""Implants, insurance cards, visits, documents, care teams."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.merge_set import Pair
from tests.factories.fhir import SNOMED, concept

_PATIENT = {"reference": "Patient/p1"}
DEVICES = (  # SNOMED CT, words, device identifier
    ("304120007", "Total hip replacement prosthesis", "00844588003288"),
    ("14106009", "Cardiac pacemaker", "00643169001763"),
    ("705991002", "Drug-eluting coronary artery stent", "08717648013461"),
    ("337414009", "Cochlear implant", "09351234000016"),
)
PAYERS = (("Garden State Health Plan", "GSH123456789"), ("Medicare", "1EG4-TE5-MK73"), ("Blue Shore", "XYZ998877"))


def device(text: str, code: str | None = None, udi: str = "", serial: str = "", lot: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "Device",
        "id": "d",
        "type": concept(text, *([(SNOMED, code)] if code else [])),
        "patient": _PATIENT,
        "status": "active",
    }
    if udi:
        made["udiCarrier"] = [
            {"deviceIdentifier": udi, "carrierHRF": f"(01){udi}(21){serial}" if serial else f"(01){udi}"}
        ]
    return made | ({"serialNumber": serial} if serial else {}) | ({"lotNumber": lot} if lot else {})


def coverage(payer: str, member: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "id": "c",
        "status": "active",
        "beneficiary": _PATIENT,
        "payor": [{"display": payer}],
        "subscriberId": member,
    } | more


def encounter(when: str, text: str, place: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [concept(text)],
        "subject": _PATIENT,
        "period": {"start": when},
        "location": [{"location": {"display": place}}],
    }


def document(when: str, text: str, author: str) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "n",
        "status": "current",
        "type": concept(text),
        "subject": _PATIENT,
        "date": when,
        "author": [{"display": author}],
        "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/1"}}],
    }


def pairs() -> Iterator[Pair]:
    yield from _implants()
    yield from _cards()
    for place in ("Maple Street Clinic", "Riverbend Emergency Department"):
        first = encounter("2024-02-01T09:00:00-05:00", "Office visit", place)
        yield Pair(
            "same", first, encounter("2024-02-01T14:00:00Z", "OFFICE VISIT", place.lower()), "one visit, two records"
        )
        yield Pair("different", first, encounter("2024-03-01T14:00:00Z", "Office visit", place), "a month later")
        yield Pair("different", first, encounter("2024-02-01T14:00:00Z", "Office visit", "Elsewhere"), "another place")
        yield Pair("different", first, encounter("2024-02-01T14:30:00Z", "Office visit", place), "half an hour later")
    for text in ("Discharge summary", "Progress note"):
        note = document("2024-02-01T09:00:00Z", text, "Dr. Okafor")
        yield Pair("same", note, document("2024-02-01T04:00:00-05:00", text.lower(), "Dr. Okafor"), "one note")
        yield Pair("different", note, document("2024-02-01T09:00:00Z", text, "Dr. Lind"), "another author")
        yield Pair("different", note, document("2024-02-02T09:00:00Z", text, "Dr. Okafor"), "the next day")


def _implants() -> Iterator[Pair]:
    for index, (code, text, udi) in enumerate(DEVICES):
        first = device(text, code, udi, "A1234")
        yield Pair("same", first, device(text, None, udi, "A1234"), f"{text}: identifier and serial number")
        yield Pair("same", first, device("Implant", None, udi), f"{text}: identifier")
        yield Pair("same", first, device(text, code), f"{text}: code")
        yield Pair("same", device(text), device(f"{text}.".upper()), f"{text}: words")
        yield Pair("different", first, device(text, code, udi, "B9876"), f"{text}: a second one of the model")
        yield Pair("different", device(text, code, udi, lot="L1"), device(text, code, udi, lot="L2"), f"{text}: lot")
        other = DEVICES[(index + 1) % len(DEVICES)]
        yield Pair(
            "different", first, device(other[1], other[0], other[2], "A1234"), "another device, one serial number"
        )
        yield Pair("different", device(f"Left {text}", code), device(f"Right {text}", code), f"{text}: side")


def _cards() -> Iterator[Pair]:
    for payer, member in PAYERS:
        first = coverage(payer, member)
        yield Pair("same", first, coverage(payer.upper(), member.replace("-", "")), f"{payer}: member id")
        yield Pair("different", first, coverage(payer, f"{member}9"), f"{payer}: another member id")
        yield Pair("different", first, coverage("Other Insurance", member), "another payer")
        dental = coverage(payer, member, type=concept("Dental"))
        yield Pair("different", coverage(payer, member, type=concept("Medical")), dental, f"{payer}: kind")
