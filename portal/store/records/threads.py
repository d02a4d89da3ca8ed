"""The inbox: a person's messages in conversations, each with its newest message. Within one organization each.

A row of the section is in the conversation of the entry that speaks for it. What is new is said by ``counted``: the
sources whose unread messages count (``portal.store.records.news``).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, func, select, tuple_

from portal.access.visibility import Sight
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.rows import RecordRow, by_ids, from_stored
from portal.store.records.seen import seen
from portal.store.schema.records import entry, record_row


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation. ``newest`` is its last message, ``messages`` and ``new`` count rows."""

    id: str
    newest: RecordRow
    messages: int
    new: int


@dataclass(frozen=True, slots=True)
class ThreadPage:
    threads: tuple[Thread, ...]
    next: str | None


def page(
    tx: Tx,
    *,
    person_id: str,
    sight: Sight,
    counted: Collection[str],
    source: str | None = None,
    only_new: bool = False,
    after: str | None = None,
    limit: int = 25,
) -> ThreadPage:
    """Return conversations, newest first; ``after`` is ``next`` of the page before.

    Raises:
        InvalidInputError: "cursor".
    """
    query = _query(of_source=source is not None, only_new=only_new, after=after is not None, sight=sight)
    values: dict[str, Any] = {"person_id": person_id, "counted": sorted(counted), "most": limit + 1}
    if source is not None:
        values["source"] = source
    if after is not None:
        values |= zip(("after_at", "after_thread"), _position(after), strict=True)
    stored = tx.conn.execute(query, values).all()
    shown = stored[:limit]
    threads = tuple(
        Thread(line.thread, newest_row, line.messages, line.new)
        for line, newest_row in zip(shown, from_stored(tx, shown), strict=True)
    )
    following = _cursor((shown[-1].thread, shown[-1].sort_at)) if len(stored) > limit else None
    return ThreadPage(threads, following)


@lru_cache(maxsize=64)
def _query(*, of_source: bool, only_new: bool, after: bool, sight: Sight) -> Select[Any]:
    """Return the statement for conversations with their newest message; making it takes as long as asking."""
    row = record_row.c
    thread = _thread()
    place = func.row_number().over(partition_by=thread, order_by=(row.sort_at.desc(), row.id.desc()))
    messages, new = func.count().over(partition_by=thread), func.count(_UNREAD.c.row_id).over(partition_by=thread)
    columns = (row.id, row.section, row.rank, row.sort_at, row.primary_id, row.home, row.private)
    query = _rows(sight, *columns, thread.label("thread"), place.label("place"))
    query = query.add_columns(messages.label("messages"), new.label("new"))
    query = query.outerjoin(_UNREAD, _UNREAD.c.row_id == row.id)
    if of_source:
        query = query.where(entry.c.source == bindparam("source"))
    ranked = query.subquery()
    newest = select(ranked).where(ranked.c.place == 1)
    if only_new:
        newest = newest.where(ranked.c.new > 0)
    if after:
        position = tuple_(bindparam("after_at", type_=String), bindparam("after_thread", type_=String))
        newest = newest.where(tuple_(ranked.c.sort_at, ranked.c.thread) < position)
    order = (ranked.c.sort_at.desc(), ranked.c.thread.desc())
    return with_constants(newest.order_by(*order).limit(bindparam("most", type_=Integer)))


def thread_of(tx: Tx, *, person_id: str, entry_id: str, sight: Sight) -> str | None:
    """Return the conversation that a message is in; None where the reader may not see it."""
    query = _rows(sight, _thread())
    lead = select(entry.c.row_id).where(entry.c.id == entry_id, entry.c.person_id == person_id).scalar_subquery()
    return tx.conn.execute(query.where(record_row.c.id == lead), {"person_id": person_id}).scalar()


def messages(
    tx: Tx, *, person_id: str, thread: str, sight: Sight, before: str | None = None, limit: int = 50
) -> tuple[tuple[RecordRow, ...], str | None]:
    """Return the newest messages of a conversation, oldest of them first, and where the older ones go on.

    Raises:
        InvalidInputError: "cursor".
    """
    row = record_row.c
    query = _rows(sight, row.id, row.sort_at).where(_thread() == thread)
    if before is not None:
        at, row_id = _position(before)
        query = query.where(tuple_(row.sort_at, row.id) < tuple_(at, row_id))
    query = query.order_by(row.sort_at.desc(), row.id.desc()).limit(limit + 1)
    stored = tx.conn.execute(query, {"person_id": person_id}).all()
    shown = stored[:limit]
    more = _cursor((shown[-1].id, shown[-1].sort_at)) if len(stored) > limit else None
    return by_ids(tx, row_ids=[stored_row.id for stored_row in reversed(shown)]), more


def _thread() -> ColumnElement[str]:
    return func.coalesce(entry.c.thread, record_row.c.id)


def _rows(sight: Sight, *columns: Any) -> Select[Any]:
    """Return the statement for messages of "person_id"."""
    row = record_row.c
    query: Select[Any] = select(*columns).select_from(record_row).join(entry, entry.c.id == row.primary_id)
    return query.where(row.person_id == bindparam("person_id"), row.section == Section.MESSAGES, seen(row, sight))


_UNREAD = (
    select(entry.c.row_id)
    .where(
        entry.c.person_id == bindparam("person_id"),
        entry.c.read_at.is_(None),
        entry.c.section == Section.MESSAGES,
        entry.c.source.in_(bindparam("counted", expanding=True)),
    )
    .distinct()
    .subquery()
)


def _cursor(stored: Any) -> str:
    key, at = stored[0], stored[1]
    return urlsafe_b64encode(f"{at}~{key}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[str, str]:
    try:
        at, separator, key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("~")
    except ValueError:
        raise InvalidInputError("cursor") from None
    if not separator:
        raise InvalidInputError("cursor")
    return at, key
