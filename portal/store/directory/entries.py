"""Writing imported organizations, and what each source said of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.addresses import canonical
from portal.domain.ids import new_id
from portal.domain.links import LinkPolicy
from portal.store.directory import index, organizations
from portal.store.directory.values import base_key
from portal.store.engine.database import Tx
from portal.store.schema.directory import (
    directory_import,
    directory_source,
    organization,
    organization_client,
    organization_endpoint,
    organization_moved,
    organization_name,
    organization_source,
    search_name,
    search_word,
    suggestion,
)
from portal.store.schema.links import link, link_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One entry of a source, as it was last said. ``entry`` is a hash of its identity within the source."""

    source: str
    entry: str
    organization_id: str
    content_hash: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSummary:
    """What an import compares with."""

    id: str
    name: str
    fhir_base: str | None
    npi: str
    postal_code: str
    state: str
    by_operator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An organization to add or replace: its columns, other names and endpoints."""

    id: str
    values: dict[str, Any]
    names: tuple[tuple[str, str, str, str], ...] = ()  # name, kind, since, until
    endpoints: tuple[tuple[str, str, str], ...] = ()  # address, FHIR version, status


def summaries(tx: Tx, *, ids: Collection[str] | None = None) -> list[OrganizationSummary]:
    """Summarize every organization, or these."""
    o = organization.c
    query = select(o.id, o.name, o.fhir_base, o.npi, o.postal_code, o.state, o.added_by)
    rows = tx.conn.execute(query if ids is None else query.where(o.id.in_(ids)))
    return [
        OrganizationSummary(
            id=row.id,
            name=row.name,
            fhir_base=canonical(row.fhir_base) if row.fhir_base else None,
            npi=row.npi,
            postal_code=row.postal_code,
            state=row.state,
            by_operator=row.added_by == "operator",
        )
        for row in rows
    ]


def hashes(tx: Tx, *, source: str) -> dict[str, tuple[str, str]]:
    """Return, by entry of this source, the hash of its content and its organization."""
    s = organization_source.c
    rows = tx.conn.execute(select(s.entry, s.content_hash, s.organization_id).where(s.source == source))
    return {row.entry: (row.content_hash, row.organization_id) for row in rows}


def entries_of(tx: Tx, *, organization_ids: Collection[str]) -> dict[str, list[SourceEntry]]:
    """Return what all sources say of these organizations."""
    s = organization_source.c
    by_organization: dict[str, list[SourceEntry]] = {}
    rows = tx.conn.execute(
        select(s.source, s.entry, s.organization_id, s.content_hash, s.content)
        .where(s.organization_id.in_(organization_ids))
        .order_by(s.source, s.entry)
    )
    for row in rows:
        by_organization.setdefault(row.organization_id, []).append(SourceEntry(**row._asdict()))
    return by_organization


def put_entries(tx: Tx, entries: Sequence[SourceEntry]) -> None:
    if not entries:
        return
    kind = sqlite if tx.conn.dialect.name == "sqlite" else postgresql
    upsert = kind.insert(organization_source)
    tx.conn.execute(
        upsert.on_conflict_do_update(
            index_elements=["source", "entry"],
            set_={name: upsert.excluded[name] for name in ("organization_id", "content_hash", "content")},
        ),
        [
            {
                "source": entry.source,
                "entry": entry.entry,
                "organization_id": entry.organization_id,
                "content_hash": entry.content_hash,
                "content": entry.content,
                "first_seen_at": tx.now,
            }
            for entry in entries
        ],
    )


def drop_entries(tx: Tx, *, source: str, entries: Collection[str]) -> None:
    """Delete entries that left their source."""
    s = organization_source.c
    if entries:
        tx.conn.execute(
            delete(organization_source).where(s.source == source, s.entry == bindparam("gone")),
            [{"gone": entry} for entry in entries],
        )


def _columns(value: Imported) -> dict[str, Any]:
    return {**value.values, "base_key": base_key(value.values.get("fhir_base"))}


def put_organizations(tx: Tx, values: Sequence[Imported], *, new: Collection[str]) -> None:
    """Add those whose ids are in ``new`` and replace the others, with names, endpoints and index."""
    ids = [value.id for value in values]
    fresh = [value for value in values if value.id in new]
    if fresh:
        tx.conn.execute(
            insert(organization),
            [
                {"id": v.id, "policy": LinkPolicy.OPEN, **_columns(v), "created_at": tx.now, "updated_at": tx.now}
                for v in fresh
            ],
        )
    for value in values:
        if value.id not in new:
            tx.conn.execute(
                update(organization)
                .where(organization.c.id == value.id)
                .values(**_columns(value), retired_at=None, updated_at=tx.now)
            )
    for table in (organization_name, organization_endpoint):
        tx.conn.execute(delete(table).where(table.c.organization_id.in_([i for i in ids if i not in new])))
    names = [
        {"organization_id": value.id, "name": name, "kind": kind, "since": since or None, "until": until or None}
        for value in values
        for name, kind, since, until in value.names
    ]
    endpoints = [
        {"organization_id": value.id, "address": address, "fhir_version": version, "status": status}
        for value in values
        for address, version, status in value.endpoints
    ]
    if names:
        tx.conn.execute(insert(organization_name), names)
    if endpoints:
        tx.conn.execute(insert(organization_endpoint), endpoints)
    index.reindex(tx.conn, ids, new=new)


def look_anew(tx: Tx) -> None:
    """Let PostgreSQL plan by what the directory's tables hold now: it plans a statement that is asked again and again
    once, and those of an import's first batches ask empty tables."""
    if tx.conn.dialect.name == "postgresql":
        tx.conn.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in _FILLED)}")


