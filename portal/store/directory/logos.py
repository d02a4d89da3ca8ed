"""Logos as we drew them anew, by organization."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, insert, or_, select

from portal.store.engine.database import Tx
from portal.store.schema.directory import organization, organization_logo, suggestion
from portal.store.schema.links import link

_AGAIN = timedelta(days=30)


def due(tx: Tx, *, limit: int) -> list[tuple[str, str]]:
    """Return (organization, address) of logos never asked for, at another address, or asked for a month ago.

    Those that somebody sees on a page of their own first: linked, then suggested.
    """
    o, logo = organization.c, organization_logo.c
    linked = select(link.c.id).where(link.c.organization_id == o.id).exists()
    suggested = select(suggestion.c.person_id).where(suggestion.c.organization_id == o.id).exists()
    query = (
        select(o.id, o.logo_url)
        .join_from(organization, organization_logo, logo.organization_id == o.id, isouter=True)
        .where(
            o.logo_url.is_not(None),
            o.retired_at.is_(None),
            or_(logo.organization_id.is_(None), logo.address != o.logo_url, logo.fetched_at < tx.now - _AGAIN),
        )
        .order_by(linked.desc(), suggested.desc(), logo.fetched_at.is_not(None), o.id)
        .limit(limit)
    )
    return [(row.id, row.logo_url) for row in tx.conn.execute(query)]


def put(tx: Tx, *, organization_id: str, address: str, body: bytes) -> None:
    """Keep the PNG that ``address`` gave; empty when it gave none. A logo from the same address outlives a failure."""
    logo = organization_logo.c
    previous = tx.conn.execute(select(logo.address, logo.body).where(logo.organization_id == organization_id)).first()
    if not body and previous is not None and previous.address == address:
        body = previous.body or b""
    tx.conn.execute(delete(organization_logo).where(logo.organization_id == organization_id))
    tx.conn.execute(
        insert(organization_logo).values(
            organization_id=organization_id,
            address=address,
            media_type="image/png" if body else "",
            body=body or None,
            digest=hashlib.sha256(body).hexdigest()[:32] if body else "",
            fetched_at=tx.now,
        )
    )


def body(tx: Tx, *, organization_id: str, digest: str) -> bytes | None:
    """Return the PNG of that digest; None when the organization has none, or another one now."""
    logo = organization_logo.c
    return tx.conn.execute(
        select(logo.body).where(logo.organization_id == organization_id, logo.digest == digest)
    ).scalar()
