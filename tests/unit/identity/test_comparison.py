"""Same, near, cannot tell, different: who is linked, who is asked, who is refused."""

from datetime import date

import msgspec
import pytest

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.identity.comparison import Verdict, compare

TODAY = date(2026, 11, 28)
SSN = "http://hl7.org/fhir/sid/us-ssn"
HOME = Address(line=("1 Test Street",), postal_code="08102")


def person(
    given: str = "Maria Elena",
    family: str = "Alvarez",
    birth_date: str = "1980-04-12",
    sex: str = "female",
    *,
    suffix: str = "",
    old: str = "",
    ssn: str = "",
    address: Address | None = None,
    **more: object,
) -> Person:
    names = [HumanName(family=family, given=tuple(given.split()), suffix=tuple(suffix.split()), use="official")]
    if old:
        names.append(HumanName(family=old, given=tuple(given.split()), use="maiden"))
    return msgspec.structs.replace(
        Person(
            names=tuple(names),
            birth_date=birth_date,
            sex=sex,
            identifiers=(Identifier(system=SSN, value=ssn, type="SS"),) if ssn else (),
            addresses=(address,) if address else (),
        ),
        **more,
    )


def verdict(here: Person, there: Person) -> Verdict:
    first, second = compare(here, there, today=TODAY), compare(there, here, today=TODAY)
    assert first.verdict is second.verdict, "it does not matter who asks"
    assert first.may_confirm is second.may_confirm
    return first.verdict


HERE = person()
SAME, NEAR, CANNOT_TELL, DIFFERENT = Verdict.SAME, Verdict.NEAR, Verdict.CANNOT_TELL, Verdict.DIFFERENT


@pytest.mark.parametrize(
    "there",
    [
        person(),
        person(given="maria elena", family="ALVAREZ"),
        person(given="María Elena", family="Álvarez"),
        person(given="Mariaelena"),
        person(suffix="PhD"),
        person(sex=""),
        person(sex="unknown"),
        person(sex="other"),
        person(birth_order=2),
        person(deceased_on="2020"),
    ],
)
def test_same(there: Person) -> None:
    assert verdict(HERE, there) is SAME
    assert compare(HERE, there, today=TODAY).differences == ()


@pytest.mark.parametrize(
    ("there", "what"),
    [
        (person(given="Maria"), "name"),  # missing middle name
        (person(given="Maria E."), "name"),
        (person(family="Alvarez-Gomez"), "name"),
        (person(family="Gomez", old="Alvarez"), "name"),  # married name there, maiden name here
        (person(given="Elena"), "name"),  # known by the middle name
        (person(given="Mary Elena"), "name"),  # nickname
        (person(suffix="Jr"), "name"),
        (person(birth_date="1980-12-04"), "birth-date"),  # day and month exchanged
        (person(sex="male"), "sex"),
        (person(deceased=True), "deceased"),
    ],
)
def test_near_says_what_differs(there: Person, what: str) -> None:
    finding = compare(HERE, there, today=TODAY)
    assert verdict(HERE, there) is NEAR
    assert [difference.aspect for difference in finding.differences] == [what]
    assert finding.may_confirm


@pytest.mark.parametrize(
    ("there", "may_confirm", "what"),
    [
        (person(family="Gomez"), True, ["name"]),  # nothing else says that it is her
        (person(given="Maria Teresa"), True, ["name"]),  # another middle name
        (person(given="Mara Elena"), True, ["name"]),  # a slip, or a sister
        (person(given="", family=""), True, ["name"]),
        (person(given="Maria", sex="male"), True, ["name", "sex"]),
        (person(birth_date="1980-04"), True, ["birth-date"]),
        (person(birth_date="1980"), True, ["birth-date"]),
        (person(birth_date="1980-04-13"), True, ["birth-date"]),
        (person(birth_date="1980-12-04", given="Maria"), True, ["name", "birth-date"]),
        (person(birth_date=""), False, ["birth-date"]),
        (person(birth_date="1900-01-01"), False, ["birth-date"]),
        (person(birth_date="", given="Rosa", family="Chen"), False, ["name", "birth-date"]),
        (Person(), False, ["name", "birth-date"]),
    ],
)
def test_cannot_tell_asks_only_where_a_birth_date_helps(there: Person, may_confirm: bool, what: list[str]) -> None:
    finding = compare(HERE, there, today=TODAY)
    assert verdict(HERE, there) is CANNOT_TELL
    assert finding.may_confirm is may_confirm
    assert [difference.aspect for difference in finding.differences] == what


