"""A clinician is found by what a person calls them."""

import pytest

from portal.messaging.find import fits

OWEN = ("Gareth Owen, MD", "Cardiologist")
NAIR = ("Priya Nair, MD", "Endocrinologist")
MARSH = ("Daniel Marsh, MD", "Orthopedic surgeon")
OKAFOR = ("Adaeze Okafor, MD", "Primary care provider")
ALL = (OWEN, NAIR, MARSH, OKAFOR)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("doctor", ALL),
        ("Dr Owen", (OWEN,)),
        ("Dr. Gareth OWEN", (OWEN,)),
        ("owe", (OWEN,)),
        ("my heart doctor", (OWEN,)),
        ("mi doctor del corazón", (OWEN,)),
        ("my diabetes doctor", (NAIR,)),
        ("hip surgeon", (MARSH,)),
        ("my family doctor", (OKAFOR,)),
        ("primary care", (OKAFOR,)),
        ("heart owen", (OWEN,)),
        ("heart marsh", ()),
        ("Smith", ()),
    ],
)
def test_who_is_meant(query: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert tuple(person for person in ALL if fits(query, name=person[0], role=person[1])) == expected
