"""Birth dates, numbers, contacts and nicknames, each by itself."""

from datetime import date

import pytest

from portal.domain.people import Address, Identifier, Person
from portal.identity import contacts, nicknames, numbers
from portal.identity.birth_dates import Birth, compare_births, is_told

TODAY = date(2026, 11, 28)
SSN = "http://hl7.org/fhir/sid/us-ssn"


@pytest.mark.parametrize(
    ("left", "right", "birth"),
    [
        ("1967-04-09", "1967-04-09", Birth.EQUAL),
        ("1967-04-09", "1967-09-04", Birth.SWAPPED),
        ("1967-04-04", "1967-04-04", Birth.EQUAL),
        ("1967-04-09", "1967-04-08", Birth.CLOSE),
        ("1967-12-31", "1968-01-01", Birth.CLOSE),
        ("1967-04-09", "1976-04-09", Birth.CLOSE),
        ("1967-04-09", "1957-04-09", Birth.CLOSE),
        ("1967-04-09", "1967-04-19", Birth.CLOSE),
        ("1967-04-09", "1967-04-21", Birth.CONTRARY),
        ("1967-04-09", "1991-12-30", Birth.CONTRARY),
        ("1967-04-09", "1967-04", Birth.PARTIAL),
        ("1967-04-09", "1967", Birth.PARTIAL),
        ("1967", "1967", Birth.PARTIAL),
        ("1967-04", "1967-04", Birth.PARTIAL),
        ("1967-04-09", "1967-05", Birth.CONTRARY),
        ("1967-04-09", "1968", Birth.CONTRARY),
        ("1967-04-09", "", Birth.UNKNOWN),
        ("", "", Birth.UNKNOWN),
        ("1967-04-09", "1900-01-01", Birth.UNKNOWN),
        ("1901-01-01", "1901-01-01", Birth.UNKNOWN),
        ("1967-04-09", "1800-05-05", Birth.UNKNOWN),
        ("1967-04-09", "2099-12-31", Birth.UNKNOWN),
        ("1967-04-09", "1967-13-01", Birth.UNKNOWN),
    ],
)
def test_birth_dates(left: str, right: str, birth: Birth) -> None:
    assert compare_births(left, right, today=TODAY) is compare_births(right, left, today=TODAY) is birth


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-28", True),
        ("2026-11-29", False),
        ("2026", True),
        ("2027", False),
        ("2026-12", False),
        ("1912-01-01", True),
        ("1911-12-31", False),
        ("1967-02-30", False),
        ("1967-4-9", False),
        ("1967-04-09T00", False),
        ("unknown", False),
        ("year", False),
    ],
)
def test_what_is_a_birth_date(text: str, told: bool) -> None:
    assert is_told(text, today=TODAY) is told


def ssn(value: str, **more: str) -> Identifier:
    return Identifier(system=SSN, value=value, type="SS", **more)


@pytest.mark.parametrize(
    "same",
    [
        ssn("212456789"),
        ssn("212 45 6789"),
        ssn(" 212-45-6789 "),
        Identifier(system=SSN, value="212-45-6789"),
        Identifier(value="212-45-6789", type="SS"),
        Identifier(system="urn:oid:2.16.840.1.113883.4.1", value="212-45-6789"),
        Identifier(system="urn:payer", value="212-45-6789", type="SS"),
    ],
)
def test_one_social_security_number_however_it_is_written(same: Identifier) -> None:
    assert numbers.personal([same]) == numbers.personal([ssn("212-45-6789")]) == {("ssn", "212456789")}
    assert not numbers.contradict([same], [ssn("212-45-6789")])
    assert numbers.contradict([same], [ssn("301-11-2222")])
    assert not numbers.is_other(same)


@pytest.mark.parametrize(
    "value",
    [
        "000-00-0000",
        "999-99-9999",
        "111-11-1111",
        "123-45-6789",
        "987-65-4321",
        "078-05-1120",
        "000-12-3456",
        "666-12-3456",
        "212-00-3456",
        "212-45-0000",
        "12-345-678",
        "2124567890",
        "unknown",
        "***-**-6789",
        "xxx-xx-6789",
        "xxxxx6789",
        "6789",
        "###-##-6789",
        "•••-••-6789",
        "***-**-****",
        "",
    ],
)
def test_fillers_and_masked_numbers_prove_nothing(value: str) -> None:
    assert numbers.personal([ssn(value)]) == frozenset()


def test_a_masked_number_contradicts_by_what_it_shows() -> None:
    for masked in ("***-**-6789", "xxx-xx-6789", "6789", "xxxxx6789", "•••-••-6789"):
        assert not numbers.contradict([ssn(masked)], [ssn("212-45-6789")])
        assert numbers.contradict([ssn(masked)], [ssn("212-45-1111")])
        assert numbers.contradict([ssn(masked)], [ssn("***-**-1111")])
    for nothing in ("***-**-****", "***-**-0000", "000-00-0000", "999-99-9999", "789", "12345"):
        assert not numbers.contradict([ssn(nothing)], [ssn("212-45-6789")])
        assert not numbers.contradict([ssn("212-45-6789")], [ssn(nothing)])


