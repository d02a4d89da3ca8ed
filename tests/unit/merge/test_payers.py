"""One payer by its brand, its abbreviation and its state; two payers whose names are alike."""

import pytest

from portal.refresh.compare import PairVerdict, compare


def _cards(left: str, right: str) -> PairVerdict:
    first, second = (
        {"resourceType": "Coverage", "status": "active", "subscriberId": "88123", "payor": [{"display": name}]}
        for name in (left, right)
    )
    return compare(first, second)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("BCBS of NJ", "Horizon Blue Cross Blue Shield of New Jersey"),
        ("NJ BCBS", "Horizon BCBSNJ"),
        ("BC/BS of Texas", "BlueCross BlueShield of TX"),
        ("Florida Blue", "BCBSFL"),
        ("BCBSM", "Blue Cross Blue Shield of Michigan"),
        ("MCR", "Medicare"),
        ("MCD NJ", "New Jersey Medicaid"),
        ("Triple-S Salud", "Blue Cross Blue Shield of Puerto Rico"),
        ("Express Scripts / Tricare", "TRICARE"),
        ("CVS Caremark - Aetna", "Aetna"),
    ],
)
def test_a_payer_is_one_by_its_brand_and_its_abbreviation(left: str, right: str) -> None:
    assert _cards(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("BCBS NJ", "BCBS NY"),
        ("Horizon NJ Health", "Horizon BCBSNJ"),
        ("Blue Shield of California", "Blue Cross of California"),
        ("NY Medicaid", "MCD NJ"),
    ],
)
def test_two_payers_are_two(left: str, right: str) -> None:
    assert _cards(left, right).verdict == "different"
