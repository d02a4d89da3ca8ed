"""What the FHIR API asks of the home chart beyond ``portal.store.records.fhir_search.search``: who refers to what."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, and_, select, tuple_

from portal.domain.ids import HOME
from portal.store.engine.database import Tx
from portal.store.records.resources import StoredResource, by_id, chunks, token_hash
from portal.store.records.resources import resource_id as id_of
from portal.store.schema.records import resource, resource_token

REFERRED = "_ref"
"""The token parameter under which shared resources are kept as referred to: "Patient/1|Practitioner/2"."""
_REFERRERS = 200


def referred(tx: Tx, *, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str]) -> frozenset[str]:
    """Return of shared resources ("Practitioner/2"), those to which resources of these types and people refer.

    ``people``: our id → FHIR id.
    """
    targets: set[str] = set()
    for hashes, where in _referring(tx, people, references, kinds):
        query = select(resource_token.c.hash).join(resource, resource.c.id == resource_token.c.resource_id)
        targets.update(hashes[digest] for digest in tx.conn.execute(query.where(where).distinct()).scalars())
    return frozenset(targets)


def referrers(
    tx: Tx, *, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str], open_only: bool
) -> Mapping[str, list[str]]:
    """Return the same as ``referred``, with the ids (ours) of the resources that refer to each.

    ``open_only`` leaves out those that are labelled as confidential.
    """
    by_reference: dict[str, list[str]] = {}
    for hashes, where in _referring(tx, people, references, kinds):
        query = select(resource_token.c.hash, resource.c.id).join(
            resource, resource.c.id == resource_token.c.resource_id
        )
        query = query.where(resource.c.confidential.is_(False)) if open_only else query
        for digest, resource_id in tx.conn.execute(query.where(where)):
            by_reference.setdefault(hashes[digest], []).append(resource_id)
    return by_reference


def _referring(
    tx: Tx, people: Mapping[str, str], references: Iterable[str], kinds: Iterable[str]
) -> Iterator[tuple[Mapping[str, str], ColumnElement[bool]]]:
    """Hash → reference, and the condition under which a resource has one of these hashes; some at a time."""
    types = sorted(kinds)
    pairs = [(person_id, patient, name) for name in references for person_id, patient in people.items()]
    for batch in chunks(pairs) if types else ():
        hashes = {
            token_hash(tx.vault, param=REFERRED, value=f"Patient/{patient}|{name}"): name for _, patient, name in batch
        }
        yield (
            hashes,
            and_(
                resource_token.c.person_id.in_({person_id for person_id, _, _ in batch}),
                resource_token.c.param == REFERRED,
                resource_token.c.hash.in_(hashes),
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
        query = select(resource.c.id, resource.c.person_id).where(
            resource.c.id.in_(batch), resource.c.deleted_at.is_(None), resource.c.private.is_(False)
        )
        whose.update({ids[row.id]: row.person_id for row in tx.conn.execute(query)})
    return whose


def private(tx: Tx, *, references: Iterable[str]) -> frozenset[str]:
    """Return which of these "Type/id" references of the home chart lead to what its person keeps private."""
    ids = _ids(tx, references)
    names: set[str] = set()
    for batch in chunks(list(ids)):
        query = select(resource.c.id).where(resource.c.id.in_(batch), resource.c.private)
        names.update(ids[resource_id] for resource_id in tx.conn.execute(query).scalars())
    return frozenset(names)


def _ids(tx: Tx, references: Iterable[str]) -> dict[str, str]:
    return {
        id_of(tx.vault, source=HOME, type=kind, fhir_id=fhir_id): f"{kind}/{fhir_id}"
        for kind, _, fhir_id in (reference.partition("/") for reference in references)
    }


def shared_referrers(tx: Tx, *, reference: str, open_only: bool) -> frozenset[str]:
    """Return shared resources that refer to this ("PractitionerRole/3" to "Practitioner/2"), two hundred at most."""
    query = (
        select(resource.c.type, resource.c.fhir_id)
        .join_from(resource_token, resource, resource.c.id == resource_token.c.resource_id)
        .where(
            resource_token.c.param == REFERRED,
            resource_token.c.hash == token_hash(tx.vault, param=REFERRED, value=f"|{reference}"),
            resource.c.source == HOME,
            resource.c.person_id.is_(None),
        )
        .limit(_REFERRERS)
    )
    query = query.where(resource.c.confidential.is_(False)) if open_only else query
    return frozenset(f"{row.type}/{row.fhir_id}" for row in tx.conn.execute(query))


def long_ones(tx: Tx, *, person_id: str, kind: str, before: str, after: str | None) -> tuple[tuple[str, str], ...]:
    """Return (date, id) of the person's resources of a type whose date reaches beyond its day, newest first.

    Only those kept under a day before ``before``, and after the cursor ("date~id") of the page before.
    """
    t = resource_token.c
    query = select(t.date, t.resource_id).where(
        t.person_id == person_id,
        t.param == "_long",
        t.hash == token_hash(tx.vault, param="_long", value=kind),
        t.date < before,
        t.date != "",
    )
    if after is not None:
        date, _, last = after.partition("~")
        query = query.where(tuple_(t.date, t.resource_id) < tuple_(date, last))
    rows = tx.conn.execute(query.order_by(t.date.desc(), t.resource_id.desc()))
    return tuple((row.date, row.resource_id) for row in rows)


def targeting(
    tx: Tx, *, person_id: str, kind: str, param: str, references: Iterable[str], open_only: bool
) -> tuple[StoredResource, ...]:
    """Return a person's resources of type ``kind`` that refer by ``param`` to any of these ("Provenance", "target").

    ``open_only`` leaves out those that are labelled as confidential.
    """
    hashes = sorted({token_hash(tx.vault, param=param, value=reference) for reference in references})
    resources: dict[str, StoredResource] = {}
    for batch in chunks(hashes):
        query = (
            select(resource.c.id)
            .join_from(resource_token, resource, resource.c.id == resource_token.c.resource_id)
            .where(
                resource_token.c.param == param,
                resource_token.c.hash.in_(batch),
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
