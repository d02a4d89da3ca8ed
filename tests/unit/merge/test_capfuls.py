"""How much of a powder a capful is."""

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.products import order_of


def _differences(product: str, left: str, right: str) -> set[str]:
    orders = ({**order_of(product), "dosageInstruction": [{"text": text}]} for text in (left, right))
    verdict = compare(*orders)
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


_POWDER = "polyethylene glycol 3350 17 gram/dose oral powder"


@pytest.mark.parametrize(
    ("product", "left", "right"),
    [
        (_POWDER, "Take 1 capful in 8 oz of water daily", "Take 17 g in 8 oz of water daily"),
        (_POWDER, "Take 1 capful (17 g) daily", "Take 17 grams daily"),
        ("MiraLAX", "Take 2 capfuls daily", "Take 34 g daily"),
    ],
)
def test_a_capful_of_the_powder_is_17_grams(product: str, left: str, right: str) -> None:
    assert _differences(product, left, right) == set()


@pytest.mark.parametrize(
    ("product", "left", "right"),
    [
        (_POWDER, "Take 1 capful daily", "Take 1/2 capful daily"),
        (_POWDER, "Take 1 capful daily", "Take 34 g daily"),
        ("polyethylene glycol 3350 17 g packet", "Take 1 capful daily", "Take 17 g daily"),
        ("psyllium powder", "Take 1 capful daily", "Take 17 g daily"),
        ("psyllium powder", "Take 1 capful daily", "Take 1 cap daily"),
        ("chlorhexidine 0.12 % mouthwash", "Rinse with 1 capful twice daily", "Rinse with 17 g twice daily"),
    ],
)
def test_a_capful_of_anything_else_is_a_capful(product: str, left: str, right: str) -> None:
    assert _differences(product, left, right) == {"dose"}
