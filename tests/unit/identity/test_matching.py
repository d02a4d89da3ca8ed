"""The scores of ``$match``: no wrong match at all among 2,000 invented people, and the share of right ones."""

from collections import Counter
from datetime import date

import msgspec
import pytest

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.identity.matching import CERTAIN, ENOUGH, certain, score, weight
from tests.factories.match_set import labelled


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_wrong_match_at_all(seed: int) -> None:
    known, cases = labelled(seed)
    by_day: dict[str, list[tuple[str, Person]]] = {}
    for person_id, person in known.items():
        by_day.setdefault(person.birth_date, []).append((person_id, person))
    right: Counter[str] = Counter()
    there: Counter[str] = Counter()
    wrong = []
    for case in cases:
        found = certain(case.asked, by_day.get(case.asked.birth_date, []))
        there[case.kind] += case.truth in known
        if found is not None and found[0] != case.truth:
            wrong.append(case)
        right[case.kind] += found is not None and found[0] == case.truth
    share = sum(right.values()) / sum(there.values())
    print(f"right matches: {share:.1%} of {sum(there.values())}; " + str({k: f"{right[k]}/{there[k]}" for k in there}))
    assert not wrong
    assert share > 0.5
    assert right["typo"] == right["wrong-day"] == 0  # an error costs a match and never makes one


SSN = "http://hl7.org/fhir/sid/us-ssn"
ANA = Person(
    names=(HumanName(family="Rivera", given=("Ana", "Luz")),),
    birth_date="1980-03-04",
    sex="female",
    addresses=(Address(line=("1 Test Street",), postal_code="08102"),),
    phones=("(856) 555-0101",),
    emails=("ana@mail.example",),
    identifiers=(Identifier(system="http://hl7.org/fhir/sid/us-ssn", value="212-45-6789", type="SS"),),
)


def but(**changes: object) -> Person:
    return msgspec.structs.replace(ANA, **changes)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (ANA, 0.99),
        (but(identifiers=()), 0.8),
        (but(identifiers=(), addresses=()), 0.8),
        (but(identifiers=(), addresses=(), emails=()), 0.7),
        (but(identifiers=(), addresses=(), emails=(), phones=()), 0.6),
        (but(names=(HumanName(family="RIVERA", given=("Ana",)),)), 0.99),
        (but(names=(HumanName(family="Rivera", given=("Ana", "L.")),)), 0.99),
        (but(names=(HumanName(family="Rivera", given=("Ana", "Sol")),)), 0.0),
        (but(names=(HumanName(family="Ana", given=("Rivera",)),)), 0.0),
        (but(names=(HumanName(family="Riveras", given=("Ana",)),)), 0.0),
        (but(birth_date="1980-04-03"), 0.0),
        (but(birth_date="1980"), 0.0),
        (but(sex="male"), 0.0),
        (but(identifiers=(Identifier(system="http://hl7.org/fhir/sid/us-ssn", value="301-11-2222", type="SS"),)), 0.0),
        (but(identifiers=(), addresses=(Address(line=("1 test st.",), postal_code="08102-1234"),), emails=()), 0.8),
    ],
)
def test_scores(asked: Person, expected: float) -> None:
    assert score(asked, ANA) == expected


def test_weights() -> None:
    assert weight(ANA) == 15
    assert weight(but(identifiers=(), emails=(), phones=())) == 9 < ENOUGH
    assert weight(but(identifiers=(), emails=())) == 10
    assert weight(but(addresses=(), emails=(), phones=())) == 10
    assert weight(Person()) == 0


