"""Logos of registered apps, as we drew them anew."""

import hashlib

from sqlalchemy import delete, insert, select

from portal.store.engine.database import Tx
from portal.store.schema.provider import oauth_client_logo


def put(tx: Tx, *, client_id: str, body: bytes) -> None:
    """Keep an app's logo (PNG), instead of the one before."""
    tx.conn.execute(delete(oauth_client_logo).where(oauth_client_logo.c.client_id == client_id))
    digest = hashlib.sha256(body).hexdigest()[:32]
    tx.conn.execute(insert(oauth_client_logo).values(client_id=client_id, digest=digest, body=body))


def digest(tx: Tx, *, client_id: str) -> str:
    """Return what names an app's logo as it is now; empty without one."""
    query = select(oauth_client_logo.c.digest).where(oauth_client_logo.c.client_id == client_id)
    return tx.conn.execute(query).scalar() or ""


def body(tx: Tx, *, digest: str) -> bytes | None:
    """Return the PNG of that digest; None when no app has it."""
    query = select(oauth_client_logo.c.body).where(oauth_client_logo.c.digest == digest)
    return tx.conn.execute(query.limit(1)).scalar()
