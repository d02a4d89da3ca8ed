"""The numbers of entries of before schema 0071b, and whether they are alone in their rows."""

from sqlalchemy import false, func, select, update

from portal.store.engine.database import Tx
from portal.store.schema.records import entry, record_row, resource

_NUMBER = select(resource.c.number).where(resource.c.id == entry.c.id).scalar_subquery()
_ALONE = select(record_row.c.entries == 1).where(record_row.c.id == entry.c.row_id).scalar_subquery()


def fill_batch(tx: Tx, *, after: str, limit: int) -> str | None:
    """Give the next entries that have none their numbers. Return the id of the last one, None at the end."""
    waiting = select(entry.c.id).where(entry.c.number.is_(None), entry.c.id > after)
    ids = list(tx.conn.execute(waiting.order_by(entry.c.id).limit(limit)).scalars())
    numbered = {"number": _NUMBER, "alone": func.coalesce(_ALONE, false())}
    tx.conn.execute(update(entry).where(entry.c.id.in_(ids)).values(numbered))
    return ids[-1] if ids else None
