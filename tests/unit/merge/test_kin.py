"""Names that a clinician takes for one entry and no table may: their rows name each other, and nothing else does."""

from typing import Any

import pytest

from portal.merge.kin import initials, kin
from portal.refresh.compare import compare

_SYSTEMS = {"icd": "http://hl7.org/fhir/sid/icd-10-cm", "cpt": "http://www.ama-assn.org/go/cpt"}


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


def test_letters_are_compared_with_initials_alone() -> None:
    assert initials(["MS"], ["ms"]) == (("ms",), ())
    assert initials(["Multiple sclerosis, unspecified"], ["multiple", "sclerosis"]) == ((), ("ms",))


def test_a_longer_name_is_near_only_by_a_place_or_what_says_little() -> None:
    places = frozenset({"back"})
    assert kin("health issue", ["melanoma", "back"], [], places=places) == ("melanoma",)
    assert kin("health issue", ["melanoma", "family"], [], places=places) == ()
