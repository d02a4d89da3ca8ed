"""What a database holds, in figures by which a copy is compared with it: rows and a checksum of each table."""

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec
from sqlalchemy import Connection, NullPool, create_engine, inspect

_MODULUS = 2**64


class TableContents(msgspec.Struct, frozen=True):
    """``checksum`` is the same in whatever order the rows stand."""

    rows: int
    checksum: str


def contents(conn: Connection) -> dict[str, TableContents]:
    """Return rows and checksum by table, of the moment that the transaction of ``conn`` sees.

    Every row is read. Checksums are comparable between databases of one kind: values are hashed as it writes them.
    """
    read = _sqlite if conn.dialect.name == "sqlite" else _postgresql
    if conn.dialect.name != "sqlite":
        # How values are written must not depend on the server's settings, and reading all of it may take long.
        for setting in ("timezone = 'UTC'", "bytea_output = 'hex'", "datestyle = 'ISO'", "statement_timeout = 0"):
            conn.exec_driver_sql(f"SET LOCAL {setting}")
    return {name: read(conn, name) for name in sorted(inspect(conn).get_table_names())}


def of_file(path: Path) -> dict[str, TableContents]:
    """Do the same for a SQLite file that nobody has open; it is not changed, and no file is made beside it."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true", poolclass=NullPool)
    with engine.connect() as conn:
        return contents(conn)


def differing(before: Mapping[str, TableContents], after: Mapping[str, TableContents]) -> tuple[str, ...]:
    """Return the names of tables that only one of them has, or that are not the same in both."""
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _postgresql(conn: Connection, name: str) -> TableContents:
    rows, checksum = conn.exec_driver_sql(
        f"SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint), 0) FROM \"{name}\" AS t"  # noqa: S608 - a name from the database's own catalogue
    ).one()
    return TableContents(rows, str(checksum))


def _sqlite(conn: Connection, name: str) -> TableContents:
    count = checksum = 0
    rows = conn.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608 - as above
    for row in rows:
        count += 1
        checksum += int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest())
    return TableContents(count, str(checksum % _MODULUS))
