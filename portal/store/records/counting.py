"""How many rows a section has, written down: counting 100,000 rows would be most of a page's time."""

from sqlalchemy import BindParameter, bindparam, delete, func, insert, literal, select, union_all

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.records.message_threads import write_threads
from portal.store.schema.records import record_count, record_row, record_row_source

_PERSON: BindParameter[str] = bindparam("person_id")
_SECTION: BindParameter[str] = bindparam("section")
_LABELS = ("rank", "confidential", "private", "held", "author")
_ROW, _PART = record_row.c, record_row_source.c
_OF_ALL = (
    select(literal("").label("source"), *(_ROW[name] for name in _LABELS), func.count())
    .where(_ROW.person_id == _PERSON, _ROW.section == _SECTION)
    .group_by(*(_ROW[name] for name in _LABELS))
)
_OF_EACH = (
    select(_PART.source, *(_PART[name] for name in _LABELS), func.count())
    .where(_PART.person_id == _PERSON, _PART.section == _SECTION)
    .group_by(_PART.source, *(_PART[name] for name in _LABELS))
)
_BOTH = union_all(_OF_ALL, _OF_EACH)
_FORGET = delete(record_count).where(record_count.c.person_id == _PERSON, record_count.c.section == _SECTION)
_KEEP = insert(record_count)


def count_rows(tx: Tx, person_id: str, section: Section) -> None:
    """Write the counts of a section, in all ("") and of each source, by status and label; of messages their threads."""
    of_section = {"person_id": person_id, "section": section.value}
    tx.conn.execute(_FORGET, of_section)
    counted = tx.conn.execute(_BOTH, of_section).all()
    if counted:
        names = ("source", *_LABELS, "rows")
        tx.conn.execute(_KEEP, [of_section | dict(zip(names, row, strict=True)) for row in counted])
    if section is Section.MESSAGES:
        write_threads(tx, person_id=person_id)
