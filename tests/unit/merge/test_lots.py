"""A lot in a note ends before the arm that stands behind it."""

import pytest

from portal.merge.things.vaccine_details import lot


@pytest.mark.parametrize(
    "text",
    [
        "EW0150 L arm",
        "EW0150, left arm",
        "EW0150 in the right deltoid",
        "EW0150 brazo izquierdo",
        "EW 0150 IM R thigh",
        "EW-0150 exp 2021-06",
    ],
)
def test_a_lot_without_the_arm(text: str) -> None:
    assert lot(text) == "ew0150"


@pytest.mark.parametrize(("text", "signs"), [("EW0150L", "ew0150l"), ("U6022AA", "u6022aa"), ("EW 0151", "ew0151")])
def test_letters_of_a_lot_stay(text: str, signs: str) -> None:
    assert lot(text) == signs
