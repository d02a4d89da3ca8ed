"""A FHIR R4 ``Patient`` as a ``Person``: what identifies somebody, and nothing else."""

from collections.abc import Mapping
from typing import Any

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.normalise.elements import first, items, line, lines, obj, when, word

_SEXES = frozenset({"male", "female", "other", "unknown"})


def person_of(resource: Mapping[str, Any]) -> Person:
    """Demographics of a Patient resource; what is malformed is absent."""
    found = obj(resource)
    contacts = items(found.get("telecom"))
    sex = word(found.get("gender")).lower()
    return Person(
        names=tuple(filter(_named, map(_name, items(found.get("name"))))),
        birth_date=(when(found.get("birthDate")) or "")[:10],
        sex=sex if sex in _SEXES else "",
        addresses=tuple(_address(part) for part in items(found.get("address"))),
        phones=tuple(line(part.get("value")) for part in contacts if part.get("system") == "phone"),
        emails=tuple(line(part.get("value")) for part in contacts if part.get("system") == "email"),
        identifiers=tuple(_identifier(part) for part in items(found.get("identifier")) if line(part.get("value"))),
        language=word(first(obj(first(found.get("communication")).get("language")).get("coding")).get("code")),
        deceased=found.get("deceasedBoolean") is True or when(found.get("deceasedDateTime")) is not None,
    )


def _name(part: Mapping[str, Any]) -> HumanName:
    return HumanName(
        family=line(part.get("family")),
        given=tuple(lines(part.get("given"))),
        prefix=tuple(lines(part.get("prefix"))),
        suffix=tuple(lines(part.get("suffix"))),
        use=word(part.get("use")),
    )


def _named(name: HumanName) -> bool:
    return bool(name.family or name.given)


def _address(part: Mapping[str, Any]) -> Address:
    return Address(
        line=tuple(lines(part.get("line"))),
        city=line(part.get("city")),
        state=line(part.get("state")),
        postal_code=line(part.get("postalCode")),
        country=line(part.get("country")),
    )


def _identifier(part: Mapping[str, Any]) -> Identifier:
    kind = first(obj(part.get("type")).get("coding"))
    return Identifier(system=line(part.get("system")), value=line(part.get("value")), type=word(kind.get("code")))
