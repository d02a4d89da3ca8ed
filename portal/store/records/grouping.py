"""Keeping the rows of section pages true: entries that changed, and everything that shares a key with them.

Grouping itself is ``portal.merge.rows``. Here its neighbourhood is loaded (all entries connected through keys, weak
ones included), so that the answer is the one that grouping the whole section would give, and only rows that differ are
written.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Select, and_, bindparam, delete, func, or_, select, update

from portal.domain.sections import Section
from portal.merge import Bond, Lookalike, Member, Row, rows
from portal.store.engine.bulk import insert_many
from portal.store.engine.database import Tx
from portal.store.records import holding, privacy
from portal.store.records.counting import count_rows
from portal.store.records.members import NOTHING, AtHand, Place, load
from portal.store.schema.access import person
from portal.store.schema.records import (
    entry,
    entry_key,
    entry_waits,
    record_row,
    record_row_mark,
    record_row_source,
    resource,
)

_BATCH = 500
_WHOLE = 400  # more changed entries than this: loading the whole section is cheaper than walking


def _meeting(ids: Any) -> Select[tuple[str]]:
    """Return the entries that these are compared with: of one key, and one of the two seeks by it. Not by pairs."""
    other, own = entry_key.alias(), entry_key.alias()
    keys = select(own.c.hash).where(own.c.entry_id.in_(ids))
    seeking = keys.where(own.c.bond == Bond.SEEK.value)
    meets = or_(other.c.hash.in_(seeking), and_(other.c.bond == Bond.SEEK.value, other.c.hash.in_(keys)))
    return select(other.c.entry_id).where(other.c.hash.in_(keys), meets)


_PERSON: BindParameter[str] = bindparam("person_id")
_SECTION: BindParameter[str] = bindparam("section")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_FELLOW = entry.alias()
# Made once: a refresh groups each section of each organization, and making them took longer than asking them.
_BY_KEY = _meeting(_IDS)
_BY_ROW = select(_FELLOW.c.id).where(_FELLOW.c.row_id.in_(select(entry.c.row_id).where(entry.c.id.in_(_IDS))))
_LOCKED = select(person.c.id).where(person.c.id == _PERSON).with_for_update(key_share=True)
_OF_SECTION = (entry.c.person_id == _PERSON, entry.c.section == _SECTION)
_COUNT = select(func.count()).where(_FELLOW.c.person_id == _PERSON, _FELLOW.c.section == _SECTION)
_WAITING = select(entry.c.id, _COUNT.scalar_subquery()).where(*_OF_SECTION, entry_waits)
_ROW, _VOICE, _MARK = record_row.c, record_row_source.c, record_row_mark.c
_ROWS = select(
    *(_ROW[name] for name in ("id", "rank", "sort_at", "primary_id", "confidential", "private", "held", "author")),
    *(_ROW.place_at, _ROW.place_id),
)
_VOICES = select(_VOICE.row_id, _VOICE.source, _VOICE.entry_id, _VOICE.entries, _VOICE.current, _VOICE.first_at)
_MARKS = select(_MARK.row_id, _MARK.entry_id, _MARK.source, _MARK.fields, _MARK.withdrawn)
_ROWS_OF_SECTION = (_ROW.person_id == _PERSON, _ROW.section == _SECTION)
_ALL_PRESENT = (
    _ROWS.where(*_ROWS_OF_SECTION),
    _VOICES.where(_VOICE.person_id == _PERSON, _VOICE.section == _SECTION),
    _MARKS.join(record_row, _ROW.id == _MARK.row_id).where(*_ROWS_OF_SECTION),
)
_SOME_PRESENT = tuple(
    query.where(column.in_(_IDS))
    for query, column in ((_ROWS, _ROW.id), (_VOICES, _VOICE.row_id), (_MARKS, _MARK.row_id))
)
_POINTED = update(entry).prefix_with("OR FAIL", dialect="sqlite")  # no copy of each page for undoing it alone
_STAND_ALONE = _POINTED.where(entry.c.id.in_(_IDS)).values(row_id=entry.c.id, alone=True, grouped=True)
_STAND_NOWHERE = _POINTED.where(entry.c.id.in_(_IDS)).values(row_id=None, alone=False, grouped=True)
_STAND_IN = (
    update(entry).where(entry.c.id == bindparam("b_id")).values(row_id=bindparam("b_row"), alone=False, grouped=True)
)
NOWHERE: Mapping[str, Any] = {"row_id": None, "alone": False, "grouped": False}  # of entries whose rows go


def lock_person(tx: Tx, *, person_id: str) -> None:
    """Hold off other writers of this person's rows until the transaction ends (SQLite's writers are alone anyway)."""
    if tx.conn.dialect.name != "sqlite":
        tx.conn.execute(_LOCKED, {"person_id": person_id})


def mark_ungrouped(tx: Tx, *, entry_ids: Sequence[str]) -> None:
    """Before entries lose their keys or vanish: whoever shares a key or a row with them must be grouped again."""
    for batch in _batches(entry_ids):
        sharing = _meeting(batch)
        together = select(entry.c.id).where(
            entry.c.row_id.in_(select(entry.c.row_id).where(entry.c.id.in_(batch), entry.c.row_id.is_not(None)))
        )
        tx.conn.execute(update(entry).where(entry.c.id.in_(sharing.union(together))).values(grouped=False))


def withdraw(tx: Tx, *, entry_ids: Sequence[str]) -> None:
    """Before entries vanish from their section: as ``mark_ungrouped``, and their rows go.

    The same transaction must delete or move the entries and then regroup with ``recount``.
    """
    mark_ungrouped(tx, entry_ids=entry_ids)
    for batch in _batches(entry_ids):
        of_entries = select(entry.c.row_id).where(entry.c.id.in_(batch), entry.c.row_id.is_not(None)).distinct()
        row_ids = list(tx.conn.execute(of_entries).scalars())
        tx.conn.execute(update(entry).where(entry.c.row_id.in_(row_ids)).values(NOWHERE))
        tx.conn.execute(delete(record_row_source).where(record_row_source.c.row_id.in_(row_ids)))
        tx.conn.execute(delete(record_row_mark).where(record_row_mark.c.row_id.in_(row_ids)))
        tx.conn.execute(delete(record_row).where(record_row.c.id.in_(row_ids)))


def regroup_pending(
    tx: Tx, *, person_id: str, section: Section, recount: bool = False, at_hand: AtHand = NOTHING
) -> bool:
    """Group again what waits for it in one section; false when nothing did. ``at_hand``: what was just written."""
    lock_person(tx, person_id=person_id)
    holding.decide(tx, person_id=person_id, section=section)
    of_section = {"person_id": person_id, "section": section.value}
    listed = tx.conn.execute(_WAITING, of_section).all()
    if not listed and not recount:
        return False
    entries = listed[0][1] if listed else tx.conn.execute(_COUNT, of_section).scalar_one()
    whole = len(listed) > _WHOLE or len(listed) == entries
    ids = None if whole else _neighbourhood(tx, {each[0] for each in listed})
    return _write(tx, person_id, section, ids, recount=recount, at_hand=at_hand)


def regroup_all(tx: Tx, *, person_id: str, section: Section) -> bool:
    """Group a whole section again; gives the same as having done it step by step. False when no row was wrong."""
    lock_person(tx, person_id=person_id)
    holding.decide(tx, person_id=person_id, section=section)
    return _write(tx, person_id, section, None, recount=True)


def _neighbourhood(tx: Tx, start: set[str]) -> set[str]:
    """Everything connected with these entries through keys or present rows."""
    reached, fresh = set(start), set(start)
    while fresh:
        neighbours: set[str] = set()
        for batch in _batches(sorted(fresh)):
            for query in (_BY_KEY, _BY_ROW):
                neighbours.update(tx.conn.execute(query, {"ids": list(batch)}).scalars())
        fresh = neighbours - reached
        reached |= fresh
    return reached


def _write(
    tx: Tx, person_id: str, section: Section, ids: set[str] | None, *, recount: bool, at_hand: AtHand = NOTHING
) -> bool:
    """Make the rows of these entries (None: of the whole section) what grouping says."""
    loaded = load(tx, person_id=person_id, section=section, ids=ids, at_hand=at_hand)
    private = _private(tx, person_id, section, loaded.members)
    labels = _Labels(loaded.secret, private, loaded.held, loaded.authors)
    members, place_of = apart(apart(loaded.members, private, "private"), loaded.held, "held"), loaded.place_of
    members = _apart_by_author(members, loaded.authors)
    grouped = {row.id: row for row in rows(members)}
    present = _present(
        tx, person_id, section, None if ids is None else sorted({row for row, _ in place_of.values() if row})
    )
    shapes = {row.id: _shape(row, labels) for row in grouped.values()}
    stale = [row_id for row_id, shape in present.items() if shapes.get(row_id) != shape]
    fresh = [row for row in grouped.values() if present.get(row.id) != shapes[row.id]]
    target = {member: (row.id, len(row.members) == 1) for row in grouped.values() for member in row.members}
    # Entries first: the rows they point to may come and go within the transaction (the foreign key is deferred).
    _point(tx, {member.id: target.get(member.id, (None, False)) for member in members}, place_of, loaded.ungrouped)
    _keep_private(tx, private - loaded.private, private=True)
    _keep_private(tx, loaded.private - private, private=False)
    for batch in _batches(stale):
        tx.conn.execute(delete(record_row_source).where(record_row_source.c.row_id.in_(batch)))
        tx.conn.execute(delete(record_row_mark).where(record_row_mark.c.row_id.in_(batch)))
        tx.conn.execute(delete(record_row).where(record_row.c.id.in_(batch)))
    _insert(tx, person_id, section, fresh, labels)
    renewed = section is Section.MESSAGES and loaded.ungrouped  # what came changed is in another thread, or unread
    if stale or fresh or recount or renewed:
        count_rows(tx, person_id, section)
    return bool(stale or fresh)


class _Labels(NamedTuple):
    """Ids of the entries that are confidential, are kept private, or wait to be seen; and whose messages are."""

    secret: set[str]
    private: set[str]
    held: set[str]
    authors: Mapping[str, str]

    def of(self, row: Row) -> tuple[bool | str, ...]:
        """Return which labels a row has. Labelled entries share keys only with each other; should they ever meet
        others, the row is kept back."""
        labelled = (self.secret, self.private, self.held)
        if not (any(labelled) or self.authors):  # mostly
            return (False, False, False, "")
        author = max((self.authors.get(member, "") for member in row.members), default="")
        return (*(not each.isdisjoint(row.members) for each in labelled), author)


def _private(tx: Tx, person_id: str, section: Section, members: list[Member]) -> set[str]:
    """Return which of the members the person keeps private.

    With one statement all others of the same thing are private: what comes later from elsewhere must not bring back
    what was put away.
    """
    choices = privacy.choices(tx, person_id=person_id, section=section)
    if not choices:
        return set()
    chosen = {member.id for member in members if any(choice.holds(member.id, member.source) for choice in choices)}
    together = (row.members for row in rows(members) if not chosen.isdisjoint(row.members))
    return chosen.union(*together)


def apart(members: list[Member], labelled: set[str], label: str) -> list[Member]:
    """Return the members so that labelled ones meet each other alone, as if the others' rows were all there is."""
    return [
        msgspec.structs.replace(member, keys=tuple((bond, f"{label}|{key}") for bond, key in member.keys))
        if member.id in labelled
        else member
        for member in members
    ]


