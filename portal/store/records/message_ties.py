"""What else is somebody's because of a message of theirs: answers that a group alone ties to it, files that it carries.

The rule is that of ``portal.access.authors``; a chain of answers is followed there. Ties are found by search tokens of
their own, whichever of the two comes first.

- Of a group, what comes after the first message of somebody's is answered to them, unless somebody else wrote it.
- A file that messages of one person alone carry is theirs. What a message that is nobody's carries, too, is the
  record's, as is what is of a visit: a parent who is answered with it takes it from nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row, select, update

from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.records import labelling
from portal.store.records.grouping import mark_ungrouped
from portal.store.records.resources import chunks, resource_id
from portal.store.records.tokens import search_key
from portal.store.schema.records import entry, resource, search_token

GROUP, ANSWERS, FILE = "_group", "_answers", "_file"
"""Kinds of ties: the group of a message, a message that it answers, a file that it carries or that is one."""
MESSAGE = "Communication"
FILES = frozenset({"DocumentReference", "Media"})
OF_ONE_WRITER = FILES | {MESSAGE}
"""Types of resources that may be of one person who acts for the patient, and of nobody else who does."""
Ties = frozenset[tuple[str, str]]
_LONGEST = 50  # answers to answers that are followed


class _Tied(NamedTuple):
    """A message or a file; ``name`` is its "Type/id", as references name it."""

    id: str
    type: str
    name: str
    date: str
    author: str


_COLUMNS = tuple(resource.c[name] for name in ("id", "type", "fhir_id", "date", "author"))


def follow(tx: Tx, *, person_id: str, source: str, ties: Iterable[Ties], authors: Mapping[str, str]) -> None:
    """Set whose is what, by the ties of what a source brought just now; ``authors``: of what came, by id."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, value in (tie for each in ties for tie in each):
        by_kind[kind].add(value)
    reached = {each.name: each.author for each in _by_ids(tx, authors)}
    for members in _tied(tx, person_id, source, GROUP, by_kind[GROUP]).values():
        reached |= _put(tx, person_id, _answered(members))
    files, fresh = by_kind[FILE], reached
    for _step in range(_LONGEST):
        answers = _tied(tx, person_id, source, ANSWERS, fresh)
        theirs = {each: fresh[name] for name, several in answers.items() for each in several if not each.author}
        fresh = _put(tx, person_id, theirs)
        reached |= fresh
        if not fresh:
            break
    tied = _tied(tx, person_id, source, FILE, files | _carried(tx, person_id, source, reached))
    _put(tx, person_id, {each: author for members in tied.values() for each, author in _files(members)})


def _answered(members: Collection[_Tied]) -> dict[_Tied, str]:
    """Return whose the messages of a group are that nobody wrote who acts for the person."""
    first = min((each for each in members if each.author), key=lambda each: each.date, default=None)
    if first is None:
        return {}
    later = (each for each in members if not each.author and (not each.date or each.date >= first.date))
    return dict.fromkeys(later, first.author)


def _files(members: Collection[_Tied]) -> Iterable[tuple[_Tied, str]]:
    """Yield a file that messages carry, with whose it is, where that is not known yet."""
    authors = {each.author for each in members if each.type == MESSAGE}
    author = next(iter(authors)) if len(authors) == 1 else ""
    return [(each, author) for each in members if each.type != MESSAGE and authors and each.author != author]


def _tied(tx: Tx, person_id: str, source: str, kind: str, values: Iterable[str]) -> dict[str, list[_Tied]]:
    """Return by value what has this tie, where anything has."""
    c = resource.c
    keys = {search_key(tx.vault, person_id=person_id, param=kind, value=value): value for value in values}
    members: dict[str, list[_Tied]] = defaultdict(list)
    for batch in chunks(sorted(keys)):
        query = (
            select(search_token.c.key, *_COLUMNS)
            .join_from(search_token, resource, c.number == search_token.c.number)
            .where(search_token.c.key.in_(batch), c.person_id == person_id, c.source == source, c.deleted_at.is_(None))
        )
        for row in tx.conn.execute(query):
            members[keys[row.key]].append(_from_row(tx, row))
    return members


def _carried(tx: Tx, person_id: str, source: str, messages: Iterable[str]) -> set[str]:
    """Return the names of the files that these messages ("Communication/id") carry, of those that are stored."""
    c, own, other = resource.c, search_token.alias(), search_token.alias()
    fhir_ids = (name.partition("/")[2] for name in messages)
    message_ids = sorted(resource_id(tx.vault, source=source, type=MESSAGE, fhir_id=each) for each in fhir_ids)
    names: set[str] = set()
    for batch in chunks(message_ids):
        of_messages = select(c.number).where(c.person_id == person_id, c.id.in_(batch))
        query = (
            select(other.c.key, *_COLUMNS)
            .join_from(own, other, other.c.key == own.c.key)
            .join(resource, c.number == other.c.number)
            .where(own.c.number.in_(of_messages), c.person_id == person_id, c.source == source, c.type != MESSAGE)
        )
        named = {(row.key, _from_row(tx, row).name) for row in tx.conn.execute(query)}
        names |= {
            name for key, name in named if key == search_key(tx.vault, person_id=person_id, param=FILE, value=name)
        }
    return names


def _by_ids(tx: Tx, ids: Iterable[str]) -> list[_Tied]:
    c = resource.c
    rows: list[_Tied] = []
    for batch in chunks(sorted(ids)):
        query = select(*_COLUMNS).where(c.id.in_(batch), c.type == MESSAGE)
        rows += (_from_row(tx, row) for row in tx.conn.execute(query))
    return rows


def _from_row(tx: Tx, row: Row[Any]) -> _Tied:
    fhir_id = tx.vault.open_id(row.fhir_id, place=id_place(row.id))
    return _Tied(row.id, row.type, f"{row.type}/{fhir_id}", row.date, row.author)


def _put(tx: Tx, person_id: str, whose: Mapping[_Tied, str]) -> dict[str, str]:
    """Set whose these are; return it by name."""
    for author in sorted(set(whose.values())):
        theirs = sorted(each.id for each, own in whose.items() if own == author)
        mark_ungrouped(tx, entry_ids=theirs)
        for batch in chunks(theirs):
            tx.conn.execute(update(resource).where(resource.c.id.in_(batch)).values(author=author))
            tx.conn.execute(update(entry).where(entry.c.id.in_(batch)).values(author=author, grouped=False))
        labelling.keep_back(tx, person_id=person_id, entry_ids=theirs)
    return {each.name: author for each, author in whose.items()}
