"""One side says until when a medicine is taken, the other that it is taken now: both are shown."""

from typing import Any

import pytest

from tests.unit.merge.test_medication_pairs import order, told

DAILY = "Take 1 tablet by mouth daily"


def statement(product: str, **more: Any) -> dict[str, Any]:
    words = {"medicationCodeableConcept": {"text": product}, "dosage": [{"text": DAILY}]}
    return {"resourceType": "MedicationStatement", "status": "active"} | words | more


def ending(day: str) -> dict[str, Any]:
    return {"dosageInstruction": [{"text": DAILY, "timing": {"repeat": {"boundsPeriod": {"end": day}}}}]}


@pytest.mark.parametrize(
    "over",
    [
        statement("furosemide 40 mg tablet", effectivePeriod={"start": "2026-02-01", "end": "2026-06-01"}),
        statement("furosemide 40 mg tablet", effectivePeriod={"end": "2026-06-01"}),
        order("furosemide 40 MG Oral Tablet", **ending("2026-06-01")),
        order("furosemide 40 mg tablet", f"{DAILY} until 6/1/2026"),
    ],
)
def test_an_end_that_one_side_states_is_shown_beside_what_goes_on(over: dict[str, Any]) -> None:
    verdict, fields = told(order("furosemide 40 mg tablet", DAILY), over)
    assert verdict == "same"
    assert fields["end"] == ("-", "2026-06-01")


def test_an_end_contradicts_nothing_that_is_over_too() -> None:
    over = statement("furosemide 40 mg tablet", effectivePeriod={"end": "2026-06-01"}, status="completed")
    assert told(order("furosemide 40 mg tablet", DAILY, status="completed"), over) == ("same", {})


@pytest.mark.parametrize(("end", "shown"), [("2026-05-13", False), ("2026-05-14", False), ("2026-05-20", True)])
def test_ten_days_from_the_order_on_are_an_end(end: str, shown: bool) -> None:
    lasting = order("cephalexin 500 mg capsule", "1 capsule twice a day for 10 days")
    period = {"start": "2026-05-04", "end": end}
    dated = order(
        "cephalexin 500 mg capsule",
        dosageInstruction=[{"text": "1 capsule twice a day", "timing": {"repeat": {"boundsPeriod": period}}}],
    )
    assert ("end" in told(lasting, dated)[1]) is shown


def test_the_steps_of_a_taper_end_one_after_the_other() -> None:
    line = order("prednisone 20 mg tablet", "3 tabs daily x3d, 2 tabs daily x3d, 1 tab daily x3d")
    stated = statement("prednisone 20 mg tablet", effectivePeriod={"start": "2026-05-04", "end": "2026-05-12"})
    stated["dosage"] = [{"text": "3 tabs daily x3d, 2 tabs daily x3d, 1 tab daily x3d"}]
    assert told(line, stated) == ("same", {})


@pytest.mark.parametrize(
    "dispensing",
    [
        {"validityPeriod": {"start": "2026-01-05", "end": "2027-01-05"}},
        {"expectedSupplyDuration": {"value": 30, "unit": "days"}, "quantity": {"value": 30}},
        {"numberOfRepeatsAllowed": 0, "quantity": {"value": 30}},
    ],
)
def test_for_how_long_an_order_may_be_filled_or_a_package_lasts_is_no_end(dispensing: dict[str, Any]) -> None:
    """The chart goes on to list the medicine as taken; the next order comes when the package is used up."""
    filled = order("furosemide 40 mg tablet", DAILY, dispenseRequest=dispensing)
    assert told(order("furosemide 40 mg tablet", DAILY), filled) == ("same", {})
    verdict, fields = told(order("furosemide 40 mg tablet", f"{DAILY} until 6/1/2026"), filled)
    assert (verdict, fields["end"]) == ("same", ("2026-06-01", "-"))
