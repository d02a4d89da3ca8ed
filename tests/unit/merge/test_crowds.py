"""Work grows with the entries, not with their pairs, where an organization sends one thing again and again.

Work is counted in calls of functions: it is the same on every machine.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from portal.domain.entry import (
    Allergy,
    Code,
    Dose,
    Entry,
    HealthIssue,
    Immunization,
    Insurance,
    Medication,
    Procedure,
    Quantity,
    Reaction,
    Result,
    Status,
)
from portal.domain.sections import Section
from portal.merge import Member, read, rows

_SOURCES = ("home", "one", "two", "three", "four")
_TIMES = 4


def _day(number: int) -> str:
    return f"{2000 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"


def _allergy(_number: int) -> Entry:
    return Entry(section=Section.ALLERGIES, title="Penicillin", status=Status.ACTIVE, digest="same", detail=Allergy())


def _diagnosis(number: int) -> Entry:
    detail = HealthIssue(categories=("encounter-diagnosis",), clinical_status="active")
    return Entry(section=Section.HEALTH_ISSUES, title="Acute bronchitis", recorded=_day(number), detail=detail)


def _procedure(number: int) -> Entry:
    code = Code("http://snomed.info/sct", "302497006", "Hemodialysis")
    detail = Procedure(fhir_status="completed")
    return Entry(section=Section.PROCEDURES, title="Hemodialysis", codes=(code,), start=_day(number * 2), detail=detail)


def _order(number: int) -> Entry:
    detail = Medication(doses=(Dose(text="Take 1 tablet daily"),), intent="order", fhir_status="completed")
    title = ("Metformin 500 MG Oral Tablet", "Lisinopril 10 MG Oral Tablet")[number % 2]
    return Entry(section=Section.MEDICATIONS, title=title, status=Status.PAST, start=_day(number * 7), detail=detail)


def _members(entry: Callable[[int], Entry], count: int) -> list[Member]:
    members = []
    for number in range(count):
        source = _SOURCES[number % len(_SOURCES)]
        told = entry(number)
        reading = read(told, source=source)
        assert reading
        members.append(Member(f"{number:05}", source, told.status, told.start or "", reading.keys, reading.facts))
    return members


def _calls(work: Callable[[], object]) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def _note(number: int) -> tuple[str, ...]:
    return (f"Seen by clinician {number}",)


def _alike_allergy(number: int) -> Entry:
    reaction = Reaction(manifestations=(("hives", "rash", "nausea")[number % 3],))
    detail = Allergy(reactions=(reaction,), verification=("confirmed", "refuted")[number % 7 == 6])
    title = ("Penicillin", "Penicilina", "Allergy to penicillin")[number % 3]
    return Entry(section=Section.ALLERGIES, title=title, start=_day(number), digest=f"{number}", detail=detail)


def _alike_issue(number: int) -> Entry:
    detail = HealthIssue(clinical_status="active")
    return Entry(section=Section.HEALTH_ISSUES, title="Hypertension", notes=_note(number), detail=detail)


def _alike_diagnosis(number: int) -> Entry:
    detail = HealthIssue(categories=("encounter-diagnosis",), clinical_status="active")
    return Entry(section=Section.HEALTH_ISSUES, title="Hypertension", notes=_note(number), detail=detail)


def _alike_procedure(number: int) -> Entry:
    title = ("Hemodialysis", "Hemodialysis, left arm")[number % 2]
    detail = Procedure(fhir_status="completed")
    return Entry(section=Section.PROCEDURES, title=title, notes=_note(number), detail=detail)


def _alike_order(number: int) -> Entry:
    detail = Medication(doses=(Dose(text=f"As the plan {number} says"),), intent="order", fhir_status="completed")
    title = "Metformin 500 MG Oral Tablet"
    return Entry(section=Section.MEDICATIONS, title=title, status=Status.PAST, start=_day(number), detail=detail)


def _alike_result(number: int) -> Entry:
    detail = Result(quantity=Quantity(value=str(4 + number % 3), unit="mmol/L"))
    return Entry(section=Section.TEST_RESULTS, title="Potassium", start=_day(1), notes=_note(number), detail=detail)


def _alike_vaccine(number: int) -> Entry:
    detail = Immunization(lot=("", "A1", "B2")[number % 3])
    return Entry(section=Section.IMMUNIZATIONS, title="Influenza", start=_day(1), notes=_note(number), detail=detail)


def _alike_card(number: int) -> Entry:
    detail = Insurance(payer="Aetna", member_id="W123456789", phone=f"555-{number:04}")
    return Entry(section=Section.INSURANCE, title="Aetna", detail=detail)


@pytest.mark.parametrize(
    "entry",
    [
        *(_alike_allergy, _alike_issue, _alike_diagnosis, _alike_procedure),
        *(_alike_order, _alike_result, _alike_vaccine, _alike_card),
    ],
)
def test_a_crowd_that_is_nearly_alike_costs_as_much_for_each(entry: Callable[[int], Entry]) -> None:
    few, many = (_members(entry, count) for count in (200, 200 * _TIMES))
    assert _calls(lambda: rows(many)) <= 1.1 * _TIMES * _calls(lambda: rows(few))


@pytest.mark.parametrize("entry", [_allergy, _diagnosis, _procedure], ids=["allergy", "diagnosis", "procedure"])
def test_what_is_sent_again_and_again_costs_as_much_each_time(entry: Callable[[int], Entry]) -> None:
    few, many = (_members(entry, count) for count in (100, 100 * _TIMES))
    assert _calls(lambda: rows(many)) <= 1.5 * _TIMES * _calls(lambda: rows(few))


def test_orders_of_one_product_are_compared_with_those_of_other_organizations_that_lie_near() -> None:
    few, many = (_members(_order, count) for count in (60, 60 * _TIMES))
    assert _calls(lambda: rows(many)) <= 2.5 * _TIMES * _calls(lambda: rows(few))
