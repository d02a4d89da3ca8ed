"""Brands of one ingredient that are made for different ends: two rows that name each other."""

import pytest

from portal.refresh.compare import PairVerdict, compare


def _verdict(left: str, right: str) -> PairVerdict:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-05-01"}
    return compare(
        order | {"medicationCodeableConcept": {"text": left}}, order | {"medicationCodeableConcept": {"text": right}}
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("semaglutide 0.5 mg weekly (Ozempic 2 mg/3 mL)", "Wegovy 0.5 mg/0.5 mL auto-injector"),
        ("Mounjaro 5 mg/0.5 mL pen", "Zepbound 5 mg/0.5 mL pen"),
        ("Victoza 18 mg/3 mL pen", "Saxenda 18 mg/3 mL pen"),
        ("Ozempic 1 mg pen", "Wegovy 1 mg pen"),
    ],
)
def test_two_brands_for_two_ends_name_each_other(left: str, right: str) -> None:
    verdict = _verdict(left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Ozempic 1 mg pen", "semaglutide 1 mg pen"), ("Zepbound 5 mg/0.5 mL pen", "tirzepatide 5 mg/0.5 mL pen")],
)
def test_a_brand_is_its_ingredient(left: str, right: str) -> None:
    assert _verdict(left, right).verdict == "same"
