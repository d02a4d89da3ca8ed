"""Whether two statements of one field agree, for each way in which a field is compared: the words, and the verdict."""

from typing import Any

import pytest

from portal.domain.entry import (
    Allergy,
    AnyDetail,
    CareTeam,
    Component,
    Dose,
    Entry,
    Fact,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Member,
    Procedure,
    Quantity,
    Range,
    Reaction,
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.sections import Section
from portal.merge.statements import statements

_TITLES = {
    Allergy: "Penicillin",
    Medication: "Metformin 500 mg tablet",
    HealthIssue: "Asthma",
    Result: "Potassium",
    Procedure: "Colonoscopy",
}


def _entry(detail: AnyDetail, **more: Any) -> Entry:
    title = more.pop("title", _TITLES.get(type(detail), "Thing"))
    return Entry(section=Section.ALLERGIES, title=title, detail=detail, **more)


def _agree(field: str, left: Entry, right: Entry) -> bool | None:
    """Tell whether both sides' statements of a field agree, in both directions; None where one side has none."""
    first, second = (statements(entry).get(field) for entry in (left, right))
    if first is None or second is None:
        return None
    assert first.agrees(second) is second.agrees(first)
    return first.agrees(second)


def _told(note: str, detail: AnyDetail | None = None, **more: Any) -> Entry:
    return _entry(detail or HealthIssue(), notes=(note,), **more)


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("2015", "3/2015", True),
        ("2015", "3/2016", False),
        ("age 30", "at the age of 30", True),
        ("age 30", "age 31", False),
        ("in her 30s", "age 37", True),
        ("in her thirties", "age 41", False),
        ("childhood", "age 10", True),
        ("childhood", "age 30", False),
        ("adulthood", "age 30", True),
        ("6 months", "birth", False),
        ("6 months", "infancy", True),
        ("congenital", "birth", True),
        ("36 months", "age 3", True),
        ("104 weeks", "age 2", True),
        ("age 30", "2015", True),
        ("childhood", "2015", False),
        ("after surgery", "after the surgery", True),
        ("after surgery", "after a fall", False),
    ],
)
def test_when_it_began(left: str, right: str, agree: bool) -> None:
    assert _agree("onset", _entry(HealthIssue(onset=left)), _entry(HealthIssue(onset=right))) is agree


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("severe", "Severe (severity modifier)", True),
        ("severe", "24484000", True),
        ("severe", "mild", False),
        ("debilitating", "Debilitating", True),
        ("debilitating", "mild", False),
        ("mild persistent", "mild", True),
        ("mild persistent", "mild intermittent", False),
        ("persistent", "mild", True),
        ("mild persistent", "moderate persistent", False),
    ],
)
def test_how_severe_an_illness_is(left: str, right: str, agree: bool) -> None:
    assert _agree("severity", _entry(HealthIssue(severity=left)), _entry(HealthIssue(severity=right))) is agree


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("Stage IIA", "Clinical stage: 2A", True),
        ("Stage II", "II", True),
        ("cStage 2", "pStage 2", True),
        ("Estadio III", "Stage 3", True),
        ("Grado 2", "Grade 2", True),
        ("G2", "Grade 2", True),
        ("Grade 2", "Stage 2", False),
        ("Grado 3", "Estadio 3", False),
        ("Stage 2", "Stage 3", False),
        ("Limited", "Extensive", False),
    ],
)
def test_stages(left: str, right: str, agree: bool) -> None:
    assert _agree("stage", _entry(HealthIssue(stages=(left,))), _entry(HealthIssue(stages=(right,)))) is agree


@pytest.mark.parametrize(
    ("note", "shown"),
    [("Stage: 2", "Stage 2"), ("Grade: 3", "Grade 3"), ("Stage: unclear", None), ("Stage IIA", "Stage IIA")],
)
def test_a_stage_in_a_note(note: str, shown: str | None) -> None:
    stated = statements(_told(note)).get("stage")
    assert (stated.shown if stated else None) == shown
    assert shown is None or _agree("stage", _told(note), _entry(HealthIssue(stages=(shown,)))) is True


