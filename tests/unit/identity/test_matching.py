"""The scores of ``$match``: no wrong match at all among 2,000 invented people, and the share of right ones."""

from collections import Counter

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


ANA = Person(
    names=(HumanName(family="Rivera", given=("Ana", "Luz")),),
    birth_date="1980-03-04",
    sex="female",
    addresses=(Address(line=("1 Test Street",), postal_code="08102"),),
    phones=("(856) 555-0101",),
    emails=("ana@mail.example",),
    identifiers=(Identifier(system="http://hl7.org/fhir/sid/us-ssn", value="123-45-6789", type="SS"),),
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
        (but(identifiers=(Identifier(system="http://hl7.org/fhir/sid/us-ssn", value="999-99-9999", type="SS"),)), 0.0),
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


def test_two_people_who_fit_are_no_match() -> None:
    twin = but(identifiers=(), emails=())
    assert certain(but(identifiers=()), [("1", ANA), ("2", twin)]) is None
    assert certain(ANA, [("1", ANA), ("2", twin)]) == ("1", 0.99)
    assert certain(but(identifiers=(), emails=(), phones=(), addresses=()), [("1", ANA)]) is None
    assert CERTAIN <= 0.7
