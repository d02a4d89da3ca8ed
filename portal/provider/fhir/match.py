"""``Patient/$match`` for trusted partners: at most one person, and only when it is certain (requirement A9)."""

from collections.abc import Mapping
from typing import Any

from portal import audit
from portal.identity import matching
from portal.normalise.demographics import person_of
from portal.normalise.elements import items
from portal.provider.fhir.access import Caller, visible
from portal.provider.fhir.bundles import resource_json
from portal.provider.fhir.masking import masked
from portal.provider.fhir.outcomes import FhirError, forbidden, invalid
from portal.provider.oauth.scopes import Reach
from portal.store import Tx
from portal.store.people import people
from portal.store.people.people import StoredPerson
from portal.store.provider import matches
from portal.store.records import resources

_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


def match(tx: Tx, *, caller: Caller, body: object, base: str) -> tuple[dict[str, Any], str | None]:
    """Return a searchset of the certain match, or an empty one, and whose it is; only reads.

    Raises:
        FhirError: 403 for who is not a partner, 400 for a body that is not the operation's, 422 for one that says too
            little.
    """
    if caller.context != "system" or not caller.client.partner:
        raise forbidden("Only trusted partners may ask for matches")
    reach = caller.reach("Patient", "r")
    requested = person_of(_patient(body))
    if matching.weight(requested) < matching.ENOUGH:
        raise FhirError(422, "required", "The request says too little to identify one person (weights below 10)")
    # Who opted out is among them: they count against certainty too.
    candidates = {person.id: person for person in people.alike(tx, person=requested)}
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    certain = matching.certain(requested, [(person.id, person.demographics) for person in candidates.values()])
    if certain is not None:
        person_id, score = certain
        resource = _visible(tx, caller, reach, candidates[person_id])
        if resource is not None:
            return bundle | {"total": 1, "entry": [_entry(score, resource, base)]}, person_id
    return bundle | {"total": 0}, None


def record(tx: Tx, *, caller: Caller, person_id: str | None) -> None:
    """Write down what was answered. A match opens the record-only tier to the partner from now on."""
    if person_id is not None:
        matches.add_match(tx, client_id=caller.client.client_id, person_id=person_id)
    audit.record(
        tx,
        action=audit.Action.MATCH,
        actor=audit.Actor("client", caller.client.client_id[:40]),
        person_id=person_id,
        outcome="success" if person_id else "none",
    )


def _patient(body: object) -> dict[str, Any]:
    """Return the Patient of a Parameters resource, or one sent alone."""
    if isinstance(body, dict) and body.get("resourceType") == "Patient":
        return body
    if isinstance(body, dict) and body.get("resourceType") == "Parameters":
        for part in items(body.get("parameter")):
            if part.get("name") == "resource" and isinstance(part.get("resource"), dict):
                return dict(part["resource"])
    raise invalid("The body must be Parameters with a Patient as the parameter resource")


def _visible(tx: Tx, caller: Caller, reach: Reach, person: StoredPerson) -> dict[str, Any] | None:
    """Return the Patient of a match; None for who opted out, has no chart here, or is confidential themselves."""
    if not person.share_matches or not person.fhir_id:
        return None
    stored = resources.read(tx, type="Patient", fhir_id=person.fhir_id)
    if stored is None or stored.deleted:
        return {"resourceType": "Patient", "id": person.fhir_id}
    shown = visible(caller, reach, stored)
    return resource_json(masked(tx, caller, [shown])[0]) if shown else None


def _entry(score: float, resource: Mapping[str, Any], base: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{base}/Patient/{resource['id']}",
        "resource": resource,
        "search": {"extension": [{"url": _GRADE, "valueCode": "certain"}], "mode": "match", "score": score},
    }
