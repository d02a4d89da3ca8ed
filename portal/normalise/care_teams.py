"""CareTeam (with the PractitionerRole of its members) → care team. Source: https://hl7.org/fhir/R4/careteam.html."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import CareTeam, Entry, Member
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, notes, obj, period, unique, word
from portal.normalise.names import name_in, parties, party, phone
from portal.normalise.status import LASTING, status_of


def care_team(context: Context) -> Entry:
    """The entry of a CareTeam. The patient, who is a member of many teams in the data, is left out of the members."""
    resource = context.resource
    start, end = period(resource.get("period"))
    organizations = parties(items(resource.get("managingOrganization")), context)
    members = tuple(found for found in (_member(one, context) for one in items(resource.get("participant"))) if found)
    title = coding.tidy(line(resource.get("name"))) or coding.name_of(resource.get("category")) or phrases.CARE_TEAM
    return Entry(
        section=Section.CARE_TEAM,
        title=title,
        status=status_of(resource.get("status"), LASTING),
        start=start,
        end=end,
        recorder=next(iter(organizations), ""),
        codes=coding.codes_of(*items(resource.get("category"))),
        notes=notes(resource.get("note")),
        detail=CareTeam(
            members=members,
            organization=", ".join(organizations),
            phone=phone(resource.get("telecom")) or _phone_of(resource.get("managingOrganization"), context),
        ),
    )


def _member(participant: Mapping[str, Any], context: Context) -> Member | None:
    reference = participant.get("member")
    found = context.resolve(reference)
    kind = word(found.resource.get("resourceType")) if found else ""
    target = line(obj(reference).get("reference"))
    if kind == "Patient" or "Patient/" in target:
        return None
    start, end = period(participant.get("period"))
    role = "; ".join(coding.names_of(participant.get("role"), (coding.SNOMED,)))
    name, number, organization = party(reference, context), "", party(participant.get("onBehalfOf"), context)
    if found:
        number = phone(found.resource.get("telecom"))
    if found and kind == "PractitionerRole":
        role = role or _role_words(found.resource)
        organization = organization or party(found.resource.get("organization"), found)
        person = found.resolve(found.resource.get("practitioner"))
        number = number or (phone(person.resource.get("telecom")) if person else "")
        number = number or _phone_of(found.resource.get("organization"), found)
        name = name or name_in(found)
    if not name and not role:
        return None
    return Member(name=name, role=role, phone=number, organization=organization, start=start, end=end)


def _role_words(role: Mapping[str, Any]) -> str:
    return "; ".join(unique((*coding.names_of(role.get("code")), *coding.names_of(role.get("specialty")))))


def _phone_of(references: object, context: Context) -> str:
    for one in items(references):
        found = context.resolve(one)
        number = phone(found.resource.get("telecom")) if found else ""
        if number:
            return number
    return ""
