"""British and American spelling of an illness or an operation, and what is told around a substance."""

from typing import Any

import pytest

from portal.merge.allergies.read_allergies import substance
from portal.merge.words.concepts import read_concept
from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import issue


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("Haemorrhoids", "Hemorrhoids"),
        ("Diarrhoea", "Diarrhea"),
        ("Iron deficiency anaemia", "Iron deficiency anemia"),
        ("Oesophagitis", "Esophagitis"),
        ("Gastro-oesophageal reflux disease", "GERD"),
        ("Coeliac disease", "Celiac disease"),
        ("Lymphoedema of left arm", "Lymphedema of left arm"),
        ("Leukaemia", "Leukemia"),
        ("Obstructive sleep apnoea", "Obstructive sleep apnea"),
    ],
)
def test_one_illness_in_two_spellings(british: str, american: str) -> None:
    assert compare(issue(british), issue(american)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Paroxysmal AF", "Paroxysmal atrial fibrillation"),
        ("Permanent AF", "Permanent atrial fibrillation"),
        ("Temporal arteritis", "Giant cell arteritis"),
        ("Toxic diffuse goiter", "Graves' disease"),
        ("Spastic colon", "IBS"),
        ("Never smoked tobacco", "Never smoker"),
        ("Pregnant", "Pregnancy"),
        ("Congenital bicuspid aortic valve", "Bicuspid aortic valve"),
    ],
)
def test_one_illness_by_two_names(left: str, right: str) -> None:
    assert compare(issue(left), issue(right)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Persistent AF", "Paroxysmal AF"),
        ("AF", "Atrial flutter"),
        ("Temporal arteritis", "Takayasu arteritis"),
        ("Toxic diffuse goiter", "Toxic multinodular goiter"),
        ("Former smoker", "Never smoked"),
        ("HIV exposure", "HIV infection"),
    ],
)
def test_two_illnesses_whose_names_are_near(left: str, right: str) -> None:
    assert compare(issue(left), issue(right)).verdict == "different"


@pytest.mark.parametrize(
    ("name", "word"),
    [("Toe pain", "toe"), ("Aerophagia", "aerophagia"), ("Shoe dermatitis", "shoe"), ("Goiter, poem", "poem")],
)
def test_american_words_stay(name: str, word: str) -> None:
    assert word in read_concept(name).words


def test_one_operation_in_two_spellings() -> None:
    def done(name: str) -> dict[str, Any]:
        day = {"status": "completed", "performedDateTime": "2024-10-03"}
        return {"resourceType": "Procedure", "id": "p", "code": {"text": name}, **day}

    assert compare(done("Appendicectomy"), done("Appendectomy")).verdict == "same"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Meds: PCN -> hives as child", "penicillin"),
        ("Demerol makes me loopy", "meperidine"),
        ("Sulfa (per mom, pt was a baby)", "sulfonamide antibiotics"),
        ("Sulfa drugs (antibiotics)", "sulfonamide antibiotics"),
        ("Codeine causes nausea", "codeine"),
        ("Medicinas: aspirina", "aspirin"),
    ],
)
def test_what_stands_around_a_substance_is_none_of_it(written: str, name: str) -> None:
    assert substance(written) == name


@pytest.mark.parametrize(("left", "right"), [("Iodine", "Iodinated contrast"), ("Penicillin", "Penicillamine")])
def test_other_substances_stay_apart(left: str, right: str) -> None:
    assert substance(left) != substance(right)
