"""Brands of one ingredient that a pharmacist does not exchange are two rows, also where no strength is written."""

import pytest

from portal.merge.medications.brand_ends import ENDS, end_of
from portal.merge.medications.listed_brands import ALL_BRANDS
from portal.merge.medications.medicines import read_product
from portal.merge.words.text import word_set
from portal.refresh.compare import compare
from tests.unit.merge.products import pair_of_products


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ozempic", "Rybelsus"),
        ("Byetta", "Bydureon"),
        ("MS Contin 30 mg", "Kadian 30 mg"),
        ("EpiPen", "EpiPen Jr"),
        ("Novolog 100 unit/mL", "Fiasp 100 unit/mL"),
        ("Mydayis 25 mg capsule", "Adderall XR 25 mg capsule"),
        ("Ritalin LA 20 mg capsule", "Metadate CD 20 mg capsule"),
        ("Glumetza 500 mg tablet", "Glucophage XR 500 mg tablet"),
        ("metformin ER (OSM) 1000 mg tablet", "Glumetza 1000 mg tablet"),
        ("Gralise 600 mg tablet", "gabapentin 600 mg tablet"),
        ("gabapentin (GRALISE) 600 mg tablet", "gabapentin (NEURONTIN) 600 mg tablet"),
        ("Cardizem CD 180 mg", "Cardizem LA 180 mg"),
        ("Calan SR 240 mg", "Verelan 240 mg"),
        ("Procardia XL 30 mg", "Adalat CC 30 mg"),
        ("Toprol XL 50 mg", "Kapspargo 50 mg"),
        ("Synthroid 100 mcg", "Tirosint 100 mcg"),
        ("Colcrys 0.6 mg", "Mitigare 0.6 mg"),
        ("Glucophage", "Riomet"),
        ("Yonsa", "Zytiga"),
        ("Camila", "Aygestin"),
        ("Femhrt", "Loestrin"),
        ("Yaz", "Yasmin"),
        ("Mirena", "Skyla"),
        ("Invega Sustenna", "Invega Trinza"),
        ("Lupron Depot 22.5 mg", "Eligard 22.5 mg"),
        ("Estrace", "Climara"),
        ("Vivelle-Dot", "Climara"),
        ("Canasa", "Rowasa"),
        ("Combivent Respimat", "DuoNeb"),
        ("ProAir RespiClick 90 mcg", "ProAir HFA 90 mcg"),
        ("Advair HFA", "Advair Diskus"),
        ("Retacrit 10000 units/mL", "Procrit 10000 units/mL"),
        ("Aplenzin", "Wellbutrin XL"),
        ("Prozac Weekly", "Prozac"),
        ("Pataday", "Patanol"),
        ("Klor-Con 20 mEq packet", "Klor-Con M20"),
        ("Roxicodone 5 mg", "oxycodone 5 mg capsule"),
        ("Advair", "Advair Diskus"),
        ("Advair", "Advair HFA"),
        ("Advair 100/50", "Advair HFA 115-21 mcg"),
        ("Advair", "AirDuo"),
        ("Advair Diskus", "AirDuo RespiClick"),
        ("AirDuo RespiClick 55-14", "AirDuo Digihaler 55-14"),
        ("fluticasone-salmeterol", "Advair Diskus"),
        ("QVAR", "QVAR RediHaler"),
        ("QVAR 80 mcg", "beclomethasone (QVAR REDIHALER) 80 mcg/actuation HFA breath activated"),
        ("Flovent", "Flovent Diskus"),
        (
            "albuterol (PROAIR RESPICLICK) 90 mcg/actuation aerosol powder breath activated",
            "ProAir HFA 90 mcg/actuation",
        ),
        ("Modified 24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet", "metformin ER 500 mg tablet"),
        ("Asmanex HFA", "Asmanex Twisthaler"),
        ("Spiriva", "Spiriva Respimat"),
        ("ProAir", "ProAir RespiClick"),
        ("Pulmicort", "Pulmicort Respules"),
        ("metformin ER 500 mg tablet", "Fortamet 500 mg tablet"),
        ("metformin ER 500 mg tablet", "Glumetza 500 mg tablet"),
        ("metformin ER 1000 mg tablet", "metformin ER (OSM) 1000 mg tablet"),
        ("metformin ER osmotic 500 mg tablet", "metformin ER gastric retention 500 mg tablet"),
    ],
)
def test_what_is_not_exchanged_is_not_joined(left: str, right: str) -> None:
    verdict = pair_of_products(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("MS Contin 30 mg", "morphine sulfate ER 30 mg tablet"),
        ("Kadian 30 mg", "morphine sulfate ER 30 mg capsule"),
        ("Cardizem CD 180 mg", "diltiazem 24 hr ER 180 mg capsule"),
        ("Fortamet 1000 mg", "metformin ER (OSM) 1000 mg tablet"),
        ("Adderall 20 mg tablet", "dextroamphetamine-amphetamine 20 mg tablet"),
        ("Mydayis 25 mg capsule", "dextroamphetamine-amphetamine ER (MYDAYIS) 25 mg 24 hr capsule"),
        ("Ventolin HFA 90 mcg", "albuterol HFA 90 mcg/actuation inhaler"),
        ("DuoNeb", "ipratropium-albuterol nebulizer solution"),
        ("Dutoprol 50-12.5 mg", "metoprolol succinate ER 50 mg-hydrochlorothiazide 12.5 mg tablet"),
        ("Climara 0.1 mg/24 hr", "estradiol 0.1 mg/24 hr weekly patch"),
        ("Klor-Con M20", "potassium chloride ER 20 mEq tablet"),
        ("liraglutide (Victoza) 0.6 mg/0.1 mL (18 mg/3 mL) pen injector", "Victoza 2-Pak 18 mg/3 mL subcutaneous pen"),
        ("norethindrone (ORTHO MICRONOR) 0.35 mg tablet", "Camila 0.35 mg tablet"),
        ("albuterol HFA (brand only) 90 mcg/actuation inhaler", "albuterol HFA 90 mcg/actuation inhaler"),
        ("Rybelsus 7 mg", "semaglutide 7 mg tablet"),
        ("Synthroid 100 mcg tablet", "levothyroxine 0.1 mg tablet"),
        ("Advair 100/50", "Advair Diskus 100-50 mcg/dose"),
        ("Advair 115/21", "fluticasone-salmeterol 115-21 mcg/actuation HFA inhaler"),
        ("Wixela 250/50", "Advair Diskus 250-50 mcg/dose"),
        ("AirDuo 55/14", "AirDuo RespiClick 55-14 mcg"),
        ("Advair", "Advair"),
        ("QVAR RediHaler 80 mcg", "beclomethasone (QVAR REDIHALER) 80 mcg/actuation HFA breath activated"),
        ("Spiriva 18 mcg", "Spiriva HandiHaler 18 mcg"),
        ("Pulmicort 0.5 mg/2 mL", "Pulmicort Respules 0.5 mg/2 mL"),
        ("metformin ER 500 mg tablet", "Glucophage XR 500 mg tablet"),
        ("Glumetza 500 mg", "Modified 24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet"),
        ("Fortamet 500 mg", "Osmotic 24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet"),
        ("Glumetza 500 mg", "metformin ER gastric retention 500 mg 24 hr tablet"),
    ],
)
def test_a_brand_is_still_its_generic(left: str, right: str) -> None:
    assert pair_of_products(left, right).verdict == "same"