@pytest.mark.parametrize(
    "there",
    [
        person(given="Rosa", family="Chen"),
        person(given="Ana"),  # a sister, a twin
        person(given="Ana", birth_date="1980-04"),
        person(given="Ana", birth_date="1980-04-13"),
        person(birth_date="2017-04-12"),
        person(birth_date="1981-04"),
        person(given="", family="", birth_date="2017-04-12"),
        person(family="Gomez", sex="male"),
        person(given="Mara Elena", sex="male"),
        person(birth_date="1980-12-04", sex="male"),
        person(birth_date="1980-12-04", given="Mara Elena"),
    ],
)
def test_different(there: Person) -> None:
    assert verdict(HERE, there) is DIFFERENT


def test_what_differs_is_told_as_it_is_written() -> None:
    finding = compare(
        HERE, person(given="María", sex="male", ssn="", deceased_on="2020-01-01", deceased=True), today=TODAY
    )
    assert [(difference.aspect, difference.ours, difference.theirs) for difference in finding.differences] == [
        ("name", "Maria Elena Alvarez", "María Alvarez"),
        ("sex", "female", "male"),
        ("deceased", "no", "2020-01-01"),
    ]
    dead = compare(HERE, person(deceased=True), today=TODAY)
    assert [(difference.ours, difference.theirs) for difference in dead.differences] == [("no", "yes")]
    first = compare(person(birth_order=1), person(birth_order=2), today=TODAY)
    assert [(d.aspect, d.ours, d.theirs) for d in first.differences] == [("birth-order", "1", "2")]


def test_junior_is_not_senior_unless_a_number_says_so() -> None:
    father, son = person(suffix="Sr."), person(suffix="Jr.")
    assert verdict(father, son) is DIFFERENT
    assert verdict(person(suffix="Sr.", ssn="212-45-6789"), person(suffix="Jr.", ssn="212-45-6789")) is NEAR
    finding = compare(person(suffix="Sr.", ssn="212-45-6789"), person(suffix="Jr.", ssn="212-45-6789"), today=TODAY)
    assert [difference.aspect for difference in finding.differences] == ["name"]
    assert verdict(person(suffix="Junior"), person(suffix="Jr.")) is SAME
    assert verdict(person(suffix="III"), person(suffix="3rd")) is SAME
    assert verdict(person(suffix="Jr."), person(suffix="PhD")) is NEAR
    assert verdict(person(suffix="Jr.", birth_date="1980-12-04"), person(suffix="Sr.")) is DIFFERENT
    assert verdict(person(suffix="Jr.", birth_date="1980-04"), person(suffix="Sr.")) is CANNOT_TELL


def test_a_number_in_common_decides_name_and_sex_but_never_the_birth_date() -> None:
    here = person(ssn="212-45-6789")
    assert verdict(here, person(family="Gomez", ssn="212456789")) is NEAR
    assert verdict(here, person(family="Gomez", sex="male", ssn="212-45-6789")) is NEAR
    assert verdict(here, person(given="Mara Elena", ssn="212-45-6789")) is NEAR
    assert verdict(here, person(given="Mara", sex="male", ssn="212-45-6789")) is NEAR
    assert verdict(here, person(birth_date="1980-04-13", ssn="212-45-6789")) is NEAR
    assert verdict(here, person(birth_date="1980-04", ssn="212-45-6789")) is NEAR
    assert verdict(here, person(birth_date="1980-04-13", given="Mara Elena", ssn="212-45-6789")) is CANNOT_TELL
    assert verdict(here, person(birth_date="1990-01-01", ssn="212-45-6789")) is CANNOT_TELL
    assert verdict(here, person(birth_date="1990-01-01", given="", ssn="212-45-6789")) is CANNOT_TELL
    assert not compare(here, person(birth_date="1990-01-01", ssn="212-45-6789"), today=TODAY).may_confirm
    assert verdict(here, person(birth_date="1990-01-01", given="Ana", ssn="212-45-6789")) is DIFFERENT
    assert verdict(here, person(given="Xiomara", family="Gomez", ssn="212-45-6789")) is CANNOT_TELL  # twins share one
    assert verdict(here, person(given="Xiomara", family="Gomez", ssn="212-45-0001")) is DIFFERENT
    assert verdict(here, person(birth_date="1980-04", sex="male", ssn="212-45-6789")) is CANNOT_TELL


