"""Whom a partner organization has found by ``$match``."""

from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from portal.store.engine.database import Tx
from portal.store.schema.provider import oauth_match

_USED_EVERY = timedelta(days=1)


def add_match(tx: Tx, *, client_id: str, person_id: str) -> None:
    """Record a partner's match: its system/ scopes reach the person's record-only tier from now on."""
    key = (oauth_match.c.client_id == client_id) & (oauth_match.c.person_id == person_id)
    tx.conn.execute(delete(oauth_match).where(key))
    tx.conn.execute(insert(oauth_match).values(client_id=client_id, person_id=person_id, matched_at=tx.now))


def touch_match(tx: Tx, *, client_id: str, person_id: str) -> None:
    """Note that the partner read something of this person, to the nearest day: an unused match ends."""
    tx.conn.execute(
        update(oauth_match)
        .where(
            oauth_match.c.client_id == client_id,
            oauth_match.c.person_id == person_id,
            oauth_match.c.matched_at < tx.now - _USED_EVERY,
        )
        .values(matched_at=tx.now)
    )


def forget_matches(tx: Tx, *, person_id: str) -> None:
    """Let no partner have found this person: they read nothing more of them."""
    tx.conn.execute(delete(oauth_match).where(oauth_match.c.person_id == person_id))


def matched_people(tx: Tx, *, client_id: str) -> frozenset[str]:
    query = select(oauth_match.c.person_id).where(oauth_match.c.client_id == client_id)
    return frozenset(tx.conn.execute(query).scalars())


def has_match(tx: Tx, *, client_id: str, person_id: str) -> bool:
    query = select(oauth_match.c.person_id).where(
        oauth_match.c.client_id == client_id, oauth_match.c.person_id == person_id
    )
    return tx.conn.execute(query).first() is not None
