"""The text of a summary for people: what each source says, in words and dates that a reader knows."""

import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from portal.domain.entry import (
    Allergy,
    AnyDetail,
    Code,
    Entry,
    Fact,
    HealthIssue,
    Immunization,
    Medication,
    Procedure,
    Reaction,
    Report,
    Result,
    Status,
)
from portal.domain.ids import HOME
from portal.domain.people import Person
from portal.domain.sections import Section
from portal.normalise.phrases import TYPE
from portal.sharing import narrative
from portal.sharing.summary import SECTIONS, FilledSection, SourcedResource, SummaryContent, SummarySource


def entry(detail: AnyDetail, title: str = "Lisinopril 10 mg tablet", *, start: str = "2022-11-10") -> Entry:
    return Entry(section=Section.MEDICATIONS, title=title, start=start, status=Status.ACTIVE, detail=detail)


def told(*entries: Entry) -> list[str]:
    """The details of the lines of one row that home and Riverbend have."""
    summary, content = of_one_row(*entries)
    return [line.details for line in narrative.lines(content, summary)]


def of_one_row(*entries: Entry) -> tuple[SummaryContent, FilledSection]:
    sources = (HOME, "riverbend")
    row = tuple(SourcedResource(f"e{source}", source, each, {}) for source, each in zip(sources, entries, strict=False))
    content = FilledSection(rows=(row,))
    summary = SummaryContent(
        person=Person(),
        organization="Cooper",
        moment=datetime(2026, 1, 1, tzinfo=UTC),
        sources={HOME: SummarySource("Cooper", None), "riverbend": SummarySource("Riverbend", None)},
        sections={},
        supporting={},
        left_out=0,
        open_references=False,
    )
    return summary, content


def test_of_a_disagreement_every_line_has_its_own_value_of_each_field_that_differs() -> None:
    def order(**fields: str) -> Entry:
        return entry(Medication(instructions=("Take 1 tablet every morning",), fhir_status="active", **fields))

    ours, theirs = told(order(prescriber="Dr. Priya Shah"), order(prescriber="Dr. Tom Becker"))
    assert "prescriber: Dr. Priya Shah; The sources differ in prescriber" in ours
    assert "prescriber: Dr. Tom Becker; The sources differ in prescriber" in theirs


def test_a_medicine_says_what_it_is_for_and_who_ordered_it() -> None:
    (line,) = told(
        entry(Medication(instructions=("Take 1 tablet",), reason="High blood pressure", prescriber="Dr. Priya Shah"))
    )
    assert line == "Take 1 tablet; for: High blood pressure; prescriber: Dr. Priya Shah"


def test_what_goes_without_saying_is_not_there() -> None:
    assert told(entry(Result(text="Yellow", fhir_status="final"), "Color")) == ["value: Yellow"]
    assert told(entry(HealthIssue(clinical_status="active", verification="confirmed"), "Gout")) == [""]
    assert told(entry(Immunization(manufacturer="Sanofi"), "Tdap")) == ["Given; made by: Sanofi"]


def test_a_day_and_a_minute_of_one_result_are_both_said() -> None:
    by = {"text": "Yellow", "fhir_status": "final"}
    of_the_day = entry(Result(**by, performer="Quest"), "Color", start="2022-11-10")
    of_the_minute = entry(Result(**by, performer="Lakeside Laboratory"), "Color", start="2022-11-10T14:40:00-05:00")
    ours, theirs = told(of_the_day, of_the_minute)
    assert "time: Nov 10, 2022" in ours
    assert "time: Nov 10, 2022, 14:40" in theirs


def test_a_row_is_called_as_in_the_record_and_says_what_only_one_source_says() -> None:
    codes = (Code(system="http://hl7.org/fhir/sid/cvx", code="33"),)
    vaccine = replace(entry(Immunization(), "Pneumococcal vaccine"), codes=codes)
    summary, content = of_one_row(vaccine, vaccine)
    assert [line.title for line in narrative.lines(content, summary)] == ["Pneumococcal vaccine (PPSV23)"]
    (line,) = told(
        entry(Allergy(), "Codeine"), entry(Allergy(reactions=(Reaction(manifestations=("Hives",)),)), "Codeine")
    )
    assert "Hives" in line


def test_the_day_of_the_line_is_not_said_again_as_its_onset() -> None:
    assert told(entry(HealthIssue(clinical_status="active"), "Asthma", start="2015-03")) == [""]


@pytest.mark.parametrize(
    ("detail", "state"),
    [
        (HealthIssue(clinical_status="recurrence"), "status: came back"),
        (HealthIssue(clinical_status="active", verification="provisional"), "confirmed: not yet"),
        (Medication(fhir_status="completed"), "status: completed"),
        (Procedure(fhir_status="in-progress"), "status: in progress"),
        (Result(text="Yellow", fhir_status="preliminary"), "value: Yellow; status: preliminary"),
    ],
)
def test_a_state_that_is_not_the_usual_one_is_said(detail: AnyDetail, state: str) -> None:
    assert told(entry(detail)) == [state]


