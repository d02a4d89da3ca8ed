"""The outbox: what people wrote goes to its organization, by a job, written once and delivered once.

The message's id is its Communication.identifier, and each attempt is a conditional create (``If-None-Exist``): whether
the line drops, the answer is lost or this process dies, before or after the other side has it, the next attempt ends
with one message there. What comes back is stored like what a refresh brings. What cannot be sent says why, and waits
for the person.

Source: FHIR R4 http.html#ccreate; RFC 9562 (urn:uuid).
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from portal.domain.errors import (
    BadAnswerError,
    ConflictError,
    HttpStatusError,
    InvalidInputError,
    LimitReachedError,
    LinkingError,
    NotFoundError,
    OutsideError,
    UnauthorizedError,
    UnreachableError,
)
from portal.domain.fhir_ids import is_fhir_id
from portal.domain.ids import HOME
from portal.domain.links import LinkState
from portal.fhir.answers import Answer
from portal.fhir.authorised import Authorised
from portal.fhir.capability import Capability
from portal.fhir.client import local_reference
from portal.fhir.limits import Limits
from portal.fhir.scopes import GrantedScopes
from portal.fhir.transport import open_client
from portal.linking.oauth.discovery import capability_of
from portal.linking.oauth.tokens import LinkTokens
from portal.messaging import incoming, receipts, recipients
from portal.messaging.incoming import Incoming, SentFile
from portal.queue import MESSAGES
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.messages import authors, outgoing
from portal.store.messages import receipts as stored_receipts
from portal.store.messages.outgoing import OutgoingMessage
from portal.store.people import accounts
from portal.store.records import renewals, resources

_log = structlog.get_logger()
_SENDING = timedelta(minutes=3)  # longer than one attempt takes
_TRIES = 5
_FIRST_WAIT = timedelta(seconds=15)  # doubled with each try: some minutes until the person is told
_LIMITS = Limits(attempts=1, total_seconds=60.0)
_GONE = frozenset({404, 405, 501})
_PASSING = frozenset({408, 425, 429})


class _RefusedError(Exception):
    """It will not be taken, however often it is sent; ``reason`` is what the page explains."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Target:
    link: Link
    organization: Organization


def ask(services: Services) -> None:
    """Ask the workers to send what waits."""
    services.queue.enqueue(MESSAGES, job_id="messages")


def ask_again(services: Services) -> int:
    """Ask for what a lost queue or a stopped worker left; return the number of jobs."""
    with services.db.reading() as tx:
        waiting = outgoing.any_due(tx) or stored_receipts.any_due(tx)
    if waiting:
        ask(services)
    return int(waiting)


def send_due(services: Services) -> int:
    """Send what is due; return how many messages their organizations have now."""
    sent = 0
    while True:
        with services.db.transaction() as tx:
            message = outgoing.take_due(tx, span=_SENDING)
        if message is None:
            break
        sent += _attempt(services, message)
    receipts.send_due(services)
    return sent


def _attempt(services: Services, message: OutgoingMessage) -> bool:
    try:
        if message.source == HOME:
            _deliver_at_home(services, message)
        else:
            _send(services, message)
    except _RefusedError as refusal:
        _fail(services, message, refusal.reason)
    except (OutsideError, LinkingError) as error:
        _log.warning("message.failed", code=error.code, tries=message.tries + 1)
        if message.tries + 1 >= _TRIES:
            _fail(services, message, "unreachable")
        else:
            with services.db.transaction() as tx:
                outgoing.put_off(tx, message_id=message.id, until=tx.now + _FIRST_WAIT * 2**message.tries)
    else:
        with services.db.transaction() as tx:
            outgoing.end(tx, message_id=message.id)
        return True
    return False


def _fail(services: Services, message: OutgoingMessage, reason: str) -> None:
    _log.info("message.refused", reason=reason)
    with services.db.transaction() as tx:
        outgoing.fail(tx, message_id=message.id, reason=reason)


def _files(tx: Tx, message: OutgoingMessage) -> tuple[SentFile, ...]:
    files = outgoing.files_of(tx, message_ids=[message.id]).get(message.id, ())
    return tuple(SentFile(file.title, file.content_type, outgoing.content_of(tx, file_id=file.id)) for file in files)


def _author(tx: Tx, message: OutgoingMessage) -> str:
    """Return the account of who writes for the patient; empty where it is the patient's own."""
    account = accounts.by_id(tx, account_id=message.account_id, disabled=True)
    return "" if account is not None and account.person_id == message.person_id else message.account_id


def _note_author(services: Services, message: OutgoingMessage) -> None:
    """Note whose a message is before its organization has it: whatever brings it back finds that."""
    with services.db.transaction() as tx:
        if author := _author(tx, message):
            key = authors.identifier_key(tx.vault, outgoing.identifier(message.id))
            authors.put(tx, key=key, person_id=message.person_id, account_id=author)


def _deliver_at_home(services: Services, message: OutgoingMessage) -> None:
    content = message.content
    with services.db.reading() as tx:
        files, author = _files(tx, message), _author(tx, message)
    written = Incoming(
        recipient=content.recipient,
        subject=content.subject,
        body=content.body,
        writer=content.writer,
        author=author,
        reply_to=content.reply_to.rpartition("/")[2],
        about=content.about,
        delivery=outgoing.delivery(message.id),
        files=files,
    )
    try:
        incoming.deliver(services.db, person_id=message.person_id, message=written)
    except (InvalidInputError, ConflictError) as error:
        closed = error.code in ("recipient", "not-accepted", "too-many")
        raise _RefusedError("not-accepted" if closed else "refused") from None
    except NotFoundError:
        raise _RefusedError("refused") from None


