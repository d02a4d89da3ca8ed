"""Vaccines of one day: what is one dose twice noted, and what are two that one number or one day brings together."""

from typing import Any

import pytest

from portal.merge.things.vaccine_groups import named_vaccines
from portal.refresh.compare import compare

NUMBER = {"identifier": [{"system": "urn:immunizations", "value": "7"}]}
CVX, NDC = "http://hl7.org/fhir/sid/cvx", "http://hl7.org/fhir/sid/ndc"


def given(name: str, *, cvx: str = "", ndc: str = "", day: str = "2026-02-03", **more: Any) -> dict[str, Any]:
    codes = [{"system": system, "code": code} for system, code in ((CVX, cvx), (NDC, ndc)) if code]
    vaccine = {"text": name} | ({"coding": codes} if codes else {})
    event = {"resourceType": "Immunization", "status": "completed", "occurrenceDateTime": day}
    return event | {"vaccineCode": vaccine} | more


def by(maker: str) -> dict[str, Any]:
    return {"manufacturer": {"display": maker}}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (given("Hepatitis A vaccine", lotNumber="K1"), given("Hepatitis A vaccine", lotNumber="K2")),
        (given("Hepatitis A vaccine", **by("Merck")), given("Hepatitis A vaccine", **by("GSK"))),
        (given("Hepatitis A (Havrix)"), given("Hepatitis A (Vaqta)")),
        (given("Hepatitis A vaccine", cvx="83"), given("Hepatitis A vaccine", cvx="52")),
        (
            given("Hepatitis A vaccine", ndc="00006-4831-41"),
            given("Hepatitis A vaccine", ndc="58160-0825-11"),
        ),
    ],
)
def test_two_products_of_one_number_are_two(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left | NUMBER, right | NUMBER, one_organization=True).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (given("Hepatitis A vaccine", lotNumber="K1"), given("Hepatitis A vaccine")),
        (given("Hepatitis A vaccine", **by("GSK")), given("Hepatitis A vaccine", **by("GlaxoSmithKline Biologicals"))),
        (
            given("Hepatitis A vaccine", ndc="58160-0825-11"),
            given("Hepatitis A vaccine", ndc="58160-0825-52"),
        ),
    ],
)
def test_one_product_of_one_number_is_a_later_version(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert compare(left | NUMBER, right | NUMBER, one_organization=True).verdict == "same"


@pytest.mark.parametrize(
    ("spanish", "code"),
    [
        ("Tdap (t\u00e9tanos, difteria, tos ferina acelular)", "115"),
        ("Neumococo 23", "33"),
        ("Vacuna antineumoc\u00f3cica conjugada 20 valente", "216"),
        ("SRP (sarampi\u00f3n, rub\u00e9ola y paperas)", "3"),
        ("Vacuna antigripal 2025-2026", "88"),
        ("Vacuna contra el virus sincitial respiratorio", "304"),
    ],
)
def test_spanish_names_of_vaccines(spanish: str, code: str) -> None:
    assert named_vaccines(spanish) == (code,)


def test_a_general_name_is_the_same_as_each_of_its_group() -> None:
    for code in ("33", "133", "216", "327"):
        assert compare(given("Pneumococcal vaccine"), given("x", cvx=code)).verdict == "same"
    assert compare(given("x", cvx="327"), given("y", cvx="216")).verdict == "different"
