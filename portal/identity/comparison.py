"""Is the patient there the person here? Names, birth date, sex and numbers in common; pure.

- Same: linked.
- Near (a maiden name, a nickname, a missing middle name, day and month exchanged): the patient is asked. The account
  there was signed in to, so near is enough to ask, but never to link.
- Cannot tell (something that decides is missing, cannot be compared, or contradicts the rest): the patient is asked
  where the birth date agrees; otherwise it is for the front desk.
- Different: refused as somebody else.

``$match`` goes by the same measures (``portal.identity.matching``): what is certain there is never different here.
"""

from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from portal.domain.people import Identifier, Person
from portal.identity import contacts, numbers
from portal.identity.birth_dates import Birth, compare_births
from portal.identity.name_relation import NameRelation, compare_names, suffixes_contradict
from portal.identity.names import names_of


class Verdict(StrEnum):
    SAME = "same"
    NEAR = "near"
    CANNOT_TELL = "cannot-tell"
    DIFFERENT = "different"


class Difference(msgspec.Struct, frozen=True):
    """One thing that differs: ``aspect`` is name, birth-date, sex, number, deceased or birth-order; both sides as they
    are written, but for a number, which is not shown."""

    aspect: str = msgspec.field(name="what")
    ours: str = msgspec.field(name="here")
    theirs: str = msgspec.field(name="there")


class Finding(msgspec.Struct, frozen=True):
    """``may_confirm``: the patient may say whether it is them; else only the desk can tell."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    may_confirm: bool = True


class Likeness(msgspec.Struct, frozen=True):
    """How two people go together, measure by measure; both callers decide from this alone."""

    name: NameRelation
    birth: Birth
    suffixes_contradict: bool
    sexes_contradict: bool
    numbers_contradict: bool
    deaths_differ: bool
    deaths_contradict: bool
    orders_contradict: bool
    shared_personal: bool
    shared_member: bool
    shared_contact: bool


def compare(ours: Person, theirs: Person, *, today: date | None = None) -> Finding:
    """Compare two persons' demographics, as of ``today`` (UTC)."""
    likeness = measure(ours, theirs, today=today or datetime.now(UTC).date())
    verdict = _verdict(likeness)
    if verdict is Verdict.SAME:
        return Finding(Verdict.SAME)
    return Finding(verdict, _differences(likeness, ours, theirs), likeness.birth in _DATES_THAT_ASK)


def measure(left: Person, right: Person, *, today: date) -> Likeness:
    ours, theirs = names_of(left, today=today), names_of(right, today=today)
    our_numbers, their_numbers = _in_force(left, today), _in_force(right, today)
    return Likeness(
        name=compare_names(ours, theirs),
        birth=compare_births(left.birth_date, right.birth_date, today=today),
        suffixes_contradict=suffixes_contradict(ours, theirs),
        sexes_contradict={left.sex, right.sex} == {"male", "female"},
        numbers_contradict=numbers.contradict(our_numbers, their_numbers),
        deaths_differ=left.deceased is not right.deceased,
        deaths_contradict=not _agree(left.deceased_on, right.deceased_on),
        orders_contradict=bool(left.birth_order and right.birth_order) and left.birth_order != right.birth_order,
        shared_personal=bool(numbers.personal(our_numbers) & numbers.personal(their_numbers)),
        shared_member=bool(numbers.member(our_numbers) & numbers.member(their_numbers)),
        shared_contact=contacts.share(left, right),
    )


_DATES_THAT_ASK = frozenset({Birth.EQUAL, Birth.SWAPPED, Birth.CLOSE, Birth.PARTIAL})


def _verdict(likeness: Likeness) -> Verdict:
    if likeness.birth is Birth.UNKNOWN or likeness.name is NameRelation.INCOMPLETE:
        contradicts = likeness.birth is Birth.CONTRARY and not likeness.shared_personal
        return Verdict.DIFFERENT if contradicts else Verdict.CANNOT_TELL
    if likeness.birth is Birth.EQUAL:
        return _born_together(likeness)
    if likeness.name is NameRelation.OTHER:
        return Verdict.DIFFERENT
    if likeness.birth is Birth.CONTRARY:
        return Verdict.CANNOT_TELL if likeness.shared_personal else Verdict.DIFFERENT
    return _born_nearly_together(likeness)


