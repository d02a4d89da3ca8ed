"""Whatever both sides state and differs is shown, unless a table says why not."""

from typing import Any

import msgspec
import pytest

from portal.domain import entry as entries
from portal.domain.entry import Entry, Fact
from portal.domain.sections import Section
from portal.merge import SourcedEntry, disagreements, properties
from portal.merge.properties import ELSEWHERE
from portal.merge.words.wording import same_text
from portal.normalise import phrases


def shown(left: Entry, right: Entry) -> set[str]:
    sourced = [SourcedEntry("1", "home", left), SourcedEntry("2", "link", right)]
    return {disagreement.field for disagreement in disagreements(sourced)}


@pytest.mark.parametrize("kind", list(ELSEWHERE))
def test_the_table_names_properties_that_are_there(kind: type) -> None:
    assert set(ELSEWHERE[kind]) <= {field.name for field in msgspec.structs.fields(kind)}


def test_the_labels_of_facts_are_phrases_of_normalise() -> None:
    written = {value for name, value in vars(phrases).items() if name.isupper() and isinstance(value, str)}
    assert properties._FILED.union(*properties._ELSEWHERE_FACTS.values()) <= written


@pytest.mark.parametrize(
    ("kind", "name", "left", "right"),
    [
        (entries.Procedure, "complications", ("Bile leak",), ("Wound infection",)),
        (entries.Procedure, "reason", "Screening", "Rectal bleeding"),
        (entries.Procedure, "follow_up", ("Remove sutures in 10 days",), ("No follow-up",)),
        (entries.Implant, "lot", "A1", "B2"),
        (entries.Implant, "safety", ("MR Conditional",), ("MR Unsafe",)),
        (entries.Implant, "expires", "2030-01-01", "2027-01-01"),
        (entries.Visit, "diagnoses", ("Pneumonia", "Asthma"), ("Pneumonia", "Stroke")),
        (entries.Visit, "discharge", "Home", "Skilled nursing facility"),
        (entries.Immunization, "dose", "0.5 mL", "0.25 mL"),
        (entries.Immunization, "route", "Subcutaneous", "Intramuscular"),
        (entries.Report, "conclusions", ("Normal",), ("Pneumonia",)),
        (entries.Report, "findings", ("718-7=9.4 g/dL",), ("718-7=11.0 g/dL",)),
        (entries.Medication, "reason", "Hypertension", "Heart failure"),
        (entries.Insurance, "costs", ("Copay: $20",), ("Copay: $50",)),
        (entries.Insurance, "subscriber", "Ana Ruiz", "Luis Ruiz"),
    ],
)
def test_what_both_state_and_differs_is_shown(kind: Any, name: str, left: object, right: object) -> None:
    mine, theirs, silent = (
        Entry(section=Section.PROCEDURES, title="x", detail=kind(**stated))
        for stated in ({name: left}, {name: right}, {})
    )
    assert len(shown(mine, theirs)) == 1
    assert not shown(mine, mine)
    assert not shown(mine, silent)


def test_a_fact_without_a_field_of_its_own_is_compared_and_where_it_was_documented_is_not() -> None:
    def allergy(*facts: Fact) -> Entry:
        return Entry(section=Section.ALLERGIES, title="Penicillin", detail=entries.Allergy(), facts=facts)

    assert shown(allergy(Fact("Last happened", "2024-01-05")), allergy(Fact("Last happened", "2012-06-01"))) == {
        "Last happened"
    }
    assert not shown(allergy(Fact("Last happened", "2024-01-05")), allergy(Fact("Last happened", "2024")))
    assert not shown(allergy(Fact("Told by", "Ana")), allergy(Fact("Told by", "Luis")))


def test_a_dose_that_does_not_count_is_shown_also_where_the_other_says_nothing_of_it() -> None:
    def dose(*qualifiers: str, **detail: Any) -> Entry:
        return Entry(
            section=Section.IMMUNIZATIONS,
            title="Tdap",
            qualifiers=qualifiers,
            detail=entries.Immunization(**detail),
        )

    assert shown(dose("Dose does not count"), dose()) == {"counts"}
    assert not shown(dose(not_given=True), dose(not_given=True))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Knee pain, left", "left knee pain"),
        ("Screening", "Screening for colon cancer"),
        ("HTN", "Hypertension"),
        ("0.5 mL", "0.50 ML"),
        ("2024-05", "2024-05-03"),
        ("2024-05-03", "2024-05-03T10:00:00Z"),
        ("U441-009", "U441009"),
    ],
)
def test_texts_that_say_the_same(left: str, right: str) -> None:
    assert same_text(left, right)
    assert same_text(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Relief", "No relief"),
        ("Successful", "Not successful"),
        ("None", "Hematoma"),
        ("Knee pain, left", "Knee pain, right"),
        ("Kidney disease stage 3", "Kidney disease stage 4"),
        ("Stroke", "History of stroke"),
        ("Stroke", "Possible stroke"),
        ("2024-05", "2024-06-03"),
        ("0.5 mL", "0.25 mL"),
    ],
)
def test_texts_that_do_not(left: str, right: str) -> None:
    assert not same_text(left, right)
    assert not same_text(right, left)


def test_one_side_may_list_more_diagnoses_and_other_costs() -> None:
    def visit(*diagnoses: str) -> Entry:
        return Entry(section=Section.VISITS, title="Visit", detail=entries.Visit(diagnoses=diagnoses))

    def card(*costs: str) -> Entry:
        return Entry(section=Section.INSURANCE, title="Aetna", detail=entries.Insurance(costs=costs))

    assert not shown(visit("Pneumonia"), visit("Asthma", "Pneumonia"))
    assert not shown(card("Copay: $20"), card("Deductible: $500"))
    assert shown(card("Copay: $20", "Deductible: $500"), card("Copay: $50"))
