"""Names of diagnoses and procedures that mean one thing read alike; neighbours do not."""

import pytest

from portal.merge.words.concepts import read_concept


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Diabetes mellitus, type II", "DM type 2"),
        ("Type 2 diabetes mellitus without complication", "Diabetes tipo 2 without complications"),
        ("Presión arterial alta", "HTN"),
        ("Uterine fibroids", "Leiomyoma of uterus"),
        ("Obesity (BMI 30-39.9)", "Obesity (BMI 30.0-39.9)"),
        ("Asma leve intermitente", "Mild intermittent asthma"),
        ("DDD, lumbar", "Lumbar degenerative disc disease"),
        ("Low blood pressure", "Hypotension"),
        ("Viral hepatitis A", "Hepatitis A"),
        ("Viral hepatitis type A", "Hepatitis A"),
        ("Fall from a ladder", "Fall from ladder"),
    ],
)
def test_one_diagnosis_in_two_wordings(left: str, right: str) -> None:
    assert read_concept(left) == read_concept(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Diabetes tipo 1", "T2DM"),
        ("Low blood sugar", "High blood sugar"),
        ("Asma leve intermitente", "Moderate persistent asthma"),
        ("Type 2 diabetes with complication", "Type 2 diabetes without complication"),
        ("Diverticulosis", "Diverticulitis"),
        ("Depression", "Major depressive disorder"),
        ("Hepatitis A", "Hepatitis"),
        ("Viral hepatitis A", "Viral hepatitis"),
        ("Hemophilia A", "Hemophilia"),
        ("Influenza A", "Influenza"),
        ("Vitamin A deficiency", "Vitamin deficiency"),
        ("Type A aortic dissection", "Type B aortic dissection"),
        ("Weber A fracture", "Weber fracture"),
        ("Salmonella paratyphi A", "Salmonella paratyphi"),
        ("Deficiencia de vitamina A", "Deficiencia de vitamina"),
        ("Immunoglobulin A deficiency", "Immunoglobulin deficiency"),
    ],
)
def test_two_diagnoses_stay_two(left: str, right: str) -> None:
    assert read_concept(left) != read_concept(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Colonoscopy, flexible; diagnostic", "Colonoscopia"),
        ("T&A", "Tonsillectomy and adenoidectomy"),
        ("Left cataract extraction with IOL", "Cataract extraction with intraocular lens implant, left eye"),
        ("ORIF right ankle", "Open reduction internal fixation, right ankle"),
        ("TAH-BSO", "Total abdominal hysterectomy with bilateral salpingo-oophorectomy"),
        ("Lumbar fusion L4-L5", "L4-5 lumbar fusion"),
        ("DEXA scan", "Bone density scan"),
    ],
)
def test_one_procedure_in_two_wordings(left: str, right: str) -> None:
    assert read_concept(left, procedure=True) == read_concept(right, procedure=True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Colonoscopy", "Colonoscopy with biopsy"),
        ("TURP", "TURBT"),
        ("Pacemaker insertion", "Pacemaker removal"),
        ("TAVR", "AVR"),
        ("ICD implantation", "Pacemaker implantation"),
        ("Lumbar fusion L4-5", "Lumbar fusion L5-S1"),
        ("Transesophageal echocardiogram", "Transthoracic echocardiogram"),
    ],
)
def test_two_procedures_stay_two(left: str, right: str) -> None:
    assert read_concept(left, procedure=True) != read_concept(right, procedure=True)
