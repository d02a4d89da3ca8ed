"""Where FHIR ids are sealed; sealing those that versions before schema 0065 stored in clear, in small transactions."""

from typing import Any

from sqlalchemy import Column, bindparam, select, update

from portal.store.engine.database import Tx
from portal.store.schema.access import former_person, person
from portal.store.schema.messages import conversation, conversation_message, message_file, messaging_policy
from portal.store.schema.records import resource

COLUMNS: tuple[Column[Any], ...] = (
    person.c.fhir_id,
    former_person.c.fhir_id,
    resource.c.fhir_id,
    message_file.c.fhir_id,
    conversation.c.first_id,
    conversation_message.c.fhir_id,
    messaging_policy.c.practitioner,
)
"""Where ids are that an organization gave. Those of its directory, which everybody may read, are not among them."""


def id_place(resource_id: str) -> str:
    """Return for which place the FHIR id of a resource is sealed: its row, since no other is looked for by it."""
    return f"resource.fhir_id:{resource_id}"


def seal_batch(tx: Tx, column: Column[Any], *, after: str, limit: int) -> str | None:
    """Seal the next ids of a column that are in clear; return the key to go on after, None where none is left."""
    table = column.table
    (key,) = table.primary_key
    query = select(key, column.label("fhir_id")).where(key > after, column != "", column.not_like("/%"))
    rows = tx.conn.execute(query.order_by(key).limit(limit)).all()
    changes = [
        {"stored": row_key, "sealed": tx.vault.seal_id(fhir_id, place=_place(column, row_key))}
        for row_key, fhir_id in rows
    ]
    if changes:
        sealing = update(table).where(key == bindparam("stored")).values({column: bindparam("sealed")})
        tx.conn.execute(sealing, changes)
    if table is messaging_policy:
        _bind_policies(tx, changes)
    return rows[-1][0] if len(rows) == limit else None


def _place(column: Column[Any], key: str) -> str:
    return id_place(key) if column.table is resource else f"{column.table.name}.{column.name}"


def _bind_policies(tx: Tx, changes: list[dict[str, str]]) -> None:
    """Seal what is bound to a policy's key for the key that it has now."""
    c = messaging_policy.c
    for change in changes:
        data = tx.conn.execute(select(c.data).where(c.practitioner == change["sealed"])).scalar_one()
        plain = tx.open(data, row=f"messaging_policy.data:{change['stored']}")
        sealed = tx.vault.seal(plain, row=f"messaging_policy.data:{change['sealed']}")
        tx.conn.execute(update(messaging_policy).where(c.practitioner == change["sealed"]).values(data=sealed))
