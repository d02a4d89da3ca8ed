"""The demo's stories are coherent charts, and say what the pages are meant to show."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from portal.demo import stories
from portal.demo.network import ACCOUNTS, INSTANCES
from portal.normalise import carries_entry, subject_references, to_entry

TODAY = date(2026, 11, 23)
KEYS = [instance.key for instance in INSTANCES]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _by_reference(key: str, today: date = TODAY) -> dict[str, dict[str, Any]]:
    return {f"{one['resourceType']}/{one['id']}": one for one in stories.resources(key, today)}


@pytest.mark.parametrize("key", KEYS)
def test_every_reference_leads_somewhere_and_ids_are_unique(key: str) -> None:
    resources = stories.resources(key, TODAY)
    known = _by_reference(key)
    assert len(known) == len(resources)
    assert {reference for one in resources for reference in _references(one)} <= set(known)


@pytest.mark.parametrize("key", KEYS)
def test_every_resource_becomes_an_entry_about_a_patient(key: str) -> None:
    known = _by_reference(key)
    for one in known.values():
        if carries_entry(one["resourceType"]):
            entry = to_entry(one, known.get)
            assert entry.title
            assert subject_references(one)[0] in known


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 3, 14), date(2026, 12, 31)])
def test_ages_are_right_on_any_day(today: date) -> None:
    ages = {}
    for one in stories.resources("mycooper", today):
        if one["resourceType"] == "Patient":
            born = date.fromisoformat(one["birthDate"])
            ages[one["id"]] = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    assert ages == {
        "maria": 46,
        "leo": 9,
        "rosa": 78,
        "james": 58,
        "mia": 15,
        "walter": 67,
        "walt": 67,
    }


def test_nothing_has_happened_in_the_future() -> None:
    late = [
        one["id"]
        for key in KEYS
        for one in stories.resources(key, TODAY)
        if one["resourceType"] in ("Observation", "Encounter", "Communication")
        and (one.get("effectiveDateTime") or one.get("sent") or one["period"]["start"])[:10] > TODAY.isoformat()
    ]
    assert not late


def test_the_same_person_is_the_same_everywhere() -> None:
    """So that verification finds them: name, birth date, sex."""
    seen: dict[str, set[tuple[str, ...]]] = {}
    for key in KEYS:
        for one in stories.resources(key, TODAY):
            if one["resourceType"] == "Patient":
                name = one["name"][0]
                said = (*name["given"], name["family"], one["birthDate"], one["gender"])
                seen.setdefault(one["id"], set()).add(said)
    assert {person: len(said) for person, said in seen.items()} == {
        "maria": 1,
        "leo": 1,
        "rosa": 2,  # Riverbend has her maiden name
        "james": 1,
        "mia": 1,
        "walter": 1,
        "walt": 1,
    }


def test_what_the_pages_are_meant_to_show() -> None:
    home, riverbend = _by_reference("mycooper"), _by_reference("riverbend")

    def drugs(chart: dict[str, dict[str, Any]]) -> dict[str, str]:
        return {
            one["medicationCodeableConcept"]["text"]: one["medicationCodeableConcept"]["coding"][0]["code"]
            for one in chart.values()
            if one["resourceType"] == "MedicationRequest" and one["subject"]["reference"] == "Patient/maria"
        }

    here, there = drugs(home), drugs(riverbend)
    assert here["Metformin 500 mg tablet"] == there["Metformin 500 mg tablet"]
    assert "Lisinopril 10 mg tablet" in here
    assert "Lisinopril 20 mg tablet" in there
    assert "Penicillin" not in str([one for one in home.values() if one["resourceType"] == "AllergyIntolerance"])
    assert "Penicillin" in str(riverbend.values())
    tests = Counter(
        key
        for key in ("mycooper", "shoreline")
        for one in stories.resources(key, TODAY)
        if one["resourceType"] == "Observation"
        and one["code"]["coding"][0]["code"] == "4548-4"
        and one["subject"]["reference"] == "Patient/maria"
    )
    assert tests["mycooper"] >= 5
    assert tests["shoreline"] >= 5


def test_device_identifier_has_its_check_digit() -> None:
    """GTIN-14, GS1 General Specifications 7.9."""
    device = next(one for one in stories.resources("riverbend", TODAY) if one["resourceType"] == "Device")
    carrier = device["udiCarrier"][0]
    digits = [int(digit) for digit in carrier["deviceIdentifier"]]
    assert sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits)) % 10 == 0
    assert re.fullmatch(r"\(01\)\d{14}\(11\)\d{6}\(17\)\d{6}\(10\)\w+\(21\)\w+", carrier["carrierHRF"])


def test_accounts_are_where_the_charts_are() -> None:
    for account in ACCOUNTS:
        for key in account.at:
            assert key in KEYS
    for key in KEYS:
        assert key in next(account for account in ACCOUNTS if account.username == "maria").at
