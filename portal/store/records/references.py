"""What the FHIR API asks of the home chart beyond ``searching.search``: who refers to what."""

from collections.abc import Iterable

from sqlalchemy import select, tuple_

from portal.domain.ids import HOME
from portal.store.engine.database import Tx
from portal.store.records.resources import StoredResource, by_id, chunks, token_hash
from portal.store.schema.records import resource, resource_token

REFERRED = "_ref"
"""The token parameter under which shared resources are kept as referred to: "Patient/1|Practitioner/2"."""
_REFERRERS = 200


def referred(tx: Tx, *, patients: Iterable[str], references: Iterable[str]) -> frozenset[str]:
    """Of shared resources ("Practitioner/2"), those that the records of these patients (FHIR ids) refer to."""
    wanted = list(references)
    hashes = {
        token_hash(tx.vault, param=REFERRED, value=f"Patient/{patient}|{reference}"): reference
        for patient in patients
        for reference in wanted
    }
    found: set[str] = set()
    for some in chunks(list(hashes)):
        query = (
            select(resource_token.c.hash)
            .where(resource_token.c.param == REFERRED, resource_token.c.hash.in_(some))
            .distinct()
        )
        found.update(hashes[digest] for digest in tx.conn.execute(query).scalars())
    return frozenset(found)


def shared_referrers(tx: Tx, *, reference: str) -> frozenset[str]:
    """Shared resources that refer to this one ("PractitionerRole/3" to "Practitioner/2"); the first two hundred."""
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
    return frozenset(f"{row.type}/{row.fhir_id}" for row in tx.conn.execute(query))


def long_ones(tx: Tx, *, person_id: str, kind: str, before: str, after: str | None) -> tuple[tuple[str, str], ...]:
    """(date, id) of the person's resources of a type whose date reaches beyond its day, newest first.

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
    tx: Tx, *, person_id: str, kind: str, param: str, references: Iterable[str]
) -> tuple[StoredResource, ...]:
    """The person's resources of type ``kind`` that refer by ``param`` to any of these ("Provenance", "target")."""
    hashes = sorted({token_hash(tx.vault, param=param, value=reference) for reference in references})
    found: dict[str, StoredResource] = {}
    for some in chunks(hashes):
        query = (
            select(resource.c.id)
            .join_from(resource_token, resource, resource.c.id == resource_token.c.resource_id)
            .where(
                resource_token.c.param == param,
                resource_token.c.hash.in_(some),
                resource.c.source == HOME,
                resource.c.type == kind,
                resource.c.person_id == person_id,
                resource.c.deleted_at.is_(None),
            )
            .distinct()
        )
        for resource_id in tx.conn.execute(query).scalars().all():
            stored = by_id(tx, resource_id=resource_id)
            if stored is not None:
                found[resource_id] = stored
    return tuple(found.values())