def _apart_by_author(members: list[Member], authors: Mapping[str, str]) -> list[Member]:
    for author in sorted(set(authors.values())):
        members = apart(members, {entry_id for entry_id, each in authors.items() if each == author}, f"author {author}")
    return members


def _keep_private(tx: Tx, ids: set[str], *, private: bool) -> None:
    for batch in _batches(sorted(ids)):
        tx.conn.execute(update(entry).where(entry.c.id.in_(batch)).values(private=private))
        tx.conn.execute(update(resource).where(resource.c.id.in_(batch)).values(private=private))


_Shape = tuple[Any, ...]


def _shape(row: Row, labels: _Labels) -> _Shape:
    voices = sorted((each.source, each.entry_id, each.entries, each.current, each.first_at) for each in row.voices)
    return row.rank, row.sort_at, row.primary_id, labels.of(row), (row.place_at, row.place_id), tuple(voices), row.marks


def _present(tx: Tx, person_id: str, section: Section, row_ids: Sequence[str] | None) -> dict[str, _Shape]:
    """Return the rows as they are stored, in the shape in which they are compared."""
    of_section = {"person_id": person_id, "section": section.value}
    queries = _ALL_PRESENT if row_ids is None else _SOME_PRESENT
    parts: list[dict[str, Any]] = [of_section] if row_ids is None else [{"ids": each} for each in _batches(row_ids)]
    stored = [row for values in parts for row in tx.conn.execute(queries[0], values).all()]
    if not stored:
        return {}
    spoken, named = ([row for values in parts for row in tx.conn.execute(each, values).all()] for each in queries[1:])
    by_row: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row_id, *voice_columns in spoken:
        by_row[row_id].append(tuple(voice_columns))
    marked: dict[str, list[Lookalike]] = defaultdict(list)
    for row_id, entry_id, source, fields, withdrawn in named:
        marked[row_id].append(Lookalike(entry_id, source, tuple(fields), withdrawn))
    return {
        row_id: (
            rank,
            at,
            primary,
            tuple(marked_as),
            (place_at, place_id),
            tuple(sorted(by_row[row_id])),
            tuple(sorted(marked[row_id])),
        )
        for row_id, rank, at, primary, *marked_as, place_at, place_id in stored
    }


