"""Record-only links: a partner finds the person by a certain match, the person says yes (product.md §1, tier 1).

The partner is asked over SMART Backend Services with ``Patient/$match`` (FHIR R4; HL7 Identity Matching guide). What it
answers is compared with our own demographics before anything is suggested, and again when the person accepts.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from portal import audit
from portal.domain.errors import BadAnswerError, LinkingError, NotFoundError, OutsideError
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.links import LinkState, Tier
from portal.domain.people import HumanName, Person
from portal.fhir.answers import read_answer
from portal.fhir.authorised import FHIR_JSON
from portal.fhir.capability import Capability
from portal.fhir.transport import open_client
from portal.identity.comparison import Verdict, compare
from portal.linking import authorization, enqueue, proxies, transitions
from portal.linking.oauth import backend_services, discovery
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth.client import GrantedTokens
from portal.linking.states import Move
from portal.normalise.demographics import person_of
from portal.normalise.elements import items, obj
from portal.queue import LOCATE
from portal.services import Services
from portal.store.directory import match_partners, organizations, suggestions
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links import tokens as link_tokens
from portal.store.links.links import Link
from portal.store.people import people

_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PartnerMatch:
    """A certain match: the id of the Patient there, and a token that reads the basic sections."""

    patient: str
    granted: GrantedTokens


def locate(services: Services, person_id: str) -> int:
    """Ask every partner about a person; gives how many organizations are suggested now because of it."""
    with services.db.transaction() as tx:
        partners = match_partners.partners(tx, person_id=person_id)
        match_partners.set_located(tx, person_id=person_id)
    matches = 0
    for organization_id in partners:
        try:
            hit = find(services, person_id=person_id, organization_id=organization_id)
        except (LinkingError, OutsideError) as error:
            _log.info("locate.failed", organization=organization_id, code=error.code)
            continue
        if hit is None:
            continue
        with services.db.transaction() as tx:
            person = people.by_id(tx, person_id=person_id)
            if person is None or not person.share_matches:
                return matches  # they opted out while partners were being asked
            suggestions.suggest(tx, person_id=person_id, organization_id=organization_id, reason="match")
        matches += 1
    return matches


def opt(services: Services, *, person_id: str, share: bool, actor: audit.Actor) -> None:
    """Store the choice whether partners are asked about a person, and may ask (product.md §3.1). It holds at once.

    Off: what was found and not confirmed is forgotten, and partners that found them here read nothing more. Links that
    the person confirmed stay until they are unlinked. On: partners are asked by a job.
    """
    with services.db.transaction() as tx:
        if not people.set_share_matches(tx, person_id=person_id, share=share):
            return
        if not share:
            suggestions.forget_matches(tx, person_id=person_id)
        choice = "matches-on" if share else "matches-off"
        audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=person_id, what=choice)
    if share:
        services.queue.enqueue(LOCATE, job_id=None, person=person_id)


def find(services: Services, *, person_id: str, organization_id: str) -> PartnerMatch | None:
    """Ask one partner; None when it knows nobody certainly, or somebody who is not this person.

    Raises:
        NotFoundError: no such person or organization. LinkingError: ``cannot-tell``: we could not say whether who it
            knows is this person; or it could not be asked. OutsideError: it could not be asked.
    """
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=organization_id)
        person = people.by_id(tx, person_id=person_id)
    if organization is None or person is None:
        raise NotFoundError
    if not person.share_matches:
        return None
    capability = discovery.capability_of(services, organization)
    granted = backend_services.token(
        services, oauth_client.client_of(services, organization.id), capability, Tier.RECORD_ONLY
    )
    answer = _ask(services, capability, granted, person.demographics)
    patient = _certain(answer, person.demographics)
    if patient is None:
        return None
    tokens = msgspec.structs.replace(granted.tokens, patient=patient)
    return PartnerMatch(patient, replace(granted, tokens=tokens))


def accept(services: Services, *, person_id: str, organization_id: str, account_id: str) -> Link:
    """Link without an account, and ask for its first refresh: the person said "that is me". Repeating changes nothing.

    Of a link that who asks may not know the answer is that of an organization that knows nobody, after the same steps.

    Raises:
        NotFoundError: no such organization. LinkingError: ``no-match``, ``cannot-tell``, or the organization's policy.
        OutsideError: it could not be asked.
    """
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=organization_id)
        live_link = links.live_link(tx, person_id=person_id, organization_id=organization_id)
        seen = proxies.link_seen_by(tx, account_id=account_id, person_id=person_id, organization_id=organization_id)
    if organization is None:
        raise NotFoundError
    if seen is not None:
        return seen
    authorization.check_policy(organization, None)
    match = find(services, person_id=person_id, organization_id=organization_id)
    if match is None or live_link is not None:
        raise LinkingError("no-match")
    link, todo = _keep(services, organization, match, person_id=person_id, account_id=account_id)
    enqueue.enqueue(services, [todo])
    return link


def _keep(
    services: Services, organization: Organization, match: PartnerMatch, *, person_id: str, account_id: str
) -> tuple[Link, transitions.Work]:
    teen_age = services.settings.teen_age
    with services.db.transaction() as tx:
        # Both may have ended while the partner was asked.
        may_link = proxies.may_link(tx, account_id=account_id, person_id=person_id, teen_age=teen_age)
        person = people.by_id(tx, person_id=person_id)
        if not may_link or person is None or not person.share_matches:
            raise LinkingError("no-match")
        link = links.add(
            tx,
            person_id=person_id,
            organization_id=organization.id,
            state=LinkState.NO_ACCOUNT,
            tier=Tier.RECORD_ONLY,
            created_by=account_id,
            move=Move.MATCHED.value,
        )
        patient_hash = links.patient_hash(tx, organization_id=organization.id, patient=match.patient)
        links.put(tx, link_id=link.id, patient_hash=patient_hash, verified_at=tx.now)
        expires_at = tx.now + timedelta(seconds=match.granted.expires_in)
        link_tokens.put_tokens(tx, link_id=link.id, tokens=match.granted.tokens, expires_at=expires_at)
        audit.record(
            tx,
            action=audit.Action.LINK_CHANGE,
            actor=audit.Actor("account", account_id),
            person_id=person_id,
            link=link.id,
            organization=organization.id,
            move=Move.MATCHED.value,
        )
        return link, transitions.request_refresh(tx, link, "linked")


def _ask(services: Services, capability: Capability, granted: GrantedTokens, person: Person) -> dict[str, Any]:
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "resource", "resource": _patient(person)},
            {"name": "onlyCertainMatches", "valueBoolean": True},
            {"name": "count", "valueInteger": 1},
        ],
    }
    headers = {
        "Authorization": f"Bearer {granted.tokens.access_token}",
        "Accept": FHIR_JSON,
        "Content-Type": FHIR_JSON,
    }
    with open_client(egress=services.settings.egress) as client:
        response = client.post(
            f"{capability.fhir_base}/Patient/$match", content=msgspec.json.encode(body), headers=headers
        )
    return read_answer(response, depth=32).body


def _certain(bundle: dict[str, Any], person: Person) -> str | None:
    """Return the one certain match, if it is this person by our own comparison too."""
    if bundle.get("resourceType") != "Bundle":
        raise BadAnswerError("not-a-bundle")
    entries = [entry for entry in items(bundle.get("entry")) if is_fhir_id(obj(entry.get("resource")).get("id"))]
    entries = [entry for entry in entries if obj(entry.get("resource")).get("resourceType") == "Patient"]
    if len(entries) != 1:
        return None
    grades = {
        extension.get("valueCode")
        for extension in items(obj(entries[0].get("search")).get("extension"))
        if extension.get("url") == _GRADE
    }
    resource = obj(entries[0].get("resource"))
    verdict = compare(person, person_of(resource)).verdict
    if grades != {"certain"} or verdict is Verdict.DIFFERENT:
        return None
    if verdict is Verdict.CANNOT_TELL:
        raise LinkingError("cannot-tell")
    return str(resource["id"])


def _patient(person: Person) -> dict[str, Any]:
    """Return what is told to the partner: what identifies, nothing else."""
    telecom = [{"system": "phone", "value": phone} for phone in person.phones]
    telecom += [{"system": "email", "value": email} for email in person.emails]
    resource = {
        "resourceType": "Patient",
        "name": [_human_name(name) for name in person.names],
        "birthDate": person.birth_date,
        "gender": person.sex,
        "telecom": telecom,
        "address": [
            {
                "line": list(address.line),
                "city": address.city,
                "state": address.state,
                "postalCode": address.postal_code,
            }
            for address in person.addresses
        ],
    }
    return {name: value for name, value in resource.items() if value}


def _human_name(name: HumanName) -> dict[str, Any]:
    part: dict[str, Any] = {
        "use": name.use,
        "text": name.text,
        "family": name.family,
        "given": list(name.given),
        "suffix": list(name.suffix),
        "period": {"end": name.end} if name.end else None,
    }
    return {field: value for field, value in part.items() if value}
