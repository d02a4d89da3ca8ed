"""Where a rule of comparing two persons ends: the case on each side of the edge."""

from datetime import date

import pytest

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.identity import contacts, numbers
from portal.identity.birth_dates import is_told
from portal.identity.folding import words
from portal.identity.names import names_of
from tests.unit.identity.test_comparison import CANNOT_TELL, NEAR, person, verdict

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1900-01-01", False),  # what systems fill in
        ("1911-12-31", False),  # nobody living
        ("1912-01-01", True),
        ("1912", True),
        ("2026-11-28", True),
        ("2026-11-29", False),
        ("2026-12", False),
        ("198", False),
        ("1980-4-1", False),
        ("1980-04-1", False),
        ("1980-02-30", False),
        ("", False),
    ],
)
def test_which_birth_dates_are_told(text: str, told: bool) -> None:
    assert is_told(text, today=TODAY) is told


def test_an_address_of_two_lines_is_one_place() -> None:
    written = Address(line=("12 North Street", "Apartment 3"), postal_code="08102-1234")
    short = Address(line=("12 N St Apt 3",), postal_code="08102")
    assert contacts.places([written]) == contacts.places([short]) == {"12 n st apt 3 08102"}


@pytest.mark.parametrize("written", ["O'Brien", "O`Brien", "O\u2019Brien", "OBrien"])
def test_an_apostrophe_divides_no_word(written: str) -> None:
    assert words(written) == ("obrien",)


@pytest.mark.parametrize(
    ("value", "proves"),
    [("4821", True), ("482", False), ("4-8-2-1", True), ("1111", False), ("1234", False), ("xxx-xx-4821", False)],
)
def test_which_numbers_prove_something(value: str, proves: bool) -> None:
    licence = Identifier(system="https://dmv.example", value=value, type="DL")
    assert bool(numbers.personal([licence])) is proves


@pytest.mark.parametrize("family", ["Test", "Test Patient", "zzTest", "Patient"])
def test_a_test_name_is_no_name(family: str) -> None:
    names = names_of(Person(names=(HumanName(family=family, given=("Ana",)),)), today=TODAY)
    assert [name.family for name in names.current] == [()]


def test_a_slip_in_the_date_under_one_number_and_nearly_one_name_may_be_confirmed() -> None:
    here = person(ssn="532-41-9876")
    slip = person(family="Alvares", birth_date="1980-04-13", ssn="532-41-9876")
    renamed = person(family="Whitcombe", birth_date="1980-04-13", ssn="532-41-9876")
    assert verdict(here, slip) is NEAR
    assert verdict(here, renamed) is CANNOT_TELL
