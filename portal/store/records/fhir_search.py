"""Finding raw resources by keyed hashes and dates: the searches of our FHIR side.

A page costs what it shows: its order is that of an index. Statements are made once for each form a search may take
and then only given values, because making one takes longer than running it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, exists, func, select, tuple_

from portal.domain.dates import sort_number
from portal.domain.ids import HOME
from portal.normalise.search_tokens import INDEXED_UNDER
from portal.store.engine.database import Tx
from portal.store.records.message_ties import OF_ONE_WRITER
from portal.store.records.resources import BATCH, SEARCHED, StoredResource, resource_id, searched
from portal.store.records.tokens import search_key
from portal.store.schema.records import resource, search_token


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Resources in the order asked for, and the cursor of the next page, or None at the end."""

    resources: tuple[StoredResource, ...]
    next: str | None


class Criteria(msgspec.Struct, frozen=True):
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
    open_only: bool = False  # leave out what its source labelled as confidential


def search(
    tx: Tx, *, criteria: Criteria, after: str | None = None, limit: int = 50, newest_first: bool = True
) -> ResourcePage:
    """Return one page of the resources that meet the criteria, ordered by date, then as they came.

    ``after`` is the ``next`` of the page before.
    """
    driver = _driver(criteria)
    values = _values(tx, criteria, driver) | {"limit": limit + 1}
    if after is not None:
        values |= position(after)
    if driver is None:
        make = _along_the_dates
    else:
        make = _along_a_token_joined if tx.conn.dialect.name == "sqlite" else _along_a_token
    statement = make(_form(criteria, driver), after=after is not None, newest_first=newest_first)
    rows = tx.conn.execute(statement, values).all()
    shown = rows[:limit]
    following = cursor(shown[-1]) if len(rows) > limit else None
    resources = searched(tx, shown, source=criteria.source, person_id=criteria.person_id, type=criteria.type)
    return ResourcePage(resources, following)


def cursor(stored: Any) -> str:
    """Return where a search goes on after a resource: its row, or ``StoredResource``."""
    return f"{stored.date}~{stored.number}"


def position(cursor: str) -> dict[str, Any]:
    """Return where a cursor stands; one of an earlier version at the end of its date's resources is as good as any."""
    date, _, number = cursor.partition("~")
    last = int(number) if number.isdecimal() and len(number) < 20 else 0
    return {"after_date": date, "after_day": sort_number(date), "after_number": last}


def count(tx: Tx, *, criteria: Criteria) -> int:
    """Return how many resources meet the criteria (``Bundle.total``)."""
    return tx.conn.execute(_counting(_form(criteria, None)), _values(tx, criteria, None)).scalar_one()


_RARE = ("identifier", "code", "vaccine-code", "encounter", "target", "type", "medication", "practitioner")
"""Token parameters by which few resources are found, the rarest first."""


def _driver(criteria: Criteria) -> int | None:
    """Choose the token to walk along, where there is one of a single value: a page is read from its index."""
    single = {param: place for place, (param, values) in enumerate(criteria.tokens) if _is_single(param, values)}
    for param in (*_RARE, *single):
        if param in single:
            return single[param]
    return None


class _Form(msgspec.Struct, frozen=True):
    """Which conditions a search has, without their values. ``tokens``: of the others than the driver, one value?"""

    nobodys: bool
    ids: bool
    tokens: tuple[bool, ...]
    date_from: bool
    date_before: bool
    updated_from: bool
    updated_before: bool
    open_only: bool
    of_writers: bool  # each may be of one who acts for the person


def _form(criteria: Criteria, driver: int | None) -> _Form:
    others = [token for place, token in enumerate(criteria.tokens) if place != driver]
    return _Form(
        nobodys=criteria.person_id is None,
        ids=criteria.ids is not None,
        tokens=tuple(_is_single(*token) for token in others),
        date_from=criteria.date_from is not None,
        date_before=criteria.date_before is not None,
        updated_from=criteria.updated_from is not None,
        updated_before=criteria.updated_before is not None,
        open_only=criteria.open_only,
        of_writers=criteria.type in OF_ONE_WRITER,
    )


def _values(tx: Tx, criteria: Criteria, driver: int | None) -> dict[str, Any]:
    """Return the values for the statement of the criteria's form; those that it does not have are ignored."""
    values: dict[str, Any] = {
        "person": criteria.person_id,
        "source": criteria.source,
        "type": criteria.type,
        "date_from": criteria.date_from,
        "date_before": criteria.date_before,
        "updated_from": criteria.updated_from,
        "updated_before": criteria.updated_before,
        "day_from": sort_number(criteria.date_from or ""),
        "day_before": sort_number(criteria.date_before or ""),
    }
    if criteria.ids is not None:
        values["ids"] = [
            resource_id(tx.vault, source=criteria.source, type=criteria.type, fhir_id=fhir_id)
            for fhir_id in criteria.ids[:BATCH]
        ]
    keys = [_keys(tx, criteria.person_id, param, alternatives) for param, alternatives in criteria.tokens]
    if driver is not None:
        (values["key"],) = keys.pop(driver)
    for place, alternatives in enumerate(keys):
        values[f"key{place}"] = alternatives[0] if len(alternatives) == 1 else alternatives
    return values


