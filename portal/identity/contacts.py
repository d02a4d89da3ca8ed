"""Addresses, phones and e-mail addresses as they compare; what only fills a field is none. Pure."""

import re
from collections.abc import Iterable

from portal.domain.people import Address, Person
from portal.identity.folding import fold

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
_NOWHERE = re.compile(r"\b(homeless|general delivery|unknown|undomiciled|no fixed|no address|none|transient)\b")
_NOBODY_WORDS = "none noemail no unknown na nobody noreply refused declined test nomail notgiven donthave email"
_NOBODY = frozenset(_NOBODY_WORDS.split())
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension|#)\s*[0-9]+\s*$", re.IGNORECASE)


def phones(numbers: Iterable[str]) -> frozenset[str]:
    """Return complete phone numbers as digits, without the country code of North America and an extension."""
    return frozenset(digits for number in numbers if (digits := phone_digits(number)) and _is_phone(digits))


def phone_digits(number: str) -> str:
    """Return a North American number as ten digits, any other as all its digits."""
    digits = re.sub(r"\D", "", _EXTENSION.sub("", number))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def emails(addresses: Iterable[str]) -> frozenset[str]:
    """Return e-mail addresses in lower case."""
    folded = (address.strip().lower() for address in addresses)
    return frozenset(address for address in folded if address.find("@") > 0 and _local(address) not in _NOBODY)


def places(addresses: Iterable[Address]) -> frozenset[str]:
    """Return street and postal code, without the ways of writing them; an address without a street proves nothing."""
    streets = set()
    for address in addresses:
        street = " ".join(_SHORT.get(word, word) for word in fold(" ".join(address.line)).split())
        if street and address.postal_code and not _NOWHERE.search(street):
            streets.add(f"{street} {address.postal_code[:5]}")
    return frozenset(streets)


def share(left: Person, right: Person) -> bool:
    """Tell whether two have an address, a phone or an e-mail address in common."""
    return bool(
        places(left.addresses) & places(right.addresses)
        or phones(left.phones) & phones(right.phones)
        or emails(left.emails) & emails(right.emails)
    )


def _is_phone(digits: str) -> bool:
    return len(digits) >= 10 and len(set(digits[-7:])) > 1 and digits not in ("1234567890", "0123456789")


def _local(address: str) -> str:
    return re.sub(r"[^a-z]", "", address.partition("@")[0])
