"""Messages of patients by the FHIR API: creating one, to whom, which were read, and their files.

Sources: FHIR R4 communication.html; http.html#create and #ccreate; operations.html. Refusals are OperationOutcomes with
a sentence: 422 "business-rule" where nobody takes the message, "value" or "invalid" where something is wrong with it.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Request, Response

from portal import audit
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.identity.folding import fold
from portal.messaging import clinicians, incoming
from portal.messaging.incoming import Incoming, SentFile
from portal.messaging.received import receive as receive_one
from portal.normalise.context import target_of
from portal.normalise.elements import first, items, obj
from portal.provider import bodies
from portal.provider.fhir import bundles, shared
from portal.provider.fhir.access import Caller, may_write, portal_author, visible
from portal.provider.fhir.formats import fhir_json
from portal.provider.fhir.outcomes import FhirError, forbidden, invalid, not_found, outcome
from portal.provider.oauth.scopes import Reach
from portal.services import Services
from portal.store import Tx, Write
from portal.store.messages import outgoing
from portal.store.people import accounts
from portal.store.records import resources
from portal.store.records.resources import StoredResource

_MOST_RECEIVED = 200
_SENTENCES = {
    "no-text": "A message needs a text or a file",
    "too-long": f"The subject or the text is too long ({incoming.MOST_LETTERS} characters)",
    "too-many-files": "There are too many files",
    "recipient": "The recipient is not one of this patient's clinicians here",
    "reply": "The message that is answered does not exist",
    "file-empty": "A file is empty",
    "file-too-large": "The files are larger than 5 MB together",
    "file-length": "A file is not as long as its size says",
    "file-macros": "A file holds macros or scripts",
    "file-script": "A file holds a page or a script",
    "file-packed": "A file is an archive or an office document",
    "file-type": "Only PDF, JPEG and PNG files are taken",
    "file-other": "A file is not of the type that it says",
    "file-unpacks": "A file unpacks into far more than it is",
    "file-broken": "A file is broken or ends too early",
    "file-base64": "The data of a file are not base64",
}


def create(services: Services, caller: Caller, request: Request) -> tuple[StoredResource, bool]:
    """Take a Communication of the caller's person; return it as it is stored, and whether it is new.

    Raises:
        FhirError: 400, 403, 405 or 422, with a sentence.
    """
    person_id = _writer_of(services, caller)
    try:
        body = bodies.json_of(request.get_data())
    except InvalidInputError:
        raise invalid("The body is not JSON, or nested too deep") from None
    if not isinstance(body, dict) or body.get("resourceType") != "Communication":
        raise invalid("The body is no Communication", "structure")
    try:
        message = _message(services, caller, body, request.headers.get("If-None-Exist", ""))
        return incoming.deliver(services.db, person_id=person_id, message=message)
    except InvalidInputError as error:
        raise FhirError(422, "invalid", _SENTENCES.get(error.code, "The message cannot be read")) from None
    except ConflictError as error:
        text = "Too many messages in a day" if error.code == "too-many" else "Nobody takes messages at this recipient"
        raise FhirError(422, "business-rule", text) from None
    except NotFoundError:
        raise forbidden("There is no chart that the message could be written to") from None


def shown(tx: Tx, caller: Caller, stored: StoredResource) -> dict[str, Any]:
    """Return the message as the caller may read it; one who may not is told only that it was taken."""
    reach = caller.reach("Communication", "r") if caller.reaches("Communication", "r") else None
    sight = shared.PeopleSight(tx, caller, {caller.person_id or "": caller.patient or ""})
    visible = next(iter(sight.shown(reach, [stored])), None) if reach else None
    if visible is None:
        return outcome("informational", "The message was taken", severity="information")
    return bundles.resource_json(visible)


def recipients(tx: Tx, caller: Caller) -> dict[str, Any]:
    """Return the PractitionerRoles that the person may write to, and those they may not, by a flag."""
    caller.reach("Communication", "s")
    caller.reach("CareTeam", "s")
    if caller.person_id is None:
        raise forbidden("Only a token of a patient tells whom they may write to")
    return clinicians.as_roles(clinicians.of_person(tx, person_id=caller.person_id, sight=caller.sight))


def receive(services: Services, caller: Caller, request: Request) -> Response:
    """Note the messages that a Parameters resource names as read by the person."""
    person_id = _writer_of(services, caller)
    try:
        body = bodies.json_of(request.get_data())
    except InvalidInputError:
        raise invalid("The body is not JSON, or nested too deep") from None
    named = [target_of(part.get("valueReference")) for part in items(obj(body).get("parameter"))]
    if not named or len(named) > _MOST_RECEIVED:
        raise invalid("The body names no messages, or too many", "structure")
    messages = ["/".join(reference.split("/")[-2:]) for reference in named]
    with services.db.reading() as tx:
        now = tx.now
        stored = [each for each in resources.many(tx, references=messages) if each.type == "Communication"]
    for message in stored:
        if caller.sight.reads(message.author):
            receive_one(services.db, person_id=person_id, fhir_id=message.fhir_id, at=now)
    return fhir_json(outcome("informational", "Noted", severity="information"))


def file(tx: Tx, caller: Caller, file_id: str) -> Response:
    """Return a file of a message that the caller may read, as it is.

    Raises:
        FhirError: 404 also where it is another person's.
    """
    reach = caller.reach("Communication", "r")
    came = outgoing.came(tx, file_id=file_id)
    stored = resources.read(tx, type="Communication", fhir_id=came[0]) if came else None
    if came is None or stored is None or stored.deleted or stored.person_id != caller.person_id:
        raise not_found()
    if not shared.PeopleSight(tx, caller, {caller.person_id or "": caller.patient or ""}).shown(reach, [stored]):
        raise not_found()
    response = Response(came[3], content_type=came[1])
    response.headers["Content-Disposition"] = "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def recording(caller: Caller, *, is_new: bool, author: str = "") -> Write:
    """Return what records a message that was written (``author``: whose it is), or one that was sent again or read."""

    def record(tx: Tx) -> None:
        audit.record(
            tx,
            action=audit.Action.MESSAGE if is_new else audit.Action.API_READ,
            actor=audit.Actor("client", caller.client.client_id[:40]),
            person_id=caller.person_id,
            type="Communication",
            grant=caller.grant.id,
            **audit.of_author(author if is_new else ""),
        )

    return record


def _writer_of(services: Services, caller: Caller) -> str:
    """Return whose messages the caller may write.

    Raises:
        FhirError: 403 by scope or right; 405 where the organization takes no messages.
    """
    caller.reach("Communication", "c")
    with services.db.reading() as tx:
        takes_messages = incoming.accepts(tx)
        allowed = may_write(tx, services.settings, caller)
    if not takes_messages:
        raise FhirError(405, "not-supported", "This organization takes no messages")
    if not allowed or caller.person_id is None:
        raise forbidden("The token may not write in the name of this patient")
    return caller.person_id


def _message(services: Services, caller: Caller, body: Mapping[str, Any], if_none_exist: str) -> Incoming:
    if body.get("status") not in ("completed", "in-progress"):
        raise FhirError(422, "value", "The status must be completed")
    if target_of(body.get("subject")).rpartition("/")[2] != caller.patient:
        raise FhirError(422, "value", "The subject must be the patient of the token")
    if any(name in body for name in ("modifierExtension", "implicitRules", "medium", "note")):
        raise FhirError(422, "not-supported", "The message has elements that would not be shown")
    recipient = items(body.get("recipient"))
    if len(recipient) != 1:
        raise FhirError(422, "value", "A message has one recipient")
    identifier = first(body.get("identifier"))
    subject = obj(body.get("topic")).get("text")
    payload = items(body.get("payload"))
    return Incoming(
        recipient=_local(services, recipient[0]),
        subject=subject if isinstance(subject, str) else "",
        body="\n\n".join(part["contentString"] for part in payload if isinstance(part.get("contentString"), str)),
        writer=_writer(services, caller, body),
        author=_author(services, caller, body),
        reply_to=_answered(services, caller, first(body.get("inResponseTo"))),
        about=_about(services, caller, first(body.get("about"))),
        delivery=_delivery(caller, identifier, if_none_exist),
        identifier={name: str(identifier[name])[:200] for name in ("system", "value") if name in identifier},
        files=[_file(obj(part["contentAttachment"])) for part in payload if "contentAttachment" in part],
    )


def _local(services: Services, reference: object) -> str:
    """Return a reference to this server, relative."""
    return target_of(reference).removeprefix(f"{services.settings.fhir_base}/")


def _answered(services: Services, caller: Caller, reference: object) -> str:
    """Return the id of the message that is answered.

    Raises:
        InvalidInputError: it is kept from the caller, which is as if it were not there.
    """
    fhir_id = _local(services, reference).removeprefix("Communication/")
    with services.db.reading() as tx:
        stored = resources.read(tx, type="Communication", fhir_id=fhir_id) if fhir_id else None
    if stored is not None and not stored.deleted and visible(caller, Reach(None), stored) is None:
        raise InvalidInputError("reply")
    return fhir_id


def _about(services: Services, caller: Caller, reference: object) -> str:
    """Return what a message is about where the caller sees it; of anything else it is not told whether it is there."""
    name = _local(services, reference)
    kind = name.partition("/")[0]
    if not caller.reaches(kind, "r"):
        return ""
    with services.db.reading() as tx:
        own = [each for each in resources.many(tx, references=[name]) if each.person_id == caller.person_id]
        sight = shared.PeopleSight(tx, caller, {caller.person_id or "": caller.patient or ""})
        return name if sight.shown(caller.reach(kind, "r"), own) else ""


def _delivery(caller: Caller, identifier: Mapping[str, Any], if_none_exist: str) -> str:
    """Return what names the delivery; the condition must be about the identifier of the message itself."""
    if not if_none_exist:
        return ""
    conditions = parse_qsl(if_none_exist.lstrip("?"), keep_blank_values=True)
    written = f"{identifier.get('system', '')}|{identifier.get('value', '')}"
    if len(conditions) != 1 or conditions[0] != ("identifier", written) or not identifier.get("value"):
        raise FhirError(412, "not-supported", "If-None-Exist must name the identifier of the message, and nothing else")
    return f"{caller.client.client_id}|{written}"


def _writer(services: Services, caller: Caller, body: Mapping[str, Any]) -> str:
    """Return the name of who writes for the patient: as the message says, else whose account the token is from."""
    sender = target_of(body.get("sender"))
    if sender.startswith("#"):
        contained = next((part for part in items(body.get("contained")) if part.get("id") == sender[1:]), None)
        if contained is None or contained.get("resourceType") != "RelatedPerson":
            raise FhirError(422, "value", "The sender must be the patient, or a RelatedPerson in the message")
        text = first(contained.get("name")).get("text")
        return text.strip()[:100] if isinstance(text, str) else ""
    if sender.rpartition("/")[2] != caller.patient:
        raise FhirError(422, "value", "The sender must be the patient, or a RelatedPerson in the message")
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=caller.grant.account_id) if caller.grant.account_id else None
    return account.display if account and account.person_id != caller.person_id else ""


def _author(services: Services, caller: Caller, body: Mapping[str, Any]) -> str:
    """Return whose the message is: the token's account's, or of somebody whom the other portal alone knows."""
    account_id = caller.sight.account or ""
    if not caller.client.is_of_an_organization or not target_of(body.get("sender")).startswith("#"):
        return account_id
    written_by = fold(_writer(services, caller, body))
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=account_id) if account_id else None
        is_same = account is not None and fold(account.display or account.username) == written_by
        return account_id if is_same else portal_author(tx, caller.client)


def _file(attachment: Mapping[str, Any]) -> SentFile:
    data, size = attachment.get("data"), attachment.get("size")
    try:
        content = b64decode(data, validate=True) if isinstance(data, str) else b""
    except (NotBase64, ValueError):
        raise InvalidInputError("file-base64") from None
    title = attachment.get("title")
    return SentFile(
        title=title.strip()[:100] if isinstance(title, str) else "",
        content_type=str(attachment.get("contentType", "")),
        content=content,
        size=size if isinstance(size, int) else None,
    )