def test_numbers_that_contradict_are_asked_about() -> None:
    here, there = person(ssn="212-45-6789"), person(ssn="301-11-2222")
    assert verdict(here, there) is CANNOT_TELL
    assert [(d.aspect, d.ours, d.theirs) for d in compare(here, there, today=TODAY).differences] == [("number", "", "")]
    assert verdict(person(ssn="212-45-6789", address=HOME), person(ssn="301-11-2222", address=HOME)) is NEAR
    assert (
        verdict(person(ssn="212-45-6789", address=HOME), person("Maria", ssn="301-11-2222", address=HOME))
        is CANNOT_TELL
    )
    assert verdict(here, person(suffix="Jr", ssn="301-11-2222")) is CANNOT_TELL
    assert verdict(person(suffix="Sr", ssn="212-45-6789"), person(suffix="Jr", ssn="301-11-2222")) is DIFFERENT
    assert verdict(here, person(birth_date="1980-12-04", ssn="301-11-2222")) is DIFFERENT


def test_another_family_name_needs_something_that_stays() -> None:
    assert verdict(person(address=HOME), person(family="Gomez", address=HOME)) is NEAR
    assert verdict(person(phones=("856-555-0101",)), person(family="Gomez", phones=("(856) 555-0101",))) is NEAR
    plan = (Identifier("urn:plan", "XJH812", "MB"),)
    assert verdict(person(identifiers=plan), person(family="Gomez", identifiers=plan)) is NEAR
    assert verdict(person(address=HOME), person(family="Gomez")) is CANNOT_TELL
    assert verdict(person(given="Maria", address=HOME), person(family="Gomez", address=HOME)) is CANNOT_TELL
    assert verdict(person(address=HOME), person(given="Ana", family="Gomez", address=HOME)) is DIFFERENT
    maiden_in_the_middle = person(given="Maria Alvarez", family="Gomez", address=HOME)
    assert verdict(person(address=HOME), maiden_in_the_middle) is NEAR


def test_who_died_on_two_days_or_was_born_first_and_second_is_asked_about() -> None:
    assert verdict(person(deceased_on="2020-01-01"), person(deceased_on="2021-03-03")) is NEAR
    assert verdict(person(deceased_on="2020-01-01"), person(deceased_on="2020")) is SAME
    assert verdict(person(birth_order=1), person(birth_order=2)) is NEAR
    assert verdict(person(birth_order=1), person(birth_order=1)) is SAME


@pytest.mark.parametrize("use", ["old", "maiden", "nickname"])
def test_a_declared_name_asks_and_never_decides(use: str) -> None:
    here = Person(
        names=(HumanName("Novak", ("Maria",)), HumanName("Alvarez", ("Maria",), use=use)),
        birth_date="1980-04-12",
        sex="female",
    )
    assert verdict(here, person(given="Maria")) is NEAR
    assert verdict(here, person(given="Maria", sex="male")) is CANNOT_TELL


def test_a_name_whose_period_is_over_does_not_decide() -> None:
    ended = HumanName("Alvarez", ("Maria", "Elena"), end="2020-05-01")
    here = msgspec.structs.replace(HERE, names=(HumanName("Novak", ("Maria", "Elena")), ended))
    assert verdict(here, HERE) is NEAR
    running = msgspec.structs.replace(ended, end="2030-05-01")
    assert verdict(msgspec.structs.replace(here, names=(here.names[0], running)), HERE) is SAME


def test_record_numbers_of_two_organizations_say_nothing() -> None:
    number = (Identifier("urn:mrn", "12345", "MR"),)
    stranger = Person(names=(HumanName(family="Chen", given=("Li",)),), birth_date="1980-04-12", identifiers=number)
    assert verdict(person(identifiers=number), stranger) is DIFFERENT


def test_today_is_taken_when_it_is_not_told() -> None:
    assert compare(HERE, HERE).verdict is SAME
    assert compare(person(birth_date="2999-01-01"), person(birth_date="2999-01-01")).verdict is CANNOT_TELL
