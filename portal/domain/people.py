"""A person as demographics, and who acts for whom."""

from enum import StrEnum

import msgspec


class HumanName(msgspec.Struct, frozen=True, omit_defaults=True):
    family: str = ""
    given: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    use: str = ""  # official | usual | nickname | maiden | old …
    text: str = ""  # the whole name, where it came in one piece only
    end: str = ""  # of its period, as precise as it is told

    @property
    def display(self) -> str:
        return " ".join(part for part in (*self.prefix, *self.given, self.family, *self.suffix) if part) or self.text


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    line: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class Identifier(msgspec.Struct, frozen=True, omit_defaults=True):
    system: str = ""
    value: str = ""
    type: str = ""  # HL7 v2-0203 code: MR, SS, DL, MB …
    use: str = ""  # usual | official | temp | secondary | old
    end: str = ""  # of its period


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Demographics, as in FHIR R4 ``Patient``. ``sex`` is administrative gender: male | female | other | unknown."""

    names: tuple[HumanName, ...] = ()
    birth_date: str = ""
    sex: str = ""
    addresses: tuple[Address, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    language: str = ""
    deceased: bool = False
    deceased_on: str = ""  # where the day is told
    birth_order: int = 0  # among twins and the like, where it is told

    @property
    def name(self) -> HumanName:
        """Return the name to show: official, else usual, else the first."""
        for use in ("official", "usual"):
            for name in self.names:
                if name.use == use:
                    return name
        return self.names[0] if self.names else HumanName()

    @property
    def display(self) -> str:
        return self.name.display


class Role(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"  # the front desk
    CARE_TEAM = "care-team"
    RECORDS = "records"
    PRIVACY = "privacy"
    ADMIN = "admin"


class GrantLevel(StrEnum):
    """Usual sets of choices about a proxy, by name (product.md §4): ``portal.access.proxies`` has what each is."""

    FULL = "full"
    NO_CONFIDENTIAL = "no-confidential"
    MESSAGES_ONLY = "messages-only"
    VISITS_ONLY = "visits-only"


class ProxyChoice(StrEnum):
    """One choice about a proxy: a group of sections to see, or something to do for the person."""

    RECORD = "record"
    VISITS = "visits"
    MESSAGES = "messages"
    INSURANCE = "insurance"
    CONFIDENTIAL = "confidential"  # what its source labelled as sensitive, in the groups above
    WRITE = "write"
    LINK = "link"
    SHARE = "share"
