"""Conversations of messages, written down as the inbox lists them: a page reads those that it shows, and no others.

A message is in no other row and of one source (``portal.merge`` compares none), so a conversation is of one source,
too, and what is unread of several sources adds up. ``record_count`` has the sum, which stands on every page.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.schema.access import person
from portal.store.schema.records import entry, message_thread, record_count, record_row

_WHOLE = 200  # more conversations than this are not named one by one
_PERSON: BindParameter[str] = bindparam("of_person")
_THREADS: BindParameter[Any] = bindparam("threads", expanding=True)
_LABELS = ("confidential", "private", "held", "author")
_KEY = ("person_id", "thread", *_LABELS)
_WRITTEN = ("source", "newest_id", "sort_at", "messages", "unread")
_IS_MESSAGE = and_(entry.c.person_id == _PERSON, entry.c.section == Section.MESSAGES, entry.c.thread.is_not(None))


def write_threads(tx: Tx, *, person_id: str, threads: Collection[str] | None = None) -> None:
    """Make these conversations (None: all of the person) and the number of unread messages what the entries say.

    Only what differs is written. Who calls holds the person's lock.
    """
    values: dict[str, Any] = {"of_person": person_id}
    narrowed = threads is not None and len(threads) <= _WHOLE
    if narrowed:
        values["threads"] = sorted(threads or ())
    make = (postgresql if tx.conn.dialect.name == "postgresql" else sqlite).insert
    upsert = make(message_thread).from_select([*_KEY, *_WRITTEN], _as_they_are(narrowed=narrowed))
    now, before = upsert.excluded, message_thread.c
    tx.conn.execute(
        upsert.on_conflict_do_update(
            index_elements=_KEY,
            set_={name: now[name] for name in _WRITTEN},
            where=or_(*(before[name].is_distinct_from(now[name]) for name in _WRITTEN)),
        ),
        values,
    )
    _remove_empty(tx, values, narrowed=narrowed)
    tx.conn.execute(_COUNT_UNREAD, {"of_person": person_id})


def fill_batch(tx: Tx, *, after: str, limit: int) -> str | None:
    """Write the conversations of the next people with messages, of a database of before schema 0060b.

    ``limit``: messages after which no further person is begun. Return the id of the last one, None at the end.
    """
    c = entry.c
    of_people = select(c.person_id, func.count()).where(c.section == Section.MESSAGES, c.person_id > after)
    people = tx.conn.execute(of_people.group_by(c.person_id).order_by(c.person_id).limit(limit)).all()
    messages = 0
    for person_id, number in people:
        tx.conn.execute(select(person.c.id).where(person.c.id == person_id).with_for_update(key_share=True))
        alone = (c.person_id == person_id, c.section == Section.MESSAGES, c.thread.is_(None))
        tx.conn.execute(update(entry).where(*alone).values(thread=c.id))
        write_threads(tx, person_id=person_id)
        after, messages = person_id, messages + number
        if messages >= limit:
            break
    return after if people else None


def _as_they_are(*, narrowed: bool) -> Select[Any]:
    row = record_row.c
    labels = [row[name] for name in _LABELS]
    together: list[ColumnElement[Any]] = [entry.c.thread, *labels]
    place = func.row_number().over(partition_by=together, order_by=(row.sort_at.desc(), row.id.desc()))
    unread = func.sum(case((entry.c.read_at.is_(None), 1), else_=0)).over(partition_by=together)
    ranked = (
        select(
            *(entry.c.person_id, entry.c.thread, *labels, entry.c.source, row.id.label("newest_id"), row.sort_at),
            func.count().over(partition_by=together).label("messages"),
            unread.label("unread"),
            place.label("place"),
        )
        .join(record_row, row.id == entry.c.row_id)
        .where(_IS_MESSAGE)
    )
    if narrowed:
        ranked = ranked.where(entry.c.thread.in_(_THREADS))
    lines = ranked.subquery()
    return select(*(lines.c[name] for name in (*_KEY, *_WRITTEN))).where(lines.c.place == 1)


def _remove_empty(tx: Tx, values: dict[str, Any], *, narrowed: bool) -> None:
    """Delete conversations of which nothing is left with these labels."""
    thread, row = message_thread.c, record_row.c
    left = (
        select(entry.c.id)
        .join(record_row, row.id == entry.c.row_id)
        .where(entry.c.person_id == thread.person_id, entry.c.thread == thread.thread)
        .where(*(row[name] == thread[name] for name in _LABELS))
        .correlate(message_thread)
    )
    empty = delete(message_thread).where(thread.person_id == _PERSON, ~left.exists())
    tx.conn.execute(empty.where(thread.thread.in_(_THREADS)) if narrowed else empty, values)


def _count_unread() -> Any:
    """Return the statement that counts unread messages by source and label, where their rows are counted."""
    tally, row = record_count.c, record_row.c
    unread = (
        select(func.count())
        .select_from(entry)
        .join(record_row, row.id == entry.c.row_id)
        .where(entry.c.person_id == tally.person_id, entry.c.source == tally.source, entry.c.section == tally.section)
        .where(entry.c.read_at.is_(None), row.rank == tally.rank, *(row[name] == tally[name] for name in _LABELS))
        .correlate(record_count)
        .scalar_subquery()
    )
    of_sources = (tally.person_id == _PERSON, tally.section == Section.MESSAGES, tally.source != "")
    return update(record_count).where(*of_sources).values(unread=unread)


_COUNT_UNREAD = _count_unread()
