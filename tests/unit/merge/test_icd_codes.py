"""What a code of ICD-10-CM says beside the illness: a side, or that it holds different things."""

import pytest

from portal.merge.words.concepts import is_residual, side_of_icd


@pytest.mark.parametrize(
    ("code", "residual"),
    [
        *(("J18", False), ("J189", True), ("J188", True), ("K5289", True), ("M1990", True), ("J459", True)),
        *(("K5901", False), ("E119", True), ("E1122", False), ("M1711", False), ("I10", False), ("I09", False)),
    ],
)
def test_codes_of_other_and_unspecified_illnesses(code: str, residual: bool) -> None:
    assert is_residual(code) is residual


@pytest.mark.parametrize(
    ("code", "side"),
    [
        *(("M1711", "right"), ("M1712", "left"), ("M170", "both"), ("M1610", ""), ("M25561", "right"), ("M179", "")),
        *(("G5601", "right"), ("G5602", "left"), ("G5603", "both"), ("H2511", "right"), ("H25813", "both")),
        *(("H353211", "right"), ("I8393", "both"), ("I82401", "right"), ("C50911", "right"), ("C3412", "left")),
        *(("Z96651", "right"), ("Z96653", "both"), ("S72001A", "right"), ("S72002D", "left"), ("S42201A", "right")),
        *(("L03113", "right"), ("L03116", "left"), ("H903", "both"), ("H9041", "right"), ("H9042", "left")),
        *(("L89151", ""), ("L89011", "right"), ("L89522", "left"), ("E119", ""), ("I10", "")),
    ],
)
def test_the_side_in_a_code(code: str, side: str) -> None:
    assert side_of_icd(code) == side
