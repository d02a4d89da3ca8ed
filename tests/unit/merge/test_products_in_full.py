"""What a name of a medicine says, all of it: ingredients, salt, strength, form, release, route, volume, wear."""

# ruff: noqa: E501 (a table is read line by line)

import pytest

from portal.merge.medications.medicines import Product, decimal_text, read_product

_NAMES = """
24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet | metformin; metformin:hydrochloride; 500000 mcg; tablet; er 24; mouth
metFORMIN (GLUCOPHAGE-XR) 500 MG 24 hr tablet | metformin; 500000 mcg; tablet; er 24; mouth
METFORMIN HCL 500MG 24HR SA TAB | metformin; metformin:hydrochloride; 500000 mcg; tablet; er 24; mouth
Albuterol 0.083 % nebulizer solution | albuterol; 830 mcg/ml; nebule; lungs
Ipratropium 0.02 % nebulizer solution, oral inhalation | ipratropium; 200 mcg/ml; nebule; lungs
Levothyroxine 50 µg tablet | levothyroxine; 50 mcg; tablet; mouth
Levothyroxine 50 μg tablet | levothyroxine; 50 mcg; tablet; mouth
albuterol 90 mcg/actuation HFA inhaler | albuterol; 90 mcg; inhaler; lungs
fluticasone-salmeterol 250-50 inhaler | fluticasone + salmeterol; 250 mcg, 50 mcg; inhaler; lungs
Advair Diskus 250-50 | fluticasone + salmeterol; fluticasone:propionate; 250 mcg, 50 mcg
Budesonide-formoterol 160-4.5 inhaler | budesonide + formoterol; 160 mcg, 4.5 mcg; inhaler; lungs
Hydrocodone-acetaminophen 5-325 mg tablet | acetaminophen + hydrocodone; 325000 mcg, 5000 mcg; tablet; mouth
Lisinopril-hydrochlorothiazide 20-12.5 | hydrochlorothiazide + lisinopril; 12500 mcg, 20000 mcg
Amoxicillin 400 mg/5 mL suspension | amoxicillin; 80000 mcg/ml in 5; liquid
Amoxicillin-clavulanate 875-125 mg tablet | amoxicillin + clavulanate; 875000 mcg, 125000 mcg; tablet; mouth
Insulin glargine U-100 pen | insulin glargine; 100 unt/ml; pen
Lantus SoloStar 100 unit/mL | insulin glargine; 100 unt/ml; pen
Toujeo SoloStar insulin | insulin glargine; 300 unt/ml; pen
Humira 40 mg/0.4 mL pen | adalimumab; 100000 mcg/ml in 0.4; pen
0.3 ML Epinephrine 1 MG/ML Auto-Injector | epinephrine; 1000 mcg/ml; pen; 0.3 ml
EpiPen 0.3 mg auto-injector | epinephrine; 300 mcg; pen
Epinephrine 1:1000 injection | epinephrine; 1000 mcg/ml; injection
Epinephrine 1 mg/mL injection | epinephrine; 1000 mcg/ml; injection
Epinephrine 1:10,000 syringe | epinephrine; 100 mcg/ml; syringe
Penicillin G benzathine 1.2 million units/2 mL syringe | penicillin g; penicillin g:benzathine; 600000 unt/ml in 2; syringe
Nicotine 21 mg/24 hr patch | nicotine; 21000 mcg/day; patch; skin
Fentanyl 25 mcg/hr patch 72 hr | fentanyl; 25 mcg/hr; patch; skin
Estradiol twice weekly patch 0.05 mg/24 hr | estradiol; 50 mcg/day; patch; skin; twice a week
Omeprazole 20 mg capsule | omeprazole; 20000 mcg; capsule; dr; mouth
Tylenol #3 | acetaminophen + codeine; 300000 mcg, 30000 mcg
Vitamin D3 1,000 units tablet | cholecalciferol; 25 mcg; tablet; mouth
Vitamin D3 25 mcg tablet | cholecalciferol; 25 mcg; tablet; mouth
Potassium chloride 20 mEq ER tablet | potassium chloride; 20 meq; tablet; er; mouth
Metoprolol succinate 50 mg | metoprolol; metoprolol:succinate; 50000 mcg
Timolol 0.5 % ophthalmic drops | timolol; 5000 mcg/ml; liquid; eye
Hydrocortisone 1 % cream | hydrocortisone; 10000 mcg/ml; cream
Diltiazem 240 mg/24 hr capsule | diltiazem; 240000 mcg; capsule; er 24; mouth
Nitroglycerin .4 mg sublingual tablet | nitroglycerin; 400 mcg; tablet; under the tongue
Heparin 5,000 units/mL 10 mL vial | heparin; 5000 unt/ml; injection; 10 ml
Ceftriaxone 1 g vial | ceftriaxone; 1000000 mcg; injection
Warfarin 5 mg tablet (Coumadin) | warfarin; 5000 mcg; tablet; mouth
Zoloft sertraline hcl 50 mg | sertraline; 50000 mcg
adalimumab-adaz 40 mg/0.8 mL | adalimumab adaz; 50000 mcg/ml in 0.8
Metformina 500 mg tableta | metformin; 500000 mcg; tablet; mouth
Lidocaine 5 % patch (12 hr) | lidocaine; 50000 mcg/ml; patch; skin
"""


def _shown(product: Product) -> str:
    strengths = (
        f"{decimal_text(each.number)} {each.dimension}" + (f" in {decimal_text(each.volume)}" if each.volume else "")
        for each in product.strengths
    )
    parts = (
        *(" + ".join(product.ingredients), *product.salts, ", ".join(strengths), product.form),
        *(f"{product.release} {product.hours}".strip(), *product.routes),
        *(f"{decimal_text(product.volume)} ml" if product.volume else "", product.wear, *product.remarks),
    )
    return "; ".join(filter(None, parts))


@pytest.mark.parametrize("line", _NAMES.strip().splitlines())
def test_all_that_a_name_says(line: str) -> None:
    name, _, shown = line.partition(" | ")
    assert _shown(read_product(name)) == shown
