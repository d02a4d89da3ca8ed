"""Is this the same person? The scores and bars of HL7's Identity Matching guide, kept to what is certain. Pure.

A request must carry enough (weights of at least 10). A person matches only when birth date, family name and given names
of today agree and nothing contradicts (middle name, suffix, sex, a number of the same issuer, order among twins, day of
death), and then by the best evidence: a government or member number .99; address or e-mail .8; phone .7; nothing
further .6. From .7 on a match is certain, if it is the only one. Nothing is matched by similarity: a typing error costs
a match, it never makes one.

Source: HL7 FHIR Identity Matching IG (hl7.fhir.us.identity-matching), "Patient Matching"; requirement A9. The measures
are those of verification (``portal.identity.comparison``).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from portal.domain.people import Person
from portal.identity import contacts, numbers
from portal.identity.birth_dates import Birth, is_told
from portal.identity.comparison import Likeness, measure
from portal.identity.name_relation import NameRelation
from portal.identity.names import names_of

ENOUGH = 10
CERTAIN = 0.7
_NUMBER = 0.99
_AGREE = frozenset({NameRelation.SAME, NameRelation.SHORTER})


def weight(request: Person, *, today: date | None = None) -> int:
    """Return how much a request says: number 5, contacts 4 (more than one: 5), first and last name 3, birth date 2."""
    day = today or datetime.now(UTC).date()
    identifiers = numbers.in_force(request.identifiers, today=day)
    kinds = (
        contacts.places(request.addresses),
        contacts.phones(request.phones),
        contacts.emails(request.emails),
        any(map(numbers.is_other, identifiers)),
    )
    count = sum(map(bool, kinds))
    names = names_of(request, today=day)
    return (
        (5 if numbers.personal(identifiers) or numbers.member(identifiers) else 0)
        + (0 if not count else 4 if count == 1 else 5)
        + (3 if any(name.family and name.given_names for name in names.current) else 0)
        + (2 if len(request.birth_date) == 10 and is_told(request.birth_date, today=day) else 0)
    )


def score(request: Person, candidate: Person, *, today: date | None = None) -> float:
    """Return how surely the two are one person: .99, .8, .7, .6, or 0 when they are not or it cannot be told."""
    return _score(measure(request, candidate, today=today or datetime.now(UTC).date()), request, candidate)


def certain(
    request: Person, candidates: Iterable[tuple[str, Person]], *, today: date | None = None
) -> tuple[str, float] | None:
    """Return the one person of ``candidates`` (id, demographics) whom the request certainly means, with the score.

    None when nobody reaches the bar, or when a second person agrees in name and birth date: what a household shares
    (an address, a phone, an e-mail address, a member number) then proves nothing. Nor does it where only one side has a
    middle name or a suffix: twins may share the first of two given names, and the other twin need not be in this chart.
    """
    day = today or datetime.now(UTC).date()
    scored = []
    for person_id, person in candidates:
        likeness = measure(request, person, today=day)
        if points := _score(likeness, request, person):
            scored.append((points, person_id, likeness))
    best = [entry for entry in scored if entry[0] >= _NUMBER] or scored
    if len(best) != 1 or best[0][0] < CERTAIN:
        return None
    points, person_id, likeness = best[0]
    if likeness.name is not NameRelation.SAME and not likeness.shared_personal:
        return None
    return person_id, points


def _score(likeness: Likeness, request: Person, candidate: Person) -> float:
    contradicts = (
        likeness.sexes_contradict
        or likeness.numbers_contradict
        or likeness.suffixes_contradict
        or likeness.orders_contradict
        or likeness.deaths_contradict
    )
    if contradicts or likeness.birth is not Birth.EQUAL or likeness.name not in _AGREE:
        return 0.0
    if likeness.shared_personal or likeness.shared_member:
        return _NUMBER
    if contacts.places(request.addresses) & contacts.places(candidate.addresses):
        return 0.8
    if contacts.emails(request.emails) & contacts.emails(candidate.emails):
        return 0.8
    return 0.7 if likeness.shared_contact else 0.6