def _allergy(*reactions: tuple[str, str], **more: Any) -> Entry:
    return _entry(Allergy(reactions=tuple(Reaction((sign,), severity) for sign, severity in reactions)), **more)


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        (_allergy(("Hives", "mild")), _allergy(("Urticaria", "mild")), True),
        (_allergy(("Hives", "mild")), _allergy(("Hives", "severe")), False),
        (_allergy(("Hives", "mild"), ("Wheezing", "severe")), _allergy(("Hives", "mild")), True),
        (_allergy(("Hives", "mild"), ("Wheezing", "severe")), _allergy(("Hives", "severe")), False),
        (_allergy(("Hives", "severe")), _allergy(("Rash", "severe")), True),
        (_allergy(("Hives", "severe")), _allergy(("Rash", "moderate")), False),
        (_allergy(("Severe hives", "")), _allergy(("Hives", "severe")), True),
        (_allergy(("Mild hives, severe wheezing", "")), _allergy(("Hives", "mild"), ("Wheezing", "severe")), True),
        (_allergy(title="Penicillin (severe)"), _allergy(("Hives", "severe")), True),
        (_allergy(notes=("Severity: mild",)), _allergy(("Hives", "severe")), False),
    ],
)
def test_how_severe_an_allergy_is(left: Entry, right: Entry, agree: bool) -> None:
    assert _agree("severity", left, right) is agree


def _kind(kind: str) -> Entry:
    return _entry(Allergy(), facts=(Fact("Allergy or intolerance", kind),))


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (_kind("Intolerance"), "Intolerance"),
        (_kind("Allergy"), "Allergy"),
        (_kind("Unclear"), "Unclear"),
        (_entry(Allergy(), title="Lactose intolerance"), "Intolerance"),
        (_entry(Allergy(), title="Adverse effect of codeine"), "Side effect"),
        (_told("Type: allergy", Allergy()), "Allergy"),
        (_told("Type: side effect", Allergy()), "Side effect"),
        (_told("Intolerance, not a true allergy", Allergy()), "Intolerance"),
        (_told("Side effect only", Allergy()), "Side effect"),
        (_told("Not a true allergy", Allergy()), "Not an allergy"),
        (_told("True allergy", Allergy()), "Allergy"),
        (_told("Alergia verdadera", Allergy()), "Allergy"),
        (_told("Has an allergy card", Allergy()), "-"),
        (_entry(Allergy()), "-"),
    ],
)
def test_an_allergy_or_an_intolerance(entry: Entry, shown: str | None) -> None:
    stated = statements(entry).get("type")
    assert (stated.shown if stated else None) == shown


@pytest.mark.parametrize(
    ("note", "criticality"),
    [
        ("Criticality: high", "high"),
        ("Criticality: low", "low"),
        ("Criticality: could be fatal", "high"),
        ("High-risk allergy", "high"),
        ("Low risk", "low"),
        ("Criticidad alta", "high"),
        ("Potentially fatal", "high"),
        ("High fever", None),
    ],
)
def test_how_critical_a_note_calls_it(note: str, criticality: str | None) -> None:
    stated = statements(_told(note, Allergy())).get("criticality")
    assert (stated.shown if stated else None) == criticality


def _order(*texts: str) -> Entry:
    return _entry(Medication(doses=tuple(Dose(text=text) for text in texts)))


