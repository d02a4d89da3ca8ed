"""Roles, tests, fractures and ablations in the short forms of charts; and what only looks like them."""

from typing import Any

import pytest

from portal.merge.results.read_results import read_test
from portal.merge.words.concepts import read_concept
from portal.merge.words.roles import role
from portal.refresh.compare import compare

_LOINC = "http://loinc.org"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Heme/Onc", "Hematology and oncology"),
        ("Kidney specialist (nephrologist)", "Nephrologist"),
        ("Rad Onc", "Radiation oncologist"),
        ("Cards", "Cardiology"),
        ("Ortho", "Orthopedic surgery"),
        ("Nurse (RN)", "Registered nurse"),
        ("Social worker, LCSW", "Social worker"),
        ("Peds", "Pediatrician"),
        ("Fam Med", "Family physician"),
    ],
)
def test_one_role_in_short_and_in_full(left: str, right: str) -> None:
    assert role(left) == role(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Heme/Onc", "Oncology"),
        ("Rad Onc", "Med Onc"),
        ("Neuro", "Neurosurgery"),
        ("Peds cardiology", "Cardiology"),
        ("Nurse (case manager)", "Nurse"),
        ("PCP (internal medicine)", "Internal medicine"),
        ("Uro/Gyn", "Urology"),
        ("Surg Onc", "Gen Surg"),
    ],
)
def test_roles_that_are_two(left: str, right: str) -> None:
    assert role(left) != role(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Plt Ct", "PLATELET COUNT"),
        ("WBC ct", "Leukocytes"),
        ("RBC Cnt", "Erythrocytes"),
        ("FT4", "T4,Free(Direct)"),
        ("Free T3", "T3, Free (direct)"),
    ],
)
def test_one_test_in_short_and_in_full(left: str, right: str) -> None:
    one, other = read_test(left), read_test(right)
    assert (one.core, one.qualities, one.methods) == (other.core, other.qualities, other.methods)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Plt Ct", "Mean platelet volume"),
        ("CT/NG", "NG count"),
        ("Chlamydia CT", "Chlamydia count"),
        ("FT4", "T4"),
        ("Bilirubin, direct", "Bilirubin"),
        ("LDL direct", "LDL"),
        ("Testosterone, Free(Direct)", "Free testosterone"),
        ("T4, Free, Direct Dialysis", "FT4"),
    ],
)
def test_tests_that_are_two(left: str, right: str) -> None:
    one, other = read_test(left), read_test(right)
    assert (one.core, one.qualities) != (other.core, other.qualities)


