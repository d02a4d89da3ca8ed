"""CareTeam (with the PractitionerRole of its members) → care team. Source: https://hl7.org/fhir/R4/careteam.html."""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import CareTeam, Entry, Fact, Member
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, notes, obj, period, unique, uri, word
from portal.normalise.facts import facts, qualifiers, visit_of
from portal.normalise.names import contacts, email, name_in, parties, party, phone
from portal.normalise.reasons import reason_of
from portal.normalise.status import LASTING, status_of


def care_team(context: Context) -> Entry:
    """Return the entry of a CareTeam. The patient, who is a member of many teams, is left out of the members."""
    resource = context.resource
    start, end = period(resource.get("period"))
    organizations = parties(items(resource.get("managingOrganization")), context)
    members = tuple(
        member for member in (_member(part, context) for part in items(resource.get("participant"))) if member
    )
    title = coding.tidy(line(resource.get("name"))) or coding.name_of(resource.get("category")) or phrases.CARE_TEAM
    status = word(resource.get("status"))
    return Entry(
        section=Section.CARE_TEAM,
        title=title,
        status=status_of(status, LASTING),
        start=start,
        end=end,
        recorder=next(iter(organizations), ""),
        codes=coding.codes_of(*items(resource.get("category"))),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(phrases.LASTING_STATUS.get(status, "")),
        facts=(
            *(
                Fact(
                    phrases.MEMBER_UNTIL,
                    f"{member.name}, {member.role}".strip(", "),
                    start=member.start,
                    end=member.end,
                )
                for member in members
                if member.end
            ),
            *(
                Fact(phrases.MEMBER_SINCE, f"{member.name}, {member.role}".strip(", "), start=member.start)
                for member in members
                if member.start and not member.end
            ),
            *facts(
                (phrases.REASON, reason_of(context)),
                (phrases.KIND, coding.names_of(resource.get("category"))),
                (phrases.OTHER_CONTACT, contacts(resource.get("telecom"))[1:]),
            ),
        ),
        visit=visit_of(resource),
        detail=CareTeam(
            members=members,
            organization=", ".join(organizations),
            phone=phone(resource.get("telecom")) or _phone_of(resource.get("managingOrganization"), context),
        ),
    )


def _member(participant: Mapping[str, Any], context: Context) -> Member | None:
    reference = participant.get("member")
    target = context.resolve(reference)
    kind = word(target.resource.get("resourceType")) if target else ""
    address = line(obj(reference).get("reference"))
    if kind == "Patient" or "Patient/" in address:
        return None
    start, end = period(participant.get("period"))
    role = "; ".join(coding.names_of(participant.get("role"), (coding.SNOMED,)))
    name, organization = party(reference, context), party(participant.get("onBehalfOf"), context)
    number = mail = ""
    national = national_identifier(target) or _national(obj(reference).get("identifier"))
    if target:
        number, mail = phone(target.resource.get("telecom")), email(target.resource.get("telecom"))
    if target and kind == "PractitionerRole":
        role = role or _role_words(target.resource)
        organization = organization or party(target.resource.get("organization"), target)
        person = target.resolve(target.resource.get("practitioner"))
        national = national or national_identifier(person)
        own = person.resource.get("telecom") if person else None
        number, mail = number or phone(own), mail or email(own)
        number = number or _phone_of(target.resource.get("organization"), target)
        name = name or name_in(target)
    if not name and not role:
        return None
    return Member(
        name=name,
        role=role,
        phone=number,
        organization=organization,
        start=start,
        end=end,
        identifier=national,
        email=mail,
    )


_NPI = ("http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6", "")


def national_identifier(context: Context | None) -> str:
    """Return the National Provider Identifier of a person: ten digits, by its system or where no system is stated."""
    return _national(context.resource.get("identifier")) if context else ""


def _national(identifiers: object) -> str:
    """Return it of the identifiers of a person, or of the one of a reference that has no address."""
    for part in items(identifiers):
        number = line(part.get("value"), 40)
        if uri(part.get("system")) in _NPI and re.fullmatch(r"[12]\d{9}", number):
            return number
    return ""


def _role_words(role: Mapping[str, Any]) -> str:
    return "; ".join(unique((*coding.names_of(role.get("code")), *coding.names_of(role.get("specialty")))))


def _phone_of(references: object, context: Context) -> str:
    for reference in items(references):
        target = context.resolve(reference)
        number = phone(target.resource.get("telecom")) if target else ""
        if number:
            return number
    return ""
