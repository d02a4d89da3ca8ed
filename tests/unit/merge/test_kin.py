"""Names that a clinician takes for one entry and no table may: their rows name each other, and nothing else does."""

from typing import Any

import pytest

from portal.merge.issues.kin import _GROUPS, initials, kin
from portal.refresh.compare import compare

_SYSTEMS = {
    "icd": "http://hl7.org/fhir/sid/icd-10-cm",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
}


def _code(text: str) -> dict[str, Any]:
    system, _, told = text.partition(" ")
    if system not in _SYSTEMS:
        return {"text": text}
    code, _, display = told.partition(" ")
    return {"coding": [{"system": _SYSTEMS[system], "code": code, "display": display}]}


def _issue(text: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": _code(text)}


def _procedure(text: str, day: str = "2025-02-11") -> dict[str, Any]:
    return {"resourceType": "Procedure", "status": "completed", "code": _code(text), "performedDateTime": day}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("icd I63.9 Cerebral infarction, unspecified", "Stroke"),
        ("icd I34.0 Nonrheumatic mitral (valve) insufficiency", "Mitral regurgitation"),
        ("icd M72.2 Plantar fascial fibromatosis", "Plantar fasciitis"),
        ("icd F17.210 Nicotine dependence, cigarettes, uncomplicated", "Tobacco use"),
        ("icd K80.20 Calculus of gallbladder without cholecystitis without obstruction", "Gallstones"),
        ("icd S72.001A Fracture of unspecified part of neck of right femur, initial encounter", "Right hip fracture"),
        ("icd Z95.1 Presence of aortocoronary bypass graft", "History of CABG"),
        ("icd G35 Multiple sclerosis", "MS"),
        ("icd Q21.1 Atrial septal defect", "ASD"),
        ("Peripheral vascular disease", "Peripheral artery disease"),
        ("PCOS", "Polycystic ovaries"),
        ("icd E28.2 Polycystic ovarian syndrome", "Ovarios poliquísticos"),
    ],
)
def test_illnesses_near_each_other_are_marked(left: str, right: str) -> None:
    for verdict in (compare(_issue(left), _issue(right)), compare(_issue(right), _issue(left))):
        assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("icd S72.001A Fracture of unspecified part of neck of right femur, initial encounter", "Left hip fracture"),
        ("icd I10 Essential (primary) hypertension", "Portal hypertension"),
        ("icd N18.31 Chronic kidney disease, stage 3a", "Polycystic kidney disease"),
        ("Multiple sclerosis", "Mitral stenosis"),
        ("icd I63.9 Cerebral infarction, unspecified", "Heat stroke"),
        ("Pulmonary embolism", "Deep vein thrombosis"),
        ("icd E83.52 Hypercalcemia", "Low calcium"),
    ],
)
def test_other_illnesses_are_not(left: str, right: str) -> None:
    verdict = compare(_issue(left), _issue(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cpt 64721 Neuroplasty and/or transposition; median nerve at carpal tunnel", "Carpal tunnel release"),
        (
            "cpt 45385 Colonoscopy, flexible; with removal of tumor by snare",
            "Colonoscopy with polypectomy",
        ),
        ("cpt 66984 XCAPSL CTRC RMVL INSJ IO LENS PROSTH", "Cataract surgery"),
        ("cpt 33208 Insertion of permanent pacemaker, atrial and ventricular", "Dual chamber pacemaker placement"),
    ],
)
def test_an_operation_by_its_code_and_in_words_is_marked_on_its_day_only(left: str, right: str) -> None:
    verdict = compare(_procedure(left), _procedure(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert not compare(_procedure(left), _procedure(right, "2025-03-11")).may_be_same


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("cpt 95816 EEG awake and drowsy", "Sleep study"),
        ("cpt 95810 Polysomnography, 4 or more parameters", "EEG"),
        ("cpt 95886 Needle EMG, each extremity", "Sleep study"),
        ("cpt 93010 ECG, interpretation and report only", "Stress test"),
        ("cpt 22558 Arthrodesis, anterior interbody, lumbar", "Cervical fusion"),
        ("cpt 58100 Endometrial sampling", "Hysterectomy"),
        ("cpt 58558 Hysteroscopy with sampling of endometrium", "Hysterectomy"),
        ("cpt 59612 VBAC", "Cesarean section"),
        ("cpt 49585 Repair umbilical hernia", "Inguinal hernia repair"),
        ("cpt 54100 Biopsy of penis", "Circumcision"),
        ("pcs 0JH60XZ Insertion of tunneled vascular access device into chest", "Pacemaker insertion"),
        ("pcs 0GT20ZZ Resection of left adrenal gland", "Thyroidectomy"),
        ("pcs 0SG507Z Fusion of sacrococcygeal joint", "Lumbar fusion"),
        ("pcs 0QSG04Z Reposition right tibia", "Hip fracture repair"),
    ],
)
def test_another_operation_is_not(code: str, words: str) -> None:
    verdict = compare(_procedure(code), _procedure(words))
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)


