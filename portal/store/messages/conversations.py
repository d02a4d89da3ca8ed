"""Messages with patients, as the care team of this organization works on them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.crypto import Vault
from portal.store.engine.database import Tx
from portal.store.schema.messages import conversation, conversation_message

_PLACE, _FIRST_PLACE = "conversation_message.fhir_id", "conversation.first_id"  # for which FHIR ids are sealed


def fhir_id_of(vault: Vault, *, delivery: str) -> str:
    """Return the FHIR id of a message by what names its delivery: one that is sent again is there once."""
    return vault.hash("message", delivery)[:40]


def delivery_for(person_id: str, delivery: str) -> str:
    """Return what names a delivery among those of all patients."""
    return f"{person_id}|{delivery}"


class ConversationState(StrEnum):
    WAITING = "waiting"  # for the care team
    ANSWERED = "answered"
    CLOSED = "closed"


class ConversationTopic(msgspec.Struct, frozen=True):
    """The clinician it is with, by reference and name, and what it is about."""

    recipient: str
    recipient_name: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: str
    person_id: str
    first_id: str
    topic: ConversationTopic
    state: ConversationState
    assigned_to: str
    last_at: datetime
    created_at: datetime


def delivered(tx: Tx, *, delivery: str) -> str | None:
    """Return the FHIR id of the message that came with this identifier before."""
    c = conversation_message.c
    sealed = tx.conn.execute(select(c.fhir_id).where(c.delivery_hash == _delivery_hash(tx, delivery))).scalar()
    return tx.vault.open_id(sealed, place=_PLACE) if sealed is not None else None


def of_message(tx: Tx, *, fhir_id: str, person_id: str) -> Conversation | None:
    """Return the conversation that a message of this person is in."""
    query = (
        select(conversation)
        .join(conversation_message, conversation_message.c.conversation_id == conversation.c.id)
        .where(
            conversation_message.c.fhir_id.in_(tx.vault.ids(fhir_id, place=_PLACE)),
            conversation.c.person_id == person_id,
        )
    )
    stored = tx.conn.execute(query).one_or_none()
    return _conversation(tx, stored) if stored else None


def by_id(tx: Tx, *, conversation_id: str) -> Conversation | None:
    stored = tx.conn.execute(select(conversation).where(conversation.c.id == conversation_id)).one_or_none()
    return _conversation(tx, stored) if stored else None


def listed(tx: Tx, *, states: Collection[ConversationState], limit: int = 100) -> tuple[Conversation, ...]:
    """Return conversations in these states: what waits longest first."""
    c = conversation.c
    query = select(conversation).where(c.state.in_(list(states))).order_by(c.last_at, c.id).limit(limit)
    return tuple(_conversation(tx, stored) for stored in tx.conn.execute(query))


def load(tx: Tx) -> dict[str, int]:
    """Return how many conversations wait, by the account that they are assigned to ("" for nobody)."""
    c = conversation.c
    query = select(c.assigned_to, func.count()).where(c.state == ConversationState.WAITING).group_by(c.assigned_to)
    return {account_id or "": int(count) for account_id, count in tx.conn.execute(query)}


def start(tx: Tx, *, person_id: str, first_id: str, topic: ConversationTopic) -> str:
    conversation_id = new_id()
    tx.conn.execute(
        insert(conversation).values(
            id=conversation_id,
            person_id=person_id,
            first_id=tx.vault.seal_id(first_id, place=_FIRST_PLACE),
            data=tx.seal(topic, row=f"conversation.data:{conversation_id}", person_id=person_id),
            state=ConversationState.WAITING,
            last_at=tx.now,
            created_at=tx.now,
        )
    )
    return conversation_id


def add_message(tx: Tx, *, conversation_id: str, fhir_id: str, delivery: str = "", account_id: str = "") -> None:
    """Note a message: the patient's by its ``delivery``, or the care team's by who wrote it."""
    tx.conn.execute(
        insert(conversation_message).values(
            fhir_id=tx.vault.seal_id(fhir_id, place=_PLACE),
            conversation_id=conversation_id,
            delivery_hash=_delivery_hash(tx, delivery) if delivery else None,
            account_id=account_id or None,
            created_at=tx.now,
        )
    )
    state = ConversationState.ANSWERED if account_id else ConversationState.WAITING
    put(tx, conversation_id=conversation_id, state=state, last_at=tx.now)


def message_ids(tx: Tx, *, conversation_id: str) -> tuple[str, ...]:
    """Return FHIR ids of the messages, oldest first."""
    c = conversation_message.c
    query = select(c.fhir_id).where(c.conversation_id == conversation_id).order_by(c.created_at, c.fhir_id)
    return _opened(tx, query)


def messages_of(tx: Tx, *, person_id: str) -> frozenset[str]:
    """Return FHIR ids of all messages with this patient that were written here."""
    c = conversation_message.c
    query = select(c.fhir_id).join(conversation, conversation.c.id == c.conversation_id)
    return frozenset(_opened(tx, query.where(conversation.c.person_id == person_id)))


def written_since(tx: Tx, *, person_id: str, since: datetime) -> tuple[str, ...]:
    """Return FHIR ids of what was written for a patient to this organization since then."""
    c = conversation_message.c
    query = select(c.fhir_id).join(conversation, conversation.c.id == c.conversation_id)
    query = query.where(conversation.c.person_id == person_id, c.account_id.is_(None), c.created_at > since)
    return _opened(tx, query)


def _opened(tx: Tx, query: Select[Any]) -> tuple[str, ...]:
    return tuple(tx.vault.open_id(sealed, place=_PLACE) for sealed in tx.conn.execute(query).scalars())


def put(tx: Tx, *, conversation_id: str, **values: Any) -> None:
    """Set ``state``, ``assigned_to`` or ``last_at``."""
    tx.conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(**values))


def _delivery_hash(tx: Tx, delivery: str) -> str:
    return tx.vault.hash("delivery", delivery)


def _conversation(tx: Tx, stored: Row[Any]) -> Conversation:
    return Conversation(
        id=stored.id,
        person_id=stored.person_id,
        first_id=tx.vault.open_id(stored.first_id, place=_FIRST_PLACE),
        topic=tx.unseal(stored.data, ConversationTopic, row=f"conversation.data:{stored.id}"),
        state=ConversationState(stored.state),
        assigned_to=stored.assigned_to or "",
        last_at=stored.last_at,
        created_at=stored.created_at,
    )
