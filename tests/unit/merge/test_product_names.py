"""One medicine in the names of RxNorm, of charts, of the VA and of pharmacies; and its neighbours."""

# ruff: noqa: E501 (tables are read line by line)

from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from portal.merge.medications.medicines import read_product
from portal.merge.medications.strengths import Strength
from portal.refresh.compare import compare


def _order(name: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
    }


_ONE = """
0.3 ML epinephrine 1 MG/ML Auto-Injector | EpiPen 0.3 mg/0.3 mL injection, auto-injector | EpiPen 0.3 mg auto-injector
0.5 ML sumatriptan 12 MG/ML Auto-Injector | sumatriptan 6 mg/0.5 mL auto-injector
72 HR fentanyl 0.025 MG/HR Transdermal System | fentaNYL 25 mcg/hr 72 hr patch | FENTANYL 25MCG/HR PATCH
24 HR nicotine 0.875 MG/HR Transdermal System | nicotine 21 mg/24 hr patch
168 HR clonidine 0.00417 MG/HR Transdermal System | clonidine 0.1 mg/24 hr weekly patch
24 HR diltiazem hydrochloride 240 MG Extended Release Oral Capsule | diltiazem 240 mg/24 hr capsule
1.2 million units penicillin G benzathine syringe | penicillin G benzathine 1,200,000 units syringe
amoxicillin 875 MG / clavulanate 125 MG Oral Tablet | AMOXICILLIN 875/CLAV K 125MG TAB | Augmentin 875-125 mg tablet
carbidopa 25 MG / levodopa 100 MG Oral Tablet | CARBIDOPA 25/LEVODOPA 100MG TAB | Sinemet 25-100 mg tablet
sulfamethoxazole 800 MG / trimethoprim 160 MG Oral Tablet | SMZ/TMP DS 800-160 tablets | Bactrim DS tablet 800-160 mg
aspirin 81 MG Delayed Release Oral Tablet | Ecotrin 81 mg | ASPIRIN 81MG EC TAB
12 HR oxycodone hydrochloride 10 MG Extended Release Oral Tablet | OxyContin 10 mg tablet,crush resistant,extended release
clotrimazole 10 MG/ML Topical Cream | Lotrimin AF 1 % cream
tiotropium 0.018 MG Inhalation Capsule | TIOTROPIUM 18MCG INHL CAP 30
ipratropium bromide 0.2 MG/ML Inhalation Solution | IPRATROPIUM 0.02% INHL SOLN
fluticasone propionate 0.05 MG/ACTUAT Metered Dose Nasal Spray | FLUTICASONE PROP 50MCG NASAL INHL
Insulin Glargine 100 UNIT/ML Pen-injector 3 mL | insulin glargine 100 unit/mL (3 mL) pen | insulin glargine 100 unit/mL pen
Amoxicillin 400 MG/5ML Suspension 100 ML | amoxicillin 400 mg/5 mL oral suspension
Vancomycin HCl 25 MG/ML Oral Solution Reconstituted | Vancomycin HCl 25 MG/ML Oral SOLR | vancomycin 25 mg/mL oral solution
Vancomycin HCl 1 GM Intravenous Solution Reconstituted | vancomycin 1 g vial
testosterone cypionate 200 MG/ML Injectable Solution | Depo-Testosterone 200 mg/mL intramuscular oil
"""
_GROUPS = [[name.strip() for name in line.split("|")] for line in _ONE.strip().splitlines()]


@pytest.mark.parametrize("names", _GROUPS, ids=lambda names: names[0][:40])
def test_names_of_one_product(names: list[str]) -> None:
    for left, right in combinations(names, 2):
        verdict = compare(_order(left), _order(right))
        assert (left, right, verdict.verdict, verdict.disagreements) == (left, right, "same", ())


