"""What the FHIR API asks of the home chart beyond ``portal.store.records.fhir_search.search``: who refers to what."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Table, and_, bindparam, false, not_, or_, select, tuple_

from portal.access.visibility import Sight
from portal.domain.dates import sort_number
from portal.domain.ids import HOME
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records.fhir_search import position
from portal.store.records.resources import StoredResource, by_id, chunks
from portal.store.records.resources import resource_id as id_of
from portal.store.records.seen import seen
from portal.store.records.tokens import search_key
from portal.store.schema.records import entry, resource, search_token

REFERRED = "_ref"
"""The token parameter under which shared resources are kept as referred to: "Patient/1|Practitioner/2"."""
_REFERRERS = 200


def referred(tx: Tx, *, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str]) -> frozenset[str]:
    """Return of shared resources ("Practitioner/2"), those to which resources of these types and people refer.

    ``people``: our id → FHIR id.
    """
    targets: set[str] = set()
    for names, where in _referring(tx, people, references, kinds):
        query = select(search_token.c.key).join(resource, resource.c.number == search_token.c.number)
        targets.update(names[key] for key in tx.conn.execute(query.where(where).distinct()).scalars())
    return frozenset(targets)


def referrers(
    tx: Tx, *, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str], open_only: bool
) -> Mapping[str, list[str]]:
    """Return the same as ``referred``, with the ids (ours) of the resources that refer to each.

    ``open_only`` leaves out those that are labelled as confidential.
    """
    by_reference: dict[str, list[str]] = {}
    for names, where in _referring(tx, people, references, kinds):
        query = select(search_token.c.key, resource.c.id).join(resource, resource.c.number == search_token.c.number)
        query = query.where(resource.c.confidential.is_(False)) if open_only else query
        for key, resource_id in tx.conn.execute(query.where(where)):
            by_reference.setdefault(names[key], []).append(resource_id)
    return by_reference


def _referring(
    tx: Tx, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str]
) -> Iterator[tuple[Mapping[int, str], ColumnElement[bool]]]:
    """Key → reference, and the condition under which a resource has one of these keys; some at a time."""
    types = sorted(kinds)
    pairs = [(person_id, patient, name) for name in references for person_id, patient in people.items()]
    for batch in chunks(pairs) if types else ():
        names = {
            search_key(tx.vault, person_id=person_id, param=REFERRED, value=f"Patient/{patient}|{name}"): name
            for person_id, patient, name in batch
        }
        yield (
            names,
            and_(
                search_token.c.key.in_(names),
                resource.c.person_id.in_({person_id for person_id, _, _ in batch}),
                resource.c.source == HOME,
                resource.c.type.in_(types),
                resource.c.private.is_(False),
            ),
        )


def owners(tx: Tx, *, references: Iterable[str]) -> Mapping[str, str | None]:
    """Return the owners of the home chart's resources behind these "Type/id" references.

    Deleted ones are left out, and those that their person keeps private.
    """
    ids = _ids(tx, references)
    whose: dict[str, str | None] = {}
    for batch in chunks(list(ids)):
        whose.update({ids[own_id]: person_id for own_id, person_id in tx.conn.execute(_OWNERS, {"ids": batch})})
    return whose


_OWNERS = select(resource.c.id, resource.c.person_id).where(
    resource.c.id.in_(bindparam("ids", expanding=True)), resource.c.deleted_at.is_(None), resource.c.private.is_(False)
)


def hidden(tx: Tx, *, references: Iterable[str], authors: frozenset[str] | None) -> frozenset[str]:
    """Return which of these "Type/id" references of the home chart lead to what its person keeps private.

    Or to messages of others than ``authors`` (``Sight.authors``).
    """
    ids = _ids(tx, references)
    names: set[str] = set()
    statement, own = (_PRIVATE, {}) if authors is None else (_NOT_OF, {"authors": sorted(authors)})
    for batch in chunks(list(ids)):
        rows = tx.conn.execute(statement, {"ids": batch} | own)
        names.update(ids[resource_id] for resource_id in rows.scalars())
    return frozenset(names)


def withheld(tx: Tx, *, references: Iterable[str], source: str, sight: Sight) -> frozenset[str]:
    """Return which of these "Type/id" references lead to what a reader with this sight may not see."""
    ids = _ids(tx, references, source)
    names: set[str] = set()
    for table in (resource, entry):
        statement = select(table.c.id).where(table.c.id.in_(bindparam("ids", expanding=True)), _unseen(table, sight))
        for batch in chunks(list(ids)):
            names.update(ids[resource_id] for resource_id in tx.conn.execute(statement, {"ids": batch}).scalars())
    return frozenset(names)


def _unseen(table: Table, sight: Sight) -> ColumnElement[bool]:
    """Return the condition under which a resource, or what was read of it, is not there for the reader."""
    if table is entry:
        return not_(seen(entry.c, sight))
    conditions: list[ColumnElement[bool]] = [false()]
    if not sight.confidential:
        conditions.append(resource.c.confidential)
    if not sight.private:
        conditions.append(resource.c.private)
    if sight.authors is not None:
        conditions.append(resource.c.author.not_in(sorted(sight.authors)))
    return or_(*conditions)


_AMONG = select(resource.c.id).where(resource.c.id.in_(bindparam("ids", expanding=True)))
_PRIVATE = _AMONG.where(resource.c.private)
_NOT_OF = _AMONG.where(or_(resource.c.private, resource.c.author.not_in(bindparam("authors", expanding=True))))


def _ids(tx: Tx, references: Iterable[str], source: str = HOME) -> dict[str, str]:
    return {
        id_of(tx.vault, source=source, type=kind, fhir_id=fhir_id): f"{kind}/{fhir_id}"
        for kind, _, fhir_id in (reference.partition("/") for reference in references)
    }


def shared_referrers(tx: Tx, *, reference: str, open_only: bool) -> frozenset[str]:
    """Return shared resources that refer to this ("PractitionerRole/3" to "Practitioner/2"), two hundred at most."""
    query = (
        select(resource.c.id, resource.c.type, resource.c.fhir_id)
        .join_from(search_token, resource, resource.c.number == search_token.c.number)
        .where(
            search_token.c.key == search_key(tx.vault, person_id=None, param=REFERRED, value=f"|{reference}"),
            resource.c.source == HOME,
            resource.c.person_id.is_(None),
        )
        .limit(_REFERRERS)
    )
    query = query.where(resource.c.confidential.is_(False)) if open_only else query
    return frozenset(
        f"{row.type}/{tx.vault.open_id(row.fhir_id, place=id_place(row.id))}" for row in tx.conn.execute(query)
    )


def long_ones(tx: Tx, *, person_id: str, kind: str, before: str, after: str | None) -> tuple[tuple[str, int], ...]:
    """Return (date, number) of the person's resources of a type whose date reaches beyond its day, newest first.

    Only those kept under a day before ``before``, and after the cursor ("date~number") of the page before.
    """
    values = {
        "key": search_key(tx.vault, person_id=person_id, param="_long", value=kind),
        "before": sort_number(before),
        "person": person_id,
    }
    rows = tx.conn.execute(_LONG, values) if after is None else tx.conn.execute(_LONG_AFTER, values | position(after))
    return tuple((row.date, row.number) for row in rows)


_T = search_token.c
_LONG = (
    select(resource.c.date, _T.number)
    .join_from(search_token, resource, resource.c.number == _T.number)
    .where(
        _T.key == bindparam("key"),
        _T.date < bindparam("before"),
        _T.date > 0,
        resource.c.person_id == bindparam("person"),
    )
    .order_by(_T.date.desc(), _T.number.desc())
)
_LONG_AFTER = _LONG.where(tuple_(_T.date, _T.number) < tuple_(bindparam("after_day"), bindparam("after_number")))


def targeting(
    tx: Tx, *, person_id: str, kind: str, param: str, references: Iterable[str], open_only: bool
) -> tuple[StoredResource, ...]:
    """Return a person's resources of type ``kind`` that refer by ``param`` to any of these ("Provenance", "target").

    ``open_only`` leaves out those that are labelled as confidential.
    """
    keys = sorted({search_key(tx.vault, person_id=person_id, param=param, value=reference) for reference in references})
    resources: dict[str, StoredResource] = {}
    for batch in chunks(keys):
        query = (
            select(resource.c.id)
            .join_from(search_token, resource, resource.c.number == search_token.c.number)
            .where(
                search_token.c.key.in_(batch),
                resource.c.source == HOME,
                resource.c.type == kind,
                resource.c.person_id == person_id,
                resource.c.deleted_at.is_(None),
                resource.c.private.is_(False),
            )
            .distinct()
        )
        query = query.where(resource.c.confidential.is_(False)) if open_only else query
        for resource_id in tx.conn.execute(query).scalars().all():
            stored = by_id(tx, resource_id=resource_id)
            if stored is not None:
                resources[resource_id] = stored
    return tuple(resources.values())
