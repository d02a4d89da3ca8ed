"""Shorthand of physicians, Spanish conditions, what a pharmacy's fills tell, and notes of how an illness is now."""

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_medication_pairs import order, told


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ASA 81 EC", "Ecotrin Low Strength 81 mg tablet,delayed release"),
        ("NTG 0.4 SL", "nitroglycerin 0.4 mg sublingual tablet"),
        ("Lipitor 40", "atorvastatin 40 mg tablet"),
        ("Synthroid 50", "levothyroxine 50 mcg tablet"),
        ("lidocaine 5 % topical patch", "Lidoderm 5% (700 mg/patch)"),
        ("Catapres-TTS-2 patch", "clonidine 0.2 mg/24 hr weekly patch"),
        ("ProAir HFA 90 mcg/actuation aerosol inhaler", "ALBUTEROL SULF HFA 90 MCG INH 8.5GM"),
        ("Spiriva Respimat 2.5 mcg/actuation", "tiotropium bromide 2.5 mcg/actuation soft mist inhaler"),
        ("triamcinolone 0.1 % cream", "TRIAMCINOLONE 0.1% CREAM 30GM"),
        ("Augmentin 875 mg-125 mg tab", "amoxicillin-pot clavulanate 875-125 mg tablet"),
        ("omeprazol 20 mg cápsula de liberación retardada", "omeprazole 20 mg capsule,delayed release"),
        ("metformina 500 mg tableta de liberación prolongada", "metformin ER 500 mg tablet"),
    ],
)
def test_shorthand_and_spanish_of_one_product(left: str, right: str) -> None:
    assert told(order(left), order(right)) == ("same", {})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("lisinopril 10", "lisinopril 20 mg tablet"),
        ("Coumadin 5", "warfarin 2.5 mg tablet"),
        ("Tylenol 3", "acetaminophen 3 mg tablet"),
        ("Catapres-TTS-1 patch", "clonidine 0.2 mg/24 hr weekly patch"),
        ("metformina 500 mg tableta de liberación prolongada", "metformin 500 mg tablet"),
    ],
)
def test_shorthand_of_two_products(left: str, right: str) -> None:
    assert told(order(left), order(right))[0] == "different"


def test_an_oil_that_goes_into_a_muscle_is_an_injection() -> None:
    oil = order("testosterone cypionate 200 mg/mL oil", "100 mg IM q2wk")
    injection = order("testosterone cypionate 200 mg/mL injection", "100 mg subQ q 2 weeks")
    verdict, fields = told(oil, injection)
    assert (verdict, set(fields)) == ("same", {"route"})
    by_mouth = order("diazepam 5 mg/mL solution", "5 mg by mouth daily")
    assert told(by_mouth, order("diazepam 5 mg/mL injection", "5 mg IM daily"))[0] == "different"


@pytest.mark.parametrize(
    ("product", "sig", "other"),
    [
        ("lamotrigine 25 mg tablet", "2 tabs BID", "50mg bid - subir a 100 bid en 2 sem si tolera"),
        ("glipizide 5 mg tablet", "1 tab BID AC", "si azúcar <100 no tomar; 1 tab 2x día antes de comer"),
        ("metoprolol tartrate 25 mg tablet", "1 tableta 2 veces al día", "1 tab BID. No tomar si el pulso baja de 50"),
        ("furosemide 20 mg tablet", "1 tab daily", "1 tableta diaria, aumentar a 2 si sube de peso"),
        ("gabapentin 300 mg capsule", "1 cap TID", "1 cap TID, increase to 2 caps TID in 1 week"),
    ],
)
def test_a_condition_or_a_step_on_one_side_is_shown(product: str, sig: str, other: str) -> None:
    verdict, fields = told(order(product, sig), order(product, other))
    assert verdict == "same"
    assert "instructions" in fields


@pytest.mark.parametrize(
    ("product", "sig", "other"),
    [
        ("ibuprofen 600 mg tablet", "1 tableta cada 8 horas si hay dolor", "1 tablet every 8 hours as needed for pain"),
        ("amlodipine 5 mg tablet", "1 tableta un día sí y otro no", "1 tablet every other day"),
        ("nitroglycerin 0.4 mg sublingual tablet", "1 q5min x3 prn CP", "1 every 5 minutes prn chest pain, max 3"),
    ],
)
def test_words_of_one_instruction_agree(product: str, sig: str, other: str) -> None:
    assert told(order(product, sig), order(product, other)) == ("same", {})


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("PDMP: fills q20d for #60 -> ~3/day. confronted pt, admits", True),
        ("refills #120 each month = 4 per day", True),
        ("PDMP fills #30 = 1/day", False),
        ("drinks about 3/day of coffee", False),
        ("using about 1/day", False),
    ],
)
def test_more_than_is_ordered_when_needed_is_shown(note: str, shown: bool) -> None:
    ordered = order("alprazolam 0.5 mg tablet", "1 tab BID prn anxiety")
    fields = told(ordered, order("Xanax 0.5 mg tab", "1 tab BID prn anxiety", note=[{"text": note}]))[1]
    assert bool(fields) is shown


@pytest.mark.parametrize(
    ("title", "note", "field"),
    [
        ("Opioid use disorder", "sober since 2019, on bup", "status"),
        ("Alcohol dependence", "Abstinent x 5 years", "status"),
        ("Opioid use disorder", "Lives in a sober house", ""),
        ("Opioid use disorder", "not sober", ""),
        ("Hypertension", "sober since 2019", ""),
        ("Depression", "mild sx now PHQ9 6", "severity"),
    ],
)
def test_a_note_of_how_it_is_now_is_shown(title: str, note: str, field: str) -> None:
    active = {"coding": [{"code": "active"}]}
    left = {
        "resourceType": "Condition",
        "clinicalStatus": active,
        "code": {"text": title},
        "severity": {"text": "Severe"},
    }
    right = {"resourceType": "Condition", "clinicalStatus": active, "code": {"text": title}, "note": [{"text": note}]}
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    assert {each.field for each in verdict.disagreements} == ({field} if field else set())
