"""Medicines: RxNorm's names, vendors' order names, pharmacy names, brands, strengths, releases, forms, combinations."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from tests.benchmarks.merge_set import Pair
from tests.factories.fhir import RXNORM, medication

NDC = "http://hl7.org/fhir/sid/ndc"


class Drug(NamedTuple):
    generic: str  # ingredient
    salt: str
    brand: str
    strengths: tuple[str, ...]
    form: str  # RxNorm dose form
    short: str  # as order names have it
    codes: tuple[str, ...] = ()  # RxNorm SCD, by strength


DRUGS = (
    Drug(
        "metformin", "hydrochloride", "Glucophage", ("500 MG", "1000 MG"), "Oral Tablet", "tablet", ("861007", "861004")
    ),
    Drug("lisinopril", "", "Prinivil", ("10 MG", "20 MG"), "Oral Tablet", "tablet", ("314076", "314077")),
    Drug("atorvastatin", "calcium", "Lipitor", ("20 MG", "40 MG"), "Oral Tablet", "tablet", ("617310", "617311")),
    Drug("amlodipine", "besylate", "Norvasc", ("5 MG", "10 MG"), "Oral Tablet", "tablet", ("197361", "308135")),
    Drug("losartan", "potassium", "Cozaar", ("50 MG", "100 MG"), "Oral Tablet", "tablet", ("979492", "979480")),
    Drug("furosemide", "", "Lasix", ("20 MG", "40 MG"), "Oral Tablet", "tablet", ("310429", "313988")),
    Drug("sertraline", "hydrochloride", "Zoloft", ("50 MG", "100 MG"), "Oral Tablet", "tablet", ("312941", "312938")),
    Drug("gabapentin", "", "Neurontin", ("100 MG", "300 MG"), "Oral Capsule", "capsule", ("310430", "310431")),
    Drug("warfarin", "sodium", "Coumadin", ("2 MG", "5 MG"), "Oral Tablet", "tablet", ("855302", "855332")),
    Drug("clopidogrel", "", "Plavix", ("75 MG", "300 MG"), "Oral Tablet", "tablet", ("309362", "749196")),
    Drug("montelukast", "sodium", "Singulair", ("5 MG", "10 MG"), "Oral Tablet", "tablet", ()),
    Drug(
        "omeprazole",
        "",
        "Prilosec",
        ("20 MG", "40 MG"),
        "Delayed Release Oral Capsule",
        "DR capsule",
        ("198051", "200329"),
    ),
    Drug("rosuvastatin", "calcium", "Crestor", ("5 MG", "20 MG"), "Oral Tablet", "tablet", ()),
    Drug("escitalopram", "oxalate", "Lexapro", ("10 MG", "20 MG"), "Oral Tablet", "tablet", ()),
    Drug("apixaban", "", "Eliquis", ("2.5 MG", "5 MG"), "Oral Tablet", "tablet", ("1364441", "1364447")),
)


def names(drug: Drug, strength: str) -> dict[str, str]:
    """The ways one product is written. ``tall`` is one vendor's order name, ``order`` the other's."""
    salted = f"{drug.generic} {drug.salt}".strip()
    number, unit = strength.split()
    lowered = f"{number} {unit.lower()}"
    abbreviated = salted.replace("hydrochloride", "HCl")
    return {
        "rxnorm": f"{salted} {strength} {drug.form}",
        "rxnorm brand": f"{salted} {strength} {drug.form} [{drug.brand}]",
        "tall": f"{drug.generic} ({drug.brand.upper()}) {lowered} {drug.short}",
        "order": f"{abbreviated} {lowered} {drug.form.lower()}",
        "pharmacy": f"{abbreviated} {number}{unit} {drug.short}s".upper(),
        "comma": f"{drug.generic.capitalize()} {lowered}, {drug.short}",
    }


def order(text: str, *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    return medication("m", text, *codings, **more)


def pairs() -> Iterator[Pair]:
    for drug in DRUGS:
        yield from _one_product(drug)
        yield from _two_products(drug)
    yield from _particulars()


def _one_product(drug: Drug) -> Iterator[Pair]:
    strength = drug.strengths[0]
    ways = names(drug, strength)
    for one, other in combinations(ways, 2):
        yield Pair("same", order(ways[one]), order(ways[other]), f"{drug.generic}: {one} / {other}")
    if drug.codes:
        code = (RXNORM, drug.codes[0])
        yield Pair("same", order(ways["tall"], code), order("see label", code), f"{drug.generic}: by code alone")
        taken = {"dosageInstruction": [{"text": "Take 1 daily", "doseAndRate": [{"doseQuantity": {"value": 1}}]}]}
        otherwise = {"dosageInstruction": [{"text": "Take 2 daily", "doseAndRate": [{"doseQuantity": {"value": 2}}]}]}
        yield Pair("disagreeing", order(ways["order"], code) | taken, order(ways["rxnorm"], code) | otherwise, "dose")
    stopped = order(ways["order"], status="stopped")
    yield Pair("disagreeing", order(ways["rxnorm"]), stopped, f"{drug.generic}: stopped there")


def _two_products(drug: Drug) -> Iterator[Pair]:
    low, high = (names(drug, strength) for strength in drug.strengths)
    codes = [[(RXNORM, code)] for code in drug.codes] or [[], []]
    yield Pair(
        "disagreeing", order(low["tall"], *codes[0]), order(high["order"], *codes[1]), f"{drug.generic}: strength"
    )
    yield Pair("disagreeing", order(low["pharmacy"]), order(high["rxnorm"]), f"{drug.generic}: strength, names only")
    past = order(high["order"], *codes[1], status="stopped")
    yield Pair("different", order(low["order"], *codes[0]), past, f"{drug.generic}: an earlier strength")
    after = DRUGS[(DRUGS.index(drug) + 1) % len(DRUGS)]
    same_strength = names(after, drug.strengths[0])
    yield Pair(
        "different", order(low["order"]), order(same_strength["order"]), f"{drug.generic} is not {after.generic}"
    )
    yield Pair(
        "different", order(low["tall"]), order(same_strength["pharmacy"]), f"{drug.generic} is not {after.generic}"
    )


def _particulars() -> Iterator[Pair]:
    different = (
        ("metformin 500 mg oral tablet", "metformin 500 mg extended release oral tablet", "release"),
        (
            "metFORMIN (GLUCOPHAGE) 500 mg tablet",
            "metFORMIN (GLUCOPHAGE XR) 500 mg 24 hr tablet",
            "release in the brand",
        ),
        ("metoprolol tartrate 50 mg oral tablet", "metoprolol succinate ER 50 mg oral tablet", "release and salt"),
        ("bupropion HCl SR 150 mg tablet", "bupropion HCl XL 150 mg tablet", "two releases"),
        ("lisinopril 10 mg tablet", "lisinopril-hydrochlorothiazide 10-12.5 mg tablet", "combination"),
        ("Lisinopril 10 MG Oral Tablet", "Hydrochlorothiazide 12.5 MG / Lisinopril 10 MG Oral Tablet", "combination"),
        ("losartan 50 mg tablet", "losartan-hydrochlorothiazide 50-12.5 mg tablet", "combination"),
        (
            "acetaminophen 325 mg tablet",
            "Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet",
            "combination",
        ),
        ("albuterol 90 mcg/actuation inhaler", "albuterol 2.5 mg/3 mL nebulizer solution", "form"),
        ("hydrocortisone 1 % cream", "hydrocortisone 10 mg tablet", "form"),
        ("prednisone 20 mg tablet", "prednisolone 20 mg tablet", "look-alike"),
        ("hydroxyzine 25 mg tablet", "hydralazine 25 mg tablet", "look-alike"),
        ("clonidine 0.1 mg tablet", "clonazepam 0.5 mg tablet", "look-alike"),
        ("insulin glargine 100 units/mL injection", "insulin lispro 100 units/mL injection", "two insulins"),
        ("insulin glargine 100 units/mL injection", "insulin aspart 100 units/mL injection", "two insulins"),
        ("calcium carbonate 500 mg tablet", "calcium citrate 500 mg tablet", "a salt that is the medicine"),
        ("potassium chloride 10 mEq tablet", "potassium citrate 10 mEq tablet", "a salt that is the medicine"),
        ("sodium chloride 1 g tablet", "sodium bicarbonate 1 g tablet", "a salt that is the medicine"),
        ("magnesium oxide 400 mg tablet", "magnesium citrate 400 mg tablet", "a salt that is the medicine"),
        ("ferrous sulfate 325 mg tablet", "ferrous gluconate 325 mg tablet", "a salt that is the medicine"),
        ("vitamin D3 1000 units capsule", "vitamin B12 1000 mcg tablet", "vitamins"),
        ("timolol 0.5 % ophthalmic solution", "timolol 10 mg tablet", "route"),
        ("diclofenac 1 % gel", "diclofenac 75 mg DR tablet", "route"),
        ("estradiol 1 mg tablet", "estradiol 0.05 mg/24 hr patch", "route"),
        ("amoxicillin 500 mg capsule", "amoxicillin-clavulanate 500-125 mg tablet", "combination"),
        ("sulfamethoxazole 800 mg tablet", "sulfasalazine 500 mg tablet", "look-alike"),
    )
    for one, other, why in different:
        yield Pair("different", order(one), order(other), why)
        yield Pair("different", order(other), order(one), f"{why}, the other way round")
    same = (
        ("aspirin 81 mg tablet", "ASPIRIN 81MG TAB", "pharmacy"),
        ("acetaminophen 500 mg tablet", "paracetamol 500 mg tablet", "two names of one ingredient"),
        ("levothyroxine 50 mcg tablet", "Levothyroxine Sodium 0.05 MG Oral Tablet", "units"),
        ("levothyroxine (SYNTHROID) 88 mcg tablet", "levothyroxine sodium 88 mcg oral tablet", "brand and salt"),
        ("amoxicillin 500 mg capsule", "Amoxicillin 500 MG Oral Capsule", "RxNorm"),
        ("azithromycin 250 mg tablet", "Azithromycin 250 MG Oral Tablet [Zithromax]", "brand"),
        ("ibuprofen 800 mg tablet", "IBUPROFEN 800 MG TABLET", "case"),
        ("prednisone 20 mg tablet", "predniSONE 20 mg tablet", "tall letters"),
        (
            "metoprolol succinate ER 50 mg tablet",
            "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet",
            "RxNorm",
        ),
        ("metformin ER 500 mg tablet", "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet", "RxNorm"),
        ("cholecalciferol 1000 units capsule", "Cholecalciferol 1000 UNT Oral Capsule", "units"),
        ("potassium chloride 20 mEq ER tablet", "Potassium Chloride 20 MEQ Extended Release Oral Tablet", "RxNorm"),
        ("hydrochlorothiazide 25 mg tablet", "Hydrochlorothiazide 25 MG Oral Tablet", "RxNorm"),
        ("HCTZ 25 mg tablet", "hydrochlorothiazide 25 mg tablet", "abbreviation"),
        (
            "Hydrochlorothiazide 12.5 MG / Lisinopril 10 MG Oral Tablet",
            "lisinopril 10 MG / hydrochlorothiazide 12.5 MG Oral Tablet",
            "order of a combination",
        ),
        (
            "lisinopril-hydrochlorothiazide 10-12.5 mg tablet",
            "Hydrochlorothiazide 12.5 MG / Lisinopril 10 MG Oral Tablet",
            "dash",
        ),
        ("insulin glargine 100 units/mL injection", "insulin glargine 100 UNT/ML Injectable Solution", "units"),
        ("fluticasone 50 mcg/actuation nasal spray", "Fluticasone propionate 0.05 MG/ACTUAT Nasal Spray", "units"),
        ("albuterol 90 mcg/actuation inhaler", "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "units"),
        ("docusate sodium 100 mg capsule", "Docusate Sodium 100 MG Oral Capsule", "RxNorm"),
        ("sulfamethoxazole-trimethoprim (BACTRIM DS) 800-160 mg tablet", "Bactrim DS 800-160 tablet", "unit left out"),
        ("Tylenol 500 mg tablet", "acetaminophen 500 mg tablet", "brand alone"),
        ("ASA 81 mg EC tablet", "aspirin 81 mg delayed release tablet", "abbreviation"),
        ("Humalog 100 units/mL injection", "insulin lispro 100 units/mL injection", "brand alone"),
        ("Advair 250/50 inhaler", "fluticasone-salmeterol 250-50 mcg/dose inhaler", "brand of a combination"),
        ("Vitamin B12 1000 mcg tablet", "cyanocobalamin 1000 mcg tablet", "common name"),
        ("Timolol 0.5 % eye drops", "timolol maleate 5 MG/ML Ophthalmic Solution", "percent"),
        ("Blood pressure medicine", "blood pressure  medicine.", "words only"),
    )
    for one, other, why in same:
        yield Pair("same", order(one), order(other), why)
    both = [(RXNORM, "861007"), (NDC, "00093-1048-01")]
    yield Pair(
        "same", order("metformin", *both), order("Metformin tabs", (NDC, "00093104801")), "NDC with and without dashes"
    )
    for one, other in (("10 mg", "40 mg"), ("5 mg", "20 mg"), ("2.5 mg", "10 mg")):
        yield Pair("disagreeing", order(f"lisinopril {one} tablet"), order(f"lisinopril {other}"), "strength, no form")
