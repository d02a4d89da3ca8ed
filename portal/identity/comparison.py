"""Is the patient there the person here? Name, birth date, sex and identifiers in common; pure.

Certain: linked. Near (a maiden name, a nickname, a missing middle name, accents, day and month exchanged): the patient
is asked. Different: refused. The account there was signed in to, so near is enough to ask, but never to link.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from portal.domain.identifiers import PERSONAL
from portal.domain.people import HumanName, Person
from portal.domain.words import split


class Verdict(StrEnum):
    CERTAIN = "certain"
    NEAR = "near"
    DIFFERENT = "different"


class Difference(msgspec.Struct, frozen=True):
    """One thing that differs: ``what`` is name, birth-date or sex; both sides as they are written."""

    what: str
    here: str
    there: str


class Finding(msgspec.Struct, frozen=True):
    verdict: Verdict
    differences: tuple[Difference, ...] = ()


_NICKNAMES = tuple(
    frozenset(group.split())
    for group in (
        "william bill billy will willie liam",
        "robert bob bobby rob robbie bert",
        "richard rick ricky rich dick",
        "james jim jimmy jamie",
        "john jack johnny jon",
        "jonathan jon jonny nathan",
        "michael mike mickey mick",
        "joseph joe joey jose pepe",
        "charles charlie chuck chas carlos",
        "thomas tom tommy",
        "edward ed eddie ted ned",
        "theodore ted teddy theo",
        "anthony tony antonio",
        "daniel dan danny",
        "david dave davy",
        "matthew matt",
        "christopher chris kit",
        "nicholas nick nicky",
        "alexander alex sasha lex xander",
        "alexandra alex sandra sasha lexi",
        "benjamin ben benny",
        "samuel sam sammy",
        "samantha sam sammy",
        "steven stephen steve",
        "andrew andy drew",
        "patrick pat paddy",
        "patricia pat patty trish tricia",
        "elizabeth liz lizzie beth betty betsy eliza ella lisa",
        "margaret maggie meg peggy marge greta",
        "katherine catherine kathryn kate katie kathy cathy kitty kay",
        "jennifer jen jenny",
        "jessica jess jessie",
        "rebecca becky becca",
        "susan sue suzie suzanne",
        "deborah debra deb debbie",
        "barbara barb babs",
        "dorothy dot dottie",
        "victoria vicky tori",
        "kimberly kim",
        "cynthia cindy",
        "maria marie mary mia mariah",
        "ana anna ann anne annie hannah",
        "guadalupe lupe lupita",
        "francisco frank paco pancho francis",
        "ignacio nacho",
        "isabel isabella bella izzy isa",
        "leonardo leonard leo leon",
        "rosa rose rosita rosie",
        "enrique henry hank harry",
        "gabriel gabe",
        "gabriela gaby gabriella",
        "timothy tim",
        "gregory greg",
        "lawrence larry",
        "raymond ray",
        "ronald ron ronnie",
        "donald don donnie",
        "kenneth ken kenny",
        "vincent vince vinny",
        "zachary zach zack",
    )
)


def compare(here: Person, there: Person) -> Finding:
    """Compare two persons' demographics.

    An identifier in common decides the name and the sex (they change), never the birth date.
    """
    name, names = _names(here, there)
    birth = _birth_dates(here.birth_date, there.birth_date)
    sex = _sexes(here.sex, there.sex)
    same_number = bool(_numbers(here) & _numbers(there))
    differences = tuple(
        difference
        for verdict, difference in (
            (name, names),
            (birth, Difference("birth-date", here.birth_date, there.birth_date)),
            (sex, Difference("sex", here.sex, there.sex)),
        )
        if verdict is not Verdict.CERTAIN
    )
    if not differences:
        return Finding(Verdict.CERTAIN)
    if birth is Verdict.DIFFERENT or (name is Verdict.DIFFERENT and not same_number):
        return Finding(Verdict.DIFFERENT, differences)
    if len(differences) > 1 and not same_number:
        return Finding(Verdict.DIFFERENT, differences)
    return Finding(Verdict.NEAR, differences)


def _names(here: Person, there: Person) -> tuple[Verdict, Difference]:
    """The best verdict over all pairs of names, old and maiden names included."""
    shown = Difference("name", here.display, there.display)
    verdicts = {_name(one, other) for one in here.names for other in there.names}
    for verdict in (Verdict.CERTAIN, Verdict.NEAR):
        if verdict in verdicts:
            old = verdict is Verdict.CERTAIN and _name(here.name, there.name) is not Verdict.CERTAIN
            return (Verdict.NEAR if old else verdict), shown
    return Verdict.DIFFERENT, shown


def _name(one: HumanName, other: HumanName) -> Verdict:
    suffixes = _words(one.suffix), _words(other.suffix)
    if suffixes[0] and suffixes[1] and suffixes[0] != suffixes[1]:
        return Verdict.DIFFERENT  # junior and senior
    given, family = _given(one.given, other.given), _family(one.family, other.family)
    if Verdict.DIFFERENT in (given, family):
        # The family name may have changed altogether; the given name must then be the same, to be worth a question.
        return Verdict.NEAR if given is Verdict.CERTAIN else Verdict.DIFFERENT
    if given is family is Verdict.CERTAIN and suffixes[0] == suffixes[1]:
        return Verdict.CERTAIN
    return Verdict.NEAR


def _family(one: str, other: str) -> Verdict:
    if _written(one) == _written(other):
        return Verdict.CERTAIN
    words, others = split(one), split(other)
    return Verdict.NEAR if set(words) & set(others) or "".join(words) == "".join(others) else Verdict.DIFFERENT


def _given(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    if _written(" ".join(one)) == _written(" ".join(other)) and one:
        return Verdict.CERTAIN
    words, others = split(" ".join(one)), split(" ".join(other))
    if not words or not others:
        return Verdict.DIFFERENT
    if words[0] == others[0] or "".join(words) == "".join(others):
        middles = [(a, b) for a, b in zip(words[1:], others[1:], strict=False) if a[0] != b[0]]
        return Verdict.DIFFERENT if middles else Verdict.NEAR
    if any(words[0] in group and others[0] in group for group in _NICKNAMES):
        return Verdict.NEAR
    if min(len(words[0]), len(others[0])) >= 3 and (words[0].startswith(others[0]) or others[0].startswith(words[0])):
        return Verdict.NEAR
    swapped = (len(words) > 1 and words[1] == others[0]) or (len(others) > 1 and others[1] == words[0])
    return Verdict.NEAR if swapped else Verdict.DIFFERENT  # known by the middle name


def _birth_dates(here: str, there: str) -> Verdict:
    if here == there and len(here) == 10:
        return Verdict.CERTAIN
    if len(here) != 10 or len(there) != 10:
        shorter = min(len(here), len(there))
        return Verdict.NEAR if shorter >= 4 and here[:shorter] == there[:shorter] else Verdict.DIFFERENT
    exchanged = f"{here[:5]}{here[8:]}-{here[5:7]}" == there
    return Verdict.NEAR if exchanged else Verdict.DIFFERENT


def _sexes(here: str, there: str) -> Verdict:
    return Verdict.NEAR if {here, there} == {"male", "female"} else Verdict.CERTAIN


def _numbers(person: Person) -> set[tuple[str, str]]:
    return {
        (item.system, item.value.strip())
        for item in person.identifiers
        if item.type in PERSONAL and item.system and len(item.value.strip()) >= 4
    }


def _written(text: str) -> str:
    """As it is written but for case and spaces: accents and hyphens count."""
    return " ".join(text.casefold().split())


def _words(parts: Iterable[str]) -> frozenset[str]:
    return frozenset(split(" ".join(parts)))
