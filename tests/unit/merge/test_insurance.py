"""Two cards: which differences make two of them, and which are only in the writing."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare

MEMBER = "W123456789"


def card(payer: str, member: str = MEMBER, *, group: str = "", plan: str = "", kind: str = "") -> dict[str, Any]:
    classes = [
        {"type": {"coding": [{"code": name}]}, "value": value}
        for name, value in (("group", group), ("plan", plan))
        if value
    ]
    return {
        "resourceType": "Coverage",
        "id": "1",
        "status": "active",
        "payor": [{"display": payer}],
        "identifier": [{"type": {"coding": [{"code": "MB"}]}, "value": member}],
        **({"class": classes} if classes else {}),
        **({"type": {"text": kind}} if kind else {}),
    }


def judged(left: dict[str, Any], right: dict[str, Any]) -> PairVerdict:
    return compare(left, right, one_organization=False, pair_id="")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (card("Aetna", group="88421"), card("Aetna Dental", group="88421")),
        (card("MetLife"), card("MetLife", kind="Vision")),
        (card("Medicare"), card("Medicare", kind="Medicare Part D")),
        (card("Aetna", group="1"), card("Cigna", group="1")),
        (card("Aetna", plan="PPO"), card("Cigna", plan="PPO")),
        (card("Aetna", plan="Gold"), card("Cigna", plan="Gold")),
        (card("BCBS of NJ"), card("BCBS of NY")),
        (card("BCBS of NJ", "YHN123456789"), card("BCBS of NJ", "ABC123456789")),
    ],
)
def test_two_cards_stay_two(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert judged(left, right).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("NJ Medicaid", "Medicaid - New Jersey"),
        ("Delta Dental of CA", "Delta Dental of California"),
        ("Kaiser", "Kaiser Foundation Health Plan"),
        ("Blue Shield of CA", "Blue Shield of California"),
        ("Medi-Cal", "California Medicaid"),
    ],
)
def test_one_payer_in_two_wordings_is_one_row_that_shows_both(left: str, right: str) -> None:
    verdict = judged(card(left), card(right))
    assert verdict.verdict == "same"
    assert [difference.field for difference in verdict.disagreements] == ["payer"]


def test_a_blue_cross_number_with_and_without_its_prefix_is_one() -> None:
    assert judged(card("BCBS of Texas", "ZGP812345678"), card("BCBSTX", "812345678")).verdict == "same"


@pytest.mark.parametrize(
    ("period", "shown"), [({"start": "2025-01-01"}, False), ({"start": "2025-01-01", "end": "2025-12-31"}, True)]
)
def test_an_end_that_one_card_names_is_shown_beside_one_that_goes_on(period: dict[str, str], shown: bool) -> None:
    card_of_both = card("Aetna")
    verdict = judged(card_of_both, card_of_both | {"period": period})
    assert verdict.verdict == "same"
    assert ("period" in {each.field for each in verdict.disagreements}) is shown
