"""Coded entries of clinical documents: what is sure is read, what is not is left to the document."""

from typing import Any

import pytest

from portal.domain.dates import sort_key
from portal.domain.entry import Absence, Entry
from portal.normalise import to_entry
from portal.normalise.ccda.entries import resources_in
from portal.normalise.context import nothing
from tests.unit.normalise.ccda import coded as c
from tests.unit.normalise.ccda.documents import document

ALLERGIES, MEDICATIONS, PROBLEMS, SHOTS, RESULTS = "48765-2", "10160-0", "11450-4", "11369-6", "30954-2"
META = {"tag": [{"system": "urn:tributary:origin", "code": "document"}]}


def made(*sections: str) -> list[dict[str, Any]]:
    raw = document(*sections).encode()
    kinds = resources_in(raw, document="doc-1", patient="Patient/maria", meta=META)
    return [resource for resources in kinds.values() for resource in resources]


def entry(*sections: str) -> Entry:
    (resource,) = made(*sections)
    return to_entry(resource, nothing)


def test_an_allergy_with_its_reaction() -> None:
    hives = c.coded("value", "247472004", c.SNOMED, "Hives", kind="CD")
    reaction = f'<entryRelationship typeCode="MFST"><observation>{hives}</observation></entryRelationship>'
    read = entry(c.part(ALLERGIES, c.allergy(c.PENICILLIN, inner=reaction)))
    assert read.title == "Penicillin"
    assert read.status == "active"
    assert "Hives" in str(read)
    assert sort_key(read.when).startswith("2010")


def test_words_of_the_narrative_stand_for_a_code_without_any() -> None:
    agent = '<code nullFlavor="OTH"><originalText><reference value="#a1"/></originalText></code>'
    (resource,) = made(c.part(ALLERGIES, c.allergy(agent), text='<content ID="a1">Red  dye</content>'))
    assert resource["code"] == {"text": "Red dye"}


def test_no_known_allergy_is_said_as_that() -> None:
    read = entry(c.part(ALLERGIES, c.allergy('<code nullFlavor="NA"/>', negated=True)))
    assert read.absence is Absence.NONE


@pytest.mark.parametrize(
    "section",
    [
        c.part(ALLERGIES, c.allergy(c.PENICILLIN, negated=True)),
        c.part(ALLERGIES, c.allergy('<code nullFlavor="UNK"/>')),
        c.part(PROBLEMS, c.problem(c.GOUT, negated=True)),
        c.part(MEDICATIONS, c.medication(c.LISINOPRIL, negated=True)),
        c.part(MEDICATIONS, c.medication(c.LISINOPRIL, status="nullified")),
        c.part(MEDICATIONS, c.medication('<code nullFlavor="UNK"/>')),
        c.part(RESULTS, c.result(c.SODIUM, '<value xsi:type="IVL_PQ"><low value="1"/></value>')),
        c.part(RESULTS, c.result(c.SODIUM, '<value xsi:type="PQ" nullFlavor="UNK"/>')),
        c.part(RESULTS, c.result(c.SODIUM, '<value xsi:type="PQ" value="1" unit="a"/>', status="cancelled")),
        c.part("10154-3", c.allergy(c.PENICILLIN)),
    ],
)
def test_what_is_not_sure_is_left_to_the_document(section: str) -> None:
    assert made(section) == []


def test_a_broken_entry_takes_no_other_with_it() -> None:
    broken = "<act><entryRelationship/></act>"
    assert entry(c.part(ALLERGIES, broken, "<observation/>", c.allergy(c.PENICILLIN))).title == "Penicillin"


