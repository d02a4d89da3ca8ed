"""A product by its code, by the forms that systems write, by its contained parts, and by misspelled words."""

from typing import Any

import pytest

from portal.domain.entry import Code
from portal.merge.allergies.allergen_spelling import one_letter_off
from portal.merge.words.codes import shared_codes
from portal.refresh.compare import compare
from tests.unit.merge.test_medication_pairs import order, told

RXNORM, NDC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/ndc"


def coded(code: str, display: str = "", text: str = "", system: str = RXNORM) -> dict[str, Any]:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return order("") | {"medicationCodeableConcept": {"coding": [coding]} | ({"text": text} if text else {})}


def contained(**medication: Any) -> dict[str, Any]:
    product = {"resourceType": "Medication", "id": "m"} | medication
    return {
        **{name: value for name, value in order("").items() if name != "medicationCodeableConcept"},
        "contained": [product],
        "medicationReference": {"reference": "#m"},
    }


def part(name: str, number: float) -> dict[str, Any]:
    per_tablet = {"numerator": {"value": number, "unit": "mg"}, "denominator": {"value": 1, "unit": "tablet"}}
    return {"itemCodeableConcept": {"text": name}, "strength": per_tablet}


CARVEDILOL = coded("200031", "carvedilol 6.25 MG Oral Tablet")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (coded("200031"), CARVEDILOL),
        (coded("200031"), coded("200031")),
        (coded("200031", "carvedilol 6.25 MG Oral Tablet", "Carvedolol 6.25 mg"), CARVEDILOL),
        (coded("686924", "carvedilol 6.25 MG Oral Tablet [Coreg]"), CARVEDILOL),
        (coded("00007-4140-20", "Coreg 6.25 MG TABS", system=NDC), CARVEDILOL),
        (
            contained(form={"text": "tablet"}, ingredient=[part("losartan", 50), part("hydrochlorothiazide", 12.5)]),
            order("losartan-hydrochlorothiazide 50-12.5 mg tablet"),
        ),
        (order("CEFDINIR 250 MG/5 ML SUSR"), order("cefdinir 250 mg/5 mL oral suspension")),
        (order("Venlafaxine HCl ER 75 MG CP24"), order("venlafaxine XR 75 mg 24 hr capsule")),
        (order("Vyvanse 30 MG Capsule"), order("lisdexamfetamine 30 MG Oral Capsule")),
        (order("Creon 24000-76000 units Capsule Delayed Release Particles"), order("Creon 24000-76000 units CPEP")),
        (order("Mounjaro 5 mg/0.5 mL SOAJ"), order("tirzepatide 5 mg/0.5 mL pen")),
        (order("buprenorphine 10 mcg/hr PTWK"), order("Buprenorfina 10 mcg/h parche transdérmico semanal")),
        (order("Amoxicilina 1.000 mg tabletas"), order("amoxicillin 1,000 mg tablet")),
        (order("Bactrim DS"), order("sulfamethoxazole-trimethoprim 800-160 mg")),
        (order("Hyzaar (losartan 50 mg/hydrochlorothiazide 12.5 mg)"), order("losartan-hctz 50-12.5 mg")),
        (order("Spiriva HandiHaler 18 mcg capsule"), order("tiotropium 18 mcg inhalation capsule")),
    ],
)
def test_one_product(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert told(left, right) == ("same", {})


@pytest.mark.parametrize(
    ("left", "right", "fields"),
    [
        (coded("200031", "carvedilol 6.25 MG Oral Tablet", "heart pill"), CARVEDILOL, {"strength"}),
        (coded("20352"), coded("20352", "carvedilol"), {"name"}),
        (coded("00007-4140-20", system=NDC), coded("00007414020", system=NDC), {"name"}),
        (order("Carvedolol 6.25 mg tablet"), CARVEDILOL, {"name"}),
        (coded("200031", "carvedilol 6.25 MG Oral Tablet", "carvedilol 12.5 mg tablet"), CARVEDILOL, {"strength"}),
        (
            contained(code={"text": "Losartan 100 mg tablet"}, ingredient=[part("losartan", 50)]),
            order("losartan 100 mg tablet"),
            {"strength"},
        ),
        (order("Amoxicilina 1.000 mg tabletas"), order("amoxicillin 500 mg tablet"), {"strength"}),
    ],
)
def test_what_may_be_one_product_names_the_other(left: dict[str, Any], right: dict[str, Any], fields: set[str]) -> None:
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert fields <= {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hydroxyzine 25 mg tablet", "hydralazine 25 mg tablet"),
        ("prednisolone 5 mg tablet", "prednisone 5 mg tablet"),
        ("clonidine 0.1 mg tablet", "clonazepam 0.5 mg tablet"),
        ("Lamictal 25 mg tablet", "Lamisil 250 mg tablet"),
    ],
)
def test_names_that_only_sound_alike_do_not(left: str, right: str) -> None:
    verdict = compare(order(left), order(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)


def test_three_zeros_are_a_thousand_in_spanish_alone() -> None:
    assert told(order("warfarin 1.000 mg tablet"), order("warfarin 1 mg tablet")) == ("same", {})


def test_a_name_of_the_tables_is_no_slip_of_another() -> None:
    assert one_letter_off("metformn") == one_letter_off("metforimin") == one_letter_off("metfornin") == ("metformin",)
    assert one_letter_off("prednisone") == one_letter_off("short") == one_letter_off("metformin hcl") == ()


@pytest.mark.parametrize(
    ("written", "billed"),
    [
        ("0007-4140-20", "00007414020"),
        ("00007-414-20", "00007041420"),
        ("00007-4140-2", "00007414002"),
        ("00007414020", "00007414020"),
    ],
)
def test_one_package_number_in_its_ways_of_writing(written: str, billed: str) -> None:
    assert shared_codes([Code(system=NDC, code=written)]) == [("ndc", billed)]
