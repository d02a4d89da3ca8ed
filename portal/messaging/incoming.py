"""Messages of patients to clinicians of this organization, whichever portal they write from, and the answers.

A message becomes a Communication of the home chart, so that every page, portal and app that reads the chart reads it,
and is noted in a conversation that the care team works on. Its FHIR id follows from its delivery: one that is sent
again, also after this process died halfway, is there once.

Source: FHIR R4 communication.html; conditional create, http.html#ccreate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from portal.access import Sight
from portal.access.authors import may_answer
from portal.domain.dates import as_instant, parse_when
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.ids import HOME, new_id
from portal.domain.sections import Section
from portal.messaging import clinicians, files
from portal.refresh.ingest import ingest
from portal.store import Database, Tx
from portal.store.messages import authors, conversations, outgoing, policies
from portal.store.messages.conversations import Conversation, ConversationState, ConversationTopic
from portal.store.people import people
from portal.store.records import resources
from portal.store.records.resources import StoredResource

MOST_LETTERS = 5000
_EVERYTHING = Sight(confidential=True, private=True, held=False, sections=frozenset(Section), account=None)
"""Whom an app may write to was decided when it asked who there is."""
MOST_A_DAY = 50
"""Messages of one writer for one patient within 24 hours: more is a program's, and would bury the others."""
_SUBJECT = 120
_SOON = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SentFile:
    title: str
    content_type: str  # as its sender says
    content: bytes
    size: int | None = None  # the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a patient, or somebody for them (``writer``: their name), writes. References are of this organization.

    ``author``: the account of who writes for the patient, where it is one of this portal (``portal.access.authors``).

    ``delivery`` names the message over all attempts; empty: it is delivered as often as it is sent.
    """

    recipient: str
    subject: str
    body: str
    writer: str = ""
    author: str = ""
    reply_to: str = ""
    about: str = ""
    delivery: str = ""
    identifier: Mapping[str, str] | None = None
    files: Sequence[SentFile] = ()


def deliver(database: Database, *, person_id: str, message: Incoming) -> tuple[StoredResource, bool]:
    """Take a message; return its Communication, and whether it is new here.

    Raises:
        InvalidInputError: "no-text", "too-long", "too-many-files", "recipient" (not one of this person's clinicians),
            "reply" (there is no such message), codes of ``portal.messaging.files``.
        ConflictError: "not-accepted": the organization or this clinician takes no messages. "too-many".
        NotFoundError: this person has no chart here.
    """
    kinds = _checked(message)
    try:
        with database.transaction() as tx:
            fhir_id, is_new = _noted(tx, person_id, message, kinds)
    except IntegrityError:  # sent twice at the same moment
        with database.transaction() as tx:
            fhir_id, is_new = _noted(tx, person_id, message, kinds)
    with database.reading() as tx:
        stored = resources.read(tx, type="Communication", fhir_id=fhir_id)
        resource = None if stored else _communication(tx, person_id, message, fhir_id)
    if stored is None and resource is not None:
        stored = _store(database, person_id, resource)
    if stored is None:
        raise NotFoundError
    return stored, is_new


def answer(
    database: Database, *, conversation: Conversation, account_id: str, signed: str, text: str, delivery: str
) -> None:
    """Answer the patient, signed by a member of the care team. ``delivery`` names the form: sent twice, it is one.

    Raises:
        InvalidInputError: "no-text", "too-long".
        ConflictError: "closed".
    """
    if not text.strip():
        raise InvalidInputError("no-text")
    if len(text) > MOST_LETTERS:
        raise InvalidInputError("too-long")
    fhir_id = conversations.fhir_id_of(database.vault, delivery=f"answer|{conversation.id}|{delivery}")
    with database.transaction() as tx:
        current = conversations.by_id(tx, conversation_id=conversation.id)
        before = conversations.message_ids(tx, conversation_id=conversation.id)
        if current is None or current.state is ConversationState.CLOSED:
            raise ConflictError("closed")
        if fhir_id not in before:
            conversations.add_message(tx, conversation_id=conversation.id, fhir_id=fhir_id, account_id=account_id)
    with database.reading() as tx:
        if resources.read(tx, type="Communication", fhir_id=fhir_id) is not None:
            return
        patient = people.fhir_id_of(tx, person_id=conversation.person_id)
        sent = _now_after(tx, before)
    topic = conversation.topic
    last = next((earlier for earlier in reversed(before) if earlier != fhir_id), conversation.first_id)
    resource = {
        **_common(fhir_id, patient or "", topic.subject, sent),
        "sender": {"reference": topic.recipient, "display": signed},
        "recipient": [{"reference": f"Patient/{patient}"}],
        "partOf": [_message(conversation.first_id)],
        "inResponseTo": [_message(last)],
        "payload": [{"contentString": text.strip()}],
    }
    _store(database, conversation.person_id, resource)


def _checked(message: Incoming) -> tuple[str, ...]:
    """Return the media types of the files."""
    if not message.body.strip() and not message.files:
        raise InvalidInputError("no-text")
    if len(message.body) > MOST_LETTERS or len(message.subject) > _SUBJECT:
        raise InvalidInputError("too-long")
    if len(message.files) > files.MOST_FILES:
        raise InvalidInputError("too-many-files")
    if sum(len(file.content) for file in message.files) > files.MOST_BYTES:
        raise InvalidInputError("file-too-large")
    return tuple(files.checked(file.content, declared=file.content_type, size=file.size) for file in message.files)


def _noted(tx: Tx, person_id: str, message: Incoming, kinds: Sequence[str]) -> tuple[str, bool]:
    """Note the message in its conversation, with its files; return its FHIR id, and whether it is new."""
    delivery = conversations.delivery_for(person_id, message.delivery or new_id())
    delivered = conversations.delivered(tx, delivery=delivery)
    if delivered is not None:
        return delivered, False
    recipient = next(
        (
            listed
            for listed in clinicians.of_person(tx, person_id=person_id, sight=_EVERYTHING)
            if listed.reference == message.recipient
        ),
        None,
    )
    if recipient is None:
        raise InvalidInputError("recipient")
    if not recipient.accepts:
        raise ConflictError("not-accepted")
    if _written_today(tx, person_id, message.author) >= MOST_A_DAY:
        raise ConflictError("too-many")
    fhir_id = conversations.fhir_id_of(tx.vault, delivery=delivery)
    conversation_id = _conversation(tx, person_id, message, recipient.name, fhir_id)
    if message.author:
        key = resources.resource_id(tx.vault, source=HOME, type="Communication", fhir_id=fhir_id)
        authors.put(tx, key=key, person_id=person_id, account_id=message.author)
    conversations.add_message(tx, conversation_id=conversation_id, fhir_id=fhir_id, delivery=delivery)
    for file, kind in zip(message.files, kinds, strict=True):
        outgoing.add_file(
            tx,
            person_id=person_id,
            title=file.title[:100],
            content_type=kind,
            content=file.content,
            fhir_id=fhir_id,
        )
    return fhir_id, True


def _written_today(tx: Tx, person_id: str, author: str) -> int:
    """Count what one writer wrote: nobody writes so much that another one can write nothing, or learns of it."""
    written = conversations.written_since(tx, person_id=person_id, since=tx.now - timedelta(days=1))
    if len(written) < MOST_A_DAY:
        return len(written)
    writers = authors.writers(tx, person_id=person_id)
    keys = (resources.resource_id(tx.vault, source=HOME, type="Communication", fhir_id=each) for each in written)
    return sum(writers.get(key, "") == author for key in keys)


def _conversation(tx: Tx, person_id: str, message: Incoming, name: str, fhir_id: str) -> str:
    """Return the conversation that a message goes on with, or begins; one of before there were any is taken up.

    Who acts for the patient begins one of their own where they answer what others read, too: what is answered to it is
    theirs.
    """
    topic = ConversationTopic(message.recipient, name, message.subject)
    if not message.reply_to:
        return conversations.start(tx, person_id=person_id, first_id=fhir_id, topic=topic)
    earlier = resources.read(tx, type="Communication", fhir_id=message.reply_to)
    current = conversations.of_message(tx, fhir_id=message.reply_to, person_id=person_id)
    belongs = earlier is not None and earlier.person_id == person_id
    author = _author(tx, person_id, message.reply_to)
    if not (belongs or current) or not may_answer(author, writer=message.author):
        raise InvalidInputError("reply")
    if message.author and not author:
        subject = current.topic.subject if current else ""
        own = replace(topic, subject=message.subject or subject)
        return conversations.start(tx, person_id=person_id, first_id=fhir_id, topic=own)
    if current is not None:
        return current.id
    conversation_id = conversations.start(tx, person_id=person_id, first_id=message.reply_to, topic=topic)
    conversations.add_message(tx, conversation_id=conversation_id, fhir_id=message.reply_to)
    return conversation_id


def _author(tx: Tx, person_id: str, fhir_id: str) -> str:
    """Return whose a message of this person is, be it stored already or only noted."""
    key = resources.resource_id(tx.vault, source=HOME, type="Communication", fhir_id=fhir_id)
    noted = authors.writers(tx, person_id=person_id).get(key, "")
    return authors.of_resources(tx, ids=[key]).get(key, noted)


def _communication(tx: Tx, person_id: str, message: Incoming, fhir_id: str) -> dict[str, Any]:
    patient = people.fhir_id_of(tx, person_id=person_id)
    if patient is None:
        raise NotFoundError
    conversation = conversations.of_message(tx, fhir_id=fhir_id, person_id=person_id)
    subject = message.subject or (conversation.topic.subject if conversation else "")
    earlier = conversations.message_ids(tx, conversation_id=conversation.id) if conversation else ()
    resource = {
        **_common(fhir_id, patient, subject, _now_after(tx, earlier)),
        "sender": {"reference": f"Patient/{patient}"},
        "recipient": [
            {"reference": message.recipient, "display": conversation.topic.recipient_name if conversation else ""}
        ],
        "payload": [
            *([{"contentString": message.body.strip()}] if message.body.strip() else []),
            *({"contentAttachment": attachment} for attachment in _attachments(tx, fhir_id)),
        ],
    }
    if message.identifier:
        resource["identifier"] = [dict(message.identifier)]
    if message.writer:
        resource["contained"] = [
            {
                "resourceType": "RelatedPerson",
                "id": "writer",
                "patient": {"reference": f"Patient/{patient}"},
                "name": [{"text": message.writer}],
            }
        ]
        resource["sender"] = {"reference": "#writer", "display": message.writer}
    if message.reply_to:
        resource["inResponseTo"] = [_message(message.reply_to)]
        first_id = conversation.first_id if conversation else message.reply_to
        resource["partOf"] = [_message(message.reply_to if first_id == fhir_id else first_id)]
    if message.about and _is_of(tx, person_id, message.about):
        resource["about"] = [{"reference": message.about}]
    return resource


def _common(fhir_id: str, patient: str, subject: str, sent: datetime) -> dict[str, Any]:
    return {
        "resourceType": "Communication",
        "id": fhir_id,
        "status": "completed",
        "category": [{"text": "Message"}],
        "subject": {"reference": f"Patient/{patient}"},
        **({"topic": {"text": subject}} if subject else {}),
        "sent": sent.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def _now_after(tx: Tx, earlier: Sequence[str]) -> datetime:
    """Return the present second, or the one after the newest of these messages: an answer stands below what it answers.

    Messages that say to be of another time are left alone.
    """
    now = tx.now.replace(microsecond=0)
    stored = resources.many(tx, references=[f"Communication/{fhir_id}" for fhir_id in earlier])
    sent = [as_instant(when) for resource in stored if (when := parse_when(resource.body.get("sent")))]
    return max([now, *(moment + timedelta(seconds=1) for moment in sent if now <= moment < now + _SOON)])


def _attachments(tx: Tx, fhir_id: str) -> list[dict[str, Any]]:
    return [
        {"contentType": file.content_type, "title": file.title, "size": file.size, "url": f"Binary/{file.id}"}
        for file in outgoing.files_that_came(tx, fhir_id=fhir_id)
    ]


def _is_of(tx: Tx, person_id: str, reference: str) -> bool:
    return any(stored.person_id == person_id for stored in resources.many(tx, references=[reference]))


def _message(fhir_id: str) -> dict[str, str]:
    return {"reference": f"Communication/{fhir_id}"}


def _store(database: Database, person_id: str, resource: Mapping[str, Any]) -> StoredResource | None:
    ingest(database, person_id=person_id, source=HOME, resources=[resource])
    with database.reading() as tx:
        return resources.read(tx, type="Communication", fhir_id=str(resource["id"]))


def accepts(tx: Tx) -> bool:
    """Tell whether this organization takes messages at all."""
    return policies.accepts_messages(tx)