_FILLED = (
    organization,
    organization_name,
    organization_endpoint,
    organization_source,
    search_name,
    search_word,
)


def set_owners(tx: Tx, owners: dict[str, str]) -> None:
    """Set which organization each is part of."""
    changed = [{"of": child, "owner": owner} for child, owner in owners.items() if child != owner]
    if changed:
        tx.conn.execute(
            update(organization).where(organization.c.id == bindparam("of")).values(owner_id=bindparam("owner")),
            changed,
        )
        index.reindex(tx.conn, {*owners, *owners.values()})


def retire(tx: Tx, *, organization_ids: Collection[str]) -> tuple[int, int]:
    """Forget organizations that no source names any more; those in use are only put out of sight.

    Returns: how many were forgotten, how many are kept.
    """
    ids = list(organization_ids)
    o = organization.c
    rows = tx.conn.execute(
        select(o.id)
        .where(o.id.in_(ids), o.added_by == "import", o.retired_at.is_(None))
        .where(~exists().where(organization_source.c.organization_id == o.id))
    ).scalars()
    unlisted = set(rows)
    used = union_all(
        select(link.c.organization_id),
        select(link_attempt.c.organization_id),
        select(organization_client.c.organization_id),
        select(o.owner_id).where(o.owner_id.is_not(None)),
    ).subquery()
    in_use = set(tx.conn.execute(select(used.c.organization_id).where(used.c.organization_id.in_(unlisted))).scalars())
    tx.conn.execute(update(organization).where(o.id.in_(in_use)).values(retired_at=tx.now, updated_at=tx.now))
    index.reindex(tx.conn, unlisted)
    forgotten = unlisted - in_use
    index.forget(tx.conn, forgotten)
    tx.conn.execute(delete(organization).where(o.id.in_(forgotten)))
    return len(forgotten), len(in_use)


def move(tx: Tx, *, old_id: str, organization_id: str) -> bool:
    """Merge ``old_id`` into another organization; its id still leads there. False if a person is linked to both."""
    pair = [old_id, organization_id]
    twice = (
        select(link.c.person_id)
        .where(link.c.organization_id.in_(pair), link.c.live)
        .group_by(link.c.person_id)
        .having(func.count() > 1)
        .limit(1)
    )
    if tx.conn.execute(twice).first():
        return False
    _move_client(tx, old_id, organization_id)
    for table in (link, link_attempt, organization_source, organization_moved):
        tx.conn.execute(update(table).where(table.c.organization_id == old_id).values(organization_id=organization_id))
    tx.conn.execute(update(organization).where(organization.c.owner_id == old_id).values(owner_id=organization_id))
    answered = select(suggestion.c.person_id).where(suggestion.c.organization_id == organization_id)
    tx.conn.execute(
        update(suggestion)
        .where(suggestion.c.organization_id == old_id, suggestion.c.person_id.not_in(answered))
        .values(organization_id=organization_id)
    )
    index.forget(tx.conn, {old_id})
    tx.conn.execute(delete(organization).where(organization.c.id == old_id))
    tx.conn.execute(insert(organization_moved).values(old_id=old_id, organization_id=organization_id, at=tx.now))
    index.reindex(tx.conn, [organization_id])
    return True


def _move_client(tx: Tx, old_id: str, organization_id: str) -> None:
    """Take our registration along, sealed anew for its new row, unless there is one already."""
    holder = organization_client.c.organization_id
    held = dict(
        tx.conn.execute(
            select(holder, organization_client.c.partner).where(holder.in_([old_id, organization_id]))
        ).all()
    )
    client = organizations.client_of(tx, organization_id=old_id) if set(held) == {old_id} else None
    if client is not None:
        organizations.put_client(
            tx,
            organization_id=organization_id,
            client_id=client.client_id,
            auth_method=client.auth_method,
            secret=client.secret,
            registration=client.registration,
            partner=held[old_id],
        )


def record_import(tx: Tx, *, source: str, report: dict[str, Any]) -> None:
    tx.conn.execute(insert(directory_import).values(id=new_id(), source=source, at=tx.now, report=report))


def imports(tx: Tx, *, limit: int = 50) -> list[tuple[str, Any, dict[str, Any]]]:
    """Return the last imports: source, when, report; newest first."""
    i = directory_import.c
    rows = tx.conn.execute(select(i.source, i.at, i.report).order_by(i.at.desc()).limit(limit))
    return [(row.source, row.at, row.report) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """A list that is read again by itself, with the ETag of what was read last."""

    source: str
    address: str
    etag: str
    checked_at: datetime | None
    outcome: str


def sources(tx: Tx) -> list[SourceSummary]:
    s = directory_source.c
    rows = tx.conn.execute(select(s.source, s.address, s.etag, s.checked_at, s.outcome).order_by(s.source))
    return [SourceSummary(**row._asdict()) for row in rows]


def put_source(tx: Tx, *, source: str, address: str) -> None:
    """Add a list, or give it another address; it is read whole the next time."""
    drop_source(tx, source=source)
    tx.conn.execute(insert(directory_source).values(source=source, address=address))


def drop_source(tx: Tx, *, source: str) -> bool:
    """Read it no more; what it brought stays. False: there is none of this name."""
    return tx.conn.execute(delete(directory_source).where(directory_source.c.source == source)).rowcount == 1


def note_source(tx: Tx, *, source: str, etag: str, outcome: str) -> None:
    """Record how reading it again ended."""
    tx.conn.execute(
        update(directory_source)
        .where(directory_source.c.source == source)
        .values(etag=etag, outcome=outcome[:40], checked_at=tx.now)
    )
