"""One person out of two records of the same: who stays, with what the other one was found by. Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from portal.domain.people import Person

_OLD = "old"


def combined(person: Person, former: Iterable[Person]) -> Person:
    """Return ``person`` with the names and numbers of the records that were merged into theirs, as former ones.

    Contacts and all else are those of the record that stays.
    """
    names, identifiers = list(person.names), list(person.identifiers)
    for other in former:
        told = {(name.family, name.given, name.text) for name in names}
        names += [replace(name, use=_OLD) for name in other.names if (name.family, name.given, name.text) not in told]
        numbers = {(number.system, number.value) for number in identifiers}
        identifiers += [
            replace(number, use=_OLD) for number in other.identifiers if (number.system, number.value) not in numbers
        ]
    return replace(person, names=tuple(names), identifiers=tuple(identifiers))
