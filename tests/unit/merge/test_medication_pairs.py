"""One medicine in the hands of two organizations: what is one row, and what is shown in it."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def order(product: str, instructions: str = "", **more: Any) -> dict[str, Any]:
    """Return an order of a clinic, current since May."""
    words = {"medicationCodeableConcept": {"text": product}}
    dosage = [{"text": instructions}] if instructions else []
    of_clinic = {"status": "active", "intent": "order", "authoredOn": "2026-05-04", "dosageInstruction": dosage}
    return {"resourceType": "MedicationRequest"} | of_clinic | words | more


def told(left: dict[str, Any], right: dict[str, Any]) -> tuple[str, dict[str, tuple[str, str]]]:
    verdict = compare(left, right)
    return verdict.verdict, {each.field: (each.left, each.right) for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("product", "dose"),
    [
        ("cyanocobalamin 1,000 mcg/mL injection", "1,000 mcg {} every month"),
        ("testosterone cypionate 200 mg/mL injection", "100 mg {} every 2 weeks"),
    ],
)
def test_into_a_muscle_and_under_the_skin_are_one_injection_whose_route_disagrees(product: str, dose: str) -> None:
    verdict, fields = told(order(product, dose.format("IM")), order(product, dose.format("subcutaneously")))
    assert (verdict, set(fields)) == ("same", {"route"})
    assert told(order(product, dose.format("IV")), order(product, dose.format("IM")))[0] == "different"


def test_not_taken_is_a_status_and_an_order_not_to_give_it_another_order() -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "status": "not-taken",
        "medicationCodeableConcept": {"text": "Clopidogrel 75 mg tablet"},
        "effectivePeriod": {"start": "2026-05-04"},
    }
    verdict, fields = told(statement, order("clopidogrel 75 MG Oral Tablet"))
    assert verdict == "same"
    assert fields["status"] == ("not-taken", "active")
    forbidden = order("clopidogrel 75 MG Oral Tablet", doNotPerform=True)
    assert told(forbidden, order("clopidogrel 75 MG Oral Tablet"))[0] == "different"


@pytest.mark.parametrize("status", ["declined", "cancelled", "stopped", "on-hold", "completed"])
def test_what_a_pharmacy_did_not_hand_out_contradicts_an_order(status: str) -> None:
    handed = {
        "resourceType": "MedicationDispense",
        "status": status,
        "medicationCodeableConcept": {"text": "tramadol 50 mg tablet"},
        "whenHandedOver": "2026-05-06",
    }
    verdict, fields = told(handed, order("tramadol 50 MG Oral Tablet", "1 q6h prn"))
    assert verdict == "same"
    assert fields == ({} if status == "completed" else {"status": (status, "active")})


@pytest.mark.parametrize(
    "name",
    ["nitrofurantoin monohydrate/macrocrystals 100 mg capsule", "Nitrofurantoin Monohyd Macro 100 mg cap",
     "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule"],
)  # fmt: skip
def test_the_names_of_one_nitrofurantoin(name: str) -> None:
    assert told(order(name), order("Macrobid 100 mg capsule"))[0] == "same"
    assert told(order("Macrodantin 100 mg capsule"), order("Macrobid 100 mg capsule"))[0] == "different"


def test_a_taper_in_one_line_is_its_steps() -> None:
    line = order("prednisone 20 MG Oral Tablet", "3 tabs daily x3d, 2 tabs daily x3d, 1 tab daily x3d")
    steps = [{"sequence": n, "text": f"{4 - n} tablet(s) daily for 3 days"} for n in (1, 2, 3)]
    stepped = order("prednisone 20 mg tablet", dosageInstruction=steps)
    assert told(line, stepped) == ("same", {})
    shorter = order("prednisone 20 mg tablet", "3 tabs daily x3d, 2 tabs daily x5d, 1 tab daily x3d")
    assert set(told(line, shorter)[1]) == {"duration"}
    other = order("prednisone 20 mg tablet", "4 tabs daily x3d, 2 tabs daily x3d, 1 tab daily x3d")
    assert "dose" in told(line, other)[1]
    mass = order("prednisone 20 mg tablet", "60 mg x3d, 40 mg x3d, 20 mg x3d then stop")
    assert told(line, mass) == ("same", {})


def test_an_amount_that_is_only_the_most_is_no_step() -> None:
    limited = order("ibuprofen 200 mg tablet", "1 tablet for 3 days, max 6 tablets a day")
    assert set(told(limited, order("ibuprofen 200 mg tablet", "1 tablet for 3 days"))[1]) == {"maximum"}


def test_what_only_the_newest_order_of_one_organization_says_is_not_hidden() -> None:
    hydrochlorothiazide = "hydrochlorothiazide 25 MG Oral Tablet"
    stopped = order(hydrochlorothiazide, "1 daily", status="stopped", statusReason={"text": "hyponatremia"})
    earlier = order(hydrochlorothiazide, "1 daily", status="completed", authoredOn="2025-05-04")
    verdict = compare(stopped, earlier, one_organization=True)
    assert (verdict.verdict, verdict.hidden) == ("same", ())
