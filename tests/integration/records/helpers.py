"""What the tests of stored records share: a person, and the database's content as something to compare."""

from typing import Any

from sqlalchemy import Table, false, func, select

from portal.domain.people import HumanName, Person
from portal.refresh.ingest_report import IngestReport
from portal.store import Database
from portal.store.people import people
from portal.store.schema.records import (
    entry,
    entry_key,
    message_thread,
    record_count,
    record_row,
    record_row_source,
    resource,
    search_token,
)

TABLES = (resource, search_token, entry, entry_key, record_row, record_row_source, record_count, message_thread)


def make_person(database: Database, fhir_id: str = "p1") -> str:
    with database.transaction() as tx:
        demographics = Person(names=(HumanName(family="Alvarez", given=("Maria",)),), birth_date="1978-05-14")
        return people.put_home_patient(tx, fhir_id=fhir_id, demographics=demographics)


def dump(database: Database, *tables: Table, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the record tables, in an order of their own. ``without`` leaves columns out (times, ciphertext)."""
    found = {}
    with database.reading() as tx:
        for table in tables or TABLES:
            columns = [column for column in table.c if column.name not in without]
            rows = [tuple(map(_plain, row)) for row in tx.conn.execute(select(*columns))]
            found[table.name] = sorted(rows, key=repr)
    return found


def _plain(value: Any) -> Any:
    return sorted(value.items()) if isinstance(value, dict) else value


MEANING = ("updated_at", "new_at", "read_at", "unread", "body", "facts", "version")
"""Columns that differ between two histories with one outcome: times, random ciphertext, numbers of versions."""


def wrongly_found(database: Database) -> list[tuple[str, bool, bool, bool]]:
    """Entries that have not their resource's number, or do not say rightly whether their row has no other."""
    rightly = func.coalesce(record_row.c.entries == 1, false())
    query = (
        select(entry.c.id, entry.c.number == resource.c.number, entry.c.alone, rightly)
        .join(resource, resource.c.id == entry.c.id)
        .join(record_row, record_row.c.id == entry.c.row_id, isouter=True)
    )
    with database.reading() as tx:
        return [tuple(each) for each in tx.conn.execute(query) if not each[1] or each[2] != each[3]]


def wrote(report: IngestReport) -> bool:
    """Whether a delivery changed anything."""
    counts = (*report.sections.values(), report.supporting)
    return any(count.new or count.changed or count.removed for count in counts)


def refusals(database: Database) -> dict[str | None, int]:
    """How many kept resources gave no entry, by reason."""
    query = select(resource.c.refusal, func.count()).where(resource.c.refusal.is_not(None)).group_by(resource.c.refusal)
    with database.reading() as tx:
        return {reason: int(number) for reason, number in tx.conn.execute(query)}
