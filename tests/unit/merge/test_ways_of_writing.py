"""One thing in the wordings of labels, of Spanish charts and of other units; and its near neighbours, marked."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.domain.entry import Dose
from portal.merge.completing import completed
from portal.merge.medications.dosing import read_doses
from portal.normalise import to_entry
from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import allergy, issue


def _order(name: str, sig: str = "1 tablet daily", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-08-11",
        "medicationCodeableConcept": {"text": name},
        "dosageInstruction": [{"text": sig, **more}],
    }


def _limited(number: int, unit: str) -> dict[str, Any]:
    return {
        "maxDosePerPeriod": {"numerator": {"value": number, "unit": unit}, "denominator": {"value": 1, "unit": "d"}}
    }


def _of(written: str, **more: Any) -> dict[str, Any]:
    return _order(*written.split(" | "), **more)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Losartán potásico 50 mg tableta | Tome 1 tableta una vez al día", "Losartan 50 mg tablet"),
        ("Amlodipine 5 mg tablet | one pill a day", "Amlodipine 5 mg tablet | 1 tab daily"),
        ("Furosemide 20 mg tablets | TK 2 TS PO QAM", "Lasix 20 mg | Take 2 tablets every morning"),
        ("Potassium CL 10MEQ ER tablets", "Potassium chloride ER 10 mEq tablet"),
        ("LORazepam .5 mg tablet", "Lorazepam 0.5 mg tablet"),
        (
            "Amoxicillin 250 mg/5 mL suspension for reconstitution | 5 mL TID",
            "Amoxicillin 50 MG/ML Suspension | 5 mL tid",
        ),
        ("Hydrocortisone 10 mg tablet", "Cortef 10 mg tablet"),
        ("Depo-Medrol 40 mg/mL 1 mL vial", "Methylprednisolone acetate 40 mg/mL injection vial, 1 mL"),
        ("Cyanocobalamin 1 mg/mL injection", "vitamin B-12 (cyanocobalamin) 1 MG/ML Injectable Solution"),
        ("Advair Diskus 250 mcg-50 mcg/dose powder for inhalation", "Fluticasone-salmeterol 250-50 mcg inhaler"),
        ("Nicotine 21 mg/24 hr daily patch", "Nicotine 21 mg/24 hr transdermal patch"),
    ],
)
def test_one_order_in_two_wordings(left: str, right: str) -> None:
    verdict = compare(_of(left), _of(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("frequency", "Losartán potásico 50 mg | Tome 1 tableta una vez al día", "Losartan 50 mg | 1 tablet BID"),
        ("end", "Plavix 75 mg | 1 tab daily until 12/1/2026", "Clopidogrel 75 mg | 1 tab daily until 6/1/2027"),
        ("dose", "Cortef 10 mg | 15 mg every morning and 5 mg at night", "Cortef 10 mg | 10 mg qam and 10 mg qhs"),
        ("dose", "Furosemide 20 mg tablets | TK 2 TS PO QAM", "Furosemide 20 mg tablet | Take 1 tablet every morning"),
        ("dose", "Lisinopril 10 mg tablets | TK 2 TS PO QAM", "Lisinopril 10 mg | Take 1 tablet every morning"),
    ],
)  # fmt: skip
def test_what_two_orders_say_differently(field: str, left: str, right: str) -> None:
    verdict = compare(_of(left), _of(right))
    assert verdict.verdict == "same"
    assert field in {each.field for each in verdict.disagreements}


_LOPERAMIDE = "Loperamide 2 mg capsule | 1 capsule as needed"


def test_a_limit_is_one_in_capsules_and_in_their_mass() -> None:
    verdict = compare(_of(f"{_LOPERAMIDE}, max 8 caps/day"), _of(_LOPERAMIDE, **_limited(16, "mg")))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


def test_a_limit_is_shown_as_it_is_written() -> None:
    verdict = compare(_of(f"{_LOPERAMIDE}, max 8 caps/day"), _of(_LOPERAMIDE, **_limited(4, "capsules")))
    (limit,) = verdict.disagreements
    assert (limit.field, limit.left, limit.right) == ("maximum", "max 8 caps/day", "4 capsules per day")


def test_amounts_of_two_times_of_day_are_two_instructions() -> None:
    morning, afternoon = read_doses((Dose(text="15 mg in the morning and 5 mg in the afternoon"),), strengths={})
    assert {(morning.amount, morning.frequency), (afternoon.amount, afternoon.frequency)} == {
        ("15000 mcg", "1/1d@MORN"),
        ("5000 mcg", "1/1d@AFT"),
    }


def _report(number: str, result: dict[str, Any] | None = None, conclusion: str = "") -> list[dict[str, Any]]:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Laboratory report"},
        "effectiveDateTime": "2026-06-02T10:12:00-05:00",
        "performer": [{"display": "City Lab"}],
        "conclusion": conclusion,
        "identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "system": "urn:oid:1.2.3.4", "value": number}]
        if number
        else [],
    }
    return [report | {"result": [{"reference": "Observation/1"}]}, result] if result else [report]


def _hemoglobin(number: float, unit: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hemoglobin"},
        "valueQuantity": {"value": number, "unit": unit},
    }


def test_two_accession_numbers_of_one_laboratory_are_two_reports() -> None:
    assert compare(_report("A-1", conclusion="Normal."), _report("A-2", conclusion="Normal.")).verdict == "different"
    assert compare(_report("A-1", conclusion="Normal."), _report("A-1", conclusion="Normal.")).verdict == "same"


def test_results_of_a_report_are_compared_whatever_their_unit() -> None:
    left, right = _report("", _hemoglobin(13.4, "g/dL")), _report("", _hemoglobin(134, "g/L"))
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.disagreements) == ("same", ())
    assert compare(left, _report("", _hemoglobin(124, "g/L"))).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Primary open-angle glaucoma, right eye, mild", "Primary open angle glaucoma of right eye, mild stage"),
        ("Chronic kidney disease stage 4", "Chronic kidney disease, stage 4 (severe)"),
        ("Enfermedad renal crónica, estadio 3a", "CKD stage 3a"),
        ("Catarata del ojo derecho", "Cataract, right eye"),
        ("Fractura de muñeca derecha", "Fracture of right wrist"),
        ("Apnea obstructiva del sueño", "Obstructive sleep apnea (adult) (pediatric)"),
        ("Urinary tract infection, site not specified", "UTI"),
        ("Malignant neoplasm of unspecified site of left female breast", "Left breast cancer"),
        ("Chronic viral hepatitis C", "Chronic HCV"),
        ("Carpal tunnel syndrome, right upper limb", "CTS, right"),
    ],
)
def test_one_illness_in_two_wordings(left: str, right: str) -> None:
    assert compare(issue(left), issue(right)).verdict == "same"


def _coded(text: str, code: str) -> dict[str, Any]:
    coding = [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]
    return issue(text) | {"code": {"coding": coding, "text": text}}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (issue("Migraine with aura"), issue("Migraine without aura")),
        (_coded("Other specified anemias", "D64.89"), _coded("Anemia of chronic disease", "D64.89")),
        (issue("Apnea del sueño"), issue("Obstructive sleep apnea")),
        (issue("Epilepsy, not intractable, without status epilepticus"), issue("Epilepsy")),
        (issue("Migraine, not intractable, without status migrainosus"), issue("Migraine")),
    ],
)
def test_near_illnesses_are_marked(left: dict[str, Any], right: dict[str, Any]) -> None:
    verdict = compare(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


def test_a_vaccine_without_a_date_is_marked_to_those_with_one() -> None:
    vaccine = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "83"}], "text": "Hep A"},
    }
    undated, dated = vaccine | {"occurrenceString": "childhood"}, vaccine | {"occurrenceDateTime": "2009-09-12"}
    assert compare(undated, dated).may_be_same
    assert not compare(vaccine | {"occurrenceDateTime": "2008-09-12"}, dated).may_be_same


def test_a_criticality_that_nobody_assessed_does_not_hide_one_that_somebody_did() -> None:
    unassessed, high = (
        to_entry(allergy("Iodinated contrast") | {"criticality": code}, lambda _reference: None)
        for code in ("unable-to-assess", "high")
    )
    assert completed(unassessed, [high]).detail.criticality == "high"  # type: ignore[union-attr]
    assert completed(unassessed, [unassessed]).detail.criticality == "unable-to-assess"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Penicillin (class of antibiotic, substance)", "PCN allergy"),
        ("Egg (edible)", "Huevo"),
    ],
)
def test_one_allergen_in_two_wordings(left: str, right: str) -> None:
    verdict = compare(allergy(left), allergy(right))
    assert verdict.verdict == "same"


def _measured(name: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": name},
        "effectiveDateTime": "2026-03-04T08:00:00-05:00",
        "valueQuantity": {"value": 5, "unit": "x"},
    }


def _vaccine(name: str) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "occurrenceDateTime": "2026-03-04",
        "vaccineCode": {"text": name},
    }


def _procedure(name: str) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "performedDateTime": "2026-03-04",
        "code": {"text": name},
    }


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (_measured, "Glucosa", "GLUCOSE, SERUM"),
        (_measured, "Colesterol total", "Cholesterol [Mass/volume] in Serum or Plasma"),
        (_measured, "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "HDL-C"),
        (_measured, "LDL Cholesterol Calc", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation"),
        (_measured, "THYROID STIM HORMONE", "TSH, 3rd generation"),
        (_measured, "Estimated GFR", "eGFR"),
        (_measured, "PT/INR", "INR in Platelet poor plasma by Coagulation assay"),
        (_measured, "25-OH Vitamin D", "Vitamin D 25 hydroxy"),
        (_measured, "WBC count", "Leucocitos"),
        (_measured, "Peso", "Body weight"),
        (_vaccine, "Influenza, seasonal, injectable", "Vacuna contra la gripe"),
        (_vaccine, "Meningococcal conjugate MCV4", "MenACWY"),
        (_vaccine, "Tetanus and diphtheria toxoids", "Td (adult)"),
        (_vaccine, "Virus del papiloma humano", "HPV vaccine"),
        (_procedure, "CT brain without contrast", "Head CT without contrast"),
        (_procedure, "XR Chest", "CXR"),
        (_procedure, "MR lumbar spine without contrast", "MRI of lumbar spine without contrast"),
        (_procedure, "Implantation of cardiac pacemaker", "Pacemaker insertion"),
        (_procedure, "Biopsia de piel", "Biopsy of skin"),
        (_procedure, "Cataract surgery, right eye", "Cataract extraction OD"),
        (_procedure, "PT evaluation", "Physical therapy evaluation"),
    ],
)
def test_one_test_vaccine_or_procedure_in_two_wordings(
    make: Callable[[str], dict[str, Any]], left: str, right: str
) -> None:
    verdict = compare(make(left), make(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (_measured, "LDL-C", "HDL-C"),
        (_measured, "PSA, free", "PSA"),
        (_vaccine, "MenB", "MenACWY"),
        (_vaccine, "DTaP", "Tdap"),
        (_procedure, "CT chest", "XR Chest"),
        (_procedure, "MRI brain", "CT brain"),
    ],
)
def test_neighbours_stay_apart(make: Callable[[str], dict[str, Any]], left: str, right: str) -> None:
    assert compare(make(left), make(right)).verdict == "different"
