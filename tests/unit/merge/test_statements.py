"""What each kind of entry states, in the words that a page shows for it."""

import pytest

from portal.domain.entry import (
    Allergy,
    AnyDetail,
    CareTeam,
    Component,
    Document,
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
from portal.domain.plans import Dispense
from portal.domain.sections import Section
from portal.merge.statements import statements


def entry(detail: AnyDetail, title: str = "Thing", **more: object) -> Entry:
    return Entry(section=Section.ALLERGIES, title=title, detail=detail, **more)  # type: ignore[arg-type]


_PENICILLIN = Allergy(
    reactions=(Reaction(("Hives", "Itching"), "mild"), Reaction(("Wheezing",), "severe"), Reaction(("Unknown",))),
    category=("medication", "food"),
    criticality="high",
    verification="unconfirmed",
    clinical_status="inactive",
)
_WARFARIN = Medication(
    instructions=("1 tablet daily; 2 tablets on Friday",),
    dose="5 mg",
    route="by mouth",
    prescriber="Anna Bell, MD",
    fhir_status="on-hold",
    stopped_reason="Bleeding",
    doses=(
        Dose(
            text="1 tablet daily",
            patient="Same time each day",
            additional=("No grapefruit",),
            amount=Quantity("1", "tablet"),
            route="Oral",
            repeat={"frequency": "1", "period": "1", "periodUnit": "d", "boundsDuration": "10 d"},
            as_needed_for="pain",
            as_needed=True,
            maximum="2 tablets per day",
            site="Left cheek",
            start="2024-05-01T08:00:00Z",
            end="2024-06-01",
        ),
    ),
)
_LABELLED: dict[str, tuple[Entry, dict[str, str]]] = {
    "allergy": (
        entry(_PENICILLIN, "Penicillin", start="2001-02", facts=(Fact("Allergy or intolerance", "Intolerance"),)),
        {
            "reaction": "Hives, Itching, Wheezing, Unknown",
            "severity": "hives: mild, itching: mild, wheezing: severe",
            "criticality": "high",
            "status": "inactive",
            "verification": "unconfirmed",
            "type": "Intolerance",
            "tolerance": "-",
            "course": "-",
            "category": "medication, food",
            "onset": "2001-02",
        },
    ),
    "allergy in words": (
        entry(Allergy(), "Codeine intolerance (nausea) - outgrown", facts=(Fact("Began at", "Age 6"),)),
        {
            "reaction": "Codeine intolerance (nausea) - outgrown",
            "status": "resolved",
            "type": "Intolerance",
            "tolerance": "-",
            "course": "-",
            "onset": "Age 6",
        },
    ),
    "health issue": (
        entry(
            HealthIssue(
                clinical_status="remission",
                verification="confirmed",
                severity="Severe",
                stages=("Stage II", "T2"),
                onset="",
            ),
            "Lung cancer",
            start="2019-04-01",
            end="2020-05-02T10:00:00Z",
        ),
        {
            "status": "remission",
            "onset": "2019-04-01",
            "end": "2020-05-02",
            "severity": "Severe",
            "verification": "confirmed",
            "stage": "Stage II; T2",
        },
    ),
    "health issue in words": (
        entry(HealthIssue(onset="in childhood"), "Migraine (resolved)", facts=(Fact("Ended at", "March 2010"),)),
        {"status": "resolved", "onset": "in childhood", "end": "March 2010"},
    ),
    "result": (
        entry(
            Result(
                quantity=Quantity("7.0", "%", comparator="<"),
                flags=("H", "*"),
                components=(
                    Component("Systolic", quantity=Quantity("120", "mmHg"), flag="L"),
                    Component("Color", text="Yellow"),
                ),
                ranges=(
                    Range(Quantity("4.0", "%"), Quantity("5.6", "%")),
                    Range(low=Quantity("3", "%")),
                    Range(high=Quantity("9", "%")),
                    Range(text="1 - 2"),
                    Range(text="30 - 40", meaning="therapeutic"),
                ),
                specimen="Urine, catheter",
                fhir_status="corrected",
            ),
            "Glucose",
        ),
        {
            "flag": "A, H, Systolic: L",
            "value": "<7.0 %; Systolic 120 mmHg; Color Yellow",
            "range": "4.0 % - 5.6 %; ≥ 3 %; ≤ 9 %; 1 - 2",
            "specimen": "Urine, catheter",
            "status": "corrected",
        },
    ),
    "report": (
        entry(
            Report(
                conclusion="No nodule.",
                fhir_status="amended",
                findings=("4544-3=28 %", "718-7|Hemoglobin=9.4 g/dL", "Note"),
            ),
            "CT",
        ),
        {"status": "amended", "conclusion": "No nodule.", "results": "LOINC 4544-3: 28 %; Hemoglobin: 9.4 g/dL; Note"},
    ),
    "document": (entry(Document(), "Letter", status=Status.PAST), {"status": "superseded"}),
    "immunization": (
        entry(
            Immunization(
                manufacturer="Sanofi", dose_number="2 of 3", site="Left deltoid", route="IM", expires="2026-01-01"
            ),
            "Tdap",
        ),
        {
            "site": "Left deltoid",
            "maker": "Sanofi",
            "dose": "2 of 3",
            "route": "IM",
            "status": "given",
            "counts": "Yes",
            "expiry": "2026-01-01",
        },
    ),
    "immunization that does not count": (
        entry(Immunization(), "Tdap", qualifiers=("Dose does not count",)),
        {"status": "given", "counts": "No"},
    ),
    "immunization not given": (
        entry(Immunization(not_given=True, not_given_reason="Allergy"), "Tdap"),
        {"reason": "Allergy"},
    ),
    "procedure": (
        entry(
            Procedure(performers=("Anna Bell, MD", ""), outcome="Normal", fhir_status="completed"),
            "Colonoscopy",
            start="2024-05-01T08:30:00Z",
            end="2024-05-02",
        ),
        {
            "performer": "Anna Bell, MD",
            "time": "2024-05-01T08:30:00Z",
            "outcome": "Normal",
            "end": "2024-05-02",
            "status": "completed",
        },
    ),
    "procedure of a month": (entry(Procedure(), "Colonoscopy", start="2024-05", end="2024-05"), {}),
    "implant": (
        entry(
            Implant(manufacturer="Acme", model="W1", lot="L7", safety=("MR Unsafe",)),
            "Pacemaker",
            status=Status.ACTIVE,
        ),
        {"status": "active", "model": "W1", "maker": "Acme", "lot": "L7", "safety": "MR Unsafe", "end": "-"},
    ),
    "visit": (
        entry(
            Visit(reason="Cough", fhir_status="finished", diagnoses=("Asthma", "Flu"), discharge="Home"),
            "Office visit",
            end="2024-05-02T10:00:00Z",
        ),
        {
            "status": "finished",
            "reason": "Cough",
            "diagnoses": "Asthma; Flu",
            "end": "2024-05-02",
            "discharge": "Home",
        },
    ),
    "insurance": (
        entry(
            Insurance(payer="Aetna", order=2, subscriber="Ana Ruiz", costs=("Office visit: 20 USD", "Drugs: 5 USD")),
            "Aetna",
            status=Status.ACTIVE,
            start="2024-01-01",
            end="2024-12-31",
        ),
        {
            "payer": "Aetna",
            "order": "2",
            "subscriber": "Ana Ruiz",
            "costs": "Office visit: 20 USD; Drugs: 5 USD",
            "status": "active",
            "period": "2024-01-01 - 2024-12-31",
        },
    ),
    "care team": (
        entry(
            CareTeam(
                members=(
                    Member("Joy Kim, MD", phone="555-010-2222", email="Kim@a.example", start="2019-01-01"),
                    Member("Omar Reyes", phone="555-010-3333", end="2020-01-01"),
                )
            ),
            "Care team",
            status=Status.ACTIVE,
        ),
        {
            "status": "active",
            "name": "Joy Kim, MD, Omar Reyes",
            "period": " - 2020-01-01, 2019-01-01 - ",
            "contact": "555-010-2222, 555-010-3333, kim@a.example",
        },
    ),
    "medication": (
        entry(_WARFARIN, "Warfarin 5 mg tablet", status=Status.ACTIVE),
        {
            "dose": "5 mg",
            "frequency": "1 tablet daily; 2 tablets on Friday",
            "prn": "when needed: pain",
            "maximum": "2 tablets per day",
            "time": "-",
            "repeat": "-",
            "site": "left cheek",
            "route": "by mouth",
            "instructions": "Same time each day; No grapefruit",
            "duration": "10 days",
            "start": "2024-05-01",
            "end": "2024-06-01",
            "handed out": "2024-06-01",
            "on hold": "on-hold",
            "status": "on-hold",
            "prescriber": "Anna Bell, MD",
            "stopped_reason": "Bleeding",
        },
    ),
    "what was handed out": (
        entry(Dispense(instructions=("1 tablet twice a day",), fhir_status="completed"), "Warfarin 5 mg tablet"),
        {
            "dose": "1 tablet twice a day",
            "frequency": "1 tablet twice a day",
            "prn": "regularly",
            "maximum": "-",
            "time": "-",
            "repeat": "-",
            "duration": "-",
            "instructions": "1 tablet twice a day",
        },
    ),
}


@pytest.mark.parametrize("kind", _LABELLED)
def test_what_is_stated_and_shown(kind: str) -> None:
    stated, shown = _LABELLED[kind]
    assert {name: statement.shown for name, statement in statements(stated).items()} == shown
