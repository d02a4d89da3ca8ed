"""A FHIR R4 ``Patient`` as a ``Person``: what identifies somebody, and nothing else."""

from collections.abc import Mapping
from typing import Any

from portal.domain.people import Address, HumanName, Identifier, Person
from portal.normalise.elements import first, items, line, lines, number, obj, period, when, word

_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SEXES = frozenset({"male", "female", "other", "unknown"})


def person_of(resource: Mapping[str, Any]) -> Person:
    """Return the demographics of a Patient resource; what is malformed is absent."""
    patient = obj(resource)
    contacts = items(patient.get("telecom"))
    sex = word(patient.get("gender")).lower()
    died = when(patient.get("deceasedDateTime"))
    return Person(
        names=tuple(filter(_named, map(_name, items(patient.get("name"))))),
        birth_date=(when(patient.get("birthDate")) or "")[:10],
        sex=sex if sex in _SEXES else "",
        addresses=tuple(_address(part) for part in items(patient.get("address"))),
        phones=tuple(line(part.get("value")) for part in contacts if part.get("system") == "phone"),
        emails=tuple(line(part.get("value")) for part in contacts if part.get("system") == "email"),
        identifiers=tuple(_identifier(part) for part in items(patient.get("identifier")) if line(part.get("value"))),
        language=word(first(obj(first(patient.get("communication")).get("language")).get("coding")).get("code")),
        deceased=patient.get("deceasedBoolean") is True or died is not None,
        deceased_on=(died or "")[:10],
        birth_order=number(patient.get("multipleBirthInteger")) or 0,
    )


def _name(part: Mapping[str, Any]) -> HumanName:
    family, given_names = line(part.get("family")), tuple(lines(part.get("given")))
    return HumanName(
        family=family,
        given=given_names,
        prefix=tuple(lines(part.get("prefix"))),
        suffix=tuple(lines(part.get("suffix"))),
        use=word(part.get("use")),
        text="" if family or given_names else line(part.get("text")),
        end=_end(part),
    )


def _named(name: HumanName) -> bool:
    return bool(name.family or name.given or name.text)


def _address(part: Mapping[str, Any]) -> Address:
    return Address(
        line=tuple(lines(part.get("line"))),
        city=line(part.get("city")),
        state=line(part.get("state")),
        postal_code=line(part.get("postalCode")),
        country=line(part.get("country")),
    )


def _identifier(part: Mapping[str, Any]) -> Identifier:
    codings = items(obj(part.get("type")).get("coding"))
    kind = next((coding for coding in codings if coding.get("system") == _TYPES), first(codings))
    return Identifier(
        system=line(part.get("system")),
        value=line(part.get("value")),
        type=word(kind.get("code")),
        use=word(part.get("use")),
        end=_end(part),
    )


def _end(part: Mapping[str, Any]) -> str:
    return (period(part.get("period"))[1] or "")[:10]
