"""Titles of what somebody had: one history in many wordings is one; against what is there now it is marked."""

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import issue


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("S/P CABG", "History of coronary artery bypass graft"),
        ("Status post left TKA", "History of left total knee replacement"),
        ("s/p CVA", "Hx stroke"),
        ("S/P PCI", "History of percutaneous coronary intervention"),
        ("s/p TAH", "History of total abdominal hysterectomy"),
        ("Breast cancer, h/o", "Personal history of breast cancer"),
        ("s/p cholecystectomy", "Cholecystectomy status"),
        ("h/o DVT", "Antecedente de deep vein thrombosis"),
    ],
)
def test_one_history_in_other_words(left: str, right: str) -> None:
    verdict = compare(issue(left), issue(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("H/o breast cancer", "Breast cancer"),
        ("h/o seizures", "Seizures"),
        ("s/p CABG", "CABG"),
        ("S/P hysterectomy", "Hysterectomy"),
        ("s/p nephrostomy", "Nephrostomy status"),
        ("Hx of DVT", "Deep vein thrombosis"),
    ],
)
def test_what_was_and_what_is_are_two_rows_that_name_each_other(left: str, right: str) -> None:
    verdict = compare(issue(left), issue(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Family history of breast cancer", "Breast cancer"),
        ("Family history of breast cancer", "Personal history of breast cancer"),
        ("s/p appendectomy", "Appendicitis"),
        ("s/p CABG", "s/p PCI"),
        ("Status post left TKA", "History of hip replacement"),
        ("Screening for colon cancer", "h/o colon cancer"),
    ],
)
def test_another_persons_or_another_things_history_has_nothing_to_do_with_it(left: str, right: str) -> None:
    verdict = compare(issue(left), issue(right))
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)
