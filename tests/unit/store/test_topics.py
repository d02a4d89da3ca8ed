"""What belongs to a topic: by code, by what records write, and not by what only a note mentions."""

import pytest

from portal.domain.entry import Code, Component, Entry, HealthIssue, Medication, Report, Result
from portal.domain.sections import Section
from portal.store.records.search_synonyms import SYNONYMS
from portal.store.records.topics import TOPICS, of_entry, of_words

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
        (issue("DM2", ("urn:own", "44054006")), set()),
        (issue("Hipertensión"), set()),  # its word in the table is what people type, not what is looked for
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
