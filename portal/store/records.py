"""Raw resources: kept sealed, read by their FHIR identity, found by keyed hashes and dates.

What the provider side serves are the resources of ``source="home"``; those of a link are kept beside their entries so
that they can be normalised again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy import delete as sql_delete

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.store import packing
from portal.store.crypto import Vault
from portal.store.database import Tx
from portal.store.regroup import regroup_all, withdraw
from portal.store.schema.records import entry, record_count, resource, resource_token

T = TypeVar("T")
BATCH = 500  # ids per statement, below every database's limit of parameters


@dataclass(frozen=True, slots=True)
class StoredResource:
    """One resource as delivered. ``version`` and ``updated_at`` are ours (``meta.versionId``, ``meta.lastUpdated``)."""

    id: str
    source: str
    person_id: str | None
    type: str
    fhir_id: str
    version: int
    updated_at: datetime
    deleted: bool
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Resources in the order asked for, and the cursor of the next page, or None at the end."""

    resources: tuple[StoredResource, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a search asks for; everything that is given must hold.

    ``tokens`` are (parameter, alternatives): each alternative is "system|code", "|code" (without a system) or "code"
    (in any system). Dates are sort keys of ``portal.domain.dates``: ``date_from`` inclusive, ``date_before`` exclusive.
    """

    person_id: str | None
    type: str
    source: str = HOME
    ids: Sequence[str] | None = None  # FHIR ids
    tokens: Sequence[tuple[str, Sequence[str]]] = ()
    date_from: str | None = None
    date_before: str | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None


def resource_id(vault: Vault, *, source: str, type: str, fhir_id: str) -> str:  # noqa: A002 -- FHIR's word for it
    """The id of a resource, the same after every import."""
    return vault.hash("resource", f"{source}|{type}|{fhir_id}")


def token_hash(vault: Vault, *, param: str, value: str) -> str:
    return vault.hash(f"token.{param}", value)


def chunks(values: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def read(tx: Tx, *, type: str, fhir_id: str, source: str = HOME) -> StoredResource | None:  # noqa: A002
    """One resource by its FHIR identity, deleted ones included (the caller answers 410 for them), or None."""
    return by_id(tx, resource_id=resource_id(tx.vault, source=source, type=type, fhir_id=fhir_id))


def by_id(tx: Tx, *, resource_id: str) -> StoredResource | None:
    """One resource by our id, which is also its entry's."""
    row = tx.conn.execute(select(resource).where(resource.c.id == resource_id)).one_or_none()
    return _stored(tx, row) if row is not None else None


def many(tx: Tx, *, references: Iterable[str], source: str = HOME) -> tuple[StoredResource, ...]:
    """The resources behind "Type/id" references, those that are known and not deleted, in no order."""
    pairs = [reference.split("/", 1) for reference in references if reference.count("/") == 1]
    ids = sorted({resource_id(tx.vault, source=source, type=kind, fhir_id=fhir_id) for kind, fhir_id in pairs})
    found: list[StoredResource] = []
    for some in chunks(ids):
        query = select(resource).where(resource.c.id.in_(some), resource.c.deleted_at.is_(None))
        found += [_stored(tx, row) for row in tx.conn.execute(query)]
    return tuple(found)


def search(
    tx: Tx, *, criteria: Criteria, after: str | None = None, limit: int = 50, newest_first: bool = True
) -> ResourcePage:
    """One page of the resources that meet the criteria, ordered by date, then id.

    ``after`` is the ``next`` of the page before. A page costs what it shows: the order is that of an index.
    """
    if driver := _driver(criteria):
        return _search_by_token(tx, criteria, driver, after=after, limit=limit, newest_first=newest_first)
    key = tuple_(resource.c.date, resource.c.id)
    query = _where(tx, select(resource), criteria)
    if after is not None:
        date, _, last = after.partition("~")
        query = query.where(key < tuple_(date, last) if newest_first else key > tuple_(date, last))
    order: tuple[Any, ...] = (resource.c.date, resource.c.id)
    if newest_first:
        order = tuple(column.desc() for column in order)
    rows = tx.conn.execute(query.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    following = f"{shown[-1].date}~{shown[-1].id}" if len(rows) > limit else None
    return ResourcePage(tuple(_stored(tx, row) for row in shown), following)


_RARE = ("identifier", "code", "vaccine-code", "encounter", "target", "type", "medication", "practitioner")
"""Token parameters by which few resources are found, the rarest first."""


def _driver(criteria: Criteria) -> tuple[str, str] | None:
    """The token to walk along, where there is one: then a page is read from the index of that token."""
    single = {param: values[0] for param, values in criteria.tokens if len(values) == 1}
    for param in (*_RARE, *single):
        if param in single:
            return param, single[param]
    return None


def _search_by_token(
    tx: Tx, criteria: Criteria, driver: tuple[str, str], *, after: str | None, limit: int, newest_first: bool
) -> ResourcePage:
    """``search`` along the index of one token; every other criterion is looked up for each resource found there."""
    t = resource_token.alias()
    param, value = driver
    key = tuple_(t.c.date, t.c.resource_id)
    rest = _where(tx, select(resource.c.id).where(resource.c.id == t.c.resource_id), criteria, but=driver)
    query = select(t.c.resource_id, t.c.date).where(
        t.c.person_id == criteria.person_id if criteria.person_id is not None else t.c.person_id.is_(None),
        t.c.param == param,
        t.c.hash == token_hash(tx.vault, param=param, value=value),
        rest.correlate(t).exists(),
    )
    if criteria.date_from is not None:
        query = query.where(t.c.date >= criteria.date_from)
    if criteria.date_before is not None:
        query = query.where(t.c.date < criteria.date_before)
    if after is not None:
        date, _, last = after.partition("~")
        query = query.where(key < tuple_(date, last) if newest_first else key > tuple_(date, last))
    columns = (t.c.date, t.c.resource_id)
    order = [column.desc() for column in columns] if newest_first else list(columns)
    rows = tx.conn.execute(query.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    bodies: dict[str, Row[Any]] = {}
    for some in chunks([row.resource_id for row in shown]):
        bodies |= {row.id: row for row in tx.conn.execute(select(resource).where(resource.c.id.in_(some)))}
    following = f"{shown[-1].date}~{shown[-1].resource_id}" if len(rows) > limit else None
    return ResourcePage(tuple(_stored(tx, bodies[row.resource_id]) for row in shown), following)


def count(tx: Tx, *, criteria: Criteria) -> int:
    """How many resources meet the criteria (``Bundle.total``)."""
    query = _where(tx, select(func.count()).select_from(resource), criteria)
    return int(tx.conn.execute(query).scalar_one())


def _where(tx: Tx, query: Select[Any], criteria: Criteria, *, but: tuple[str, str] | None = None) -> Select[Any]:
    c = resource.c
    conditions: list[ColumnElement[bool]] = [
        c.person_id == criteria.person_id if criteria.person_id is not None else c.person_id.is_(None),
        c.source == criteria.source,
        c.type == criteria.type,
        c.deleted_at.is_(None),
    ]
    if criteria.ids is not None:
        ids = [
            resource_id(tx.vault, source=criteria.source, type=criteria.type, fhir_id=fhir_id)
            for fhir_id in criteria.ids[:BATCH]
        ]
        conditions.append(c.id.in_(ids))
    for param, alternatives in criteria.tokens:
        if but is not None and (param, *alternatives) == but:
            continue
        hashes = [token_hash(tx.vault, param=param, value=value) for value in alternatives]
        conditions.append(
            exists().where(
                resource_token.c.resource_id == c.id,
                resource_token.c.param == param,
                resource_token.c.hash.in_(hashes),
            )
        )
    if criteria.date_from is not None:
        conditions.append(c.date >= criteria.date_from)
    if criteria.date_before is not None:
        conditions.append(and_(c.date < criteria.date_before, c.date != ""))
    if criteria.updated_from is not None:
        conditions.append(c.updated_at >= criteria.updated_from)
    if criteria.updated_before is not None:
        conditions.append(c.updated_at < criteria.updated_before)
    return query.where(*conditions)


def _stored(tx: Tx, row: Row[Any]) -> StoredResource:
    body: Mapping[str, Any] = {}
    if row.deleted_at is None:
        body = packing.decode(packing.unpack(tx.vault.open(row.body, row=f"resource.body:{row.id}")))
    return StoredResource(
        id=row.id,
        source=row.source,
        person_id=row.person_id,
        type=row.type,
        fhir_id=row.fhir_id,
        version=row.version,
        updated_at=row.updated_at,
        deleted=row.deleted_at is not None,
        body=body,
    )


def remove_source(tx: Tx, *, source: str) -> int:
    """Everything that came from a source is gone: resources, tokens, entries, keys, and what the rows said of it.

    Rows that others share are made again without it. Gives the number of resources removed. For ``source`` of a link;
    the home chart is not removed this way.
    """
    if source == HOME:
        raise ValueError("the home chart is not a link's source")
    touched = tx.conn.execute(
        select(entry.c.person_id, entry.c.section).where(entry.c.source == source).distinct()
    ).all()
    for person_id, section in touched:
        ids = tx.conn.execute(
            select(entry.c.id).where(
                entry.c.person_id == person_id, entry.c.section == section, entry.c.source == source
            )
        ).scalars()
        withdraw(tx, entry_ids=list(ids))
    removed = tx.conn.execute(sql_delete(resource).where(resource.c.source == source)).rowcount
    for person_id, section in touched:
        regroup_all(tx, person_id=person_id, section=Section(section))
    return int(removed)


def counts(tx: Tx, *, person_id: str) -> Mapping[tuple[Section, str], int]:
    """Rows per (section, source) of a person; source "" is all of them together."""
    query = (
        select(record_count.c.section, record_count.c.source, func.sum(record_count.c.rows))
        .where(record_count.c.person_id == person_id)
        .group_by(record_count.c.section, record_count.c.source)
    )
    return {(Section(section), source): int(total) for section, source, total in tx.conn.execute(query)}


def refusals(tx: Tx, *, person_id: str | None = None, source: str = HOME) -> Mapping[str, int]:
    """How many kept resources gave no entry, by reason."""
    query = (
        select(resource.c.refusal, func.count())
        .where(resource.c.source == source, resource.c.refusal.is_not(None))
        .group_by(resource.c.refusal)
    )
    if person_id is not None:
        query = query.where(or_(resource.c.person_id == person_id, resource.c.person_id.is_(None)))
    return {reason: int(total) for reason, total in tx.conn.execute(query)}
