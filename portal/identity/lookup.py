"""What a person can be found by, as folded text that the store then hashes. Pure."""

from datetime import date

from portal.domain.people import Person
from portal.identity import contacts
from portal.identity.folding import fold
from portal.identity.names import Names, names_of

VERSION = 2
"""To be raised with every change of what is folded or how: the store then hashes everybody's anew."""


def tokens(demographics: Person) -> frozenset[tuple[str, str]]:
    """Return (kind, text) pairs: family, given, birth-date, phone, email, postal-code, address, identifier."""
    pairs: set[tuple[str, str]] = set()
    names = names_of(demographics, today=date.min)  # former names find a person as today's do
    for name in names.current + names.declared:
        pairs.add(("family", "".join(name.family)))
        pairs.update(("given", word) for word in (*name.given_names, "".join(name.given_names)))
    pairs.add(("birth-date", demographics.birth_date))
    pairs.update(("phone", contacts.phone_digits(phone)) for phone in demographics.phones)
    pairs.update(("email", email.strip().lower()) for email in demographics.emails)
    for address in demographics.addresses:
        pairs.add(("postal-code", address.postal_code[:5]))
        pairs.add(("address", fold(" ".join((*address.line, address.postal_code[:5])))))
    pairs.update(
        ("identifier", f"{identifier.system}|{identifier.value}")
        for identifier in demographics.identifiers
        if identifier.value
    )
    return frozenset((kind, text) for kind, text in pairs if text)


def family_keys(names: Names) -> frozenset[str]:
    """Return the ``family`` tokens of whoever may certainly be meant by these names."""
    return frozenset("".join(name.family) for name in names.current if name.family)


def given_keys(names: Names) -> frozenset[str]:
    """Return their ``given`` tokens: the first given name, and all of them written together."""
    return frozenset(
        key for name in names.current if name.given_names for key in (name.given_names[0], "".join(name.given_names))
    )
