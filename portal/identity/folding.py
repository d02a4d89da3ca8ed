"""What a person can be found by, as normalised text that the store then hashes. Pure."""

import re
import unicodedata

from portal.domain.people import Person


def fold(text: str) -> str:
    """Lower case, without accents, punctuation or double spaces: José  O'Neil → jose oneil."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "")).strip()


def digits(text: str) -> str:
    """A North American number as ten digits, any other as all its digits."""
    only = re.sub(r"\D", "", text)
    return only[1:] if len(only) == 11 and only.startswith("1") else only


def tokens(demographics: Person) -> frozenset[tuple[str, str]]:
    """(kind, value) pairs: family, given, birth-date, phone, email, postal-code, address, identifier."""
    found: set[tuple[str, str]] = set()
    for name in demographics.names:
        found.add(("family", fold(name.family)))
        found.update(("given", fold(given)) for given in name.given)
    found.add(("birth-date", demographics.birth_date))
    found.update(("phone", digits(phone)) for phone in demographics.phones)
    found.update(("email", email.strip().lower()) for email in demographics.emails)
    for address in demographics.addresses:
        found.add(("postal-code", address.postal_code[:5]))
        found.add(("address", fold(" ".join((*address.line, address.postal_code[:5])))))
    found.update(("identifier", f"{item.system}|{item.value}") for item in demographics.identifiers if item.value)
    return frozenset((kind, value) for kind, value in found if value)
