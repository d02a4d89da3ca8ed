"""2,000 invented people, half of them in a chart, and how another organization would ask about each of them.

What really happens in between: moved, married, typing errors, shared phones, twins, Jr and Sr, swapped names.
"""

import random
from dataclasses import dataclass

import msgspec

from portal.domain.people import Address, HumanName, Identifier, Person


def words(text: str) -> list[str]:
    return text.split()


FAMILIES = words("Alvarez Chen Smith Johnson Garcia Nguyen Patel Okafor Rossi Kim O'Neil Haddad Novak Silva Brown")
FEMALE = words("Maria Ana Emma Olivia Sofia Mei Priya Amara Lucia Rosa Grace Hannah Zoe Nora Ines")
MALE = words("James Leo Liam Noah Mateo Wei Arjun Chidi Marco Min Patrick Omar Jan Paulo Adam")
STREETS = words("Main Oak Maple Cedar Mill River Lake Hill Park Elm")


@dataclass(frozen=True)
class Case:
    truth: str  # the id of the person who really is meant
    asked: Person
    kind: str


def a_name(rng: random.Random, sex: str, family: str) -> HumanName:
    first, *rest = rng.sample(FEMALE if sex == "female" else MALE, 2)
    return HumanName(family=family, given=(first, *rest) if rng.random() < 0.7 else (first,), use="official")


def a_household(rng: random.Random, number: int) -> list[Person]:
    family = rng.choice(FAMILIES)
    address = Address(
        line=(f"{rng.randint(1, 400)} {rng.choice(STREETS)} Street",), postal_code=f"08{rng.randint(100, 140)}"
    )
    phone = f"856-555-{number:04}"
    people = []
    for member in range(rng.choice([1, 2, 2, 3, 4])):
        sex = rng.choice(["female", "male"])
        born = f"{rng.randint(1930, 2022)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        ssn = f"{rng.randint(100, 899)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
        people.append(
            Person(
                names=(a_name(rng, sex, family),),
                birth_date=born,
                sex=sex,
                addresses=(address,),
                phones=(phone,),
                emails=(f"p{number}.{member}@mail.example",) if rng.random() < 0.6 else (),
                identifiers=(Identifier(system="http://hl7.org/fhir/sid/us-ssn", value=ssn, type="SS"),)
                if rng.random() < 0.4
                else (),
            )
        )
    one = people[0]
    kind = rng.random()
    if kind < 0.10:  # twins: all alike but the given name
        other = a_name(rng, one.sex, family)
        if other.given[0] != one.name.given[0]:
            people.append(msgspec.structs.replace(one, names=(other,), emails=(), identifiers=()))
    elif kind < 0.16:  # twins who share the first of two given names
        base = HumanName(family=family, given=(one.name.given[0], "Luz"))
        people[0] = msgspec.structs.replace(one, names=(base,))
        people.append(
            msgspec.structs.replace(
                one, names=(msgspec.structs.replace(base, given=(base.given[0], "Sol")),), emails=(), identifiers=()
            )
        )
    elif kind < 0.26:  # Jr and Sr under one roof
        junior = msgspec.structs.replace(one.name, suffix=("Jr.",))
        senior = msgspec.structs.replace(one.name, suffix=("Sr",))
        people[0] = msgspec.structs.replace(one, names=(senior,))
        people.append(
            msgspec.structs.replace(one, names=(junior,), birth_date="2001" + one.birth_date[4:], identifiers=())
        )
    elif kind < 0.30:  # given and family name the other way round, same day, same house
        swapped = HumanName(family=one.name.given[0], given=(one.name.family,))
        people.append(msgspec.structs.replace(one, names=(swapped,), identifiers=(), emails=()))
    return people


def as_asked(rng: random.Random, person: Person) -> tuple[Person, str]:
    """The same person as another organization knows them."""
    name = person.name
    kind = rng.choice(["same", "same", "moved", "typo", "no-middle", "initial", "married", "wrong-day", "new-phone"])
    if kind == "moved":
        person = msgspec.structs.replace(person, addresses=(Address(line=("9 New Road",), postal_code="19104"),))
    elif kind == "typo":
        name = msgspec.structs.replace(name, family=name.family[:-1] + "x")
    elif kind == "no-middle":
        name = msgspec.structs.replace(name, given=name.given[:1])
    elif kind == "initial":
        name = msgspec.structs.replace(name, given=tuple(g if i == 0 else g[0] for i, g in enumerate(name.given)))
    elif kind == "married":
        name = msgspec.structs.replace(name, family="Newname")
    elif kind == "wrong-day":
        person = msgspec.structs.replace(person, birth_date=person.birth_date[:8] + "30")
    elif kind == "new-phone":
        person = msgspec.structs.replace(person, phones=("609-555-9999",))
    if rng.random() < 0.3:
        person = msgspec.structs.replace(person, identifiers=())
    return msgspec.structs.replace(person, names=(name,)), kind


def labelled(seed: int) -> tuple[dict[str, Person], list[Case]]:
    """The chart (half of all people) and a request about every one of them."""
    rng = random.Random(seed)
    people: list[Person] = []
    number = 0
    while len(people) < 2000:
        people += a_household(rng, number)
        number += 1
    known: dict[str, Person] = {}
    cases = []
    for index, person in enumerate(people[:2000]):
        if rng.random() < 0.5:
            known[str(index)] = person
        asked, kind = as_asked(rng, person)
        cases.append(Case(str(index), asked, kind))
    return known, cases
