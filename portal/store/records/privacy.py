"""What a person keeps private: one item, a whole section, or all that one place sent.

A choice is kept apart from the items, so that what comes later falls under it; grouping makes it true
(``portal.store.records.grouping``): entries, rows, counts and resources carry the mark that every question asks for.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update

from portal.access.visibility import Sight
from portal.domain.sections import Section
from portal.store.engine.bulk import insert_many
from portal.store.engine.database import Tx
from portal.store.records.seen import seen
from portal.store.schema.records import entry, private_choice

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PrivateChoice:
    """An item (``entry_id``), or all of a section or of a source; empty is any."""

    section: str = ""
    source: str = ""
    entry_id: str = ""
    chosen_at: datetime | None = None

    def holds(self, entry_id: str, source: str) -> bool:
        """Tell whether an entry of the section that was asked about falls under the choice."""
        return self.entry_id == entry_id if self.entry_id else self.source in ("", source)


def choices(tx: Tx, *, person_id: str, section: Section | None = None) -> tuple[PrivateChoice, ...]:
    """Return what a person keeps private, newest first; with ``section`` what may hold of its items."""
    values = {"person_id": person_id, "section": section.value if section is not None else None}
    rows = tx.conn.execute(_CHOICES if section is None else _CHOICES_OF, values)
    return tuple(PrivateChoice(*row) for row in rows)


_C = private_choice.c
_CHOICES = (
    select(_C.section, _C.source, _C.entry_id, _C.chosen_at)
    .where(_C.person_id == bindparam("person_id"))
    .order_by(_C.chosen_at.desc(), _C.section, _C.source, _C.entry_id)
)
_CHOICES_OF = _CHOICES.where(or_(_C.section == "", _C.section == bindparam("section")))


def places(tx: Tx, *, person_id: str) -> frozenset[str]:
    """Return the sources of which everything is kept private."""
    return frozenset(choice.source for choice in choices(tx, person_id=person_id) if choice.source)


def hidden(tx: Tx, *, ids: Iterable[str]) -> frozenset[str]:
    """Return which of these entries are kept private."""
    private: set[str] = set()
    named = sorted(set(ids))
    for start in range(0, len(named), _BATCH):
        query = select(entry.c.id).where(entry.c.id.in_(named[start : start + _BATCH]), entry.c.private)
        private.update(tx.conn.execute(query).scalars())
    return frozenset(private)


def falling_under(tx: Tx, *, person_id: str, chosen: Iterable[PrivateChoice]) -> frozenset[str]:
    """Return the ids of the entries that fall under these choices, with those that share their rows."""
    ids: set[str] = set()
    for choice in chosen:
        ids.update(tx.conn.execute(select(entry.c.id).where(*_together(person_id, choice))).scalars())
    return frozenset(ids)


def sections_of(tx: Tx, *, ids: Iterable[str]) -> frozenset[Section]:
    """Return the sections that these entries are in."""
    sections: set[str] = set()
    named = sorted(set(ids))
    for start in range(0, len(named), _BATCH):
        query = select(entry.c.section).where(entry.c.id.in_(named[start : start + _BATCH]))
        sections.update(tx.conn.execute(query.distinct()).scalars())
    return frozenset(map(Section, sections))


def still_seen(tx: Tx, *, person_id: str, ids: Collection[str], sight: Sight) -> frozenset[str]:
    """Return which of these entries are this person's now, and there for who has this sight.

    For what was read in an earlier transaction and is about to be handed on: ask under the person's lock.
    """
    still: set[str] = set()
    named = sorted(set(ids))
    for start in range(0, len(named), _BATCH):
        own = (entry.c.person_id == person_id, entry.c.id.in_(named[start : start + _BATCH]))
        still.update(tx.conn.execute(select(entry.c.id).where(*own, seen(entry.c, sight))).scalars())
    return frozenset(still)


def put(tx: Tx, *, person_id: str, chosen: Iterable[PrivateChoice], private: bool) -> frozenset[Section]:
    """Keep these private, or no longer; return the sections to group again, in the same transaction."""
    c = private_choice.c
    touched: set[Section] = set()
    for choice in chosen:
        same = (c.section == choice.section, c.source == choice.source, c.entry_id == choice.entry_id)
        tx.conn.execute(delete(private_choice).where(c.person_id == person_id, *same))
        if private:
            values = {"section": choice.section, "source": choice.source, "entry_id": choice.entry_id}
            insert_many(tx, private_choice, [{**values, "person_id": person_id, "chosen_at": tx.now}])
        touched |= _touch(tx, person_id, choice)
    return frozenset(touched)


def _touch(tx: Tx, person_id: str, choice: PrivateChoice) -> set[Section]:
    """Let what falls under a choice wait to be grouped, with what shares its rows."""
    together = update(entry).where(*_together(person_id, choice))
    sections = tx.conn.execute(together.values(grouped=False).returning(entry.c.section)).scalars()
    return {Section(section) for section in sections}


def _together(person_id: str, choice: PrivateChoice) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for what falls under a choice and what shares rows with it."""
    c = entry.c
    held = [c.person_id == person_id, c.row_id.is_not(None)]
    for column, value in ((c.section, choice.section), (c.source, choice.source), (c.id, choice.entry_id)):
        if value:
            held.append(column == value)
    return c.person_id == person_id, c.row_id.in_(select(c.row_id).where(*held))
