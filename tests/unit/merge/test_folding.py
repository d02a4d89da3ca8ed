"""One organization's repeated orders are one statement of it: read at a glance, nothing hidden, joined as a whole."""

import msgspec

from portal.domain.entry import Dose, Entry, Medication, Status
from portal.domain.sections import Section
from portal.merge import Member, Row, read, rows

DAILY, TWICE = "Take 1 tablet daily", "Take 1 tablet twice a day"


def order(
    name: str,
    start: str,
    instructions: str = DAILY,
    *,
    current: bool = False,
    source: str = "home",
    product: str = "Metformin 500 MG Oral Tablet",
) -> Member:
    """Return an order as grouping sees it."""
    detail = Medication(
        doses=(Dose(text=instructions),), intent="order", fhir_status="active" if current else "completed"
    )
    status = Status.ACTIVE if current else Status.PAST
    entry = Entry(
        section=Section.MEDICATIONS,
        title=product,
        status=status,
        start=start,
        reference=f"MedicationRequest/{name}",
        detail=detail,
    )
    reading = read(entry, source=source)
    assert reading
    return Member(name, source, status, start, reading.keys, reading.facts)


def groups(*members: Member) -> list[str]:
    return sorted(" ".join(row.members) for row in rows(members))


def row_of(name: str, *members: Member) -> Row:
    return next(row for row in rows(members) if name in row.members)


def test_past_orders_with_the_current_one_s_instructions_are_its_history() -> None:
    """Though past orders with other instructions would fit them, too, and not the current one."""
    listed = (
        order("a", "2015-03-01"),
        order("b", "2017-03-01"),
        order("c", "2019-03-01", TWICE),
        order("d", "2021-03-01", TWICE),
        order("e", "2026-03-01", current=True),
    )
    assert groups(*listed) == ["a b e", "c d"]
    assert row_of("e", *listed).primary_id == "e"


def test_current_orders_with_different_instructions_are_two_rows() -> None:
    one, other = order("a", "2026-03-01", current=True), order("b", "2026-04-01", TWICE, current=True)
    past = order("c", "2025-01-01", TWICE)
    assert groups(one, other, past) == ["a", "b c"]


def test_another_organization_s_order_joins_the_history_that_reaches_it() -> None:
    history = [order(f"a{year}", f"{year}-03-01", current=year == 2026) for year in range(2020, 2027)]
    assert groups(*history, order("b", "2026-05-01", current=True, source="link")) == [
        " ".join(f"a{year}" for year in range(2020, 2027)) + " b"
    ]


def test_a_therapy_of_years_ago_stays_apart_from_one_that_has_begun_again() -> None:
    history = [order("a", "2012-03-01"), order("b", "2026-03-01", current=True)]
    assert groups(*history, order("c", "2018-03-01", source="link")) == ["a b", "c"]
    near = [order("a", "2018-01-10"), order("b", "2018-03-20"), order("c", "2018-06-01")]
    assert groups(*near, order("d", "2018-02-01", source="link")) == ["a b c d"]


def test_a_statement_meets_others_under_every_name_of_its_orders() -> None:
    generic, brand = order("a", "2025-12-01"), order("b", "2026-02-01", product="Glucophage 500 MG Oral Tablet")
    outside = order("c", "2026-01-10", source="link", product="glucophage 500 mg tablet")
    assert groups(generic, brand, outside) == ["a b c"]


def test_what_its_keys_keep_apart_never_folds() -> None:
    """Confidential entries and those kept private have keys of their own."""
    first, second = order("a", "2026-03-01"), order("b", "2026-03-01")
    secret = msgspec.structs.replace(second, keys=tuple((bond, f"secret|{key}") for bond, key in second.keys))
    assert groups(first, second) == ["a b"]
    assert groups(first, secret) == ["a", "b"]
    tied = [
        msgspec.structs.replace(each, facts=msgspec.structs.replace(each.facts, digest="1")) for each in (first, secret)
    ]
    assert groups(*tied) == ["a", "b"]
