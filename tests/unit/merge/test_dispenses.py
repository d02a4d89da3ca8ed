"""What a pharmacy handed out is compared with the orders of others, and stays a row beside those of its own house."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare

LABEL = "TAKE 1 TABLET BY MOUTH EVERY DAY"


def handed_out(text: str = "SERTRALINE 50MG TABLETS", sig: str = LABEL, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": text},
        "whenHandedOver": "2026-09-14",
        "dosageInstruction": [{"text": sig}],
        **more,
    }


def order(text: str = "sertraline 50 MG tablet", sig: str = "Take 1 tablet by mouth daily.") -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "authoredOn": "2026-10-02",
        "dosageInstruction": [{"text": sig}],
        "requester": {"display": "Anna Bell, MD"},
    }


def fields(verdict: PairVerdict) -> list[str]:
    return [difference.field for difference in verdict.disagreements]


def test_a_label_that_agrees_is_one_row_with_the_order_and_no_disagreement() -> None:
    verdict = compare(handed_out(), order())
    assert (verdict.verdict, fields(verdict)) == ("same", [])


def test_a_label_that_says_another_amount_is_shown() -> None:
    verdict = compare(handed_out(), order(sig="Take 2 tablets by mouth daily."))
    assert (verdict.verdict, fields(verdict)) == ("same", ["dose"])


def test_another_strength_is_marked_wherever_it_was_handed_out() -> None:
    other = order("sertraline 100 MG tablet")
    for one_organization in (False, True):
        verdict = compare(handed_out(), other, one_organization=one_organization)
        assert (verdict.verdict, verdict.may_be_same, fields(verdict)) == ("different", True, ["strength"])


def test_an_order_and_its_dispensing_in_one_organization_are_two_rows_without_a_mark() -> None:
    verdict = compare(handed_out(), order(), one_organization=True)
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)


def test_dispensings_of_one_product_and_label_are_one_row() -> None:
    again = handed_out(whenHandedOver="2026-10-12")
    assert compare(handed_out(), again, one_organization=True).verdict == "same"


def test_a_supply_reaches_as_far_as_its_days() -> None:
    long_ago = {"whenHandedOver": "2026-05-01"}
    assert compare(handed_out(**long_ago), order()).verdict == "different"
    supply = {"daysSupply": {"value": 90, "unit": "Day", "system": "http://unitsofmeasure.org", "code": "d"}}
    assert compare(handed_out(**long_ago, **supply), order()).verdict == "same"


def ended(day: str, **more: Any) -> dict[str, Any]:
    until = {"text": "Take 1 tablet by mouth daily.", "timing": {"repeat": {"boundsPeriod": {"end": day}}}}
    return order() | {"status": "stopped", "authoredOn": "2026-03-01", "dosageInstruction": [until], **more}


@pytest.mark.parametrize(
    ("end", "day", "shown"),
    [
        ("2026-09-01", "2026-09-14", ["2026-09-01", "2026-09-14"]),
        ("2026-08", "2026-09-14T16:20:00-05:00", ["2026-08", "2026-09-14"]),
        ("2026-09-14", "2026-09-14", []),
        ("2026-09", "2026-09-14", []),
        ("2026-09-20", "2026-09-14", []),
    ],
)
def test_what_was_handed_out_after_an_order_had_ended_is_shown(end: str, day: str, shown: list[str]) -> None:
    label = handed_out(whenHandedOver=day)
    verdict, turned = compare(ended(end), label), compare(label, ended(end))
    told = [each for each in verdict.disagreements if each.field == "handed out"]
    assert [text for each in told for text in (each.left, each.right)] == shown
    assert (verdict.verdict, fields(turned)) == ("same", fields(verdict))


@pytest.mark.parametrize(
    ("held", "day", "shown"),
    [
        ({"status": "on-hold"}, "2026-10-20", ["on-hold", "2026-10-20"]),
        ({"note": [{"text": "On hold until surgery"}]}, "2026-10-20", ["on-hold", "2026-10-20"]),
        ({"status": "on-hold"}, "2026-10-02", []),
        ({"status": "on-hold"}, "2026-09-14", []),
        ({"status": "on-hold", "authoredOn": "2026-10"}, "2026-10-20", []),
        ({}, "2026-10-20", []),
    ],
)
def test_what_was_handed_out_of_an_order_on_hold_is_shown(held: dict[str, Any], day: str, shown: list[str]) -> None:
    label = handed_out(whenHandedOver=day)
    verdict, turned = compare(order() | held, label), compare(label, order() | held)
    told = [each for each in verdict.disagreements if each.field == "on hold"]
    assert [text for each in told for text in (each.left, each.right)] == shown
    assert (verdict.verdict, fields(turned)) == ("same", fields(verdict))


@pytest.mark.parametrize(
    ("order_", "day", "shown"),
    [
        ({"status": "stopped", "authoredOn": None}, "2026-10-20", ["stopped", "2026-10-20"]),
        ({"status": "cancelled", "authoredOn": None}, "2026-10-20", ["cancelled", "2026-10-20"]),
        ({"status": "completed", "authoredOn": None}, "2026-10-20", []),
        ({"authoredOn": None}, "2026-10-20", []),
        ({"status": "stopped"}, "2026-10-20", []),  # of August, filled in September, over in October: nothing odd
    ],
)
def test_an_undated_stop_beside_what_was_handed_out_is_shown(
    order_: dict[str, Any], day: str, shown: list[str]
) -> None:
    """Which came first nobody says, and neither do we."""
    stopped = {name: part for name, part in {**order(), **order_}.items() if part is not None}
    label = handed_out(whenHandedOver=day)
    verdict, turned = compare(stopped, label), compare(label, stopped)
    told = [each for each in verdict.disagreements if each.field == "stopped"]
    assert [text for each in told for text in (each.left, each.right)] == shown
    assert (verdict.verdict, fields(turned)) == ("same", fields(verdict))
    assert not ("handed out" in fields(verdict) and told)