def _result(name: str, code: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": name, "coding": [{"system": _LOINC, "code": code}] if code else []},
        "effectiveDateTime": "2024-05-05T08:00:00Z",
        "valueQuantity": {"value": 0.9, "unit": "ng/mL"},
    }


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        (("PSA, Free", "10886-0"), ("PSA", "2857-1"), False),
        (("Free T4", "3024-7"), ("T4", "3026-2"), False),
        (("Calcium, ionized", "1995-0"), ("Calcium", "17861-6"), False),
        (("Bilirubin, direct", "1968-7"), ("Bilirubin", "1975-2"), False),
        (("Testosterone, free", "2991-8"), ("Testosterone", "2986-8"), False),
        (("Free PSA", ""), ("PSA", ""), True),
        (("Free PSA", ""), ("PSA", "2857-1"), True),
        (("Glucose, fasting", "1558-6"), ("Glucose", "2345-7"), True),
    ],
)
def test_a_part_and_all_of_it_are_two_tests_where_codes_say_so(
    left: tuple[str, str], right: tuple[str, str], marked: bool
) -> None:
    verdict = compare(_result(*left), _result(*right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", marked)


def test_of_one_code_a_name_may_leave_it_unsaid() -> None:
    assert compare(_result("Free T4", "3024-7"), _result("T4", "3024-7")).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Closed fracture of distal radius, left", "Closed fracture of distal end of left radius"),
        ("Fracture of lower end of right tibia", "Distal tibia fracture, right"),
        ("Fracture of upper end of humerus, left", "Left proximal humerus fracture"),
        ("Fx of proximal end of ulna", "Proximal ulna fracture"),
        ("Fracture of lower end of the femur", "Distal femur fracture"),
    ],
)
def test_an_end_of_a_bone(left: str, right: str) -> None:
    assert read_concept(left) == read_concept(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Fracture of distal end of radius", "Fracture of radius"),
        ("Fracture of distal end of radius", "Fracture of proximal end of radius"),
        ("Fracture of distal end of radius", "Fracture of distal end of ulna"),
        ("Fracture of distal end of radius", "Fracture of distal third of radius"),
        ("Fracture of upper end of humerus", "Fracture of shaft of humerus"),
        ("Stricture of lower end of esophagus", "Stricture of esophagus"),
    ],
)
def test_places_on_a_bone_that_are_two(left: str, right: str) -> None:
    assert read_concept(left).words != read_concept(right).words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Catheter ablation of atrial fibrillation", "AF catheter ablation"),
        ("Ablation of AF", "Atrial fibrillation ablation"),
        ("Afib ablation", "Ablation of atrial fibrillation"),
        ("Cardioversion of AF", "Atrial fibrillation cardioversion"),
        ("SVT ablation", "Ablation of supraventricular tachycardia"),
        ("AAA repair", "Repair of abdominal aortic aneurysm"),
        ("PFO closure", "Closure of patent foramen ovale"),
    ],
)
def test_one_operation_in_short_and_in_full(left: str, right: str) -> None:
    assert read_concept(left, procedure=True) == read_concept(right, procedure=True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("AF ablation", "SVT ablation"),
        ("AF ablation", "Atrial flutter ablation"),
        ("AF ablation", "AF cardioversion"),
        ("VT ablation", "AF ablation"),
        ("ASD closure", "PFO closure"),
        ("AFO fitting", "AF ablation"),
    ],
)
def test_operations_that_are_two(left: str, right: str) -> None:
    assert read_concept(left, procedure=True) != read_concept(right, procedure=True)


def _study(title: str, accession: str = "", conclusion: str = "Meniscal tear.") -> dict[str, Any]:
    numbers = [{"type": {"coding": [{"code": "ACSN"}]}, "system": "urn:oid:1.2.3", "value": accession}]
    return {
        "resourceType": "DiagnosticReport",
        "identifier": numbers if accession else [],
        "status": "final",
        "code": {"text": title},
        "effectiveDateTime": "2024-05-15T09:30:00Z",
        "performer": [{"display": "Dr. Cole Ames"}],
        "conclusion": conclusion,
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("MRI knee left", "MRI knee right"),
        ("MRI left knee", "MRI knee right"),
        ("US breast bilateral", "US breast left"),
        ("XR wrist LT", "XR wrist RT"),
        ("MRI knee", "MRI knee right"),
    ],
)
def test_studies_of_two_sides_name_each_other(left: str, right: str) -> None:
    verdict = compare(_study(left), _study(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert [each.field for each in verdict.disagreements] == ["side"]


def test_one_accession_number_fills_in_a_side_and_changes_none() -> None:
    number = "A1234567"
    assert compare(_study("MRI knee", number), _study("MRI knee right", number)).verdict == "same"
    assert compare(_study("MRI knee left", number), _study("MRI knee right", number)).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right", "verdict", "marked"),
    [
        ("MRI left knee", "MRI knee left", "same", False),
        ("MRI knee, LT", "MRI left knee", "same", False),
        ("MRI knee left", "MRI hip left", "different", False),
        ("MRI knee left", "MRI ankle right", "different", False),
        ("CT knee left", "MRI knee left", "different", False),
        ("Right upper quadrant ultrasound", "Left lower quadrant ultrasound", "different", False),
    ],
)
def test_a_side_stands_anywhere_in_a_title(left: str, right: str, verdict: str, marked: bool) -> None:
    judged = compare(_study(left), _study(right))
    assert (judged.verdict, judged.may_be_same) == (verdict, marked)


def test_another_conclusion_about_the_other_side_is_another_study() -> None:
    verdict = compare(_study("MRI knee left"), _study("MRI knee right", conclusion="Normal."))
    assert verdict.verdict == "different"