def test_weights_count_only_what_could_prove_something() -> None:
    assert weight(but(identifiers=(Identifier(SSN, "999-99-9999", "SS"),))) == 10
    assert weight(but(identifiers=(Identifier(SSN, "***-**-6789", "SS"),))) == 10
    assert weight(but(identifiers=(Identifier("urn:mrn", "4711", "MR"),))) == 10
    assert weight(but(identifiers=(Identifier("urn:mrn", "4711", "MR"),), addresses=(), phones=(), emails=())) == 9
    assert weight(but(identifiers=(Identifier("urn:plan", "XJH812", "MB"),), addresses=(), phones=(), emails=())) == 10
    assert weight(but(identifiers=(), addresses=(Address(line=("Homeless",), postal_code="08102"),), emails=())) == 9
    assert weight(but(identifiers=(), phones=("999-999-9999",), emails=("none@none.example",))) == 9
    assert (
        weight(but(birth_date="1900-01-01"))
        == weight(but(birth_date="1980"))
        == weight(but(birth_date="2999-01-01"))
        == 13
    )
    assert weight(but(names=(HumanName(family="Unknown", given=("Ana",)),))) == 12
    assert weight(but(names=(HumanName(text="Ana Rivera"),))) == 15
    assert weight(but(names=(HumanName(family="Rivera", given=("Ana",), use="old"),))) == 12
    assert weight(but(birth_date="2020-01-01"), today=date(2019, 1, 1)) == 13


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (but(names=(HumanName(family="Rivera", given=("Ana", "Luz"), suffix=("Jr.",)),)), 0.99),
        (but(names=(HumanName(family="Rivera", given=("Ana", "Lux")),)), 0.0),
        (but(names=(HumanName(family="Rivera", given=("Anita", "Luz")),)), 0.0),  # a nickname is no proof
        (but(names=(HumanName(family="Rivera Gomez", given=("Ana", "Luz")),)), 0.0),
        (but(names=(HumanName(text="Rivera, Ana Luz"),)), 0.99),
        (but(names=(HumanName(text="Ana Luz Rivera"),)), 0.0),  # where the family name begins is not sure
        (but(names=(HumanName("Gomez", ("Ana", "Luz")), HumanName("Rivera", ("Ana", "Luz"), use="maiden"))), 0.0),
        (but(birth_order=1), 0.99),
        (but(deceased=True, deceased_on="2020-01-01"), 0.99),
        (but(identifiers=(Identifier(SSN, "212456789", "SS"),)), 0.99),
        (but(identifiers=(), phones=(), addresses=(), emails=("ANA@mail.example ",)), 0.8),
    ],
)
def test_what_agrees_scores_and_what_is_only_like_it_does_not(request_: Person, expected: float) -> None:
    assert score(request_, ANA) == expected


def test_what_contradicts_scores_nothing() -> None:
    assert score(but(birth_order=1), but(birth_order=2)) == 0.0
    assert score(but(deceased_on="2020-01-01"), but(deceased_on="2021-01-01")) == 0.0
    suffixed = [but(names=(HumanName("Rivera", ("Ana", "Luz"), suffix=(suffix,)),)) for suffix in ("Jr.", "Sr.")]
    assert score(*suffixed) == 0.0
    last_four = but(identifiers=(Identifier(SSN, "***-**-1111", "SS"),))
    assert score(last_four, ANA) == 0.0


PLAN = (Identifier("urn:plan", "XJH812", "MB"),)


@pytest.mark.parametrize(
    ("changes", "is_certain"),
    [
        ({}, True),
        ({"identifiers": ()}, True),
        ({"identifiers": (), "addresses": (), "emails": ()}, True),
        ({"identifiers": (), "addresses": (), "emails": (), "phones": ()}, False),
        ({"names": (HumanName("Rivera", ("Ana",)),)}, True),  # a number of hers alone: the middle name may be missing
        ({"names": (HumanName("Rivera", ("Ana",)),), "identifiers": ()}, False),  # a twin may be called Ana too
        ({"names": (HumanName("Rivera", ("Ana",)),), "identifiers": PLAN}, False),  # as may one of the same plan
        ({"names": (HumanName("Rivera", ("Ana", "Luz"), suffix=("Jr.",)),), "identifiers": ()}, False),
        ({"identifiers": PLAN, "addresses": (), "phones": (), "emails": ()}, True),
        ({"names": (HumanName("Rivera", ("Ana", "Luz"), use="old"),)}, False),
    ],
)
def test_what_is_certain(changes: dict[str, object], is_certain: bool) -> None:
    chart = but(identifiers=ANA.identifiers + PLAN)
    answer = certain(but(**changes), [("1", chart)])
    assert (answer is not None) is is_certain
    assert answer is None or answer == ("1", score(but(**changes), chart))


def test_today_decides_what_has_ended() -> None:
    card = (Identifier("urn:plan", "XJH812", "MB", end="2026-06-30"),)
    bare = but(identifiers=card, addresses=(), phones=(), emails=())
    assert score(bare, bare, today=date(2026, 6, 30)) == 0.99
    assert score(bare, bare, today=date(2026, 7, 1)) == 0.6
    assert certain(bare, [("1", bare)], today=date(2026, 6, 30)) == ("1", 0.99)
    assert certain(bare, [("1", bare)], today=date(2026, 7, 1)) is None
    assert weight(bare, today=date(2026, 6, 30)) == 10
    assert weight(bare, today=date(2026, 7, 1)) == 5


def test_two_people_who_fit_are_no_match() -> None:
    twin = but(identifiers=(), emails=())
    assert certain(but(identifiers=()), [("1", ANA), ("2", twin)]) is None
    assert certain(ANA, [("1", ANA), ("2", twin)]) == ("1", 0.99)
    assert certain(but(identifiers=(), emails=(), phones=(), addresses=()), [("1", ANA)]) is None
    assert CERTAIN <= 0.7
