"""Numbers that mean one person: Social Security, licence, passport, Medicare, Medicaid, member of a plan. Pure.

Punctuation does not count. What is masked, made up to fill a field, ended or temporary proves nothing.
Types are those of HL7 v2-0203. A number without an issuer is no evidence but for the one national number.
"""

import re
from collections.abc import Iterable
from datetime import date

from portal.domain.identifiers import LASTING, PERSONAL, SHARED, SSN
from portal.domain.people import Identifier

_SSN = "ssn"
_SSN_SYSTEMS = frozenset({SSN, "urn:oid:2.16.840.1.113883.4.1"})
_MBI_SYSTEM = "http://hl7.org/fhir/sid/us-mbi"
_PASSING = frozenset({"old", "temp"})
_MASKS = re.compile(r"[*#•●]|X{3,}")
_FILLERS = frozenset({"123456789", "987654321", "078051120", "219099999", "111223333", "UNKNOWN", "NONE", "SELF", "NA"})
_SEQUENCE = "01234567890123456789"


def in_force(identifiers: Iterable[Identifier], *, today: date) -> tuple[Identifier, ...]:
    """Return the identifiers that hold today: not old, not temporary, their period not over."""
    return tuple(
        identifier
        for identifier in identifiers
        if identifier.use not in _PASSING and not (identifier.end and identifier.end < today.isoformat())
    )


def personal(identifiers: Iterable[Identifier]) -> frozenset[tuple[str, str]]:
    """Return the numbers of one person alone, as (issuer, number)."""
    return frozenset(pair for identifier in identifiers if (pair := _pair(identifier, PERSONAL)))


def member(identifiers: Iterable[Identifier]) -> frozenset[tuple[str, str]]:
    """Return the numbers that a plan may give to a family, as (issuer, number)."""
    return frozenset(pair for identifier in identifiers if (pair := _pair(identifier, SHARED)))


def contradict(left: Iterable[Identifier], right: Iterable[Identifier]) -> bool:
    """Tell whether a number of which one has only one differs; of a masked one, the last four digits."""
    ours, theirs = _lasting(left), _lasting(right)
    if any(ours[issuer].isdisjoint(theirs[issuer]) for issuer in ours.keys() & theirs.keys()):
        return True
    our_ends, their_ends = _last_four(left), _last_four(right)
    return bool(our_ends and their_ends) and our_ends.isdisjoint(their_ends)


def is_other(identifier: Identifier) -> bool:
    """Tell whether it is a number of another kind, such as a record number: it helps to look, and proves nothing."""
    return bool(identifier.value) and _kind(identifier) not in PERSONAL | SHARED | {_SSN}


def _lasting(identifiers: Iterable[Identifier]) -> dict[str, set[str]]:
    numbers: dict[str, set[str]] = {}
    for identifier in identifiers:
        if pair := _pair(identifier, LASTING):
            numbers.setdefault(pair[0], set()).add(pair[1])
    return numbers


def _pair(identifier: Identifier, types: frozenset[str]) -> tuple[str, str] | None:
    kind = _kind(identifier)
    number = _number(identifier)
    if not number:
        return None
    if kind == _SSN:
        return (_SSN, number) if "SS" in types and _is_ssn(number) else None
    issuer = identifier.system.strip().rstrip("/").lower()
    return (issuer, number) if kind in types and issuer else None


def _kind(identifier: Identifier) -> str:
    if identifier.type == "SS" or identifier.system.strip() in _SSN_SYSTEMS:
        return _SSN
    return "MC" if identifier.system.strip() == _MBI_SYSTEM else identifier.type


def _number(identifier: Identifier) -> str:
    """Return the number without punctuation; empty for one that is masked or a filler."""
    raw = identifier.value.upper()
    number = "".join(char for char in raw if char.isalnum())
    is_filler = len(number) < 4 or len(set(number)) == 1 or number in _FILLERS or number in _SEQUENCE
    return "" if is_filler or _MASKS.search(raw) else number


def _is_ssn(number: str) -> bool:
    """Tell whether nine digits may be such a number: no area 000 or 666, no group 00, no serial number 0000 (SSA)."""
    return bool(re.fullmatch(r"(?!000|666)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}", number))


def _last_four(identifiers: Iterable[Identifier]) -> frozenset[str]:
    """Return what is told of Social Security numbers, in full or masked: the last four digits."""
    ends = set()
    for identifier in identifiers:
        if _kind(identifier) == _SSN:
            shown = re.sub(r"[\s-]", "", identifier.value)
            if (match := re.fullmatch(r"[*#•●Xx]*([0-9]{4})", shown)) and match[1] != "0000":
                ends.add(match[1])
            elif _is_ssn(_number(identifier)):
                ends.add(shown[-4:])
    return frozenset(ends)