def _born_together(likeness: Likeness) -> Verdict:
    """One full birth date on both sides: what the rest says."""
    personal = likeness.shared_personal
    if likeness.name is NameRelation.OTHER:
        return Verdict.CANNOT_TELL if personal else Verdict.DIFFERENT  # twins under one number; or a new name
    if likeness.suffixes_contradict:
        return Verdict.NEAR if personal and not likeness.numbers_contradict else Verdict.DIFFERENT
    if likeness.sexes_contradict and not personal:
        return _OTHER_SEX.get(likeness.name, Verdict.DIFFERENT)
    if likeness.numbers_contradict:
        near = likeness.name is NameRelation.SAME and likeness.shared_contact
        return Verdict.NEAR if near else Verdict.CANNOT_TELL
    if likeness.name is NameRelation.UNSURE:
        return Verdict.NEAR if personal else Verdict.CANNOT_TELL
    if likeness.name is NameRelation.RENAMED:
        return Verdict.NEAR if personal or likeness.shared_member or likeness.shared_contact else Verdict.CANNOT_TELL
    is_same = likeness.name is NameRelation.SAME and not (
        likeness.sexes_contradict or likeness.deaths_differ or likeness.deaths_contradict or likeness.orders_contradict
    )
    return Verdict.SAME if is_same else Verdict.NEAR


_OTHER_SEX = {
    NameRelation.SAME: Verdict.NEAR,
    NameRelation.SHORTER: Verdict.CANNOT_TELL,
    NameRelation.DECLARED: Verdict.CANNOT_TELL,
    NameRelation.NEAR: Verdict.CANNOT_TELL,
}
"""Of one birth date and one name, but man and woman: a slip, a change, or brother and sister."""


def _born_nearly_together(likeness: Likeness) -> Verdict:
    """Dates that may be one with a slip, or are told in part."""
    contradicts = likeness.suffixes_contradict or likeness.sexes_contradict or likeness.numbers_contradict
    if likeness.shared_personal and not contradicts:
        return Verdict.NEAR if likeness.name <= NameRelation.NEAR else Verdict.CANNOT_TELL
    if likeness.birth is Birth.PARTIAL:
        return Verdict.CANNOT_TELL
    if contradicts or likeness.name is NameRelation.UNSURE:
        return Verdict.DIFFERENT
    is_swap = likeness.birth is Birth.SWAPPED and likeness.name is NameRelation.SAME
    return Verdict.NEAR if is_swap else Verdict.CANNOT_TELL


def _differences(likeness: Likeness, ours: Person, theirs: Person) -> tuple[Difference, ...]:
    sides = (
        (likeness.name is not NameRelation.SAME or likeness.suffixes_contradict, "name", ours.display, theirs.display),
        (likeness.birth is not Birth.EQUAL, "birth-date", ours.birth_date, theirs.birth_date),
        (likeness.sexes_contradict, "sex", ours.sex, theirs.sex),
        (likeness.numbers_contradict, "number", "", ""),
        (
            likeness.deaths_differ or likeness.deaths_contradict,
            "deceased",
            _death(ours),
            _death(theirs),
        ),
        (likeness.orders_contradict, "birth-order", str(ours.birth_order), str(theirs.birth_order)),
    )
    return tuple(Difference(aspect, left, right) for differs, aspect, left, right in sides if differs)


def _in_force(person: Person, today: date) -> tuple[Identifier, ...]:
    return numbers.in_force(person.identifiers, today=today)


def _agree(left: str, right: str) -> bool:
    """Tell whether two dates agree as far as both are told; one that is not told agrees with any."""
    shorter = min(len(left), len(right))
    return left[:shorter] == right[:shorter]


def _death(person: Person) -> str:
    return person.deceased_on or ("yes" if person.deceased else "no")