@pytest.mark.parametrize(
    ("field", "left", "right", "agree"),
    [
        ("dose", ("1 tablet daily",), ("500 mg daily",), True),
        ("dose", ("1 tablet daily",), ("2 tablets daily",), False),
        ("dose", ("1 tablet daily",), ("1 po daily",), True),
        ("dose", ("1 tablet daily", "2 tablets at bedtime"), ("1 tablet daily",), False),
        ("dose", ("1 drop daily",), ("1 puff daily",), False),
        ("frequency", ("1 tablet twice a week",), ("1 tablet on Monday and Thursday",), True),
        ("frequency", ("1 tablet 3 times a week",), ("1 tablet on Monday and Thursday",), False),
        ("frequency", ("1 tablet daily",), ("1 tablet on Monday and Thursday",), False),
        ("frequency", ("1 tablet daily", "2 tablets at bedtime"), ("2 tablets at bedtime", "1 tablet daily"), True),
        ("frequency", ("1 tablet daily", "2 tablets at bedtime"), ("2 tablets daily", "1 tablet at bedtime"), False),
        ("frequency", ("1 tablet daily", "2 tablets at bedtime"), ("1 tablet daily",), False),
        ("frequency", ("1 tablet daily", "1 tablet at bedtime"), ("1 tablet daily", "2 tablets at bedtime"), True),
        ("prn", ("1 tablet prn pain",), ("1 tablet daily",), False),
        ("prn", ("1 tablet prn pain",), ("1 tablet as needed",), True),
        ("prn", ("1 tablet prn pain",), ("1 tablet prn back pain",), True),
        ("prn", ("1 tablet prn pain",), ("1 tablet prn fever",), False),
        ("maximum", ("1 tablet q4h, max 6 tablets a day",), ("1 tablet q4h, max 6 a day",), True),
        ("maximum", ("1 tablet q4h, max 6 tablets a day",), ("1 tablet q4h, max 4 a day",), False),
        ("maximum", ("1 tablet q4h, max 6 tablets a day",), ("1 tablet q4h",), False),
        ("maximum", ("1 tablet prn, max 4 tablets a week",), ("1 tablet prn, max 4 tablets a day",), False),
        ("maximum", ("1 tablet prn, max 4 tablets a week",), ("1 tablet prn, max 4 tablets a month",), False),
        ("maximum", ("1 tablet prn, max 4 tablets a week",), ("1 tablet prn, no more than 4 per week",), True),
        ("maximum", ("1 tablet prn, max 4 tablets in 7 days",), ("1 tablet prn, max 4 tablets weekly",), True),
        ("maximum", ("1 tablet prn, max 2 tablets in 12 hours",), ("1 tablet prn, max 2 tablets in 12 days",), False),
        ("maximum", ("1 tablet prn, max 2 tablets per dose",), ("1 tablet prn, max 2 tablets a day",), False),
        ("maximum", ("1 tablet prn, not more than 3 tablets a day",), ("1 tablet prn, max 3 tablets a day",), True),
        ("instructions", ("1 tablet daily, hold if dizzy",), ("1 tablet daily",), False),
        ("instructions", ("1 tablet daily",), ("1 tablet once a day",), True),
        ("instructions", ("As the plan says",), ("1 tablet daily",), False),
        ("duration", ("1 tablet daily for 14 days",), ("1 tablet daily for 2 weeks",), True),
        ("duration", ("1 tablet daily for 14 days",), ("1 tablet daily",), False),
    ],
)
def test_how_a_medicine_is_taken(field: str, left: tuple[str, ...], right: tuple[str, ...], agree: bool) -> None:
    assert _agree(field, _order(*left), _order(*right)) is agree


def _result(**more: Any) -> Entry:
    return _entry(Result(quantity=Quantity("4.1", "mmol/L"), **more))


def _between(low: str, high: str, unit: str = "mmol/L") -> tuple[Range, ...]:
    return (Range(low=Quantity(low, unit) if low else None, high=Quantity(high, unit) if high else None),)


def _glucose(low: str, high: str, unit: str = "mmol/L") -> Entry:
    return _entry(Result(quantity=Quantity("5.0", "mmol/L"), ranges=_between(low, high, unit)), title="Glucose")


@pytest.mark.parametrize(
    ("field", "left", "right", "agree"),
    [
        ("flag", _result(flags=("H",)), _result(flags=("HH",)), False),
        ("flag", _result(flags=("H", "HH")), _result(flags=("HH",)), True),
        ("flag", _result(flags=("AA",)), _result(flags=("HH",)), True),
        ("flag", _result(flags=("N",)), _result(), True),
        ("flag", _result(flags=("H",)), _result(), False),
        ("flag", _result(flags=("High",)), _result(flags=("H",)), True),
        ("flag", _result(notes=("Flag: high",)), _result(flags=("H",)), True),
        ("flag", _result(notes=("Critical value called",)), _result(flags=("HH",)), True),
        (
            *("flag", _result(components=(Component("Systolic", flag="H"), Component("Diastolic", flag="N")))),
            *(_result(components=(Component("Systolic", flag="N"), Component("Diastolic", flag="H"))), False),
        ),
        ("range", _result(ranges=_between("3.5", "5.0")), _result(ranges=(Range(text="3.5 - 5"),)), True),
        ("range", _result(ranges=_between("3.5", "5.0")), _result(ranges=_between("3.5", "5.1")), False),
        ("range", _result(ranges=_between("3.5", "5.0")), _result(ranges=_between("3.4", "5.0")), False),
        ("range", _result(ranges=_between("", "5.0")), _result(ranges=(Range(text="<=5"),)), True),
        ("range", _result(ranges=_between("3.5", "5.0")), _result(notes=("Reference range: 3.5-5.0",)), True),
        ("range", _result(ranges=_between("3.5", "5.0")), _result(ranges=_between("3500", "5000", "umol/L")), True),
        ("range", _glucose("4.0", ""), _glucose("72", "", "mg/dL"), True),
        ("range", _glucose("", "5.5"), _glucose("", "99", "mg/dL"), True),
        ("range", _glucose("4.0", ""), _glucose("63", "", "mg/dL"), False),
        ("range", _glucose("", "5.5"), _glucose("", "110", "mg/dL"), False),
        (
            *("range", _result(components=(Component("Systolic", ranges=_between("90", "120", "mmHg")),))),
            *(_result(components=(Component("Systolic", ranges=_between("90", "130", "mmHg")),)), False),
        ),
        ("status", _result(fhir_status="final"), _result(notes=("Corrected result: was 5.9",)), False),
        ("status", _result(fhir_status="preliminary"), _result(notes=("Status: preliminary",)), True),
        ("specimen", _result(specimen="Clean catch urine"), _result(specimen="Urine, midstream"), True),
        ("specimen", _result(specimen="Clean catch urine"), _result(specimen="Catheter urine"), False),
        (
            *("results", _entry(Report(findings=("718-7|Hemoglobin=9.4 g/dL",)))),
            *(_entry(Report(findings=("718-7|Hgb=94 g/L", "2823-3|K=4"))), True),
        ),
        (
            *("results", _entry(Report(findings=("718-7|Hemoglobin=9.4 g/dL",)))),
            *(_entry(Report(findings=("718-7|Hemoglobin=9.9 g/dL",))), False),
        ),
    ],
)
def test_results(field: str, left: Entry, right: Entry, agree: bool) -> None:
    assert _agree(field, left, right) is agree


