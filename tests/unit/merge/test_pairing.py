"""Of many entries those are compared that can be the same: with the outcome of comparing all with all."""

from collections.abc import Callable
from itertools import combinations

import pytest

from portal.domain.entry import Dose, Entry, Immunization, Insurance, Medication, Procedure, Quantity, Result, Status
from portal.domain.sections import Section
from portal.merge import Member, read
from portal.merge.pairing import Pairs

_DAYS = ("2026-03-04", "2026-03-05", "2026-03", "2025", None, "2026-03-04T08:00:00-05:00", "2026-03-04T13:00:00Z")


def _procedure(number: int) -> Entry:
    title = ("Colonoscopy", "Colonoscopy, right", "Screening colonoscopy")[number % 3]
    detail = Procedure(fhir_status=("completed", "stopped")[number % 5 == 4])
    return Entry(section=Section.PROCEDURES, title=title, start=_DAYS[number % 7], detail=detail)


def _result(number: int) -> Entry:
    quantity = Quantity(value=str(5 + number % 2), unit="mmol/L")
    return Entry(
        section=Section.TEST_RESULTS, title="Potassium", start=_DAYS[number % 7], detail=Result(quantity=quantity)
    )


def _vaccine(number: int) -> Entry:
    detail = Immunization(lot=("", "A1", "B2")[number % 3], not_given=number % 11 == 10)
    return Entry(section=Section.IMMUNIZATIONS, title="Tdap", start=_DAYS[number % 7], detail=detail)


def _order(number: int) -> Entry:
    start, end = (("2026-01-01", "2026-02-01"), ("2026-04-20", None), ("2025-01-01", "2025-02-01"), (None, None))[
        number % 4
    ]
    detail = Medication(doses=(Dose(text=f"{1 + number % 2} tablet daily"),), intent="order", fhir_status="completed")
    title = ("Lisinopril 10 mg tablet", "Lisinopril 20 mg tablet")[number % 6 == 5]
    return Entry(section=Section.MEDICATIONS, title=title, status=Status.PAST, start=start, end=end, detail=detail)


def _card(number: int) -> Entry:
    start = ("2025-01-01", "2026-01-01", None, "2024")[number % 4]
    end = ("2025-12-31", None, None, "2024")[number % 4]
    detail = Insurance(payer="Aetna", member_id=("W123456789", "W999999999")[number % 5 == 4])
    return Entry(section=Section.INSURANCE, title="Aetna", start=start, end=end, detail=detail)


def _members(make: Callable[[int], Entry], count: int) -> dict[int, Member]:
    members = {}
    for number in range(count):
        source = ("home", "north", "south")[number % 3]
        entry = make(number)
        reading = read(entry, source=source)
        assert reading
        members[number] = Member(f"{number:03}", source, entry.status, entry.start or "", reading.keys, reading.facts)
    return members


@pytest.mark.parametrize("make", [_procedure, _result, _vaccine, _order, _card])
def test_a_crowd_is_compared_as_its_pairs_are(make: Callable[[int], Entry]) -> None:
    members = _members(make, 42)
    crowd = Pairs(members)
    seen = set()
    for left, right in combinations(members, 2):
        alone = Pairs({left: members[left], right: members[right]})
        pair = (left, right)
        first, second = _compared(crowd, left, right)
        assert (pair, second in crowd.same.get(first, ())) == (pair, right in alone.same.get(left, ()))
        assert (pair, crowd.marked.get((first, second))) == (pair, alone.marked.get(pair))
        assert (pair, crowd.closeness.get((first, second))) == (pair, alone.closeness.get(pair))
        seen |= {second in crowd.same.get(first, ()), crowd.marked.get((first, second))}
    assert {True, False, None} <= seen  # some are the same, some are not, some are marked
    assert len(seen) > 3


def _compared(crowd: Pairs, left: int, right: int) -> tuple[int, int]:
    """Return the two that were compared in place of these: of those that are alike the second, or the first two."""
    first, second = (crowd.likes[index].second if index in crowd.likes else index for index in (left, right))
    if first == second:
        first = crowd.likes[max(left, right)].first
    return (first, second) if first < second else (second, first)
