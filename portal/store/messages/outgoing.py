"""What people write: drafts, and the outbox that holds a message until the organization it is for has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import ColumnElement, Row, String, and_, bindparam, delete, func, insert, or_, select, update

from portal.domain.errors import ConflictError
from portal.domain.ids import HOME, new_id
from portal.domain.people import Role
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.schema.access import account
from portal.store.schema.messages import message_file, outgoing_message

DRAFTS_PER_PERSON = 20
WAITING_PER_PERSON = 20


class OutgoingState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class MessageContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written, and to whom. References are of the organization that it is for.

    ``writer`` is empty where the patient writes, else the name of who writes for them. ``about`` is the reference of
    an item, ``about_title`` what it is called.
    """

    recipient: str = ""
    recipient_name: str = ""
    subject: str = ""
    body: str = ""
    reply_to: str = ""
    about: str = ""
    about_title: str = ""
    writer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    id: str
    person_id: str
    account_id: str
    source: str
    state: OutgoingState
    content: MessageContent
    reason: str
    tries: int
    created_at: datetime
    updated_at: datetime


def identifier(message_id: str) -> str:
    """Return the Communication.identifier of a message."""
    return uuid5(NAMESPACE_URL, f"tributary:message:{message_id}").urn


def delivery(message_id: str) -> str:
    """Return what names the delivery of a message to this organization itself."""
    return f"{HOME}|{message_id}"


def put_draft(
    tx: Tx, *, message_id: str, person_id: str, account_id: str, source: str, content: MessageContent
) -> None:
    """Keep a draft. The form that it is written in names it: sent twice, it is there once.

    Raises:
        ConflictError: "too-many": they have too many drafts. "sent": it is a draft no more, or another's.
    """
    values = {"source": source, "updated_at": tx.now}
    stored = tx.conn.execute(select(outgoing_message.c.state).where(outgoing_message.c.id == message_id)).scalar()
    if stored is not None:
        changed = tx.conn.execute(
            update(outgoing_message)
            .where(*_own(message_id, person_id, account_id), outgoing_message.c.state == OutgoingState.DRAFT)
            .values(data=_sealed(tx, message_id, content, person_id), **values)
        )
        if not changed.rowcount:
            raise ConflictError("sent")
        return
    if _count(tx, person_id, account_id, OutgoingState.DRAFT) >= DRAFTS_PER_PERSON:
        raise ConflictError("too-many")
    tx.conn.execute(
        insert(outgoing_message).values(
            id=message_id,
            person_id=person_id,
            account_id=account_id,
            state=OutgoingState.DRAFT,
            data=_sealed(tx, message_id, content, person_id),
            tries=0,
            due_at=tx.now,
            created_at=tx.now,
            **values,
        )
    )


def post(tx: Tx, *, message_id: str, person_id: str, account_id: str) -> None:
    """Put a draft, or one that failed, into the outbox. What is there already stays there once.

    Raises:
        ConflictError: "too-many": too many wait already.
    """
    if _count(tx, person_id, account_id, OutgoingState.WAITING) >= WAITING_PER_PERSON:
        raise ConflictError("too-many")
    tx.conn.execute(
        update(outgoing_message)
        .where(
            *_own(message_id, person_id, account_id),
            _in_hand(),
        )
        .values(state=OutgoingState.WAITING, due_at=tx.now, updated_at=tx.now, tries=0, reason=None)
    )


def by_id(tx: Tx, *, message_id: str, person_id: str, account_id: str | None = None) -> OutgoingMessage | None:
    """Return one of this person's; with ``account_id`` only of who wrote it."""
    query = select(outgoing_message).where(
        outgoing_message.c.id == message_id, outgoing_message.c.person_id == person_id
    )
    if account_id is not None:
        query = query.where(outgoing_message.c.account_id == account_id)
    stored = tx.conn.execute(query).one_or_none()
    return _message(tx, stored) if stored else None


