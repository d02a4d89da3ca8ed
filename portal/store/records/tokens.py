"""What the FHIR search finds resources by, kept small: a key, a date and a resource's number, 8 bytes each.

A key belongs to one person: the same code of two people has two keys, so that nothing in the table tells who has what
in common. Two values of one person meet in a key with a chance of 1 to 2^64; whoever reads asks for person and type,
too.
"""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from sqlalchemy import Column, MetaData, String, Table, delete, select, update

from portal.domain.dates import sort_number
from portal.store.engine.bulk import insert_columns, insert_many
from portal.store.engine.crypto import Vault
from portal.store.engine.database import Tx
from portal.store.schema.records import resource, search_token


def search_key(vault: Vault, *, person_id: str | None, param: str, value: str) -> int:
    """Return under which key a person's resources with this token are found; nobody's where that is None."""
    return key_of_hash(person_id, token_hash(vault, param=param, value=value))


def token_hash(vault: Vault, *, param: str, value: str) -> str:
    """Return a token as a keyed hash, the same for everybody."""
    return vault.hash(f"token.{param}", value)


def key_of_hash(person_id: str | None, digest: str) -> int:
    keyed = blake2b(f"{person_id or ''}|{digest}".encode(), digest_size=8)
    return int.from_bytes(keyed.digest(), signed=True)


def new_numbers(count: int) -> Iterator[int]:
    """Return numbers for new resources: ascending, microseconds and twelve random bits before they count on."""
    first = time.time_ns() // 1000 << 12 | secrets.randbits(12)
    return iter(range(first, first + count))


def insert(tx: Tx, *, person_id: str | None, resources: Iterable[tuple[int, str, Sequence[str]]]) -> None:
    """Store the tokens of resources: number, date as a sort key, and ``token_hash`` of each."""
    keys: dict[str, int] = {}
    columns: dict[str, list[int]] = {"key": [], "date": [], "number": []}
    for number, date, digests in resources:
        for digest in digests:
            if digest not in keys:
                keys[digest] = key_of_hash(person_id, digest)
        columns["key"] += [keys[digest] for digest in digests]
        columns["date"] += [sort_number(date)] * len(digests)
        columns["number"] += [number] * len(digests)
    insert_columns(tx, search_token, columns)


def remove(tx: Tx, *, resource_ids: Sequence[str]) -> None:
    """Delete the tokens of resources, as many as a statement takes."""
    numbers = select(resource.c.number).where(resource.c.id.in_(resource_ids))
    tx.conn.execute(delete(search_token).where(search_token.c.number.in_(numbers)))


_BEFORE = Table(
    "resource_token",
    MetaData(),
    Column("resource_id", String),
    Column("hash", String),
    Column("person_id", String),
    Column("date", String),
)


def number_batch(tx: Tx, *, after: str, limit: int) -> str | None:
    """Give the next resources of before schema 0058 numbers, and copy their tokens.

    Return the id of the last one, None at the end.
    """
    query = select(resource.c.id).where(resource.c.number.is_(None), resource.c.id > after)
    ids = list(tx.conn.execute(query.order_by(resource.c.id).limit(limit)).scalars())
    numbers = dict(zip(ids, new_numbers(len(ids)), strict=True))
    for resource_id, number in numbers.items():
        tx.conn.execute(update(resource).where(resource.c.id == resource_id).values(number=number))
    old = select(_BEFORE).where(_BEFORE.c.resource_id.in_(ids))
    rows = {
        (key_of_hash(row.person_id, row.hash), sort_number(row.date), numbers[row.resource_id])
        for row in tx.conn.execute(old)
    }
    insert_many(tx, search_token, [{"key": key, "date": date, "number": number} for key, date, number in rows])
    return ids[-1] if ids else None