def _point(tx: Tx, target: Mapping[str, Place], place_of: Mapping[str, Place], ungrouped: set[str]) -> None:
    """Set where entries belong, those whose place is another or that waited only."""
    alone: list[str] = []
    nowhere: list[str] = []
    others: list[dict[str, str]] = []
    for entry_id, place in target.items():
        if place_of[entry_id] == place and entry_id not in ungrouped:
            continue
        row_id, is_alone = place
        if row_id is None:
            nowhere.append(entry_id)
        elif is_alone:
            alone.append(entry_id)
        else:
            others.append({"b_id": entry_id, "b_row": row_id})
    for batch in _batches(alone):
        tx.conn.execute(_STAND_ALONE, {"ids": batch})
    for batch in _batches(nowhere):
        tx.conn.execute(_STAND_NOWHERE, {"ids": batch})
    if others:
        tx.conn.execute(_STAND_IN, others)


def _insert(tx: Tx, person_id: str, section: Section, fresh: Iterable[Row], labels: _Labels) -> None:
    row_values, voice_values, mark_values = [], [], []
    for row in fresh:
        shared = {
            "person_id": person_id,
            "section": section.value,
            "rank": row.rank,
            "sort_at": row.sort_at,
            **dict(zip(("confidential", "private", "held", "author"), labels.of(row), strict=True)),
            "place_at": row.place_at,
            "place_id": row.place_id,
        }
        own = {"id": row.id, "primary_id": row.primary_id, "home": row.home}
        row_values.append(shared | own | {"sources": len(row.voices), "entries": len(row.members)})
        voice_values += [
            shared
            | {
                "row_id": row.id,
                "source": voice.source,
                "entry_id": voice.entry_id,
                "entries": voice.entries,
                "current": voice.current,
                "first_at": voice.first_at,
            }
            for voice in row.voices
        ]
        mark_values += [
            msgspec.structs.asdict(mark) | {"row_id": row.id, "fields": list(mark.fields)} for mark in row.marks
        ]
    if row_values:
        insert_many(tx, record_row, row_values)
        insert_many(tx, record_row_source, voice_values)
    if mark_values:
        insert_many(tx, record_row_mark, mark_values)


def _batches(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
