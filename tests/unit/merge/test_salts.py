"""Salts that charts name with a medicine, or leave out, are no other ingredient."""

import pytest

from portal.merge.medications.drug_salts import salted


@pytest.mark.parametrize(
    ("name", "ingredient", "salt"),
    [
        ("pramipexole dihydrochloride", "pramipexole", "dihydrochloride"),
        ("rizatriptan benzoate", "rizatriptan", "benzoate"),
        ("lisdexamfetamine dimesylate", "lisdexamfetamine", "dimesylate"),
        ("vilanterol trifenatate", "vilanterol", "trifenatate"),
        ("oxybutynin chloride", "oxybutynin", "chloride"),
        ("lapatinib ditosylate", "lapatinib", "ditosylate"),
        ("potassium chloride", "potassium chloride", ""),
        ("sodium benzoate", "sodium benzoate", ""),
        ("magnesium chloride", "magnesium chloride", ""),
    ],
)
def test_a_salt_stands_beside_its_ingredient(name: str, ingredient: str, salt: str) -> None:
    assert salted(name) == (ingredient, salt)