_IN_SEVERAL = {
    "health issue": {
        "Z8673",  # "personal history of transient ischemic attack, and cerebral infarction"
        "Z9049",  # "acquired absence of other specified parts of digestive tract"
        *("G30", "E1142", "E1042", "D6851"),  # one kind of the other
    },
    "procedure": {
        *("45385", "45384", "45388", "58542", "58544", "58552", "58554", "58571", "58573", "29888"),  # one with another
        *("93350", "93351"),  # an echocardiogram under stress
    },
}


@pytest.mark.parametrize("kind", sorted(_GROUPS))
def test_no_code_stands_for_two_groups_by_a_beginning_that_is_too_short(kind: str) -> None:
    """Two operations whose codes begin alike are two: what is one of several is named above, with its reason."""
    codes = [(code, group.name) for group in _GROUPS[kind] for code in group.codes]
    in_several = {
        code for code, name in codes if any(code.startswith(other) and its_name != name for other, its_name in codes)
    }
    assert in_several == _IN_SEVERAL[kind]


@pytest.mark.parametrize(
    ("kind", "system", "codes", "group"),
    [
        ("procedure", "cpt", "58100 58120 58140 58545 58555 58558", "hysterectomy"),
        ("procedure", "cpt", "59610 59612 59614", "cesarean section"),
        ("procedure", "cpt", "49540 49550 49585 49591", "hernia inguinal"),
        ("procedure", "cpt", "58301", "iud insertion"),
        ("procedure", "cpt", "11982", "contraceptive implant"),
        ("procedure", "cpt", "95812 95851 95860", "sleep study"),
        ("procedure", "cpt", "95810 95811 95860", "electroencephalogram"),
        ("procedure", "cpt", "43647", "gastric bypass"),
        ("procedure", "cpt", "60280", "thyroidectomy"),
        ("procedure", "cpt", "54100 54120", "circumcision"),
        ("procedure", "icd10pcs", "0GT20ZZ", "thyroidectomy"),
        ("procedure", "icd10pcs", "0SGF04Z", "lumbar fusion"),
        ("procedure", "icd10pcs", "0JH608Z 0JH60XZ", "pacemaker insertion"),
        ("health issue", "icd10", "E8352", "hypocalcemia"),
        ("health issue", "icd10", "S62600A", "distal radius fracture"),
        ("health issue", "icd10", "D573", "sickle cell"),
    ],
)
def test_the_beginning_of_a_code_takes_in_no_other_operation_or_illness(
    kind: str, system: str, codes: str, group: str
) -> None:
    assert group not in kin(kind, [], [(system, code) for code in codes.split()], places=frozenset())


@pytest.mark.parametrize(
    ("kind", "system", "codes", "group"),
    [
        ("procedure", "cpt", "58150 58260 58541 58552 58571", "hysterectomy"),
        ("procedure", "cpt", "59510 59618 59620", "cesarean section"),
        ("procedure", "cpt", "49495 49505 49525 49650", "hernia inguinal"),
        ("procedure", "cpt", "95806 95810 95811", "sleep study"),
        ("procedure", "cpt", "60240 60271", "thyroidectomy"),
        ("procedure", "cpt", "54150 54161", "circumcision"),
        ("health issue", "icd10", "E8351", "hypocalcemia"),
        ("health issue", "icd10", "D5700 D571", "sickle cell"),
    ],
)
def test_the_beginning_of_a_code_takes_in_each_of_its_own(kind: str, system: str, codes: str, group: str) -> None:
    assert all(group in kin(kind, [], [(system, code)], places=frozenset()) for code in codes.split())


def test_letters_are_compared_with_initials_alone() -> None:
    assert initials(["MS"], ["ms"]) == (("ms",), ())
    assert initials(["Multiple sclerosis, unspecified"], ["multiple", "sclerosis"]) == ((), ("ms",))


def test_a_longer_name_is_near_only_by_a_place_or_what_says_little() -> None:
    places = frozenset({"back"})
    assert kin("health issue", ["melanoma", "back"], [], places=places) == ("melanoma",)
    assert kin("health issue", ["melanoma", "family"], [], places=places) == ()
