"""Partners that answer certain matches, and when they were last asked about a person."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.store.engine.database import Tx
from portal.store.schema.access import person
from portal.store.schema.directory import organization, organization_client
from portal.store.schema.links import link

AGAIN_AFTER = timedelta(days=30)


def partners(tx: Tx, *, person_id: str) -> tuple[str, ...]:
    """Return ids of partner organizations that this person has no live link with; none when the person opted out."""
    agreed = tx.conn.execute(select(person.c.share_matches).where(person.c.id == person_id)).scalar()
    if not agreed:
        return ()
    linked = select(link.c.organization_id).where(link.c.person_id == person_id, link.c.live)
    query = (
        select(organization.c.id)
        .join(organization_client, organization_client.c.organization_id == organization.c.id)
        .where(organization_client.c.partner, organization.c.policy != "off", organization.c.id.not_in(linked))
        .order_by(organization.c.id)
    )
    return tuple(tx.conn.execute(query).scalars())


def partner_names(tx: Tx) -> tuple[str, ...]:
    """Return the organizations that may be asked, by name."""
    query = (
        select(organization.c.name)
        .join(organization_client, organization_client.c.organization_id == organization.c.id)
        .where(organization_client.c.partner, organization.c.policy != "off", organization.c.retired_at.is_(None))
        .order_by(organization.c.name)
    )
    return tuple(tx.conn.execute(query).scalars())


def is_due(tx: Tx, *, person_id: str) -> bool:
    """Tell whether it is to be looked (again) for organizations where this person was seen."""
    last = tx.conn.execute(select(person.c.located_at).where(person.c.id == person_id)).scalar()
    return last is None or tx.now - last > AGAIN_AFTER


def set_located(tx: Tx, *, person_id: str) -> None:
    tx.conn.execute(update(person).where(person.c.id == person_id).values(located_at=tx.now))