def test_the_longer_of_two_brands_counts_and_several_ends_are_none() -> None:
    ends = {"EpiPen Jr 2-Pak": "child", "Viagra or Revatio": "", "QVAR RediHaler HFA": "breath actuated"}
    for text, end in ends.items():
        assert end_of(text, read_product(text)) == end


def test_every_brand_of_an_end_is_known_as_a_brand_or_reviewed_by_name() -> None:
    devices = (
        word_set("""
osm osmotic mod gastric hfa respiclick diskus inhub handihaler respimat twisthaler flexhaler digihaler redihaler
respules
""")
        | {"modified 24 hr", "modified 24 hour"}
        | {f"{powder}breath {how}" for powder in ("", "powder ") for how in ("activated", "actuated")}
    )
    first_words = {brand.split(" ")[0] for brand in ALL_BRANDS}
    unknown = {brand for brand in ENDS if brand.split(" ")[0] not in first_words} - devices
    assert unknown == {"aclasta", "afinitor", "alora", "dotti", "lyllana", "zometa"}


def test_an_allergy_to_any_of_them_is_one_to_what_is_in_it() -> None:
    for brand, other in (("Ozempic", "Rybelsus"), ("Retacrit", "epoetin alfa"), ("Tirosint", "Synthroid")):
        left, right = ({"resourceType": "AllergyIntolerance", "code": {"text": text}} for text in (brand, other))
        assert compare(left, right).verdict == "same"
