"""Labels that take effect at once, before what they are on is read and grouped again.

Grouping makes rows anew in a later transaction, and a process may end before it. A row with labelled entries is kept
back as a whole until then, and no other row names one of them; what is said by others alone comes back with grouping.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.records.counting import count_rows
from portal.store.records.grouping import lock_person
from portal.store.records.resources import chunks
from portal.store.schema.directory import suggestion
from portal.store.schema.records import entry, record_row, record_row_mark, record_row_source, resource


def label_confidential(tx: Tx, *, person_id: str, source: str) -> bool:
    """Label what a person has from a source as confidential; return whether there was anything.

    What others tell of, too, comes back when the person's record is read again (``renewals.add_person``).
    """
    lock_person(tx, person_id=person_id)
    for table in (resource, entry):
        theirs = (table.c.person_id == person_id, table.c.source == source)
        labelled = tx.conn.execute(update(table).where(*theirs).values(confidential=True)).rowcount
    _count(tx, person_id, _take_labels(tx, person_id, entry.c.source == source))
    return bool(labelled)


def keep_back(tx: Tx, *, person_id: str, entry_ids: Sequence[str]) -> None:
    """Let the rows of entries have the labels that these have by now: confidential, or somebody's messages."""
    sections: set[str] = set()
    for batch in chunks(entry_ids):
        sections |= _take_labels(tx, person_id, entry.c.id.in_(batch))
    _count(tx, person_id, sections)
    if sections:  # until it is looked anew at which of them only what is labelled names (``portal.directory``)
        c = suggestion.c
        tx.conn.execute(update(suggestion).where(c.person_id == person_id, c.reason == "chart").values(sensitive=True))


def _take_labels(tx: Tx, person_id: str, condition: ColumnElement[bool]) -> set[str]:
    """Return the sections of the rows that changed."""
    own, mark, row = (entry.c.person_id == person_id, condition), record_row_mark.c, record_row.c
    authors = tx.conn.execute(select(entry.c.author).where(*own, entry.c.author != "").distinct()).scalars().all()
    labels: list[tuple[Any, str, Any]] = [(entry.c.confidential.is_(True), "confidential", True)]
    labels += [(entry.c.author == author, "author", author) for author in authors]
    sections: set[str] = set()
    for has_label, name, value in labels:
        rows = select(entry.c.row_id).where(*own, has_label)
        for table, key in ((record_row_source, "row_id"), (record_row, "id")):
            other = (table.c.person_id == person_id, table.c[key].in_(rows), table.c[name] != value)
            labelling = update(table).where(*other).values({name: value})
            sections |= set(tx.conn.execute(labelling.returning(table.c.section)).scalars())
        labelled = select(entry.c.id).where(*own, has_label)
        of_others = select(row.id).where(row.person_id == person_id, record_row.c[name] != value)
        tx.conn.execute(delete(record_row_mark).where(mark.row_id.in_(of_others), mark.entry_id.in_(labelled)))
    return sections


def _count(tx: Tx, person_id: str, sections: set[str]) -> None:
    for section in sorted(sections):
        count_rows(tx, person_id, Section(section))
