"""Is this the same person? The scores and bars of HL7's Identity Matching guide, kept to what is certain. Pure.

A request must carry enough (weights of at least 10). A person matches only when birth date, family name and given names
agree and nothing contradicts (middle name, suffix, sex, a number of the same issuer), and then by the best evidence: a
government or member number .99; address or e-mail .8; phone .7; nothing further .6. From .7 on a match is certain, if
it is the only one. Nothing is matched by similarity: a typing error costs a match, it never makes one.

Source: HL7 FHIR Identity Matching IG (hl7.fhir.us.identity-matching), "Patient Matching"; requirement A9.
"""

import re
from collections.abc import Iterable

from portal.domain.identifiers import GOVERNMENT, MEMBER, SSN
from portal.domain.people import Address, HumanName, Identifier, Person
from portal.identity.folding import digits, fold

ENOUGH = 10
CERTAIN = 0.7
_NUMBER = 0.99
_SHORT = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "boulevard": "blvd",
    "circle": "cir",
    "terrace": "ter",
    "highway": "hwy",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "apartment": "apt",
    "unit": "apt",
    "suite": "ste",
}
_SUFFIXES = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "second": "ii", "third": "iii"}


def weight(asked: Person) -> int:
    """How much a request says: number 5, contacts 4 (5 for more than one), first and last name 3, birth date 2."""
    contacts = sum(map(bool, (asked.addresses, asked.phones, asked.emails, _others(asked.identifiers))))
    return (
        (5 if _numbers(asked.identifiers) else 0)
        + (0 if not contacts else 4 if contacts == 1 else 5)
        + (3 if any(name.family and name.given for name in asked.names) else 0)
        + (2 if len(asked.birth_date) == 10 else 0)
    )


def score(asked: Person, known: Person) -> float:
    """How surely the two are one person: .99, .8, .7, .6, or 0 when they are not or it cannot be told."""
    if len(asked.birth_date) != 10 or asked.birth_date != known.birth_date:
        return 0.0
    if {asked.sex, known.sex} == {"male", "female"} or _contradict(asked.identifiers, known.identifiers):
        return 0.0
    if not any(_same_name(mine, theirs) for mine in asked.names for theirs in known.names):
        return 0.0
    if _suffixes(asked.names) and _suffixes(known.names) and not _suffixes(asked.names) & _suffixes(known.names):
        return 0.0
    if _numbers(asked.identifiers) & _numbers(known.identifiers):
        return _NUMBER
    if _addresses(asked.addresses) & _addresses(known.addresses) or _folded(asked.emails) & _folded(known.emails):
        return 0.8
    if {digits(phone) for phone in asked.phones if phone} & {digits(phone) for phone in known.phones if phone}:
        return 0.7
    return 0.6


def certain(asked: Person, candidates: Iterable[tuple[str, Person]]) -> tuple[str, float] | None:
    """The one person of ``candidates`` (id, demographics) whom the request certainly means, with the score.

    None when nobody reaches the bar, or when a second person agrees in name and birth date: what a household shares
    (an address, a phone) then proves nothing. Nor does it where only one side has a middle name: twins may share the
    first of two given names, and the other twin need not be in this chart.
    """
    scored = [(found, person_id, person) for person_id, person in candidates if (found := score(asked, person)) > 0]
    by_number = [one for one in scored if one[0] >= _NUMBER]
    best = by_number or scored
    if len(best) != 1 or best[0][0] < CERTAIN:
        return None
    found, person_id, person = best[0]
    if found < _NUMBER and not _folded(asked.emails) & _folded(person.emails) and not _whole_names(asked, person):
        return None
    return person_id, found


def _same_name(mine: HumanName, theirs: HumanName) -> bool:
    """Family and first given name alike; further given names may be missing or an initial, but not differ."""
    if not mine.family or fold(mine.family) != fold(theirs.family):
        return False
    one, other = _given(mine), _given(theirs)
    if not one or not other or one[0] != other[0]:
        return False
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in zip(one[1:], other[1:], strict=False))


def _whole_names(asked: Person, known: Person) -> bool:
    """Whether some name agrees with all of its given names on both sides."""
    return any(
        _same_name(mine, theirs) and len(_given(mine)) == len(_given(theirs))
        for mine in asked.names
        for theirs in known.names
    )


def _given(name: HumanName) -> list[str]:
    return [word for given in name.given for word in fold(given).split()]


def _suffixes(names: Iterable[HumanName]) -> frozenset[str]:
    words = (fold(suffix).replace(" ", "") for name in names for suffix in name.suffix)
    return frozenset(_SUFFIXES.get(word, word) for word in words if word)


def _numbers(identifiers: Iterable[Identifier]) -> frozenset[tuple[str, str]]:
    """Government and member numbers as (issuer, value)."""
    return frozenset(
        (one.system or one.type, re.sub(r"[\s-]", "", one.value).upper())
        for one in identifiers
        if one.value and (one.type in GOVERNMENT or one.type in MEMBER or one.system == SSN)
    )


def _others(identifiers: Iterable[Identifier]) -> bool:
    return any(
        one.value and not (one.type in GOVERNMENT or one.type in MEMBER or one.system == SSN) for one in identifiers
    )


def _contradict(mine: Iterable[Identifier], theirs: Iterable[Identifier]) -> bool:
    """A government number of the same issuer that differs."""
    one, other = (
        dict(_numbers(part for part in each if part.type in GOVERNMENT or part.system == SSN))
        for each in (mine, theirs)
    )
    return any(one[issuer] != other[issuer] for issuer in one.keys() & other.keys())


def _addresses(addresses: Iterable[Address]) -> frozenset[str]:
    """Street and postal code, without the ways of writing them; an address without a street proves nothing."""
    found = set()
    for address in addresses:
        street = " ".join(_SHORT.get(word, word) for word in fold(" ".join(address.line)).split())
        if street and address.postal_code:
            found.add(f"{street} {address.postal_code[:5]}")
    return frozenset(found)


def _folded(emails: Iterable[str]) -> frozenset[str]:
    return frozenset(email.strip().lower() for email in emails if email.strip())
