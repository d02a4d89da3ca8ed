"""What belongs to a topic: by code, by what records write, and not by what only a note mentions."""

from pathlib import Path

import pytest

from portal.domain import code_systems
from portal.domain.entry import Code, Component, Entry, HealthIssue, Medication, Report, Result
from portal.domain.sections import Section
from portal.store.records.health_topics import TOPICS
from portal.store.records.search_synonyms import SYNONYMS
from portal.store.records.topics import drug_stem, of_entry, of_words

ICD, LOINC, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org", "http://snomed.info/sct"


def issue(title: str, *codes: tuple[str, str]) -> Entry:
    coded = tuple(Code(system, code) for system, code in codes)
    return Entry(section=Section.HEALTH_ISSUES, title=title, detail=HealthIssue(), codes=coded)


@pytest.mark.parametrize(
    ("entry", "topics"),
    [
        (issue("Type 2 diabetes mellitus"), {"diabetes"}),
        (issue("DM2", (ICD, "E11.9")), {"diabetes"}),
        (issue("DM2", (SNOMED, "44054006")), {"diabetes"}),
        (issue("Seen today", ("urn:own", "44054006")), set()),
        (issue("Hipertensión"), {"blood-pressure"}),
        (issue("Portal hypertension"), set()),
        (issue("Family history of asthma", (ICD, "Z82.5")), set()),
        (issue("mother: diabetes"), set()),
        (issue("Diabetes ruled out"), set()),
        (issue("ST depression on the tracing"), set()),
        (issue("MDD, recurrent, moderate"), {"depression"}),
        (issue("Essential hypertension", (ICD, "I10")), {"blood-pressure"}),
        (issue("Chronic kidney disease stage 3"), {"kidneys"}),
        (issue("Fracture of wrist", (ICD, "S52.5")), set()),
        (Entry(section=Section.MEDICATIONS, title="metformin 500 MG Oral Tablet", detail=Medication()), {"diabetes"}),
        (
            Entry(
                section=Section.TEST_RESULTS,
                title="Panel",
                detail=Report(components=(Component(name="x", codes=(Code(LOINC, "4548-4"),)),)),
            ),
            {"diabetes"},
        ),
        (
            Entry(section=Section.VITAL_SIGNS, title="BP", detail=Result(), codes=(Code(LOINC, "85354-9"),)),
            {"blood-pressure"},
        ),
    ],
)
def test_what_an_item_is_about(entry: Entry, topics: set[str]) -> None:
    assert set(of_entry(entry)) == topics


_SYSTEMS = {
    "": "",
    "icd-10-cm": code_systems.ICD10_CM,
    "snomed": code_systems.SNOMED,
    "loinc": code_systems.LOINC,
    "rxnorm": code_systems.RXNORM,
    "cvx": code_systems.CVX,
}
_OTHERWISE = {
    "Orthostatic hypotension",  # the page is about low blood pressure, too
    "Heart murmur, innocent",
    "Holter monitor for palpitations",
    "Calculus of kidney",
    "Acute pyelonephritis",
    "Encounter for screening for depression, negative",
    "Body weight",  # of everybody, whatever the heart
    "Pneumococcal polysaccharide PPV23",
    "Nexlizet 180-10 mg tablet",
    "cholestyramine 4 g packet for bile acid diarrhea",
}
"""What this portal judges otherwise than who wrote the items, or does not know."""


def test_items_of_another_hand_are_where_they_belong() -> None:
    misjudged = set()
    for line in Path(__file__).with_name("topic_items.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        topic, belongs, section, system, code, words = line.split("\t")
        codes = (Code(_SYSTEMS[system], code),) if code else ()
        item = Entry(section=Section(section), title=words, detail=_DETAILS.get(section, HealthIssue)(), codes=codes)
        if (topic in of_entry(item)) != (belongs == "+"):
            misjudged.add(words)
    assert misjudged == _OTHERWISE


_DETAILS = {"medications": Medication, "test-results": Result, "vital-signs": Result}


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("levothyroxine", "levotiroxina"),
        ("spironolactone", "espironolactona"),
        ("hydrochlorothiazide", "hidroclorotiazida"),
        ("amoxicillin", "amoxicilina"),
        ("amlodipine", "amlodipino"),
    ],
)
def test_a_medicine_is_one_in_both_languages(english: str, spanish: str) -> None:
    assert drug_stem(english) == drug_stem(spanish)


def test_every_topic_begins_with_phrases_that_the_search_knows() -> None:
    for key, topic in TOPICS.items():
        assert topic.phrases[0] in SYNONYMS, key


@pytest.mark.parametrize(
    ("typed", "topics"),
    [
        ("Diabetes", {"diabetes"}),
        ("diabético", {"diabetes"}),
        ("presión", {"blood-pressure"}),
        ("heart", {"heart"}),
        ("Cancer screening", {"cancer-screening"}),
        ("penicillin", set()),
        ("", set()),
    ],
)
def test_what_was_typed_leads_to_a_topic(typed: str, topics: set[str]) -> None:
    assert set(of_words(typed)) == topics
