"""Certain, near, different: who is linked, who is asked, who is refused."""

import pytest

from portal.domain.people import HumanName, Identifier, Person
from portal.identity.comparison import Verdict, compare


def person(
    given: str = "Maria Elena",
    family: str = "Alvarez",
    birth_date: str = "1980-04-12",
    sex: str = "female",
    *,
    suffix: str = "",
    old: str = "",
    ssn: str = "",
) -> Person:
    names = [HumanName(family=family, given=tuple(given.split()), suffix=tuple(suffix.split()), use="official")]
    if old:
        names.append(HumanName(family=old, given=tuple(given.split()), use="maiden"))
    numbers = (Identifier(system="http://hl7.org/fhir/sid/us-ssn", value=ssn, type="SS"),) if ssn else ()
    return Person(names=tuple(names), birth_date=birth_date, sex=sex, identifiers=numbers)


HERE = person()


@pytest.mark.parametrize(
    "there",
    [
        person(),
        person(given="maria elena", family="ALVAREZ"),
        person(sex=""),
        person(sex="unknown"),
        person(sex="other"),
    ],
)
def test_certain(there: Person) -> None:
    assert compare(HERE, there).verdict is Verdict.CERTAIN


@pytest.mark.parametrize(
    ("there", "what"),
    [
        (person(given="Maria"), "name"),  # missing middle name
        (person(given="Maria E."), "name"),
        (person(given="María Elena"), "name"),  # accents
        (person(family="Álvarez"), "name"),
        (person(family="Alvarez-Gomez"), "name"),
        (person(family="Gomez", old="Alvarez"), "name"),  # married name there, maiden name here
        (person(family="Gomez"), "name"),
        (person(given="Elena"), "name"),  # known by the middle name
        (person(given="Mary"), "name"),  # nickname
        (person(given="Mariaelena"), "name"),
        (person(birth_date="1980-12-04"), "birth-date"),  # day and month exchanged
        (person(birth_date="1980-04"), "birth-date"),
        (person(sex="male"), "sex"),
        (person(suffix="Jr"), "name"),
    ],
)
def test_near_says_what_differs(there: Person, what: str) -> None:
    finding = compare(HERE, there)
    assert (finding.verdict, [one.what for one in finding.differences]) == (Verdict.NEAR, [what])


@pytest.mark.parametrize(
    "there",
    [
        person(given="Rosa", family="Chen"),
        person(given="Ana"),  # a sister, a twin
        person(birth_date="2017-04-12"),
        person(birth_date="1980-04-13"),
        person(birth_date=""),
        person(given="", family=""),
        person(family="Gomez", birth_date="1980-12-04"),  # two things at once
        person(family="Gomez", sex="male"),
        person(birth_date="1980-12-04", sex="male"),
        person(given="Maria Teresa"),  # another middle name
        Person(),
    ],
)
def test_different(there: Person) -> None:
    assert compare(HERE, there).verdict is Verdict.DIFFERENT


def test_junior_is_not_senior() -> None:
    father, son = person(given="James", suffix="Sr."), person(given="James", suffix="Jr.")
    assert compare(father, son).verdict is Verdict.DIFFERENT


def test_a_number_in_common_decides_the_name_but_never_the_birth_date() -> None:
    here = person(ssn="999-12-3456")
    assert compare(here, person(family="Gomez", sex="male", ssn="999-12-3456")).verdict is Verdict.NEAR
    assert compare(here, person(given="Xiomara", family="Gomez", ssn="999-12-3456")).verdict is Verdict.NEAR
    assert compare(here, person(birth_date="1990-01-01", ssn="999-12-3456")).verdict is Verdict.DIFFERENT
    assert compare(here, person(given="Xiomara", family="Gomez", ssn="999-12-0000")).verdict is Verdict.DIFFERENT


def test_record_numbers_of_two_organizations_say_nothing() -> None:
    here = Person(names=HERE.names, birth_date="1980-04-12", identifiers=(Identifier("urn:mrn", "12345", "MR"),))
    there = Person(
        names=(HumanName(family="Chen", given=("Li",)),),
        birth_date="1980-04-12",
        identifiers=(Identifier("urn:mrn", "12345", "MR"),),
    )
    assert compare(here, there).verdict is Verdict.DIFFERENT
