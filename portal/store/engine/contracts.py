"""Which earlier versions a schema still serves: migrations expand, and only those in ``CONTRACTS`` take something away.

A version is named by its newest migration. It serves a database at its own schema, and one that is ahead as long as no
migration in between is a contract: so a new version's migrations run while the old one serves, and machines are
exchanged one after the other. A change that takes something away needs two releases: the first one neither reads nor
writes it any more, the second one removes it and has a line here. ``docs/schema.md`` is made from this list:
``python -m portal.store.engine.contracts > docs/schema.md``; tests compare, and find a contract that has no line.
"""

import sys
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, inspect, select

from portal.store.schema.encryption import schema_contract

CONTRACTS: Mapping[str, str] = {
    "0002": "`record_count` is another table",
    "0009": "`organization_source.said` and `said_hash` are named `content` and `content_hash`",
    "0011": "`entry.traits` is gone",
    "0012": "people are found by other hashes",
    "0019": "records are sealed with keys of people",
    "0021": "`record_count` is another table, `proxy_grant.level` is `choices`",
    "0058": "`resource_token` is `search_token`, records are packed otherwise",
    "0060b": "the inbox reads `message_thread`, which whoever writes messages keeps",
    "0065": "FHIR ids are sealed",
    "0071b": "small charts find entries by `number` and `alone`, which whoever stores and groups entries keeps",
}
"""By revision, what is not as earlier versions need it."""


def oldest() -> str:
    """Return the first revision whose version a database at this version's schema serves."""
    return max(CONTRACTS)


def pending(current: str | None) -> tuple[str, ...]:
    """Return the contracts that are still to come for a database at ``current``; none for an empty one."""
    return tuple(revision for revision in CONTRACTS if current is not None and revision > current)


def note(conn: Connection) -> None:
    """Write that into the database, for versions that do not know the migrations to come."""
    conn.execute(delete(schema_contract))
    conn.execute(insert(schema_contract).values(id=1, oldest=oldest()))


def serves(conn: Connection, revision: str) -> bool:
    """Tell whether a database that is ahead says that it serves the version of ``revision``."""
    if not inspect(conn).has_table(schema_contract.name):
        return False
    first = conn.execute(select(schema_contract.c.oldest)).scalar()
    return first is not None and first <= revision


def as_markdown() -> str:
    """Return ``docs/schema.md``."""
    rows = "\n".join(f"| {revision} | {text} |" for revision, text in CONTRACTS.items())
    return (
        "# Which versions a schema serves\n\n"
        "Made from `portal/store/engine/contracts.py` by\n"
        "`python -m portal.store.engine.contracts > docs/schema.md`.\n\n"
        "Migrations expand the schema: they add tables, and columns that may be empty or have a default. A version\n"
        "serves a database that is ahead of it as long as no migration in between is one of these. A version older\n"
        "than the newest of them that the database has is not ready, and does not start. What takes something away\n"
        "needs two releases: the first neither reads nor writes it any more, the second removes it and has a line\n"
        "here.\n\n"
        f"This version's database serves versions from schema {oldest()} on: those that know this table (0047 and\n"
        "later) say that they are ready and start; earlier ones go on while they run, say that migrations lack,\n"
        "and do not start again.\n\n"
        f"| schema | what versions before it miss |\n|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
