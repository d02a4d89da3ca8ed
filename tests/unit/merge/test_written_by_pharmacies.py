"""Amounts, days and products as pharmacies, claims and prescriptions in Spanish write them."""

from typing import Any

import pytest

from portal.merge.medications.sig_words import sig_text
from portal.merge.words.text import with_points
from portal.refresh.compare import PairVerdict, compare


def order(name: str, sig: str = "Take 1 daily") -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2026-05-01",
        "dosageInstruction": [{"text": sig}],
    }


def products(left: str, right: str) -> PairVerdict:
    return compare(order(left), order(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Warfarina 2,5 mg tableta", "warfarin 2.5 mg tablet"),
        ("Digoxina 0,125 mg tableta", "digoxin 0.125 mg tablet"),
        ("METOPROLOL SUCC ER 25 MG TAB", "metoprolol succinate XL (TOPROL XL) 25 mg 24 hr tablet"),
        ("METOPROLOL TART 25 MG TAB", "metoprolol tartrate 25 mg tablet"),
        ("MONTELUKAST SOD 10 MG TABLET", "montelukast 10 mg tablet"),
        ("SMZ-TMP DS TABLET", "sulfamethoxazole-trimethoprim 800 mg-160 mg oral tablet"),
        ("Duragesic-50 50 MCG/HR Patch", "fentanyl 50 mcg/hr transdermal patch"),
        ("MiraLax 17 GM/SCOOP Powder", "polyethylene glycol (MIRALAX) 17 gram/dose powder"),
        ("Insulina glargina 100 unidades/mL pluma", "insulin glargine 100 unit/mL pen"),
    ],
)
def test_one_product_in_two_ways_of_writing(left: str, right: str) -> None:
    assert products(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Warfarina 2,5 mg tableta", "warfarin 5 mg tablet"),
        ("Acetaminofén 1,000 mg tableta", "acetaminophen 1 mg tablet"),
        ("METOPROLOL SUCC ER 25 MG TAB", "metoprolol tartrate 25 mg tablet"),
        ("METOPROLOL TART 25 MG TAB", "metoprolol succinate ER 25 mg tablet"),
        ("SMZ-TMP DS TABLET", "sulfamethoxazole-trimethoprim 400 mg-80 mg oral tablet"),
        ("SMZ-TMP SS TABLET", "sulfamethoxazole-trimethoprim 800 mg-160 mg oral tablet"),
        ("Duragesic-50 50 MCG/HR Patch", "fentanyl 25 mcg/hr transdermal patch"),
        ("Duragesic-25 50 MCG/HR Patch", "fentanyl 50 mcg/hr transdermal patch"),
        ("MiraLax 17 GM/SCOOP Powder", "polyethylene glycol 8.5 gram/dose powder"),
    ],
)
def test_another_strength_or_salt_stays_another_product(left: str, right: str) -> None:
    assert products(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2,5 mg", "2.5 mg"),
        ("0,125 mg", "0.125 mg"),
        ("12,5 mg/5 ml", "12.5 mg/5 ml"),
        ("1,000 mg", "1,000 mg"),
        ("10,000 units", "10,000 units"),
        ("50,000 units", "50,000 units"),
        ("days 1,5 and 9", "days 1,5 and 9"),
        ("1,2,3 mg", "1,2,3 mg"),
    ],
)
def test_a_comma_is_a_point_only_where_no_thousand_is_meant(written: str, read: str) -> None:
    assert with_points(written) == read


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 tableta c/12h", "1 tablet PO Q12H"),
        ("1 tableta c/ 8 horas", "1 tablet every 8 hours"),
        ("1 tablet M-W-F", "1 tablet on Monday, Wednesday, Friday"),
        ("1 tablet Tu/Th", "1 tablet on Tuesday and Thursday"),
        ("1 tablet Tu/Th/Sa/Su", "1 tablet on Tue, Thu, Sat, Sun"),
        (
            "take 1 tablet orally as needed Orally every 4 hrs",
            "take 1 tablet by mouth every 4 hours as needed for pain",
        ),
        ("Tome 0,5 mg por vía oral diaria", "take 0.5 mg by mouth daily"),
        ("Tome once tabletas al día", "take 11 tablets daily"),
    ],
)
def test_one_instruction_in_two_ways_of_writing(left: str, right: str) -> None:
    verdict = compare(order("Prednisone 1 mg tablet", left), order("Prednisone 1 mg tablet", right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 tableta c/12h", "1 tablet PO Q8H"),
        ("1 tablet M-W-F", "1 tablet on Tuesday, Thursday"),
        ("1 tablet Tu/Th/Sa/Su", "1 tablet on Tuesday and Thursday"),
        ("1 tablet M-F", "1 tablet on Monday and Friday"),
        ("1 tablet once daily", "11 tablets daily"),
        ("Tome 2,5 mg al día", "take 5 mg daily"),
        ("take 1 tablet as needed for nausea every 4 hrs", "take 1 tablet every 4 hours as needed for pain"),
    ],
)
def test_another_instruction_is_shown(left: str, right: str) -> None:
    verdict = compare(order("Prednisone 1 mg tablet", left), order("Prednisone 1 mg tablet", right))
    assert (verdict.verdict, bool(verdict.disagreements)) == ("same", True)


def test_letters_that_are_no_days_stay() -> None:
    for text in ("m/f", "t-th", "m-th", "s/p stent", "w/ food"):
        assert not {"mon", "tue", "thu"} & set(sig_text(text).replace("/", " ").split())
