"""Whom a person may write to at a linked organization, as it said last."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select

from portal.store.engine.database import Tx
from portal.store.schema.messages import message_recipients


class Recipient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A clinician, and how they take messages. ``days``: work days until an answer; ``away`` and ``cost`` are texts."""

    reference: str
    name: str
    role: str = ""
    accepts: bool = True
    days: int = 0
    away: str = ""
    cost: str = ""


def put(tx: Tx, *, link_id: str, recipients: Collection[Recipient]) -> None:
    tx.conn.execute(delete(message_recipients).where(message_recipients.c.link_id == link_id))
    data = tx.seal(list(recipients), row=f"message_recipients.data:{link_id}")
    tx.conn.execute(insert(message_recipients).values(link_id=link_id, data=data, updated_at=tx.now))


def by_link(tx: Tx, *, link_ids: Collection[str]) -> dict[str, tuple[tuple[Recipient, ...], datetime]]:
    """Return whom one may write to and since when that is so, by link; a link that never said is not in it."""
    c = message_recipients.c
    query = select(c.link_id, c.data, c.updated_at).where(c.link_id.in_(list(link_ids)))
    return {
        link_id: (tx.unseal(data, tuple[Recipient, ...], row=f"message_recipients.data:{link_id}"), updated_at)
        for link_id, data, updated_at in tx.conn.execute(query)
    }
