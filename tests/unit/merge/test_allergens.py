"""One name for an allergen however it is written, and never one for two."""

from collections import defaultdict
from typing import Any

import pytest

from portal.merge.allergies.allergen_names import ALLERGENS
from portal.merge.allergies.allergen_spelling import (
    _ANY_SLIP,
    _SLIPS,
    names_of_tables,
    recognised,
    shared_spelling,
    spelling,
    spellings,
)
from portal.merge.allergies.read_allergies import substance
from portal.merge.medications.drug_brands import BRANDS
from portal.merge.medications.drug_names import INGREDIENTS
from portal.refresh.compare import compare


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ALLERGY: PCN", "Penicillins"),
        ("Drug allergy - sulfa", "Sulfonamide antibiotics"),
        ("Penicillin (hives)", "Penicilina"),
        ("Peniccilin", "Penicillin"),
        ("Amoxicillin rash", "patient reports allergy to amoxicillin"),
        ("Timentin", "ticarcillin/clavulanate"),
        ("Amoxicillian", "amoxicillin trihydrate"),
        ("Cefalexina", "Keflex 500 mg capsule"),
        ("Hydrocodone-APAP", "Norco"),
        ("Acetaminophen (Tylenol)", "paracetamol"),
        ("Aleve", "naproxen sodium"),
        ("Sulfamethoxazole w/ trimethoprim", "Bactrim DS"),
        ("Pollen, grass", "Grass pollen"),
        ("Eggs or egg-derived products", "Huevo"),
        ("SHELLFISH CONTAINING PRODUCTS", "Mariscos"),
        ("Nuts, tree", "TREE NUT"),
        ("Bee venom protein (honey bee)", "Picadura de abeja"),
        ("Allergic to a penicillin", "Alergia a la penicilina"),
        ("Reacción a penicilina", "Penicillin"),
        ("Reacción adversa a penicilina", "Penicillin"),
        ("Ronchas a penicilina", "Penicillin"),
        ("Vitamin A palmitate", "Alergia a vitamina A"),
        ("Botulinum toxin type A", "Botulinum toxin A"),
        ("Cyclosporin A", "cyclosporine"),
    ],
)
def test_one_substance_in_two_wordings(left: str, right: str) -> None:
    assert substance(left) == substance(right) != ""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bactrim", "Sulfa"),
        ("Penicillin G", "Penicillins"),
        ("Penicillin G", "Penicillin V potassium"),
        ("Tetracycline", "Tetracycline class"),
        ("Codeine", "Tylenol with codeine"),
        ("Aspirin", "Salicylates"),
        ("Prednisone", "Prednisolone"),
        ("Quinine", "Quinidine"),
        ("Chlorpromazine", "Chlorpropamide"),
        ("Potassium chloride", "Potassium iodide"),
        ("Peanut", "Peanut-containing drug products"),
        ("Milk", "Lactose"),
        ("Egg", "Egg white"),
        ("Bee venom", "Bee pollen"),
        ("IV contrast dye", "Iodinated contrast media"),
        ("Tree nuts", "Walnut"),
        ("Pneumovax 23", "Pneumococcal vaccine"),
        ("Pneumovax 23", "Prevnar 13"),
        ("Short ragweed", "Ragweed pollen"),
        ("Vitamin A", "Vitamin"),
        ("Vitamin A", "Vitamin B"),
        ("Vitamin B", "Vitamin"),
        ("Alergia a vitamina A", "Vitamin"),
        ("Protein A", "Protein"),
        ("Protein A", "Protein C"),
        ("Hepatitis A vaccine", "Hepatitis vaccine"),
        ("Hepatitis A vaccine", "Hepatitis B vaccine"),
        ("Influenza A vaccine", "Influenza vaccine"),
        ("Botulinum toxin type A", "Botulinum toxin"),
        ("Factor II", "Factor I"),
        ("A&D ointment", "D ointment"),
    ],
)
def test_two_substances_stay_two(left: str, right: str) -> None:
    assert substance(left) != substance(right)


@pytest.mark.parametrize(
    ("name", "bare"), [("Vitamin B", "Vitamin"), ("Protein A", "Protein"), ("Hepatitis A vaccine", "Hepatitis vaccine")]
)
def test_a_name_without_its_letter_may_be_the_same(name: str, bare: str) -> None:
    verdict = compare(_allergy(name), _allergy(bare))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


def _allergy(name: str) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "code": {"text": name}}


def test_no_two_names_of_the_tables_share_a_spelling() -> None:
    brands = {part.split(" #")[0].split(" @")[0].strip() for name in BRANDS.values() for part in name.split("+")}
    names = defaultdict(set)
    for name in {*ALLERGENS.values(), *INGREDIENTS.values(), *brands}:
        names[" ".join(map(spelling, name.split()))].add(name)
    assert [shared for shared in names.values() if len(shared) > 1] == []


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        ("pennicilin", "penicillin"), ("amoxycillin", "amoxicillin"), ("kephalexin", "cephalexin"),
        ("azytromycin", "azithromycin"), ("vancomicin", "vancomycin"), ("tetracyclin", "tetracycline"),
        ("oxycodon", "oxycodone"), ("morfine", "morphine"), ("ibuprophen", "ibuprofen"), ("asprin", ""),
        ("lysinopril", "lisinopril"), ("ketorolac", "ketorolac"), ("penicillin vk", ""), ("", ""),
        ("penicillinate", ""),
    ],
)  # fmt: skip
def test_a_slip_is_the_name_whose_pattern_it_is(slip: str, name: str) -> None:
    assert recognised(slip) == name


def test_a_name_of_the_tables_is_no_slip_and_shares_its_spelling_with_no_other() -> None:
    """So it is recognised as itself without a look at patterns and spellings."""
    for name in names_of_tables():
        slip = _ANY_SLIP.fullmatch(name)
        assert slip is None or _SLIPS[(slip.lastindex or 0) - 1][1] == name
        assert spellings()[shared_spelling(name)] == name


def test_each_pattern_of_slips_is_one_group() -> None:
    """Which group matched tells which name it is: a pattern with a group of its own would shift all after it."""
    assert _ANY_SLIP.groups == len(_SLIPS)