def _keys(tx: Tx, person_id: str | None, param: str, values: Sequence[str]) -> list[int]:
    return [
        search_key(tx.vault, person_id=person_id, param=name, value=value)
        for name in INDEXED_UNDER.get(param, (param,))
        for value in values
    ]


def _is_single(param: str, values: Sequence[str]) -> bool:
    return len(values) * len(INDEXED_UNDER.get(param, (param,))) == 1


@lru_cache(maxsize=512)
def _counting(form: _Form) -> Select[int]:
    return select(func.count()).select_from(resource).where(*_conditions(form))


@lru_cache(maxsize=512)
def _along_the_dates(form: _Form, *, after: bool, newest_first: bool) -> Select[Any]:
    """Select in the order of ``ix_resource_search``."""
    query = select(*_columns(form)).where(*_conditions(form))
    order = (resource.c.date, resource.c.number)
    return _paged(query, order, "after_date" if after else None, newest_first=newest_first)


@lru_cache(maxsize=512)
def _along_a_token(form: _Form, *, after: bool, newest_first: bool) -> Select[Any]:
    """Select along the index of one token (its primary key); all else is looked up for each resource."""
    t = search_token.alias()
    rest = select(resource.c.id).where(resource.c.number == t.c.number, *_conditions(form))
    tokens = select(t.c.number, t.c.date).where(*_within(t, form), rest.correlate(t).exists())
    order = (t.c.date, t.c.number)
    page = _paged(tokens, order, "after_day" if after else None, newest_first=newest_first).subquery()
    columns = [page.c.date, page.c.number]
    query = select(*_columns(form)).join_from(page, resource, resource.c.number == page.c.number)
    return query.order_by(*(column.desc() for column in columns) if newest_first else columns)


@lru_cache(maxsize=512)
def _along_a_token_joined(form: _Form, *, after: bool, newest_first: bool) -> Select[Any]:
    """Select the same with one look for each resource: SQLite, which counts no values, keeps to the token's index."""
    t = search_token.alias()
    query = select(*_columns(form)).join_from(t, resource, resource.c.number == t.c.number)
    query = query.where(*_within(t, form), *_conditions(form))
    return _paged(query, (t.c.date, t.c.number), "after_day" if after else None, newest_first=newest_first)


def _columns(form: _Form) -> tuple[ColumnElement[Any], ...]:
    return (*SEARCHED, resource.c.author) if form.of_writers else SEARCHED


def _within(t: FromClause, form: _Form) -> list[ColumnElement[bool]]:
    """Return which part of the index of tokens is walked along."""
    within: list[ColumnElement[bool]] = [t.c.key == bindparam("key")]
    if form.date_from:
        within.append(t.c.date >= bindparam("day_from"))
    if form.date_before:
        within.append(t.c.date < bindparam("day_before"))
    return within


def _paged(query: Select[Any], order: tuple[Any, Any], after: str | None, *, newest_first: bool) -> Select[Any]:
    """Return a page of it; ``after`` names the parameter with the date of the page before."""
    if after:
        place = tuple_(bindparam(after), bindparam("after_number"))
        query = query.where(tuple_(*order) < place if newest_first else tuple_(*order) > place)
    return query.order_by(*(column.desc() for column in order) if newest_first else order).limit(bindparam("limit"))


def _conditions(form: _Form) -> list[ColumnElement[bool]]:
    c = resource.c
    conditions: list[ColumnElement[bool]] = [
        c.person_id.is_(None) if form.nobodys else c.person_id == bindparam("person"),
        c.source == bindparam("source"),
        c.type == bindparam("type"),
        c.deleted_at.is_(None),
        c.private.is_(False),
    ]
    if form.ids:
        conditions.append(c.id.in_(bindparam("ids", expanding=True)))
    for place, single in enumerate(form.tokens):
        name, key = f"key{place}", search_token.c.key
        has = key == bindparam(name) if single else key.in_(bindparam(name, expanding=True))
        conditions.append(exists().where(search_token.c.number == c.number, has))
    if form.date_from:
        conditions.append(c.date >= bindparam("date_from"))
    if form.date_before:
        conditions.append(and_(c.date < bindparam("date_before"), c.date != ""))
    if form.updated_from:
        conditions.append(c.updated_at >= bindparam("updated_from"))
    if form.updated_before:
        conditions.append(c.updated_at < bindparam("updated_before"))
    if form.open_only:
        conditions.append(c.confidential.is_(False))
    return conditions
