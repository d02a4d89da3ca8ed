"""Invented resources in the shapes that US Core 7.0.0 and 8.0.0 add or change: each is read, and in words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portal.domain.entry import Entry
from portal.domain.sections import Section
from portal.normalise import carries_entry, to_entry

RESOURCES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("us_core_later.ndjson").read_text().splitlines()
]
ITEMS = {one["id"]: one for one in RESOURCES if carries_entry(one["resourceType"])}


def lookup(reference: str, /) -> Mapping[str, Any] | None:
    return next((one for one in RESOURCES if f"{one['resourceType']}/{one['id']}" == reference), None)


def entry(fhir_id: str) -> Entry:
    return to_entry(ITEMS[fhir_id], lookup)


@pytest.mark.parametrize("fhir_id", ITEMS)
def test_each_is_an_item_in_words(fhir_id: str) -> None:
    read = entry(fhir_id)
    texts = [read.title, *(fact.text for fact in read.facts)]
    assert read.title
    assert not [text for text in texts if text.startswith("HL7 ")], "a code where words are known"


@pytest.mark.parametrize(
    ("fhir_id", "section", "texts"),
    [
        ("avg-bp", Section.VITAL_SIGNS, ("118", "76")),
        ("treat-pref", Section.QUESTIONNAIRES, ("No ventilator for longer than a week",)),
        ("care-pref", Section.QUESTIONNAIRES, ("Please speak to me in Spanish",)),
        ("adi", Section.QUESTIONNAIRES, ("Living will on file",)),
        ("smoke-pack", Section.QUESTIONNAIRES, ("12.5",)),
        ("adi-doc", Section.DOCUMENTS, ("Power of attorney",)),
        ("pmo", Section.PLANS, ("Attempt resuscitation", "Portable medical order form")),
        ("rx", Section.MEDICATIONS, ("Complies with drug therapy",)),
        ("imm", Section.IMMUNIZATIONS, ("AB12", "Later Clinic")),
        ("plan", Section.PLANS, ("Assessment and plan",)),
        ("disp", Section.MEDICATIONS, ("First fill",)),
    ],
)
def test_what_is_new_in_it_is_shown(fhir_id: str, section: Section, texts: tuple[str, ...]) -> None:
    read = entry(fhir_id)
    assert read.section is section
    assert [text for text in texts if text not in str(read)] == []
