"""The text of a summary for people: what each source says, in words and dates that a reader knows."""

from datetime import UTC, datetime

import pytest

from portal.domain.entry import AnyDetail, Entry, HealthIssue, Immunization, Medication, Report, Result, Status
from portal.domain.ids import HOME
from portal.domain.people import Person
from portal.domain.sections import Section
from portal.sharing import narrative
from portal.sharing.summary import FilledSection, SourcedResource, SummaryContent, SummarySource


def entry(detail: AnyDetail, title: str = "Lisinopril 10 mg tablet", *, start: str = "2022-11-10") -> Entry:
    return Entry(section=Section.MEDICATIONS, title=title, start=start, status=Status.ACTIVE, detail=detail)


def told(*entries: Entry) -> list[str]:
    """The details of the lines of one row that home and Riverbend have."""
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
    return [line.details for line in narrative.lines(content, summary)]


def test_of_a_disagreement_every_line_has_its_own_value_of_each_field_that_differs() -> None:
    def order(**fields: str) -> Entry:
        return entry(Medication(instructions=("Take 1 tablet every morning",), fhir_status="active", **fields))

    ours, theirs = told(order(prescriber="Dr. Priya Shah"), order(prescriber="Dr. Tom Becker"))
    assert "prescriber: Dr. Priya Shah; The sources differ in: prescriber" in ours
    assert "prescriber: Dr. Tom Becker; The sources differ in: prescriber" in theirs


def test_a_medicine_says_what_it_is_for_and_who_ordered_it() -> None:
    (line,) = told(
        entry(Medication(instructions=("Take 1 tablet",), reason="High blood pressure", prescriber="Dr. Priya Shah"))
    )
    assert line == "Take 1 tablet; for: High blood pressure; prescriber: Dr. Priya Shah"


def test_what_goes_without_saying_is_not_there() -> None:
    assert told(entry(Result(text="Yellow", fhir_status="final"), "Color")) == ["value: Yellow; status: final"]
    assert told(entry(Immunization(manufacturer="Sanofi"), "Tdap")) == ["maker: Sanofi"]


def test_the_day_of_the_line_is_not_said_again_as_its_onset() -> None:
    assert told(entry(HealthIssue(clinical_status="active"), "Asthma", start="2015-03")) == ["status: active"]


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
