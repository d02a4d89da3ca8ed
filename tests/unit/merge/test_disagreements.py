"""What the sources of one row say differently, and what is no disagreement."""

from portal.domain.entry import Allergy, Dose, Entry, HealthIssue, Medication, Reaction, Status
from portal.domain.sections import Section
from portal.merge import SourcedEntry, disagreements


def medicine(title: str = "Lisinopril 10 mg tablet", status: Status = Status.ACTIVE, **detail: object) -> Entry:
    start = detail.pop("start", None)
    return Entry(
        section=Section.MEDICATIONS,
        title=title,
        status=status,
        start=start,  # type: ignore[arg-type]
        detail=Medication(**detail),  # type: ignore[arg-type]
    )


def issue(start: str | None = None, status: Status = Status.ACTIVE, severity: str = "") -> Entry:
    detail = HealthIssue(severity=severity)
    return Entry(section=Section.HEALTH_ISSUES, title="Asthma", status=status, start=start, detail=detail)


def said(*entries: tuple[str, Entry]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    sourced = [SourcedEntry(str(number), source, entry) for number, (source, entry) in enumerate(entries)]
    return {one.field: [(value.value, value.sources) for value in one.values] for one in disagreements(sourced)}


def test_doses_are_shown_side_by_side() -> None:
    shown = said(
        ("home", medicine("Lisinopril 10 mg tablet", dose="1 tablet")),
        ("riverbend", medicine("Lisinopril 10 MG Oral Tablet", dose="2 tablets")),
    )
    assert shown["dose"] == [("1 tablet", ("home",)), ("2 tablets", ("riverbend",))]


def test_two_ways_of_writing_one_strength_agree() -> None:
    assert not said(
        ("home", medicine("Levothyroxine 50 mcg tablet")), ("a", medicine("levothyroxine 0.05 MG Oral Tablet"))
    )


def test_who_says_nothing_does_not_disagree() -> None:
    assert not said(("home", medicine(dose="1 tablet")), ("riverbend", medicine()))
    assert not said(("home", issue(status=Status.UNKNOWN)), ("riverbend", issue()))


def test_a_sources_own_history_is_no_disagreement() -> None:
    old = medicine(status=Status.PAST, dose="2 tablets", start="2019")
    assert not said(("home", old), ("home", medicine(dose="1 tablet")), ("riverbend", medicine(dose="1 tablet")))


def test_a_less_precise_date_covers_the_other() -> None:
    assert not said(("home", issue("2015")), ("a", issue("2015-03")), ("b", issue("2015-03-04T10:00:00Z")))
    assert said(("home", issue("2015")), ("a", issue("2018")), ("b", issue("2015-06")))["onset"] == [
        ("2018", ("a",)),
        ("2015", ("home", "b")),
    ]


def test_when_a_medicine_was_written_down_is_no_disagreement() -> None:
    assert not said(("home", medicine(start="2024-01-01")), ("a", medicine(start="2023-05-05")))


def test_status_severity_and_reactions() -> None:
    assert said(("home", issue()), ("a", issue(status=Status.PAST)))["status"] == [
        ("active", ("home",)),
        ("past", ("a",)),
    ]
    assert "severity" in said(("home", issue(severity="mild")), ("a", issue(severity="severe")))

    def allergy(severity: str) -> Entry:
        detail = Allergy(reactions=(Reaction(severity=severity), Reaction(severity="mild")))
        return Entry(section=Section.ALLERGIES, title="Penicillin", status=Status.ACTIVE, detail=detail)

    assert said(("home", allergy("severe")), ("a", allergy("mild")))["severity"] == [
        ("severe", ("home",)),
        ("mild", ("a",)),
    ]


def test_what_was_entered_in_error_says_nothing() -> None:
    assert not said(("home", issue()), ("a", issue(status=Status.ENTERED_IN_ERROR)))


def test_enormous_instructions_are_compared_as_written_and_not_understood() -> None:
    long = "Take 1 tablet daily. " + "with food and water " * 200
    many = tuple(Dose(text=f"{long}{number}") for number in range(90))
    assert not said(("home", medicine(doses=many)), ("a", medicine(doses=many)))
    changed = (*many[:-1], Dose(text=f"{long}not on Sundays"))
    assert "instructions" in said(("home", medicine(doses=many)), ("a", medicine(doses=changed)))
    only = medicine(doses=(Dose(text=f"{long}stop"),))
    assert "instructions" in said(("home", only), ("a", medicine(doses=(Dose(text=f"{long}go on"),))))


def test_severity_is_compared_sign_by_sign() -> None:
    def allergy(**severities: str) -> Entry:
        reactions = tuple(Reaction(manifestations=(sign,), severity=word) for sign, word in severities.items())
        return Entry(section=Section.ALLERGIES, title="Peanut", detail=Allergy(reactions=reactions))

    both = allergy(hives="mild", anaphylaxis="severe")
    shown = said(("home", both), ("a", allergy(hives="severe", anaphylaxis="severe")))
    assert shown["severity"] == [("hives: mild, anaphylaxis: severe", ("home",)), ("severe", ("a",))]
    assert "severity" not in said(("home", both), ("a", allergy(anaphylaxis="severe")))
    assert "severity" in said(("home", allergy(rash="mild")), ("a", allergy(swelling="severe")))
    assert "severity" not in said(("home", allergy(rash="mild")), ("a", allergy(swelling="")))


def test_every_clinical_status_is_told_and_agrees_with_an_end() -> None:
    def state(clinical: str, status: Status) -> Entry:
        return Entry(section=Section.ALLERGIES, title="Egg", status=status, detail=Allergy(clinical_status=clinical))

    resolved, over = state("resolved", Status.PAST), state("", Status.PAST)
    assert said(("home", resolved), ("a", state("inactive", Status.PAST)))["status"] == [
        ("resolved", ("home",)),
        ("inactive", ("a",)),
    ]
    assert not said(("home", resolved), ("a", over))
    assert "status" in said(("home", over), ("a", state("active", Status.ACTIVE)))
    assert not said(("home", resolved), ("a", state("", Status.UNKNOWN)))