@pytest.mark.parametrize(
    ("high", "status", "stated", "expected"),
    [
        ("", "active", "", "active"),
        ("20200101", "active", "", "past"),
        ("", "completed", "", "past"),
        ("", "active", "413322009", "past"),
        ("", "completed", "55561003", "active"),
    ],
)
def test_whether_a_problem_is_over(high: str, status: str, stated: str, expected: str) -> None:
    value = c.coded("value", stated, c.SNOMED, kind="CD")
    inner = f'<entryRelationship><observation><code code="33999-4"/>{value}</observation></entryRelationship>'
    written = c.problem(c.GOUT, high=high, inner=inner if stated else "")
    read = entry(c.part(PROBLEMS, written.replace('code="active"/><entry', f'code="{status}"/><entry')))
    assert (read.title, read.status) == ("Gout", expected)


@pytest.mark.parametrize(
    ("status", "high", "kind"),
    [
        ("active", "", "active"),
        ("active", "20231231", "completed"),
        ("active", "20991231", "active"),
        ("completed", "20231231", "completed"),
        ("completed", "", "unknown"),
        ("aborted", "", "stopped"),
        ("suspended", "", "on-hold"),
    ],
)
def test_whether_a_medicine_is_taken(status: str, high: str, kind: str) -> None:
    """Some write "completed" of everything on the list: that is not known to be over."""
    (resource,) = made(c.part(MEDICATIONS, c.medication(c.LISINOPRIL, status=status, high=high)))
    assert (resource["resourceType"], resource["status"]) == ("MedicationStatement", kind)


def test_how_a_medicine_is_taken() -> None:
    more = (
        '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>'
        '<doseQuantity value="1" unit="{tablet}"/>'
    )
    (resource,) = made(c.part(MEDICATIONS, c.medication(c.LISINOPRIL, sig="With food", more=more)))
    (dosage,) = resource["dosage"]
    assert dosage["text"] == "With food"
    assert dosage["timing"]["repeat"]["periodUnit"] == "h"
    assert str(dosage["doseAndRate"][0]["doseQuantity"]["value"]) == "1"


@pytest.mark.parametrize(("mood", "intent"), [("INT", "plan"), ("RQO", "order")])
def test_what_is_not_taken_yet_is_no_statement(mood: str, intent: str) -> None:
    (order,) = made(c.part(MEDICATIONS, c.medication(c.LISINOPRIL, mood=mood)))
    assert (order["resourceType"], order["intent"]) == ("MedicationRequest", intent)


def test_a_vaccine_and_one_that_was_not_given() -> None:
    drug = c.coded("code", "158", c.CVX, "influenza") + "<lotNumberText>AB12</lotNumberText>"
    given = made(c.part(SHOTS, c.medication(drug, status="completed"), c.medication(drug, negated=True)))
    assert [one["status"] for one in given] == ["completed", "not-done"]
    assert given[0]["lotNumber"] == "AB12"
    assert given[0]["occurrenceDateTime"] == "2023-01-05"


def test_a_result_with_its_range_and_flag() -> None:
    value = '<value xsi:type="PQ" value="152.0" unit="mmol/L"/>'
    inner = (
        '<interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/><referenceRange><observationRange>'
        '<value><low value="135" unit="mmol/L"/><high value="145" unit="mmol/L"/></value>'
        "</observationRange></referenceRange>"
    )
    (resource,) = made(c.part(RESULTS, c.result(c.SODIUM, value, inner=inner)))
    assert str(resource["valueQuantity"]["value"]) == "152.0"
    assert str(resource["referenceRange"][0]["high"]["value"]) == "145"
    assert resource["interpretation"][0]["coding"][0]["code"] == "H"
    words = c.result(c.SODIUM, '<value xsi:type="ST">Hemolyzed</value>')
    assert made(c.part(RESULTS, words))[0]["valueString"] == "Hemolyzed"


def test_each_says_that_it_is_from_a_document_and_keeps_its_id() -> None:
    section = c.part(ALLERGIES, c.allergy(c.PENICILLIN))
    (first,), (again,) = made(section), made(section)
    assert first == again
    assert first["meta"] == META
    assert first["patient"] == {"reference": "Patient/maria"}
    assert first["recordedDate"].startswith("2024-04-01")
    assert "A document that was imported" in str(to_entry(first, nothing).facts)
