"""The inbox: a person's messages in conversations, each with its newest message. Within one organization each.

What is new is said by ``counted``: the sources whose unread messages count (``portal.store.records.news``).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from portal.access.visibility import Sight
from portal.domain.errors import InvalidInputError
from portal.domain.sections import Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.records.rows import RecordRow, by_ids, from_stored
from portal.store.records.seen import seen
from portal.store.schema.records import entry, message_thread, record_row


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
    following = _cursor((shown[-1].thread, shown[-1].place_at)) if len(stored) > limit else None
    return ThreadPage(threads, following)


@lru_cache(maxsize=64)
def _query(*, of_source: bool, only_new: bool, after: bool, sight: Sight) -> Select[Any]:
    """Return the statement for conversations with their newest message; making it takes as long as asking.

    A conversation is written down once for each set of labels that its messages have (``message_threads``): it stands
    where the newest is that the reader sees, of ``only_new`` the newest with something new, and counts all they see.
    Comparisons are written so that databases read rows in their order, and no more than are shown.
    """
    thread, other, row = message_thread.c, _OTHER.c, record_row.c
    same = and_(other.person_id == thread.person_id, other.thread == thread.thread, seen(_labels(other), sight))
    place, other_place = (columns.sort_at + "-" + columns.newest_id for columns in (thread, other))
    last = select(func.max(other_place)).where(same, _is_new(other) if only_new else true()).scalar_subquery()
    messages = select(func.sum(other.messages)).where(same).scalar_subquery()
    new = select(func.sum(case((_is_new(other), other.unread), else_=0))).where(same).scalar_subquery()
    newest = select(other.newest_id).where(same).order_by(other_place.desc()).limit(1)
    query = select(
        *(row.id, row.section, row.rank, row.sort_at, row.private),
        *(thread.thread, thread.sort_at.label("place_at"), messages.label("messages"), new.label("new")),
    )
    query = query.select_from(message_thread)
    query = query.join(record_row, row.id == (newest.scalar_subquery() if only_new else thread.newest_id))
    query = query.where(thread.person_id == bindparam("person_id"), seen(_labels(thread), sight))
    query = query.where(place >= last, _is_new(thread) if only_new else true())
    if of_source:
        query = query.where(thread.source == bindparam("source"))
    if after:
        position = tuple_(bindparam("after_at", type_=String), bindparam("after_thread", type_=String))
        query = query.where(tuple_(thread.sort_at, thread.thread) < position)
    order = (thread.sort_at.desc(), thread.thread.desc())
    return with_constants(query.order_by(*order).limit(bindparam("most", type_=Integer)))


_OTHER = message_thread.alias()


def _is_new(columns: Any) -> ColumnElement[bool]:
    return and_(columns.unread > 0, columns.source.in_(bindparam("counted", expanding=True)).is_(true()))


def _labels(columns: Any) -> SimpleNamespace:
    """Return the columns of a conversation as ``seen`` asks for them."""
    labels = {name: columns[name] for name in ("confidential", "private", "held", "author")}
    return SimpleNamespace(section=literal_column(f"'{Section.MESSAGES.value}'", String), **labels)


def thread_of(tx: Tx, *, person_id: str, entry_id: str, sight: Sight) -> str | None:
    """Return the conversation that a message is in; None where the reader may not see it."""
    query = _rows(sight, entry.c.thread).where(entry.c.id == entry_id)
    return tx.conn.execute(query, {"person_id": person_id}).scalar()


def messages(
    tx: Tx, *, person_id: str, thread: str, sight: Sight, before: str | None = None, limit: int = 50
) -> tuple[tuple[RecordRow, ...], str | None]:
    """Return the newest messages of a conversation, oldest of them first, and where the older ones go on.

    Raises:
        InvalidInputError: "cursor".
    """
    c = entry.c
    query = _rows(sight, c.row_id, c.sort_at, c.id).where(c.thread == thread)
    if before is not None:
        query = query.where(tuple_(c.sort_at, c.id) < tuple_(*_position(before)))
    query = query.order_by(c.sort_at.desc(), c.id.desc()).limit(limit + 1)
    stored = tx.conn.execute(query, {"person_id": person_id}).all()
    shown = stored[:limit]
    more = _cursor((shown[-1].id, shown[-1].sort_at)) if len(stored) > limit else None
    return by_ids(tx, row_ids=[message.row_id for message in reversed(shown)]), more


def _rows(sight: Sight, *columns: Any) -> Select[Any]:
    """Return the statement for messages of "person_id"."""
    row = record_row.c
    query: Select[Any] = select(*columns).select_from(entry).join(record_row, row.id == entry.c.row_id)
    return query.where(
        entry.c.person_id == bindparam("person_id"), entry.c.section == Section.MESSAGES, seen(row, sight)
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
