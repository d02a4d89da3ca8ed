"""One lens and one history in the words of two systems."""

import pytest

from portal.refresh.compare import compare


def _procedure(text: str) -> dict[str, object]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": text},
        "performedDateTime": "2024-03-05",
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Phaco/IOL", "Phacoemulsification with lens implant"),
        ("Phaco + IOL, left eye", "Phaco/IOL OS"),
        ("Phaco w/ IOL", "Phacoemulsification with insertion of intraocular lens prosthesis"),
        ("Facoemulsificación de catarata con LIO, ojo derecho", "Phaco/IOL OD"),
        ("CE/IOL OS", "Cataract extraction with intraocular lens implant, left eye"),
    ],
)
def test_a_lens_that_was_put_in_is_one_however_it_is_written(left: str, right: str) -> None:
    assert compare(_procedure(left), _procedure(right)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [("Phaco/IOL", "Phacoemulsification"), ("Phaco/IOL OD", "Phaco/IOL OS"), ("Phaco/IOL", "Cataract extraction")],
)
def test_without_a_lens_or_on_the_other_eye_it_is_another(left: str, right: str) -> None:
    assert compare(_procedure(left), _procedure(right)).verdict == "different"


def _issue(text: str) -> dict[str, object]:
    return {"resourceType": "Condition", "code": {"text": text}}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("S/P splenectomy", "Splenectomy status"),
        ("Postsurgical: splenectomy", "PSHx: splenectomy"),
        ("Previous cesarean section", "History of cesarean delivery"),
        ("PMHx: shingles", "Past medical history of herpes zoster"),
        ("S/P renal transplant", "History of kidney transplantation"),
        ("hx/o gout", "Past history of gout"),
        ("S/P ICD placement", "History of implantable cardioverter defibrillator implantation"),
    ],
)
def test_a_history_is_one_in_other_words(left: str, right: str) -> None:
    verdict = compare(_issue(left), _issue(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(("left", "right"), [("S/P colostomy", "Colostomy status"), ("Previous gout", "Gout")])
def test_what_may_be_there_still_is_no_history(left: str, right: str) -> None:
    verdict = compare(_issue(left), _issue(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