def _send(services: Services, message: OutgoingMessage) -> None:
    target = _target(services, message)
    capability = capability_of(services, target.organization)
    tokens = LinkTokens(services, target.link.id)
    with services.db.reading() as tx:
        files = _files(tx, message)
    try:
        if not writes(target.organization, capability, tokens.scopes):
            lacks_permission = capability.creates("Communication") and not target.organization.messages_off
            raise _RefusedError("no-permission" if lacks_permission else "not-offered")
        patient = tokens.patient
        resource = _communication(message, patient, files)
        _note_author(services, message)
        with open_client(egress=services.settings.egress, limits=_LIMITS) as http:
            answer = Authorised(http, capability.fhir_base, tokens, limits=_LIMITS).post(
                f"{capability.fhir_base}/Communication",
                resource,
                headers={"If-None-Exist": f"identifier=urn:ietf:rfc:3986|{outgoing.identifier(message.id)}"},
            )
    except UnauthorizedError:
        raise _RefusedError("needs-verification") from None
    except HttpStatusError as error:
        _refuse(services, target, error)
        raise
    except LimitReachedError:
        raise UnreachableError("answer") from None
    _note_there(services, target, message, answer, base=capability.fhir_base)
    _store(services, target, message, answer.body, patient)


def _note_there(services: Services, target: _Target, message: OutgoingMessage, answer: Answer, *, base: str) -> None:
    """Note whose a message is by the id that it has there, too: not every server keeps an identifier of ours."""
    posted = (answer.body.get("resourceType"), answer.body.get("id"))
    kind, fhir_id = local_reference(answer.location, base) or posted
    if kind != "Communication" or not is_fhir_id(fhir_id):
        return
    with services.db.transaction() as tx:
        author = _author(tx, message)
        key = resources.resource_id(tx.vault, source=target.link.source, type="Communication", fhir_id=fhir_id)
        if not author:
            return
        for each in (key, authors.address_key(tx.vault, base, fhir_id)):
            authors.put(tx, key=each, person_id=message.person_id, account_id=author)
        if resources.by_id(tx, resource_id=key) is not None:  # a refresh was faster
            renewals.add_person(tx, person_id=message.person_id)


def _refuse(services: Services, target: _Target, error: HttpStatusError) -> None:
    """Raise what an answer means that will not change by itself."""
    if (error.status >= 500 and error.status not in _GONE) or error.status in _PASSING:
        return
    if error.status in _GONE:
        capability_of(services, target.organization, fresh=True)
        recipients.update(services, link_id=target.link.id)
        raise _RefusedError("switched-off")
    if error.status in (403, 412):
        raise _RefusedError("no-permission" if error.status == 403 else "refused")
    raise _RefusedError("not-accepted" if error.issue == "business-rule" else "refused")


def _target(services: Services, message: OutgoingMessage) -> _Target:
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=message.source)
        organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
    if link is None or organization is None or not link.live:
        raise _RefusedError("unlinked")
    if link.state not in (LinkState.ACTIVE, LinkState.ERROR):
        raise _RefusedError("needs-verification")
    return _Target(link, organization)


def writes(organization: Organization, capability: Capability, scopes: tuple[str, ...]) -> bool:
    """Tell whether messages can be written at an organization: our administrators do not say no, its server says so,
    and the person's grant allows it."""
    return (
        not organization.messages_off
        and capability.creates("Communication")
        and GrantedScopes(scopes).create("Communication")
    )


def _communication(message: OutgoingMessage, patient: str, files: tuple[SentFile, ...]) -> dict[str, Any]:
    content = message.content
    person = {"reference": f"Patient/{patient}"}
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": outgoing.identifier(message.id)}],
        "status": "completed",
        "subject": person,
        "sent": message.updated_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "sender": person,
        "recipient": [{"reference": content.recipient}],
        "payload": [
            *([{"contentString": content.body}] if content.body else []),
            *({"contentAttachment": _attachment(file)} for file in files),
        ],
    }
    if content.subject:
        resource["topic"] = {"text": content.subject}
    if content.writer:
        writer = {
            "resourceType": "RelatedPerson",
            "id": "writer",
            "patient": person,
            "name": [{"text": content.writer}],
        }
        resource["contained"] = [writer]
        resource["sender"] = {"reference": "#writer", "display": content.writer}
    if content.reply_to:
        resource["inResponseTo"] = [{"reference": content.reply_to}]
    if content.about:
        resource["about"] = [{"reference": content.about}]
    return resource


def _attachment(file: SentFile) -> dict[str, Any]:
    return {
        "contentType": file.content_type,
        "title": file.title,
        "size": len(file.content),
        "data": b64encode(file.content).decode(),
    }


def _store(services: Services, target: _Target, message: OutgoingMessage, body: dict[str, Any], patient: str) -> None:
    """Store the message as its organization has it; one that does not answer with it shows it at the next refresh."""
    subject = body.get("subject")
    ours = isinstance(subject, dict) and str(subject.get("reference", "")).rpartition("/")[2] == patient
    if body.get("resourceType") != "Communication" or not is_fhir_id(body.get("id")) or not ours:
        if body:
            raise BadAnswerError("wrong-resource")
        return
    with services.db.reading() as tx:
        link = links.by_id(tx, link_id=target.link.id)
    if link is None or not link.live:  # it ended meanwhile: nothing of it is stored any more
        return
    ingest(
        services.db,
        person_id=message.person_id,
        source=target.link.source,
        resources=[body],
        confidential=target.organization.sensitive,
    )
