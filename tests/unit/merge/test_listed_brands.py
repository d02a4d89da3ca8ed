"""Brands of FDA's directory stand behind those written by hand, and only where nothing about them is in doubt."""

import lzma
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_brands_more import MORE_BRANDS
from portal.merge.medications.drug_names import INGREDIENTS
from portal.merge.medications.drug_salts import salted
from portal.merge.medications.listed_brands import ALL_BRANDS, LISTED_BRANDS
from portal.merge.medications.medicines import read_product
from portal.merge.medications.order_notes import own_names
from portal.refresh.compare import compare
from tests.unit.merge.products import pair_of_products

_MAKER = Path(__file__).parents[3] / ".ci/us-brands"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Accolate 20 mg tablet", "zafirlukast 20 mg tablet"),
        ("Accolate 20 mg", "zafirlukast 20 mg tablet"),
        ("Amerge 2.5 mg tablet", "naratriptan HCl 2.5 mg tablet"),
        ("Aubagio 14 mg", "teriflunomide 14 mg tablet"),
        ("Casodex 50 mg", "bicalutamide 50 mg tablet"),
        ("Corgard 40 mg tablet", "nadolol 40 mg tablet"),
        ("Gilenya 0.5 mg", "fingolimod 0.5 mg capsule"),
        ("Micardis HCT 80-12.5 mg", "telmisartan-hydrochlorothiazide 80-12.5 mg tablet"),
        ("BiDil 20-37.5 mg tablet", "isosorbide dinitrate-hydralazine 20-37.5 mg tablet"),
        ("Nardil 15 mg tablet", "phenelzine sulfate 15 mg tablet"),
        ("Tarceva 150 mg", "erlotinib 150 mg tablet"),
        ("Trokendi XR 100 mg", "topiramate ER 100 mg capsule"),
        ("Keytruda 100 mg/4 mL injection", "pembrolizumab 100 mg/4 mL injection"),
        ("Epzicom 600-300 mg", "abacavir-lamivudine 600-300 mg tablet"),
        ("Lialda 1.2 g tablet", "mesalamine 1.2 g delayed release tablet"),
        ("Apriso 0.375 g capsule", "mesalamine 0.375 g ER capsule"),
        ("pramipexole dihydrochloride 0.5 mg tablet", "pramipexole 0.5 mg tablet"),
        ("Maxalt 10 mg tablet", "rizatriptan benzoate 10 mg tablet"),
        ("Vyvanse 30 mg capsule", "lisdexamfetamine dimesylate 30 mg capsule"),
        ("oxybutynin chloride 5 mg tablet", "oxybutynin 5 mg tablet"),
        ("Pentasa mesalazine 500 mg capsule", "Pentasa 500 mg capsule"),
        ("Lialda mesalazine 1.2 g tablet", "mesalamine 1.2 g delayed release tablet"),
    ],
)
def test_a_brand_is_what_is_in_it(left: str, right: str) -> None:
    assert pair_of_products(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Trokendi XR 100 mg", "topiramate 100 mg tablet"),
        ("Aplenzin 174 mg", "bupropion hydrochloride ER 174 mg tablet"),
        ("Vemlidy 25 mg", "Viread 25 mg tablet"),
        ("Accolate 20 mg", "zafirlukast 20 mg/5 mL oral suspension"),
        ("Gilenya 0.5 mg", "fingolimod 0.5 mg tablet"),
        ("Afinitor 5 mg", "Zortress 5 mg"),
        ("Campath 12 mg", "Lemtrada 12 mg"),
        ("Epzicom 600-300 mg", "Trizivir 300-150-300 mg"),
        ("Janumet XR 50-1000 mg", "Janumet 50-1000 mg"),
        ("Symfi", "Symfi Lo"),
        ("Mimvey", "Mimvey Lo"),
        ("Excedrin Migraine", "Excedrin PM"),
        ("Robitussin DM", "Robitussin Severe"),
        ("Tylenol PM", "Tylenol Cold"),
        ("magnesium chloride 64 mg tablet", "magnesium oxide 64 mg tablet"),
        ("potassium chloride 10 mEq tablet", "potassium citrate 10 mEq tablet"),
    ],
)
def test_brands_of_other_products_are_other_medicines(left: str, right: str) -> None:
    assert pair_of_products(left, right).verdict == "different"


def _allergy(text: str) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}}


@pytest.mark.parametrize(
    ("brand", "substance", "verdict"),
    [
        ("Accolate", "zafirlukast", "same"),
        ("Nardil", "phenelzine", "same"),
        ("Amerge", "naratriptan hydrochloride", "same"),
        ("Atripla", "efavirenz", "different"),
        ("Nardil", "selegiline", "different"),
    ],
)
def test_an_allergy_to_a_brand_is_one_to_what_is_in_it(brand: str, substance: str, verdict: str) -> None:
    assert compare(_allergy(brand), _allergy(substance)).verdict == verdict


def test_a_note_may_call_a_medicine_by_its_brand() -> None:
    assert "accolate" in own_names("zafirlukast 20 mg tablet")
    assert "accolate" not in own_names("montelukast 10 mg tablet")