def unsent(tx: Tx, *, person_id: str, account_id: str) -> tuple[OutgoingMessage, ...]:
    """Return what is not with its organization yet, newest first: one's own drafts, and what is on the way.

    The person sees everybody's; who acts for them sees their own and the person's, not what another one writes.
    """
    stored = tx.conn.execute(_UNSENT, {"person_id": person_id, "account_id": account_id})
    return tuple(_message(tx, row) for row in stored)


_PERSONS = select(account.c.id).where(
    account.c.person_id == bindparam("person_id"), account.c.role == Role.PATIENT.value
)
_READER = bindparam("account_id", type_=String)
_UNSENT = with_constants(
    select(outgoing_message)
    .where(
        outgoing_message.c.person_id == bindparam("person_id"),
        outgoing_message.c.state != OutgoingState.SENT,
        or_(
            outgoing_message.c.account_id == _READER,
            and_(
                outgoing_message.c.state == OutgoingState.WAITING,
                or_(_READER.in_(_PERSONS), outgoing_message.c.account_id.in_(_PERSONS)),
            ),
        ),
    )
    .order_by(outgoing_message.c.updated_at.desc(), outgoing_message.c.id)
)


def discard(tx: Tx, *, message_id: str, person_id: str, account_id: str) -> None:
    """Delete a draft, or one that failed, with its files."""
    tx.conn.execute(
        delete(outgoing_message).where(
            *_own(message_id, person_id, account_id),
            _in_hand(),
        )
    )


