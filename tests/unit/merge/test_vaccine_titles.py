"""What a row of a vaccine is called where one side names the group and the other, or its code, the product."""

import pytest

from portal.domain.entry import Code, Entry, Immunization, Status
from portal.domain.sections import Section
from portal.merge.completing import completed
from portal.merge.things.vaccine_titles import vaccine_title

CVX = "http://hl7.org/fhir/sid/cvx"


def given(title: str, code: str = "", display: str = "") -> Entry:
    codes = (Code(system=CVX, code=code, display=display),) if code else ()
    return Entry(section=Section.IMMUNIZATIONS, title=title, status=Status.PAST, codes=codes, detail=Immunization())


PCV20 = given("Pneumococcal conjugate PCV20", "216")


@pytest.mark.parametrize(
    ("entry", "others", "title"),
    [
        (given("Pneumococcal vaccine", "109"), [PCV20], "Pneumococcal conjugate PCV20 / Pneumococcal vaccine"),
        (given("Pneumococcal vaccine"), [PCV20], "Pneumococcal conjugate PCV20 / Pneumococcal vaccine"),
        (given("Pneumococcal vaccine", "216"), [], "Pneumococcal vaccine (PCV20)"),
        (given("Pneumococcal vaccine", "33"), [given("Pneumovax 23")], "Pneumococcal vaccine (PPSV23)"),
        (given("Flu shot", "88"), [given("Fluzone High-Dose", "197")], "Fluzone High-Dose / Flu shot"),
        (
            given("Shingles vaccine"),
            [given("Shingles vaccine", "187", "zoster recombinant")],
            "zoster recombinant / Shingles vaccine",
        ),
        (given("Flu shot"), [given("Influenza vaccine")], "Flu shot"),
        (given("Flu shot", "140", "Influenza, split virus"), [], "Flu shot"),
        (PCV20, [given("Pneumococcal vaccine")], "Pneumococcal conjugate PCV20"),
        (given("Something new"), [PCV20], "Something new"),
    ],
)
def test_the_product_names_the_row(entry: Entry, others: list[Entry], title: str) -> None:
    assert vaccine_title(entry, others) == title
    assert completed(entry, [entry, *others]).title == title
