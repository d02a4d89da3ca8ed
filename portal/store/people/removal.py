"""Removing a person with everything that is theirs, from every table."""

from sqlalchemy import delete, select

from portal.store.engine.database import Tx
from portal.store.schema import metadata
from portal.store.schema.access import account, person

_STAYS = frozenset({"audit_event", "account", "person"})
"""The trail stays whole, and names nobody; accounts and the person go last."""


def remove_person(tx: Tx, *, person_id: str) -> None:
    """Delete every row about a person: by the column ``person_id`` of any table, and what hangs on those rows.

    Their own accounts go too, with sign-ins, factors and what they were granted for others. On SQLite the bytes are
    overwritten in the file.
    """
    if tx.conn.dialect.name == "sqlite":
        tx.conn.exec_driver_sql("PRAGMA secure_delete=ON")
    for table in reversed(metadata.sorted_tables):
        if "person_id" in table.c and table.name not in _STAYS:
            tx.conn.execute(delete(table).where(table.c.person_id == person_id))
    own = tx.conn.execute(select(account.c.id).where(account.c.person_id == person_id)).scalars().all()
    for table in reversed(metadata.sorted_tables):
        if "account_id" in table.c and "person_id" not in table.c:
            tx.conn.execute(delete(table).where(table.c.account_id.in_(own)))
    tx.conn.execute(delete(account).where(account.c.id.in_(own)))
    tx.conn.execute(delete(person).where(person.c.id == person_id))
