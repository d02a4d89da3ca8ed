"""Everything that is kept of a person, as one file for that person: record, links, log, account, and the rest.

The person makes it (``archive``), or staff let it be made: sealed with the person's key, for the person's own sign-in,
once.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec

from portal import audit
from portal.access import Duty, has_duty
from portal.audit import fhir_events
from portal.domain.errors import ConflictError, NotFoundError
from portal.services import Services
from portal.store import Tx
from portal.store.audit import segments
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.people import accounts, everything, people
from portal.store.people.accounts import Account
from portal.store.records import packing, resources
from portal.store.records.grouping import lock_person
from portal.store.shares import exports, received


def archive(tx: Tx, *, person_id: str, organization: str) -> bytes:
    """Return a ZIP file: ``record.json`` (a FHIR R4 Bundle of type collection), ``links.json``, ``log.ndjson``
    (AuditEvent resources), ``account.json``, ``other.json`` (messages not sent, proxies, shares … by table), and what
    the person handed on at the front desk as it came, ``received/``.

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
        packed.writestr("record.json", packing.encode(bundle))
        packed.writestr("links.json", msgspec.json.encode(list(_links(tx, person_id))))
        for number, summary in enumerate(received.of_person(tx, person_id=person_id), 1):
            packed.writestr(f"received/{number}.json", received.content(tx, received_id=summary.id) or b"")
        packed.writestr("account.json", msgspec.json.encode(own))
        packed.writestr("other.json", msgspec.json.encode(dict(everything.tables(tx, person_id=person_id))))
        with packed.open("log.ndjson", "w") as log:
            for event in segments.events(tx, person_id=person_id):
                detail = msgspec.json.decode(event.detail or "{}", type=dict[str, str])
                told = fhir_events.resource(event, detail=detail, observer=organization, patient=person.fhir_id)
                log.write(msgspec.json.encode(told) + b"\n")
    return file.getvalue()


def prepare(services: Services, *, person_id: str, by: Account) -> str:
    """Put everything together for the person to open, once, within ``exports.LASTING``; return its id.

    Who starts it is shown nothing of it and cannot open it: it is handed to the person's own sign-in alone.

    Raises:
        NotFoundError: there is no such person.
        ConflictError: ``not-administrator``; ``no-account``: the person has no sign-in of their own to open it with.
    """
    if not has_duty(by.role, Duty.MANAGE_ACCOUNTS) or by.disabled:
        raise ConflictError("not-administrator", hint="only an administrator's account may do this")
    with services.db.reading() as tx:
        content = archive(tx, person_id=person_id, organization=services.settings.organization)
    with services.db.transaction() as tx:
        lock_person(tx, person_id=person_id)
        if people.by_id(tx, person_id=person_id) is None:  # erased meanwhile, or one with another now
            raise NotFoundError
        account = accounts.own_account(tx, person_id=person_id)
        if account is None or account.disabled:
            raise ConflictError("no-account", hint="this person has no sign-in of their own: invite them first")
        export_id = exports.add(tx, person_id=person_id, account_id=by.id, content=content)
        _record(tx, audit.Actor("account", by.id), person_id, "prepared")
    return export_id


def take(tx: Tx, *, export_id: str, person_id: str, actor: audit.Actor) -> bytes | None:
    """Return what was prepared for a person and forget it; None where there is nothing to open any more."""
    content = exports.take(tx, export_id=export_id, person_id=person_id)
    if content is not None:
        _record(tx, actor, person_id, "opened")
    return content


def _record(tx: Tx, actor: audit.Actor, person_id: str, step: str) -> None:
    audit.record(tx, action=audit.Action.EXPORT, actor=actor, person_id=person_id, step=step)


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