def test_names_of_different_products() -> None:
    for names, others in combinations(_GROUPS, 2):
        for left in names:
            assert [right for right in others if compare(_order(left), _order(right)).verdict == "same"] == []


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ("nicotine 14 mg/24 hr patch", "24 HR nicotine 0.875 MG/HR Transdermal System", "strength"),
        ("EpiPen Jr 0.15 mg auto-injector", "0.3 ML epinephrine 1 MG/ML Auto-Injector", "strength"),
        ("Humira 40 mg/0.8 mL pen", "0.4 ML adalimumab 100 MG/ML Auto-Injector", "strength"),
        ("Ecotrin 81 mg", "Bayer aspirin 81 mg tablet", "release"),
        ("diltiazem 240 mg/24 hr capsule", "diltiazem 240 mg tablet", "form"),
    ],
)
def test_neighbours_are_marked_by_what_differs(left: str, right: str, field: str) -> None:
    verdict = compare(_order(left), _order(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert field in {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("name", "ingredients", "strengths", "form", "more"),
    [
        ("Lantus U-100", ["insulin glargine"], ["100 unt/ml"], "", {}),
        ("Humulin R U-500", ["insulin regular"], ["500 unt/ml"], "", {}),
        ("Epinephrine 1:1000 injection", ["epinephrine"], ["1000 mcg/ml"], "injection", {}),
        ("Zoloft sertraline hcl 50 mg tablet", ["sertraline"], ["50000 mcg"], "tablet", {"routes": ("mouth",)}),
        ("Oxycodone-acetaminophen 5-325 mg", ["acetaminophen", "oxycodone"], ["325000 mcg", "5000 mcg"], "", {}),
        ("Symbicort 160-4.5 inhaler", ["budesonide", "formoterol"], ["160 mcg", "4.5 mcg"], "inhaler", {"routes": ("lungs",)}),
        ("vitamin D3 2000 units", ["cholecalciferol"], ["50 mcg"], "", {}),
        ("Flonase 50 mcg/spray nasal spray", ["fluticasone"], ["50 mcg"], "spray", {"salts": ("fluticasone:propionate",)}),
        ("methotrexate 25 mg/mL subcutaneous solution", ["methotrexate"], ["25000 mcg/ml"], "injection", {"routes": ("under the skin",)}),
        ("metFORMIN (GLUCOPHAGE-XR) 500 mg 24 hr tablet", ["metformin"], ["500000 mcg"], "tablet", {"release": "er", "hours": "24"}),
        ("hydrocortisone 1 % cream", ["hydrocortisone"], ["10000 mcg/ml"], "cream", {}),
        ("enoxaparin 100 mg/mL syringe 0.4 mL", ["enoxaparin"], ["100000 mcg/ml"], "syringe", {"volume": Decimal("0.4")}),
        ("infliximab-dyyb 100 mg vial", ["infliximab dyyb"], ["100000 mcg"], "injection", {}),
        ("0.5 ML dulaglutide 3 MG/ML Auto-Injector", ["dulaglutide"], ["3000 mcg/ml"], "pen", {}),
        ("fentanyl 50 mcg/hr weekly patch", ["fentanyl"], ["50 mcg/hr"], "patch", {"wear": "weekly", "routes": ("skin",)}),
        ("estradiol 0.05 mg/24 hr twice weekly patch", ["estradiol"], ["50 mcg/day"], "patch", {"wear": "twice a week"}),
        ("omeprazole 20 mg capsule", ["omeprazole"], ["20000 mcg"], "capsule", {"release": "dr"}),
        ("ferrous sulfate 325 mg (65 mg elemental iron) tablet", ["ferrous sulfate"], ["325000 mcg"], "tablet", {"remarks": ("elemental iron",)}),
    ],
)  # fmt: skip
def test_what_a_name_says(
    name: str, ingredients: list[str], strengths: list[str], form: str, more: dict[str, Any]
) -> None:
    product = read_product(name)
    assert list(product.ingredients) == ingredients
    assert [_written(strength) for strength in product.strengths] == strengths
    assert product.form == form
    assert {key: getattr(product, key) for key in more} == more


def _written(strength: Strength) -> str:
    return f"{strength.number.normalize():f} {strength.dimension}"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hepatitis A vaccine", "hepatitis vaccine"),
        ("botulinum toxin type A", "botulinum toxin"),
        ("Protein A", "Protein C"),
        ("vitamina A", "vitamina C"),
    ],
)
def test_a_letter_that_is_part_of_a_name_is_no_article(left: str, right: str) -> None:
    assert compare(_order(left), _order(right)).verdict == "different"
