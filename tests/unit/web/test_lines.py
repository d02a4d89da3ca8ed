"""What a line says of an item whose chart kept it in a note."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from portal.domain import entry as e
from portal.domain.sections import Section
from portal.web.health.facts import facts
from portal.web.health.lines import line


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    context = app.test_request_context()
    context.push()
    yield
    context.pop()


def _allergy(*notes: str, felt: str = "") -> str:
    reactions = (e.Reaction(manifestations=(felt,)),) if felt else ()
    detail = e.Allergy(reactions=reactions)
    return line(e.Entry(section=Section.ALLERGIES, title="Ampicillin", notes=notes, detail=detail)).main


def test_an_allergy_without_a_reaction_shows_its_note() -> None:
    assert _allergy("Throat swelling. Ruled out in 2024") == "Throat swelling. Ruled out in 2024"
    assert _allergy("Throat swelling", felt="Hives") == "Hives"
    assert _allergy("a long story " * 20) == ""


def _procedure(*notes: str, status: str = "completed", title: str = "Colonoscopy") -> str:
    detail = e.Procedure(fhir_status=status)
    return line(e.Entry(section=Section.PROCEDURES, title=title, notes=notes, detail=detail)).main


def test_a_procedure_that_was_not_finished_says_so() -> None:
    assert _procedure("Aborted due to poor prep. Repeat in spring") == "Aborted due to poor prep"
    assert _procedure("Tolerated well") == ""
    assert _procedure("Aborted due to poor prep", status="stopped") == ""
    assert _procedure(title="Colonoscopy (aborted)") == ""


def test_only_a_medicine_that_is_taken_has_refills() -> None:
    detail = e.Medication(refills="3")
    for status, told in ((e.Status.ACTIVE, True), (e.Status.UNKNOWN, True), (e.Status.PAST, False)):
        entry = e.Entry(section=Section.MEDICATIONS, title="Lisinopril 10 mg", status=status, detail=detail)
        assert ("3 refills" in line(entry).facts) is told


def test_what_a_note_rules_out_or_takes_otherwise_is_in_the_line() -> None:
    asthma = e.Entry(
        section=Section.HEALTH_ISSUES,
        title="Asthma",
        notes=("Ruled out by pulmonology 2025",),
        detail=e.HealthIssue(verification="confirmed"),
    )
    told = line(asthma)
    assert (told.main, [tag.text for tag in told.tags]) == ("Ruled out by pulmonology 2025", ["Ruled out"])
    order = e.Entry(
        section=Section.MEDICATIONS,
        title="Levothyroxine 100 mcg tablet",
        notes=("Patient taking differently: 1 tab Mon-Sat, none Sunday",),
        detail=e.Medication(instructions=("1 tab daily",)),
    )
    assert "A note says: taking differently: 1 tab Mon-Sat, none Sunday" in line(order).facts


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (
            "Stopped by patient 2 weeks ago due to myalgia",
            ("A note says: Stopped by patient 2 weeks ago due to myalgia",),
        ),
        ("Ya no la toma", ("A note says: Ya no la toma",)),
        ("Metformin: stopped by patient", ()),
        ("", ()),
    ],
)
def test_an_order_that_a_note_calls_stopped_says_so(note: str, told: tuple[str, ...]) -> None:
    order = e.Entry(
        section=Section.MEDICATIONS,
        title="Atorvastatin 40 mg tablet",
        notes=(note,) if note else (),
        detail=e.Medication(fhir_status="active"),
    )
    assert tuple(filter(None, line(order).facts)) == told


@pytest.mark.parametrize(("status", "label"), [(e.Status.ACTIVE, "Refills"), (e.Status.PAST, "Refills when ordered")])
def test_a_medicine_of_the_past_offers_no_refills_on_its_page(status: e.Status, label: str) -> None:
    order = e.Entry(section=Section.MEDICATIONS, title="Amoxicillin", status=status, detail=e.Medication(refills="3"))
    assert [fact.label for fact in facts(order) if fact.values == ("3",)] == [label]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Dose is now 112.5 mcg daily per endocrinology", "Dose is now 112.5 mcg daily per endocrinology"),
        ("Med rec 3/2026: patient now takes 2 tablets", "takes 2 tablets"),
        ("Levothyroxine dose is now 125 mcg", "dose is now 125 mcg"),
        ("Tomaba 2 al día; dosis ahora 1 al día", "dosis ahora 1 al día"),
        ("Metformin: dose is now 1000 mg BID", ""),
        ("Insulin dose now 20 units", ""),
        ("Metformin reviewed - dose now 1000 mg BID", ""),
        ("TSH 8.1 on 3/2 - dose now 125 mcg daily", "dose now 125 mcg daily"),
        ("Mother actually takes 20 mg", ""),
        ("If she flares, dose is now 10 mg x 5 days", ""),
        ("Consider increasing, dose now 100 mcg", ""),
        ("Pharmacy note: dose is now available in 25 mg", ""),
        ("Dose is now to be titrated 2 units every 3 days", ""),
    ],
)
def test_only_a_note_of_this_medicine_says_how_it_is_taken(note: str, told: str) -> None:
    order = e.Entry(
        section=Section.MEDICATIONS, title="Levothyroxine 100 mcg tablet", notes=(note,), detail=e.Medication()
    )
    assert [fact for fact in line(order).facts if fact] == ([f"A note says: {told}"] if told else [])


def test_a_beginning_does_not_read_as_the_day_on_which_something_stopped() -> None:
    for section, detail in (
        (Section.MEDICATIONS, e.Medication(fhir_status="stopped")),
        (Section.HEALTH_ISSUES, e.HealthIssue()),
    ):
        for status, end, told in (
            (e.Status.PAST, None, "Began Mar 24, 2026"),
            (e.Status.PAST, "2026-05-02", "Mar 24, 2026 to May 2, 2026"),
            (e.Status.ACTIVE, None, "Since Mar 24, 2026"),
        ):
            entry = e.Entry(section=section, title="Aspirin", status=status, start="2026-03-24", end=end, detail=detail)
            shown = line(entry)
            assert told in shown.facts
            labels = [each.label for each in facts(entry)]
            assert ("Since" in labels) is (status is e.Status.ACTIVE and section is Section.MEDICATIONS)
