"""The directory as its administrator reads it: page by page, with what each entry rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_

from portal.domain.ids import HOME
from portal.domain.links import LIVE, LinkPolicy
from portal.store.directory.values import Organization, by_ids
from portal.store.engine.database import Tx
from portal.store.schema.directory import organization, organization_moved, organization_source
from portal.store.schema.links import link


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPage:
    """Entries by name; ``following`` is the id to go on after, none at the end."""

    entries: tuple[Organization, ...]
    following: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceName:
    """That a list names an organization; ``said`` is the name there."""

    source: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What hangs on an entry: live links, organizations that are part of it, ids that were merged into it."""

    links: int
    parts: int
    old_ids: tuple[str, ...]


def page(tx: Tx, *, after: str | None = None, policy: LinkPolicy | None = None, limit: int = 50) -> DirectoryPage:
    """Return the entries in the order of their names, also those out of sight; ``policy`` narrows them."""
    o = organization.c
    conditions: list[ColumnElement[bool]] = [o.id != HOME, *([o.policy == policy] if policy else [])]
    if after:
        last = tx.conn.execute(select(o.name, o.id).where(o.id == after)).first()
        if last is not None:
            conditions.append(tuple_(o.name, o.id) > tuple_(last.name, last.id))
    ids = list(tx.conn.execute(select(o.id).where(*conditions).order_by(o.name, o.id).limit(limit + 1)).scalars())
    return DirectoryPage(entries=in_order(tx, ids=ids[:limit]), following=ids[limit - 1] if len(ids) > limit else None)


def in_order(tx: Tx, *, ids: Sequence[str]) -> tuple[Organization, ...]:
    organizations = by_ids(tx, ids=ids)
    return tuple(organizations[organization_id] for organization_id in ids if organization_id in organizations)


def named_by(tx: Tx, *, organization_id: str) -> tuple[SourceName, ...]:
    """Return which lists name the organization, and how."""
    s = organization_source.c
    rows = tx.conn.execute(
        select(s.source, s.content, s.first_seen_at)
        .where(s.organization_id == organization_id)
        .order_by(s.source, s.entry)
    )
    return tuple(
        SourceName(source=row.source, name=row.content.get("name", ""), since=row.first_seen_at) for row in rows
    )


def ties(tx: Tx, *, organization_id: str) -> Ties:
    def count(*conditions: ColumnElement[bool]) -> int:
        return tx.conn.execute(select(func.count()).where(*conditions)).scalar_one()

    moved = organization_moved.c
    return Ties(
        links=count(link.c.organization_id == organization_id, link.c.state.in_(LIVE)),
        parts=count(organization.c.owner_id == organization_id),
        old_ids=tuple(
            tx.conn.execute(
                select(moved.old_id).where(moved.organization_id == organization_id).order_by(moved.old_id)
            ).scalars()
        ),
    )
