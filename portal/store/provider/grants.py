"""Grants: what a person allowed an app or another portal, for how long."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, or_, select, update

from portal.domain.addresses import canonical
from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.provider import oauth_client, oauth_grant

LASTING = timedelta(days=365)


ONCE = timedelta(hours=1)


_USED_EVERY = timedelta(minutes=5)


class CallingGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What a call to the FHIR API needs of a consent. ``account_id`` is who agreed, absent for
    organization-to-organization grants."""

    id: str
    account_id: str | None
    person_id: str | None
    used_at: datetime | None


class OAuthGrant(CallingGrant, frozen=True, kw_only=True):
    """One consent."""

    client_id: str
    scopes: tuple[str, ...]
    lasting: bool
    created_at: datetime
    ends_at: datetime
    ended_at: datetime | None


def add_grant(
    tx: Tx,
    *,
    client_id: str,
    account_id: str | None,
    person_id: str | None,
    scopes: Iterable[str],
    lasting: bool,
    life: timedelta | None = None,
) -> OAuthGrant:
    """Add a consent. It ends by itself: after a year when lasting, else with its one access token (``life``)."""
    grant = OAuthGrant(
        id=new_id(),
        client_id=client_id,
        account_id=account_id,
        person_id=person_id,
        scopes=tuple(scopes),
        lasting=lasting,
        created_at=tx.now,
        ends_at=tx.now + (LASTING if lasting else life or ONCE),
        ended_at=None,
        used_at=None,
    )
    tx.conn.execute(
        insert(oauth_grant).values(
            id=grant.id,
            client_id=client_id,
            account_id=account_id,
            person_id=person_id,
            scopes=list(grant.scopes),
            lasting=lasting,
            created_at=tx.now,
            ends_at=grant.ends_at,
        )
    )
    return grant


_GRANT = select(oauth_grant).where(oauth_grant.c.id == bindparam("id"))


def grant_by_id(tx: Tx, *, grant_id: str) -> OAuthGrant | None:
    row = tx.conn.execute(_GRANT, {"id": grant_id}).one_or_none()
    return grant_of(row) if row else None


def grants_of_person(tx: Tx, *, person_id: str) -> tuple[OAuthGrant, ...]:
    """Return the grants in force on a person's record, newest first."""
    return tuple(grant_of(row) for row in tx.conn.execute(_IN_FORCE, {"person_id": person_id, "now": tx.now}))


_IN_FORCE = (
    select(oauth_grant)
    .where(
        oauth_grant.c.person_id == bindparam("person_id"),
        oauth_grant.c.ended_at.is_(None),
        oauth_grant.c.ends_at > bindparam("now"),
    )
    .order_by(oauth_grant.c.created_at.desc(), oauth_grant.c.id)
)


def grants_of_portal(tx: Tx, *, person_id: str, fhir_base: str) -> tuple[OAuthGrant, ...]:
    """Return the grants in force by which the portal with this FHIR base reads a person's record, newest first."""
    c, base = oauth_client.c, canonical(fhir_base)
    portals = tx.conn.execute(select(c.client_id, c.portal_fhir_base).where(c.portal_fhir_base.is_not(None)))
    client_ids = frozenset(row.client_id for row in portals if canonical(row.portal_fhir_base) == base)
    return tuple(grant for grant in grants_of_person(tx, person_id=person_id) if grant.client_id in client_ids)


def end_grant(tx: Tx, *, grant_id: str, reason: str) -> bool:
    """End a grant: every code and token of it is refused from now on. False when it had ended already."""
    done = tx.conn.execute(
        update(oauth_grant)
        .where(oauth_grant.c.id == grant_id, oauth_grant.c.ended_at.is_(None))
        .values(ended_at=tx.now, end_reason=reason)
    )
    return bool(done.rowcount)


def end_other_grants(tx: Tx, *, keep: OAuthGrant, only: str | None = None) -> tuple[str, ...]:
    """End the other grants of the same account for the same client and person, or ``only`` the one with this id.

    Return the ids of those that ended.
    """
    ended = tx.conn.execute(
        update(oauth_grant)
        .where(
            oauth_grant.c.client_id == keep.client_id,
            oauth_grant.c.account_id == keep.account_id,
            oauth_grant.c.person_id == keep.person_id,
            oauth_grant.c.id != keep.id,
            oauth_grant.c.id == only if only is not None else oauth_grant.c.id != "",
            oauth_grant.c.ended_at.is_(None),
            oauth_grant.c.ends_at > tx.now,
        )
        .values(ended_at=tx.now, end_reason="replaced")
        .returning(oauth_grant.c.id)
    )
    return tuple(ended.scalars())


def is_touched(grant: CallingGrant, *, now: datetime) -> bool:
    """Tell whether it is remembered already that the grant is used."""
    return grant.used_at is not None and grant.used_at >= now - _USED_EVERY


def touch_grant(tx: Tx, *, grant: CallingGrant) -> None:
    """Remember that it was used, to the nearest five minutes."""
    if is_touched(grant, now=tx.now):
        return
    tx.conn.execute(
        update(oauth_grant)
        .where(
            oauth_grant.c.id == grant.id,
            or_(oauth_grant.c.used_at.is_(None), oauth_grant.c.used_at < tx.now - _USED_EVERY),
        )
        .values(used_at=tx.now)
    )


def grant_of(row: Row[Any, *tuple[Any, ...]]) -> OAuthGrant:
    """Return a row with the columns of ``oauth_grant`` as a grant."""
    return OAuthGrant(
        id=row.id,
        client_id=row.client_id,
        account_id=row.account_id,
        person_id=row.person_id,
        scopes=tuple(row.scopes),
        lasting=row.lasting,
        created_at=row.created_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        used_at=row.used_at,
    )
