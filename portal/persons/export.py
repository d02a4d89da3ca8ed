"""Everything that is kept of a person, as one file for that person: record, links, log, account."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec

from portal.audit import fhir_events
from portal.domain.errors import NotFoundError
from portal.store import Tx
from portal.store.audit import segments
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.people import accounts, people
from portal.store.records import resources
from portal.store.shares import received


def archive(tx: Tx, *, person_id: str, organization: str) -> bytes:
    """Return a ZIP file: ``record.json`` (a FHIR R4 Bundle of type collection), ``links.json``, ``log.ndjson``
    (AuditEvent resources), ``account.json``, and what the person handed on at the front desk as it came, ``received/``.

    Raises:
        NotFoundError: there is no such person.
    """
    person = people.by_id(tx, person_id=person_id)
    if person is None:
        raise NotFoundError
    account = accounts.own_account(tx, person_id=person_id)
    own = {
        "demographics": msgspec.to_builtins(person.demographics),
        "username": account.username if account else None,
        "email": account.email if account else None,
        "created": account.created_at if account else None,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        entries = [
            {"fullUrl": f"urn:tributary:{stored.id}", "resource": stored.body}
            for stored in resources.everything(tx, person_id=person_id)
        ]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        packed.writestr("record.json", msgspec.json.encode(bundle))
        packed.writestr("links.json", msgspec.json.encode(list(_links(tx, person_id))))
        for number, summary in enumerate(received.of_person(tx, person_id=person_id), 1):
            packed.writestr(f"received/{number}.json", received.content(tx, received_id=summary.id) or b"")
        packed.writestr("account.json", msgspec.json.encode(own))
        with packed.open("log.ndjson", "w") as log:
            for event in segments.events(tx, person_id=person_id):
                detail = msgspec.json.decode(event.detail or "{}", type=dict[str, str])
                told = fhir_events.resource(event, detail=detail, observer=organization, patient=person.fhir_id)
                log.write(msgspec.json.encode(told) + b"\n")
    return file.getvalue()


def _links(tx: Tx, person_id: str) -> Iterator[dict[str, Any]]:
    persons_links = links.of_person(tx, person_id=person_id, live=None)
    by_id = organizations.by_ids(tx, ids={link.organization_id for link in persons_links})
    for link in persons_links:
        organization = by_id.get(link.organization_id)
        yield {
            "organization": organization.name if organization else link.organization_id,
            "state": link.state,
            "created": link.created_at,
            "verified": link.verified_at,
            "updated": link.refreshed_at,
            "history": [
                {"at": event.at, "move": event.move, "to": event.to_state}
                for event in links.history(tx, link_id=link.id)
            ],
        }