def _team(start: str = "", end: str = "", **member: str) -> Entry:
    return _entry(CareTeam(members=(Member("Ann Lee", start=start or None, end=end or None, **member),)))  # type: ignore[arg-type]


def _card(start: str | None = None, end: str | None = None, **more: Any) -> Entry:
    return _entry(Insurance(payer="Aetna", **more), start=start, end=end)


def _done(**more: Any) -> Entry:
    own = {name: more.pop(name) for name in ("start", "end", "notes", "title") if name in more}
    return _entry(Procedure(fhir_status="completed", **more), **own)


@pytest.mark.parametrize(
    ("field", "left", "right", "agree"),
    [
        ("period", _team("2020-01-01"), _team("2020"), True),
        ("period", _team("2020-01-01"), _team("2021-01-01"), False),
        ("period", _team("2020-01-01", "2022"), _team("2020-01-01"), False),
        ("period", _team("2020-01-01", "2022"), _team("", "2022-05-01"), True),
        ("period", _team("2020-01-01", "2022"), _team("2020-01-01", "2023"), False),
        ("contact", _team(phone="(555) 010-0001"), _team(phone="+1 555-010-0001"), True),
        ("contact", _team(phone="555-010-0001"), _team(phone="555-010-0002"), False),
        ("contact", _team(phone="555-010-0001"), _team(email="a@lee.example"), True),
        ("contact", _team(email="A@lee.example"), _team(email="a@lee.example"), True),
        ("contact", _team(email="b@lee.example"), _team(email="a@lee.example"), False),
        ("period", _card("2020-01-01", "2020-12-31"), _card("2020", "2020-12"), True),
        ("period", _card("2020-01-01"), _card("2020-01-01", "2020-12-31"), False),
        ("period", _card("2020-01-01"), _card("2021-01-01"), False),
        ("costs", _card(costs=("Visit: $20",)), _card(costs=("Visit: $20", "Drugs: $5")), True),
        ("costs", _card(costs=("Visit: $20",)), _card(costs=("Visit: $25",)), False),
        ("order", _card(order=1), _card(order=2), False),
        ("subscriber", _card(subscriber="Lee, Ann"), _card(subscriber="Ann Lee"), True),
        ("subscriber", _card(subscriber="Lee, Ann"), _card(subscriber="Joe Lee"), False),
        ("time", _done(start="2024-01-01T08:00:00Z"), _done(start="2024-01-01T03:30:00-05:00"), True),
        ("time", _done(start="2024-01-01T08:00:00Z"), _done(start="2024-01-01T08:46:00Z"), False),
        ("time", _done(start="2024-01-01T08:00:00Z"), _done(start="2024-01-01T08:45:00Z"), True),
        ("time", _done(start="2024-01-01T08:00:00-05:00"), _done(start="2024-01-01T08:10:00"), True),
        ("outcome", _done(outcome="Successful"), _done(notes=("Outcome: success",)), True),
        ("outcome", _done(outcome="Successful"), _done(outcome="Not successful"), False),
        ("outcome", _done(outcome="Partially successful"), _done(outcome="385670004"), True),
        ("complication", _done(complications=("Bleeding",)), _done(notes=("Complications: bleeding",)), True),
        ("complication", _done(complications=("Bleeding",)), _done(notes=("No complications",)), False),
        ("complication", _done(complications=("Bleeding", "Pain")), _done(complications=("Pain", "Bleeding")), True),
        ("complication", _done(complications=("Bleeding", "Pain")), _done(complications=("Bleeding",)), False),
        ("complication", _done(notes=("Without complications",)), _done(complications=("Bleeding", "Pain")), False),
        ("performer", _done(performers=("Ann Lee, MD",)), _done(notes=("Performed by Ann Lee at Elm",)), True),
        ("end", _done(end="2024-01-02"), _done(end="2024-01-03"), False),
        ("status", _done(), _done(notes=("Procedure aborted",)), False),
        ("status", _done(), _done(title="Colonoscopy (not done)"), False),
        ("site", _entry(Immunization(site="LA")), _entry(Immunization(site="Left upper arm")), True),
        ("site", _entry(Immunization(site="LA")), _entry(Immunization(site="RA")), False),
        ("site", _entry(Immunization(site="Left arm")), _entry(Immunization(site="Arm")), True),
        ("site", _entry(Immunization(site="Left arm")), _told("IM left arm", Immunization()), True),
        ("site", _entry(Immunization(site="Left arm")), _told("Brazo derecho", Immunization()), False),
        ("maker", _entry(Immunization(manufacturer="MSD")), _entry(Immunization(manufacturer="Merck & Co")), True),
        ("maker", _entry(Immunization(manufacturer="Pfizer")), _entry(Immunization(), title="Fluzone"), False),
        ("dose", _entry(Immunization(dose_number="2")), _told("2nd dose", Immunization()), True),
        ("dose", _entry(Immunization(dose_number="2")), _told("Booster", Immunization()), False),
        ("route", _entry(Immunization(route="IM")), _entry(Immunization(route="Intramuscular")), True),
        ("route", _entry(Immunization(route="IM")), _told("Route: oral", Immunization()), False),
        ("status", _entry(Immunization()), _told("Patient declined", Immunization()), False),
        (
            "status",
            _entry(Implant(), status=Status.PAST),
            _told("Removed in 2020", Implant(), status=Status.ACTIVE),
            True,
        ),
        ("status", _entry(Implant(), status=Status.ACTIVE), _told("Removed", Implant(), status=Status.ACTIVE), False),
        ("model", _entry(Implant(model="Model X-1")), _told("Model: X1", Implant()), True),
        ("model", _entry(Implant(model="X-1")), _entry(Implant(model="X-2")), False),
        (
            "status",
            _entry(Visit(fhir_status="finished")),
            _told("Cancelled by patient", Visit(fhir_status="finished")),
            False,
        ),
        ("reason", _entry(Visit(reason="Cough")), _told("Reason for visit: cough", Visit()), True),
        ("diagnoses", _entry(Visit(diagnoses=("Asthma",))), _entry(Visit(diagnoses=("Asthma", "Cough"))), True),
        ("diagnoses", _entry(Visit(diagnoses=("Asthma",))), _entry(Visit(diagnoses=("Gout", "Cough"))), False),
    ],
)
def test_people_places_and_things(field: str, left: Entry, right: Entry, agree: bool) -> None:
    assert _agree(field, left, right) is agree


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("Reason: parents' choice", "parents' choice"),
        ("Refused", "Refused"),
        ("Patient refused by phone", "Patient refused by phone"),
        ("She refused it at first, then came", None),
        ("Refused before, given today here", None),
        ("Out of stock", "Out of stock"),
        ("Given", None),
    ],
)
def test_why_a_vaccine_was_not_given(note: str, reason: str | None) -> None:
    stated = statements(_told(note, Immunization(not_given=True))).get("reason")
    assert (stated.shown if stated else None) == reason


@pytest.mark.parametrize(
    ("code", "note", "verification"),
    [
        ("confirmed", "", "confirmed"),
        ("", "Confirmed by biopsy", "confirmed"),
        ("provisional", "Confirmed by biopsy", "provisional"),
        ("confirmed", "Ruled out", "refuted"),
        ("confirmed", "Possible", "unconfirmed"),
        ("refuted", "Confirmed by biopsy", "refuted"),
        ("refuted", "Possible", "refuted"),
        ("refuted", "", "refuted"),
        ("", "", None),
    ],
)
def test_whether_an_illness_is_certain(code: str, note: str, verification: str | None) -> None:
    stated = statements(_told(note, HealthIssue(verification=code))).get("verification")
    assert (stated.shown if stated else None) == verification


def test_since_when_a_medicine_is_taken_by_the_coarser_date() -> None:
    whole, year, other = (_entry(Medication(statement=True), start=start) for start in ("2020-03-01", "2020", "2021"))
    assert _agree("start", whole, year) is True
    assert _agree("start", whole, other) is False
