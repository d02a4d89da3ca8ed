"""Raw resources: kept sealed, read by their FHIR identity, found by keyed hashes and dates.

What the provider side serves are the resources of ``source="home"``; those of a link are kept beside their entries so
that they can be normalised again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import repeat
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, bindparam, func, select
from sqlalchemy import delete as sql_delete

from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.store.engine.crypto import Vault
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records import packing
from portal.store.records.grouping import regroup_all, withdraw
from portal.store.schema.messages import message_recipients, outgoing_message
from portal.store.schema.records import entry, record_count, resource

T = TypeVar("T")
BATCH = 500  # ids per statement, below every database's limit of parameters


class StoredResource(msgspec.Struct, frozen=True, dict=True):
    """One resource as delivered. ``version`` and ``updated_at`` are ours (``meta.versionId``, ``meta.lastUpdated``).

    ``text`` is its JSON, empty of one that is deleted: most is handed on, or told by its columns, and not looked into.
    """

    id: str
    source: str
    person_id: str | None
    type: str
    fhir_id: str
    version: int
    updated_at: datetime
    deleted: bool
    text: bytes
    private: bool = False
    """Whether the person keeps it private: nobody but the person sees it."""
    date: str = ""
    """Sort key of its clinically relevant date."""
    number: int = 0
    """What ``search_token`` names it by."""
    author: str = ""
    """Of a message and its files: whose it is (``portal.access.authors``)."""
    head: int = 0
    """How many bytes ``text`` begins with its type and its id, where it is known to begin so."""
    may_have_meta: bool = True
    """Whether "meta" may stand in ``text``, as far as was looked: False says that it does not."""

    @cached_property
    def body(self) -> Mapping[str, Any]:
        return packing.decode(self.text) if self.text else {}

    def with_body(self, body: Mapping[str, Any]) -> "StoredResource":
        """Return the same resource saying something else."""
        return msgspec.structs.replace(self, text=packing.encode(body), head=0, may_have_meta=True)


COLUMNS = (
    *(resource.c[name] for name in ("id", "source", "person_id", "type", "fhir_id", "version", "updated_at")),
    resource.c.deleted_at.is_not(None).label("deleted"),
    *(resource.c[name] for name in ("body", "date", "private", "number", "author")),
)
"""What ``stored_of`` needs, in its order."""


def resource_id(vault: Vault, *, source: str, type: str, fhir_id: str) -> str:  # noqa: A002 -- FHIR's word for it
    """Return the id of a resource, the same after every import."""
    return vault.hash("resource", f"{source}|{type}|{fhir_id}")


def chunks(values: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def read(
    tx: Tx,
    *,
    type: str,  # noqa: A002
    fhir_id: str,
    source: str = HOME,
    open_only: bool = False,
) -> StoredResource | None:
    """Return one resource by its FHIR identity, deleted ones included (the caller answers 410 for them), or None.

    With ``open_only`` what is labelled as confidential is not there, and costs what is not there costs.
    """
    own_id = resource_id(tx.vault, source=source, type=type, fhir_id=fhir_id)
    row = tx.conn.execute(_OPEN_BY_ID if open_only else _BY_ID, {"id": own_id}).one_or_none()
    return stored_of(tx, row) if row is not None else None


_BY_ID = select(*COLUMNS).where(resource.c.id == bindparam("id"))
_OPEN_BY_ID = _BY_ID.where(resource.c.confidential.is_(False))


def by_id(tx: Tx, *, resource_id: str) -> StoredResource | None:
    """Return one resource by our id, which is also its entry's."""
    row = tx.conn.execute(_BY_ID, {"id": resource_id}).one_or_none()
    return stored_of(tx, row) if row is not None else None


def by_ids(tx: Tx, *, ids: Sequence[str]) -> dict[str, StoredResource]:
    """Return resources by our ids, those that are known and not deleted."""
    stored: dict[str, StoredResource] = {}
    for batch in chunks(ids):
        stored |= {row.id: stored_of(tx, row) for row in tx.conn.execute(_BY_IDS, {"ids": batch})}
    return stored


_BY_IDS = select(*COLUMNS).where(resource.c.id.in_(bindparam("ids", expanding=True)), resource.c.deleted_at.is_(None))
_OPEN_BY_IDS = _BY_IDS.where(resource.c.confidential.is_(False))


def by_number(tx: Tx, *, number: int) -> StoredResource | None:
    """Return one resource by its number."""
    row = tx.conn.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return stored_of(tx, row) if row is not None else None


_BY_NUMBER = select(*COLUMNS).where(resource.c.number == bindparam("number"))


def many(
    tx: Tx, *, references: Iterable[str], source: str = HOME, open_only: bool = False
) -> tuple[StoredResource, ...]:
    """Return the resources behind "Type/id" references, those that are known and not deleted, in no order.

    ``open_only`` leaves out those that are labelled as confidential.
    """
    pairs = [reference.split("/", 1) for reference in references if reference.count("/") == 1]
    ids = sorted({resource_id(tx.vault, source=source, type=kind, fhir_id=fhir_id) for kind, fhir_id in pairs})
    resources: list[StoredResource] = []
    statement = _OPEN_BY_IDS if open_only else _BY_IDS
    for batch in chunks(ids):
        resources += [stored_of(tx, row) for row in tx.conn.execute(statement, {"ids": batch})]
    return tuple(resources)


