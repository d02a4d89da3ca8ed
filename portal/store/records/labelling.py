"""All of one source confidential at once, before it is read again."""

from sqlalchemy import select, update

from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.records.counting import count_rows
from portal.store.records.grouping import lock_person
from portal.store.schema.records import entry, record_row, record_row_source, resource


def label_confidential(tx: Tx, *, person_id: str, source: str) -> bool:
    """Label what a person has from a source as confidential; return whether there was anything.

    A row that others tell of, too, is kept back as a whole until the person's record is read again
    (``renewals.add_person``): what is said by others alone comes back then.
    """
    lock_person(tx, person_id=person_id)
    for table in (resource, entry):
        theirs = (table.c.person_id == person_id, table.c.source == source)
        labelled = tx.conn.execute(update(table).where(*theirs).values(confidential=True)).rowcount
    part = record_row_source.c
    rows = select(part.row_id).where(part.person_id == person_id, part.source == source)
    of_person = (record_row.c.person_id == person_id, record_row.c.id.in_(rows))
    labelling = update(record_row).where(*of_person).values(confidential=True)
    sections = set(tx.conn.execute(labelling.returning(record_row.c.section)).scalars())
    tx.conn.execute(
        update(record_row_source).where(part.person_id == person_id, part.row_id.in_(rows)).values(confidential=True)
    )
    for section in sorted(sections):
        count_rows(tx, person_id, Section(section))
    return bool(labelled)
