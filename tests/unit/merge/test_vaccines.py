"""A vaccine's name, site, route, maker and dose number, however they are written."""

import pytest

from portal.merge.things.vaccine_details import dose_number, lot, maker, route_of, same_site, site_of
from portal.merge.things.vaccine_groups import named_vaccines


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("LA", "Left upper arm structure"),
        ("LD", "Structure of left deltoid muscle"),
        ("RT", "Right vastus lateralis"),
        ("Left deltoid", "Brazo izquierdo"),
        ("arm", "Right deltoid"),
    ],
)
def test_one_site_in_two_wordings(left: str, right: str) -> None:
    assert same_site(site_of(left), site_of(right))


@pytest.mark.parametrize(("left", "right"), [("LA", "RA"), ("Left deltoid", "LT"), ("Left forearm", "Left upper arm")])
def test_two_sites_stay_two(left: str, right: str) -> None:
    assert not same_site(site_of(left), site_of(right))


def test_routes_makers_and_numbers_are_read() -> None:
    assert route_of("Injection, intramuscular") == route_of("IM") == route_of("Intramuscular use") == "muscle"
    assert route_of("SC") == route_of("Subcutaneous") != route_of("IM")
    assert maker("Wyeth Pharmaceuticals") == maker("PFIZER, INC.") == maker("Pfizer-BioNTech") == "pfizer"
    assert maker("Merck Sharp & Dohme LLC") == maker("MSD") == maker("Merck & Co., Inc.")
    assert maker("GSK") == maker("GlaxoSmithKline Biologicals SA") != maker("Sanofi Pasteur Inc.")
    assert dose_number("Dose 2") == dose_number("2 of 3") == dose_number("segunda") == "2"
    assert dose_number("booster") == "booster"


def test_a_bare_name_stands_for_its_code_and_a_brand_for_its_product() -> None:
    assert named_vaccines("Flu vaccine 2025-26") == named_vaccines("Vacuna contra la gripe") == ("88",)
    assert named_vaccines("Pneumovax 23") == ("33",)
    assert named_vaccines("MMR (measles, mumps, rubella)") == ("3",)
    assert named_vaccines("HPV vaccine (Gardasil 9)") == ("165",)
    assert named_vaccines("Hepatitis A (Engerix-B)") == ()
    assert named_vaccines("Gardasil 9") != named_vaccines("HPV vaccine")
    assert named_vaccines("Prevnar 13") != named_vaccines("Prevnar 20")
    assert named_vaccines("Td (adult)") != named_vaccines("Tdap")
    assert named_vaccines("Boostrix and Shingrix") == named_vaccines("something else") == ()


def test_a_lot_is_its_signs() -> None:
    assert lot("U-8123A") == lot("lot # u8123a") == lot("U8123A (exp 6/30/25)") != lot("U8124A")