def shared_of_type(tx: Tx, *, type: str, limit: int = 500) -> tuple[StoredResource, ...]:  # noqa: A002
    """Return the home chart's resources of a type that are nobody's, such as its clinicians."""
    query = select(*COLUMNS).where(
        resource.c.person_id.is_(None),
        resource.c.source == HOME,
        resource.c.type == type,
        resource.c.deleted_at.is_(None),
    )
    return tuple(stored_of(tx, row) for row in tx.conn.execute(query.order_by(resource.c.id).limit(limit)))


def everything(tx: Tx, *, person_id: str) -> Iterator[StoredResource]:
    """Yield every resource of a person that is not deleted, of home and of every link, batch by batch."""
    after = ""
    while True:
        query = (
            select(*COLUMNS)
            .where(resource.c.person_id == person_id, resource.c.deleted_at.is_(None), resource.c.id > after)
            .order_by(resource.c.id)
            .limit(BATCH)
        )
        batch = [stored_of(tx, row) for row in tx.conn.execute(query)]
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def stored_of(tx: Tx, row: Row[Any, *tuple[Any, ...]]) -> StoredResource:
    """Return a row of ``COLUMNS`` as a resource, opened."""
    own_id, source, person_id, kind, id_, version, updated_at, deleted, sealed, date, private, number, author = row
    text = b"" if deleted else packing.unpack(tx.open(sealed, row=f"resource.body:{own_id}"))
    written = _HEAD.match(text)  # what was sealed for this row is of this id: opening it twice costs a third
    fhir_id = written[1].decode() if written else tx.vault.open_id(id_, place=id_place(own_id))
    return StoredResource(
        own_id, source, person_id, kind, fhir_id, version, updated_at, deleted, text, private, date, number, author
    )


SEARCHED = tuple(resource.c[name] for name in ("id", "version", "updated_at", "body", "date", "number"))
"""What ``searched`` needs, in its order; of types of which messages may be, then the author."""


def searched(
    tx: Tx,
    rows: Sequence[Sequence[Any]],
    *,
    source: str,
    person_id: str | None,
    type: str,  # noqa: A002
) -> tuple[StoredResource, ...]:
    """Return rows of ``SEARCHED`` as resources, opened: what a search was for need not come back with each of them.

    None of them is deleted or private.
    """
    begins = f'{{"resourceType":"{type}","id":"'.encode()
    opened = tx.open_all([(row[3], f"resource.body:{row[0]}") for row in rows])
    texts = [packing.unpack(packed) for packed in opened]
    may_have_meta = b"\n".join(texts).find(b'"meta"') >= 0  # one look for all of them
    authors: Iterable[str] = repeat("")
    if rows and len(rows[0]) > len(SEARCHED):
        authors, rows = [row[-1] for row in rows], [row[:-1] for row in rows]
    resources: list[StoredResource] = []
    for text, author, (own_id, version, updated_at, _sealed, date, number) in zip(texts, authors, rows):  # noqa: B905
        # What was sealed for this row is of this id, as in ``stored_of``; nearly all begin with it.
        end = text.find(b'"', len(begins)) if text.startswith(begins) else 0
        fhir_id = text[len(begins) : end].decode()
        if not fhir_id or "\\" in fhir_id:
            end, fhir_id = -1, _fhir_id(tx, own_id)
        stored = StoredResource(
            own_id,
            source,
            person_id,
            type,
            fhir_id,
            version,
            updated_at,
            False,  # noqa: FBT003 - by place: by name is twice as much work
            text,
            False,  # noqa: FBT003
            date,
            number,
            author,
            end + 1,
            may_have_meta,
        )
        resources.append(stored)
    return tuple(resources)


def _fhir_id(tx: Tx, own_id: str) -> str:
    sealed = tx.conn.execute(_FHIR_ID, {"id": own_id}).scalar_one()
    return tx.vault.open_id(sealed, place=id_place(own_id))


_FHIR_ID = select(resource.c.fhir_id).where(resource.c.id == bindparam("id"))
_HEAD = re.compile(rb'\{"resourceType":"[A-Za-z]+","id":"([A-Za-z0-9.-]+)"')
"""How the JSON of a resource begins where its source keeps the order of the specification, as most do."""


def remove_source(tx: Tx, *, source: str) -> int:
    """Delete everything that came from a source: resources, tokens, entries, keys, and its part of the rows; and what
    was written to it and is not sent.

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
    tx.conn.execute(sql_delete(outgoing_message).where(outgoing_message.c.source == source))
    tx.conn.execute(sql_delete(message_recipients).where(message_recipients.c.link_id == source))
    for person_id, section in touched:
        regroup_all(tx, person_id=person_id, section=Section(section))
    return int(removed)


def counts(tx: Tx, *, person_id: str) -> Mapping[tuple[Section, str], int]:
    """Return rows per (section, source) of a person; source "" is all of them together."""
    query = (
        select(record_count.c.section, record_count.c.source, func.sum(record_count.c.rows))
        .where(record_count.c.person_id == person_id)
        .group_by(record_count.c.section, record_count.c.source)
    )
    return {(Section(section), source): int(total) for section, source, total in tx.conn.execute(query)}