@pytest.mark.parametrize(
    "brand", ["symfi", "ella", "edluar", "glynase", "excedrin", "tylenol pm", "renflexis", "lisinopril"]
)
def test_what_is_in_doubt_is_not_listed(brand: str) -> None:
    assert brand not in LISTED_BRANDS


def test_a_brand_stands_in_one_reviewed_table() -> None:
    text = (Path(__file__).parents[3] / "portal/merge/medications/drug_brands.py").read_text()
    lines = re.findall(r"^([a-z0-9 ,]+): [a-z]", text, re.MULTILINE)
    twice = {brand.strip() for line in lines for brand in line.split(",")} & set(MORE_BRANDS)
    assert len(lines) > 100
    assert sorted(brand for brand in twice if BRANDS[brand] != MORE_BRANDS[brand]) == []


def _contents(meaning: str) -> set[str]:
    return {salted(part.strip())[0] for part in re.split(r" [@#]", meaning)[0].split(" + ")}


def test_what_a_hand_wrote_wins_and_disagrees_only_where_that_was_decided() -> None:
    both = set(BRANDS) & set(LISTED_BRANDS)
    assert len(both) > 200
    assert all(ALL_BRANDS[brand] == BRANDS[brand] for brand in both)
    # The four salts of amphetamine have one name in every chart.
    disagreeing = {brand for brand in both if _contents(BRANDS[brand]) != _contents(LISTED_BRANDS[brand])}
    assert disagreeing == {"adderall", "adderall xr", "mydayis"}


_COLUMNS = (
    "PRODUCTTYPENAME",
    "PROPRIETARYNAME",
    "PROPRIETARYNAMESUFFIX",
    "NONPROPRIETARYNAME",
    "DOSAGEFORMNAME",
    "ROUTENAME",
    "MARKETINGCATEGORYNAME",
    "SUBSTANCENAME",
    "ACTIVE_NUMERATOR_STRENGTH",
)
_RX = "HUMAN PRESCRIPTION DRUG"
_ROWS = (
    (_RX, "Corgard", "", "Nadolol", "TABLET", "ORAL", "NDA", "NADOLOL", "40"),
    (_RX, "Nadolol", "", "Nadolol", "TABLET", "ORAL", "ANDA", "NADOLOL", "40"),
    (
        _RX,
        "Pairoza",
        "",
        "Telmisartan and Amlodipine",
        "TABLET",
        "ORAL",
        "NDA",
        "AMLODIPINE BESYLATE; TELMISARTAN",
        "5; 80",
    ),
    (_RX, "Estring", "", "Estradiol", "RING", "VAGINAL", "NDA", "ESTRADIOL", "2"),
    (_RX, "Twofold", "", "Nadolol", "TABLET", "ORAL", "NDA", "NADOLOL", "40"),
    (_RX, "Twofold", "", "Timolol", "TABLET", "ORAL", "NDA", "TIMOLOL MALEATE", "5"),
    (_RX, "Symfi", "", "Efavirenz", "TABLET", "ORAL", "NDA", "EFAVIRENZ", "600"),
    (_RX, "Symfi Lo", "", "Efavirenz", "TABLET", "ORAL", "NDA", "EFAVIRENZ", "400"),
    (_RX, "Topra", "XR", "Topiramate", "CAPSULE, EXTENDED RELEASE", "ORAL", "NDA", "TOPIRAMATE", "100"),
    (_RX, "Hidden", "", "Topiramate", "CAPSULE", "ORAL", "NDA", "TOPIRAMATE", "100"),
    ("HUMAN OTC DRUG", "Snooze", "", "Doxylamine", "TABLET", "ORAL", "NDA", "DOXYLAMINE SUCCINATE", "25"),
)


def test_a_line_has_a_brand_and_what_is_in_it(tmp_path: Path) -> None:
    source, table = tmp_path / "product.txt", tmp_path / "table.tsv.xz"
    source.write_text("".join("\t".join(row) + "\n" for row in (_COLUMNS, *_ROWS)), encoding="latin-1")
    subprocess.run([sys.executable, _MAKER, source, table], check=True)
    assert lzma.decompress(table.read_bytes()).decode().splitlines() == [
        "corgard\tnadolol\t\ttablet",
        "pairoza\ttelmisartan + amlodipine besylate\t\ttablet",
        "topra xr\ttopiramate\ter\tcapsule",
    ]


def test_another_name_of_what_is_in_a_brand_may_stand_beside_it() -> None:
    """Whatever release or form the brand implies."""
    others = {
        (brand, other)
        for brand, meaning in ALL_BRANDS.items()
        for other, name in INGREDIENTS.items()
        if [name] == ingredients_of(meaning) and other not in ALL_BRANDS
    }
    assert len(others) > 100
    wrong = [
        (brand, other)
        for brand, other in sorted(others)
        if read_product(f"{brand} {other} 10 mg").ingredients != read_product(f"{brand} 10 mg").ingredients
    ]
    assert not wrong