def take_due(tx: Tx, *, span: timedelta) -> OutgoingMessage | None:
    """Return the next that is due, and put it off, so that nobody else sends it meanwhile."""
    c = outgoing_message.c
    due = (
        select(outgoing_message)
        .where(c.state == OutgoingState.WAITING, c.due_at <= tx.now)
        .order_by(c.due_at, c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    stored = tx.conn.execute(due).one_or_none()
    if stored is None:
        return None
    tx.conn.execute(update(outgoing_message).where(c.id == stored.id).values(due_at=tx.now + span))
    return _message(tx, stored)


def any_due(tx: Tx) -> bool:
    c = outgoing_message.c
    due = select(c.id).where(c.state == OutgoingState.WAITING, c.due_at <= tx.now).limit(1)
    return tx.conn.execute(due).first() is not None


def end(tx: Tx, *, message_id: str) -> None:
    """Forget the text: the organization has it, and it is among the messages now."""
    tx.conn.execute(
        update(outgoing_message)
        .where(outgoing_message.c.id == message_id)
        .values(
            state=OutgoingState.SENT,
            ended_at=tx.now,
            data=tx.seal(MessageContent(), row=f"outgoing_message.data:{message_id}"),
        )
    )
    tx.conn.execute(delete(message_file).where(message_file.c.message_id == message_id))


def put_off(tx: Tx, *, message_id: str, until: datetime) -> None:
    tx.conn.execute(
        update(outgoing_message)
        .where(outgoing_message.c.id == message_id)
        .values(due_at=until, tries=outgoing_message.c.tries + 1)
    )


def fail(tx: Tx, *, message_id: str, reason: str) -> None:
    """Give up, so that who wrote it is told why and can try again."""
    tx.conn.execute(
        update(outgoing_message)
        .where(outgoing_message.c.id == message_id, outgoing_message.c.state == OutgoingState.WAITING)
        .values(state=OutgoingState.FAILED, reason=reason, updated_at=tx.now)
    )


# Files


_PLACE = "message_file.fhir_id"  # for which FHIR ids are sealed


@dataclass(frozen=True, slots=True)
class MessageFile:
    id: str
    title: str
    content_type: str
    size: int


def add_file(
    tx: Tx, *, person_id: str, title: str, content_type: str, content: bytes, message_id: str = "", fhir_id: str = ""
) -> str:
    """Keep a file of an own message, or of one that came; return its id."""
    file_id = new_id()
    tx.conn.execute(
        insert(message_file).values(
            id=file_id,
            person_id=person_id,
            message_id=message_id or None,
            fhir_id=tx.vault.seal_id(fhir_id, place=_PLACE) or None,
            size=len(content),
            content_type=content_type,
            title=tx.seal(title, row=f"message_file.title:{file_id}", person_id=person_id),
            content=tx.sealer(person_id).seal(content, row=f"message_file.content:{file_id}"),
        )
    )
    return file_id


def files_of(tx: Tx, *, message_ids: Iterable[str]) -> dict[str, tuple[MessageFile, ...]]:
    """Return the files of own messages, by message."""
    c = message_file.c
    query = select(c.id, c.message_id, c.title, c.content_type, c.size).where(c.message_id.in_(list(message_ids)))
    by_message: dict[str, tuple[MessageFile, ...]] = {}
    for stored in tx.conn.execute(query.order_by(c.id)):
        file = MessageFile(stored.id, _title(tx, stored), stored.content_type, stored.size)
        by_message[stored.message_id] = (*by_message.get(stored.message_id, ()), file)
    return by_message


def files_that_came(tx: Tx, *, fhir_id: str) -> tuple[MessageFile, ...]:
    """Return the files of a message that came for this organization."""
    c = message_file.c
    query = select(c.id, c.title, c.content_type, c.size).order_by(c.id)
    query = query.where(c.fhir_id.in_(tx.vault.ids(fhir_id, place=_PLACE)))
    return tuple(
        MessageFile(stored.id, _title(tx, stored), stored.content_type, stored.size)
        for stored in tx.conn.execute(query)
    )


def content_of(tx: Tx, *, file_id: str) -> bytes:
    sealed = tx.conn.execute(select(message_file.c.content).where(message_file.c.id == file_id)).scalar_one()
    return tx.open(sealed, row=f"message_file.content:{file_id}")


def came(tx: Tx, *, file_id: str) -> tuple[str, str, str, bytes] | None:
    """Return FHIR id of the message, media type, title and bytes of a file that came with one."""
    c = message_file.c
    stored = tx.conn.execute(select(message_file).where(c.id == file_id, c.fhir_id.is_not(None))).one_or_none()
    if stored is None:
        return None
    content = tx.open(stored.content, row=f"message_file.content:{file_id}")
    return tx.vault.open_id(stored.fhir_id, place=_PLACE), stored.content_type, _title(tx, stored), content


def remove_file(tx: Tx, *, file_id: str, message_id: str) -> None:
    tx.conn.execute(delete(message_file).where(message_file.c.id == file_id, message_file.c.message_id == message_id))


def _title(tx: Tx, stored: Any) -> str:
    return tx.unseal(stored.title, str, row=f"message_file.title:{stored.id}")


def _own(message_id: str, person_id: str, account_id: str) -> tuple[Any, ...]:
    c = outgoing_message.c
    return c.id == message_id, c.person_id == person_id, c.account_id == account_id


def _in_hand() -> ColumnElement[bool]:
    """Not on its way, and not there."""
    return outgoing_message.c.state.in_((OutgoingState.DRAFT, OutgoingState.FAILED))


def _count(tx: Tx, person_id: str, account_id: str, state: OutgoingState) -> int:
    """Count those of one writer: how many somebody else has is nothing of theirs."""
    c = outgoing_message.c
    query = select(func.count()).where(c.person_id == person_id, c.account_id == account_id, c.state == state)
    return int(tx.conn.execute(query).scalar_one())


def _sealed(tx: Tx, message_id: str, content: MessageContent, person_id: str) -> bytes:
    return tx.seal(content, row=f"outgoing_message.data:{message_id}", person_id=person_id)


def _message(tx: Tx, stored: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        id=stored.id,
        person_id=stored.person_id,
        account_id=stored.account_id,
        source=stored.source,
        state=OutgoingState(stored.state),
        content=tx.unseal(stored.data, MessageContent, row=f"outgoing_message.data:{stored.id}"),
        reason=stored.reason or "",
        tries=stored.tries,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
    )
