"""To whom of this organization a person may write: the clinicians of their care teams, as the policies say.

Sources: FHIR R4 CareTeam.participant, PractitionerRole.availabilityExceptions.
"""

from collections.abc import Mapping
from typing import Any

from portal.access import Sight
from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.normalise import coding
from portal.normalise.context import Context, nothing, target_of
from portal.normalise.elements import items
from portal.normalise.names import name_in
from portal.store import Tx
from portal.store.messages import policies
from portal.store.messages.recipients import Recipient
from portal.store.records import resources, rows

ACCEPTS = "https://tributary.example/fhir/StructureDefinition/accepts-messages"
ANSWER_DAYS = "https://tributary.example/fhir/StructureDefinition/answer-days"
COST = "https://tributary.example/fhir/StructureDefinition/answer-cost"


def of_person(tx: Tx, *, person_id: str, sight: Sight) -> tuple[Recipient, ...]:
    """Return the clinicians of a person's care teams here, also those who take no messages, as the chart has them."""
    page = rows.page(tx, person_id=person_id, section=Section.CARE_TEAM, sight=sight, source=HOME, limit=50)
    roles: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in page.rows:
        if row.status is Status.PAST:
            continue
        for sourced in row.entries:
            stored = resources.by_id(tx, resource_id=sourced.id) if sourced.source == HOME else None
            for participant in items(stored.body.get("participant")) if stored else ():
                member = participant.get("member")
                reference = target_of(member)
                if reference.startswith("Practitioner/") and reference not in roles:
                    roles[reference] = "; ".join(coding.names_of(participant.get("role")))
                    names[reference] = str((member or {}).get("display") or "")
    written = policies.all_policies(tx)
    if not all(names.values()):
        for stored in resources.many(tx, references=[reference for reference, name in names.items() if not name]):
            names[f"{stored.type}/{stored.fhir_id}"] = name_in(Context(stored.body, nothing))
    return tuple(
        _recipient(reference, names[reference], role, written) for reference, role in roles.items() if names[reference]
    )


def _recipient(reference: str, name: str, role: str, written: Mapping[str, policies.Policy]) -> Recipient:
    whole = written[policies.ORGANIZATION]
    own = written.get(reference.partition("/")[2])
    return Recipient(
        reference=reference,
        name=name,
        role=role,
        accepts=whole.accepts and (own is None or own.accepts),
        days=(own or whole).text.days,
        away=own.text.away if own and own.text.away else whole.text.away,
        cost=whole.text.cost,
    )


def as_roles(recipients: tuple[Recipient, ...]) -> dict[str, Any]:
    """Return whom one may write to as FHIR: a Bundle of PractitionerRoles with a flag."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": _role(recipient)} for recipient in recipients],
    }


def _role(recipient: Recipient) -> dict[str, Any]:
    extensions: list[dict[str, Any]] = [{"url": ACCEPTS, "valueBoolean": recipient.accepts}]
    if recipient.days:
        extensions.append({"url": ANSWER_DAYS, "valuePositiveInt": recipient.days})
    if recipient.cost:
        extensions.append({"url": COST, "valueString": recipient.cost})
    return {
        "resourceType": "PractitionerRole",
        "active": True,
        "extension": extensions,
        "practitioner": {"reference": recipient.reference, "display": recipient.name},
        **({"code": [{"text": recipient.role}]} if recipient.role else {}),
        **({"availabilityExceptions": recipient.away} if recipient.away else {}),
    }


def from_roles(bundle: Mapping[str, Any]) -> tuple[Recipient, ...]:
    """Return the inverse of ``as_roles``; what cannot be read is left out."""
    recipients = []
    for entry in items(bundle.get("entry"))[:_MOST]:
        role = entry.get("resource")
        if not isinstance(role, Mapping) or role.get("resourceType") != "PractitionerRole":
            continue
        practitioner = role.get("practitioner")
        reference = target_of(practitioner)
        name = practitioner.get("display") if isinstance(practitioner, Mapping) else None
        extensions = {part.get("url"): part for part in items(role.get("extension"))}
        if not reference or not isinstance(name, str):
            continue
        days = extensions.get(ANSWER_DAYS, {}).get("valuePositiveInt")
        recipients.append(
            Recipient(
                reference=reference,
                name=name[:_LONGEST],
                role="; ".join(name for part in items(role.get("code")) if (name := coding.name_of(part)))[:_LONGEST],
                accepts=extensions.get(ACCEPTS, {}).get("valueBoolean") is True,
                days=days if isinstance(days, int) and 0 < days < 100 else 0,
                away=_text(role.get("availabilityExceptions")),
                cost=_text(extensions.get(COST, {}).get("valueString")),
            )
        )
    return tuple(recipients)


_MOST = 200
_LONGEST = 200


def _text(value: object) -> str:
    return value.strip()[:1000] if isinstance(value, str) else ""