@pytest.mark.parametrize(
    ("kind", "category", "words"),
    [
        ("Allergy", ("food",), "Allergy to food"),
        ("Intolerance", ("medication",), "Intolerance to a medicine"),
        ("Allergy", ("food", "environment"), "Allergy to food or something in the environment"),
        ("Allergy", (), "Allergy"),
        ("", ("food",), "Reaction to food"),
        ("", (), ""),
    ],
)
def test_an_allergy_is_told_as_its_patient_would(kind: str, category: tuple[str, ...], words: str) -> None:
    facts = (Fact(TYPE, kind),) if kind else ()
    peanut = replace(entry(Allergy(category=category), "Peanut"), facts=facts)
    assert told(peanut) == [words]


def test_of_kinds_of_an_allergy_that_differ_each_is_said() -> None:
    ours, theirs = told(*(replace(entry(Allergy(), "Peanut"), facts=(Fact(TYPE, kind),)) for kind in _KINDS))
    assert ours == "Allergy; The sources differ in kind"
    assert theirs == "Intolerance; The sources differ in kind"


_KINDS = ("Allergy", "Intolerance")


def test_a_vaccine_says_against_what_it_was_given_where_and_from_which_package() -> None:
    tdap = Immunization(targets=("Tetanus", "Whooping cough"), place="Cooper Clinic", lot="AB12", dose_number="2")
    assert told(entry(tdap, "Tdap")) == [
        "Given; protects against: Tetanus, Whooping cough; place: Cooper Clinic; lot number: AB12; dose: 2"
    ]


def test_one_that_was_not_given_is_not_said_to_be() -> None:
    (line,) = told(entry(Immunization(not_given=True, not_given_reason="Fever"), "Tdap"))
    assert "Given" not in line
    assert "reason: Fever" in line


def test_a_table_has_no_column_that_is_empty() -> None:
    issue = entry(HealthIssue(clinical_status="active"), "Gout")
    summary, content = of_one_row(issue)
    assert "Details" not in narrative.section_div(SECTIONS[1], content, summary)
    summary, content = of_one_row(replace(issue, notes=("Left toe",)))
    assert "<th>Details</th>" in narrative.section_div(SECTIONS[1], content, summary)


def test_that_what_is_past_is_called_active_is_said() -> None:
    gout = replace(entry(HealthIssue(clinical_status="active"), "Gout"), status=Status.PAST)
    assert told(gout) == ["status: active"]


def test_a_usual_state_is_said_where_the_sources_differ_in_it() -> None:
    ours, theirs = told(
        entry(HealthIssue(clinical_status="active"), "Gout"), entry(HealthIssue(clinical_status="remission"), "Gout")
    )
    assert "status: active" in ours
    assert "status: in remission" in theirs


@pytest.mark.parametrize(
    ("second", "titles"),
    [
        ("Gout", ['<td rowspan="2"><b>Gout</b></td>']),
        ("Gouty arthritis", ["<td><b>Gout</b></td>", "<td><b>Gouty arthritis</b></td>"]),
    ],
)
def test_a_row_of_two_statements_has_its_title_once(second: str, titles: list[str]) -> None:
    summary, content = of_one_row(
        entry(HealthIssue(clinical_status="active"), "Gout"), entry(HealthIssue(clinical_status="remission"), second)
    )
    div = narrative.section_div(SECTIONS[1], content, summary)
    assert re.findall(r"<td[^>]*><b>.*?</td>", div) == titles


def test_parts_of_a_report_are_called_by_their_tests() -> None:
    (line,) = told(entry(Report(findings=("13457-7|LDL cholesterol (calculated)=91 mg/dL",)), "Lipid panel"))
    assert line == "results: LDL cholesterol (calculated): 91 mg/dL"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2022-11-10", "Nov 10, 2022"),
        ("2022-11-10T23:30:00-05:00", "Nov 10, 2022"),
        ("2022-11", "Nov 2022"),
        ("2022", "2022"),
        ("last autumn", "last autumn"),
        ("", ""),
    ],
)
def test_dates_are_read_as_dates(written: str, shown: str) -> None:
    assert narrative.day(written) == shown


def test_conclusions_in_other_words_stand_each_for_itself_and_are_no_difference() -> None:
    texts = ("Stool: no O&P seen", "No ova or parasites.")
    lines = told(*(entry(Report(conclusion=text), "Parasites") for text in texts))
    assert lines == [f"conclusion: {text}" for text in texts]
