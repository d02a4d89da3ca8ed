"""Differences of one word, sign or number: each must count, or must not."""

import pytest

from portal.merge.comparing import Contrast, _episode
from portal.merge.issues.issue_fields import stage_of
from portal.merge.medications.medicines import read_product
from portal.merge.reports.conclusion_numbers import numbers, numbers_differ
from portal.merge.words.concepts import read_concept
from portal.merge.words.people import person
from tests.unit.merge.test_dosing import differing


@pytest.mark.parametrize(
    ("left", "right", "differs"),
    [
        ("mass of 2.1 x 3.4 cm", "mass, 21 x 34 mm", False),
        ("mass of 2.1 x 3.4 cm", "mass of 21 x 43 mm", True),
        ("nodule 1.5 cm", "nodule 15 mm; score 1", False),
        ("mass 2.1 cm, score 4", "mass 2.1 cm, score 5", True),
    ],
)
def test_both_lengths_of_a_mass_count(left: str, right: str, differs: bool) -> None:
    assert numbers_differ(list(numbers(left)), list(numbers(right))) is differs


def test_the_whole_part_of_a_length_is_no_number_of_its_own() -> None:
    assert {each.kind for each in numbers("mass of 2.1 cm")} == {"length"}


def test_two_sides_are_both() -> None:
    assert read_concept("left and right knee pain").side == read_concept("bilateral knee pain").side == "both"


@pytest.mark.parametrize("name", ["Ruiz, Ana MD", "Ruiz, Dr. Ana MD", "Ruiz, MD Ana"])
def test_a_degree_is_no_forename(name: str) -> None:
    assert person(name) == person("Ana Ruiz")


def test_a_family_name_alone_stays() -> None:
    assert person("Dr. Ruiz") == "ruiz"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("enoxaparin 40 mg/0.4 mL solution, subcutaneous", "injection"),
        ("ceftriaxone 250 mg/mL solution, intramuscular", "injection"),
        ("amoxicillin 250 mg/5 mL solution, oral", "liquid"),
    ],
)
def test_a_solution_for_a_needle_is_an_injection(text: str, form: str) -> None:
    assert read_product(text).form == form


def test_a_point_behind_a_unit_does_not_count() -> None:
    assert read_product("Levothyroxine 50 mcg. tablet") == read_product("Levothyroxine 50 mcg tablet")


def test_stages_of_two_kinds_are_read() -> None:
    assert stage_of("Stage IIB") == "stage2b"
    assert stage_of("stage II and stage IIB") == "stage2 stage2b"


@pytest.mark.parametrize(
    ("left", "right", "contrast"),
    [
        ("2024", "2024-05", Contrast.SAME),
        ("2023", "2024-05", Contrast.DIFFERENT),
        ("2024-05", "2024-06", Contrast.SAME),
        ("2024-01", "2024-12", Contrast.DIFFERENT),
    ],
)
def test_months_tell_more_than_years(left: str, right: str, contrast: Contrast) -> None:
    assert _episode((left, "", "past"), (right, "", "past")) is contrast
    assert _episode((right, "", "past"), (left, "", "past")) is contrast


def test_each_part_of_a_most_counts() -> None:
    most = "Take 1 tablet q6h, max {} tablets in {} hours"
    assert "maximum" in differing("Metformin 500 mg tablet", most.format(4, 24), most.format(4, 12))
    assert "maximum" in differing("Metformin 500 mg tablet", most.format(4, 24), most.format(3, 24))
