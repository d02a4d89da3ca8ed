"""What names of tests and titles of allergies say: the test and how it was done, the substance and its signs."""

import pytest

from portal.domain.entry import Allergy, Entry
from portal.domain.sections import Section
from portal.merge.allergies.read_allergies import signs_in_title, substances_of
from portal.merge.results import read_results

_TESTS = """
Glucose [Mass/volume] in Serum or Plasma | glucose
Glucose, fasting | glucose; fasting
Glucose by glucometer | glucose; point of care
POC glucose | glucose; point of care
Hgb A1c (IFCC) | hemoglobin a1c; ifcc
eGFR (CKD-EPI 2021) | egfr; ckd epi
Estimated GFR | egfr
Calcium.ionized [Moles/volume] in Blood | calcium; ionized
Vancomycin trough | vancomycin; trough
Vancomycin [Mass/volume] in Serum or Plasma --trough | vancomycin; trough
Glucose --2 hours post dose | glucose; post dose
Visual acuity, left eye | acuity eye visual; left
Intraocular pressure OD | intraocular pressure; right
Systolic blood pressure --sitting | systolic pressure; sitting
Body temperature, oral | body temperature; oral
Peso corporal | body weight
Protime INR | inr
Birth weight | body weight; birth
Oxygen saturation by pulse oximetry | oxygen saturation; pulse oximetry
"""
_ALLERGIES = """
Penicillin | penicillin |
Penicillins | penicillin |
Penicillin (hives) | penicillin | hives
Allergy to penicillin | penicillin |
Drug allergy: codeine | codeine |
PCN | penicillin |
Amoxicillin 500 mg capsule | amoxicillin |
amoxicillin-clavulanate | amoxicillin + clavulanate |
Augmentin | amoxicillin + clavulanate |
acetaminophen (Tylenol) | acetaminophen |
Tylenol #3 | acetaminophen + codeine |
Sulfa (sulfonamide antibiotics) | sulfonamide antibiotics |
Sulfa drugs | sulfonamide antibiotics |
Codeine sulfate | codeine |
Peanuts | peanut |
Shellfish-derived products | shellfish |
Cat dander | cat dander |
Peniccilin | penicillin |
Penicilina | penicillin |
Bee venom | bee venom |
Latex gloves | latex |
Egg allergy - outgrown | egg |
Tetracyclines | tetracyclines |
ACE inhibitor cough | ace inhibitors | cough
Iodinated contrast media | iodinated contrast |
Unobtainium extract | unobtainium |
Lisinopril with cough | lisinopril | cough
"""


def _shown(test: read_results.TestName) -> str:
    return "; ".join(filter(None, (test.core, *test.qualities, *test.methods, test.system, test.side)))


@pytest.mark.parametrize("line", _TESTS.strip().splitlines())
def test_all_that_the_name_of_a_test_says(line: str) -> None:
    name, _, shown = line.partition(" | ")
    assert _shown(read_results.read_test(name)) == shown


@pytest.mark.parametrize("line", _ALLERGIES.strip().splitlines())
def test_the_substance_and_the_signs_in_a_title(line: str) -> None:
    title, substance, signs = (part.strip() for part in line.split(" |"))
    entry = Entry(section=Section.ALLERGIES, title=title, detail=Allergy())
    assert (", ".join(substances_of(entry)), ", ".join(signs_in_title(title))) == (substance, signs)
