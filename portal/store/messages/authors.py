"""Which messages somebody wrote who acts for the patient, by what names them wherever they come back from.

A name is the keyed hash of a Communication.identifier, which an organization gives back with the message, or the id of
the resource where it is of this organization. The rule is ``portal.access.authors``.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from portal.domain.addresses import canonical
from portal.domain.ids import HOME
from portal.store.engine.bulk import insert_many
from portal.store.engine.crypto import Vault
from portal.store.engine.database import Tx
from portal.store.messages import conversations, outgoing
from portal.store.records import renewals
from portal.store.records.resources import resource_id
from portal.store.schema.access import account
from portal.store.schema.links import link
from portal.store.schema.messages import message_author, outgoing_message
from portal.store.schema.records import resource

_BATCH = 500


def identifier_key(vault: Vault, value: str) -> str:
    return vault.hash("message-identifier", value)


def address_key(vault: Vault, base: str, fhir_id: str) -> str:
    """Return what names a message by its address, which is the same by every link to an organization."""
    return vault.hash("message-address", f"{canonical(base)}/Communication/{fhir_id}")


def put(tx: Tx, *, key: str, person_id: str, account_id: str) -> None:
    """Note who writes a message for a person, before it is anywhere: the first word holds."""
    if tx.conn.execute(select(message_author.c.key).where(message_author.c.key == key)).first() is None:
        insert_many(tx, message_author, [{"key": key, "person_id": person_id, "account_id": account_id}])


def linked_key(link_id: str) -> str:
    """Return what names the messages that somebody wrote for the patient at a linked organization itself."""
    return f"linked|{link_id}"


def linkers(tx: Tx, *, person_id: str) -> dict[str, str]:
    """Return who linked for a person, by ``linked_key``: who writes there for the patient is most likely they.

    What the patient linked themself tells nothing of who else writes there, and is not in it.
    """
    own = select(account.c.id).where(account.c.person_id == person_id)
    query = select(link.c.id, link.c.created_by).where(
        link.c.person_id == person_id, link.c.created_by.is_not(None), link.c.created_by.not_in(own)
    )
    return {linked_key(row.id): row.created_by for row in tx.conn.execute(query)}


def note_sent(tx: Tx) -> int:
    """Note who wrote what was sent before anybody noted that, as far as the outbox still has it; return how many.

    Whose messages changed by it are read again (``portal.store.records.renewals``), so that answers follow.
    """
    c, own = outgoing_message.c, account.alias()
    by_patient = select(own.c.id).where(own.c.person_id == c.person_id, own.c.id == c.account_id)
    sent = select(c.id, c.person_id, c.account_id, c.source)
    rows = tx.conn.execute(sent.where(c.state.in_(("sent", "waiting")), ~by_patient.exists())).all()
    noted = {person_id: writers(tx, person_id=person_id) for person_id in {row.person_id for row in rows}}
    fresh = [(row, key) for row in rows if (key := _key_of(tx.vault, row)) not in noted[row.person_id]]
    for row, key in fresh:
        put(tx, key=key, person_id=row.person_id, account_id=row.account_id)
    for person_id in sorted({row.person_id for row, _key in fresh}):
        renewals.add_person(tx, person_id=person_id)
    return len(fresh)


def _key_of(vault: Vault, row: Any) -> str:
    """Return what names a message of the outbox where it went."""
    if row.source != HOME:
        return identifier_key(vault, outgoing.identifier(row.id))
    delivery = conversations.delivery_for(row.person_id, outgoing.delivery(row.id))
    fhir_id = conversations.fhir_id_of(vault, delivery=delivery)
    return resource_id(vault, source=HOME, type="Communication", fhir_id=fhir_id)


def writers(tx: Tx, *, person_id: str) -> dict[str, str]:
    """Return who wrote for a person, by what names the message."""
    c = message_author.c
    rows = tx.conn.execute(select(c.key, c.account_id).where(c.person_id == person_id))
    return {row.key: row.account_id for row in rows}


def all_writers(tx: Tx, *, person_id: str) -> dict[str, str]:
    """Return who wrote for a person, by what names the message or, with ``linked_key``, where it comes from."""
    return linkers(tx, person_id=person_id) | writers(tx, person_id=person_id)


def of_messages(tx: Tx, *, fhir_ids: Collection[str]) -> dict[str, str]:
    """Return whose these messages of this organization are, by FHIR id, those that are somebody's."""
    ids = {resource_id(tx.vault, source=HOME, type="Communication", fhir_id=fhir_id): fhir_id for fhir_id in fhir_ids}
    return {ids[own_id]: author for own_id, author in of_resources(tx, ids=ids).items()}


def of_resources(tx: Tx, *, ids: Collection[str]) -> dict[str, str]:
    """Return whose these resources are, those that are somebody's."""
    whose: dict[str, str] = {}
    named = sorted(ids)
    for start in range(0, len(named), _BATCH):
        query = select(resource.c.id, resource.c.author)
        query = query.where(resource.c.id.in_(named[start : start + _BATCH]), resource.c.author != "")
        whose |= {row.id: row.author for row in tx.conn.execute(query)}
    return whose