def test_numbers_count_with_their_issuer_and_type() -> None:
    licence = Identifier("urn:nj", "A123-4567", "DL")
    assert numbers.personal([licence]) == {("urn:nj", "A1234567")}
    assert numbers.personal([Identifier("URN:NJ/", "a1234567", "DL")]) == {("urn:nj", "A1234567")}
    assert numbers.contradict([licence], [Identifier("urn:nj", "B765", "DL"), Identifier("urn:nj", "B7654321", "DL")])
    assert not numbers.contradict([licence], [Identifier("urn:ny", "B7654321", "DL")])
    assert not numbers.contradict([licence], [Identifier("urn:nj", "B7654321", "DL"), licence])
    passports = Identifier("urn:us", "P1234567", "PPN"), Identifier("urn:us", "P7654321", "PPN")
    assert not numbers.contradict([passports[0]], [passports[1]])  # renewed
    assert numbers.personal(passports) == {("urn:us", "P1234567"), ("urn:us", "P7654321")}
    assert numbers.personal([Identifier("", "A1234567", "DL")]) == frozenset()  # of which state?
    assert numbers.personal([Identifier("urn:x", "1EG4-TE5-MK73", "MC")]) == {("urn:x", "1EG4TE5MK73")}
    medicare = "http://hl7.org/fhir/sid/us-mbi"
    assert numbers.personal([Identifier(medicare, "1EG4TE5MK73")]) == {(medicare, "1EG4TE5MK73")}
    for kind in ("MR", "XX", ""):
        record = Identifier("urn:hospital", "4711-0815", kind)
        assert numbers.personal([record]) == numbers.member([record]) == frozenset()
        assert numbers.is_other(record)
    assert not numbers.is_other(licence)
    assert not numbers.is_other(Identifier("urn:hospital", "", "MR"))
    card = Identifier("urn:plan", "XJH-812 345", "MB")
    assert numbers.member([card]) == {("urn:plan", "XJH812345")}
    assert numbers.personal([card]) == frozenset()
    assert not numbers.is_other(card)
    assert not numbers.contradict([card], [Identifier("urn:plan", "XJH999", "MB")])
    assert numbers.member([Identifier("urn:plan", "xxx812345", "MB")]) == frozenset()
    assert numbers.member([ssn("212-45-6789")]) == frozenset()
    for filler in ("0000", "12345678", "SELF", "N/A", "812"):
        assert numbers.member([Identifier("urn:plan", filler, "MB")]) == frozenset()


def test_what_has_ended_is_no_number() -> None:
    held = ssn("212-45-6789", end="2026-11-28")
    former = [ssn("212-45-6789", use="old"), ssn("212-45-6789", use="temp"), ssn("212-45-6789", end="2026-11-27")]
    assert numbers.in_force([held, *former], today=TODAY) == (held,)
    assert numbers.in_force([ssn("212-45-6789", use="official")], today=TODAY)


def test_phones() -> None:
    one = contacts.phones(["(918) 555-0142"])
    assert one == {"9185550142"}
    for same in ("+1 918 555 0142", "918.555.0142", "1-918-555-0142", "918-555-0142 x31", "918-555-0142 ext. 7"):
        assert contacts.phones([same]) == one
    assert contacts.phones(["+44 20 7946 0958"]) == {"442079460958"}
    fillers = ["555-0142", "999-999-9999", "(000) 000-0000", "918-555-5555", "1234567890", "0123456789", "", "none"]
    assert contacts.phones(fillers) == frozenset()


def test_emails() -> None:
    assert contacts.emails([" J.Larsen@Example.org"]) == {"j.larsen@example.org"}
    fillers = ["none@none.com", "NoEmail@x.example", "unknown@x.example", "no.email@x.example", "n/a", "", "@x.example"]
    assert contacts.emails(fillers) == frozenset()
    assert contacts.emails(["1@x.example"]) == {"1@x.example"}


def address(line: str, code: str = "08102-1234") -> Address:
    return Address(line=(line,), postal_code=code)


def test_places() -> None:
    assert contacts.places([address("12 N. Main Street, Apartment 3")]) == {"12 n main st apt 3 08102"}
    assert contacts.places([address("12 North main st Unit 3", "08102")]) == {"12 n main st apt 3 08102"}
    nowhere = [address("Homeless"), address("General Delivery"), address("UNKNOWN"), address(""), address("1 Oak", "")]
    assert contacts.places(nowhere) == frozenset()
    assert contacts.places([address("1 Unknown Soldier Rd")]) == frozenset()
    assert contacts.places([address("1 Nonesuch Rd")]) == {"1 nonesuch rd 08102"}


def test_what_two_share() -> None:
    here = Person(addresses=(address("1 Oak"),), phones=("918-555-0142",), emails=("a@x.example",))
    for there in (
        Person(addresses=(address("1 Oak"),)),
        Person(phones=("918-555-0142",)),
        Person(emails=("a@x.example",)),
    ):
        assert contacts.share(here, there)
    assert not contacts.share(
        here, Person(addresses=(address("2 Oak"),), phones=("918-555-0143",), emails=("b@x.example",))
    )
    assert not contacts.share(Person(), Person())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("william", "bill"),
        ("margaret", "peggy"),
        ("elizabeth", "betty"),
        ("jose", "pepe"),
        ("francisco", "paco"),
        ("guadalupe", "lupita"),
        ("dolores", "lola"),
        ("ignacio", "nacho"),
        ("ekaterina", "katya"),
        ("maria", "ma"),
        ("katherine", "catherine"),
        ("sean", "shawn"),
    ],
)
def test_nicknames(left: str, right: str) -> None:
    assert nicknames.are_related(left, right)
    assert nicknames.are_related(right, left)
    assert nicknames.may_be_one(left, right)


def test_what_may_be_one_and_what_is_another_name() -> None:
    assert not nicknames.are_related("kathy", "kate")
    assert nicknames.may_be_one("kathy", "kate")
    for left, right in (("erik", "erika"), ("albert", "herbert"), ("emma", "ella"), ("王", "李"), ("", "bill")):
        assert not nicknames.are_related(left, right)
        assert not nicknames.may_be_one(left, right)
