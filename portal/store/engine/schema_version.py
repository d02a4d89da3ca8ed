"""Which schema a database has, and which this version needs: asked by each look at ``/readyz``, so without Alembic."""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from portal.store.engine import key_checks
from portal.store.engine.database import Database
from portal.store.people import people

SCRIPTS = Path(__file__).parents[1] / "migrations"
_version = Table("alembic_version", MetaData(), Column("version_num", String))


def is_current(database: Database) -> bool:
    """Tell whether the database has this version's schema, and nothing in it waits to be rebuilt."""
    with database.reading() as tx:
        return revision(tx.conn) == head() and key_checks.is_bound(tx.conn) and not people.has_old_tokens(tx)


def revision(conn: Connection) -> str | None:
    """Return the revision of a database; None where none was ever run."""
    if not inspect(conn).has_table(_version.name):
        return None
    return conn.execute(select(_version.c.version_num)).scalar()


def revisions() -> frozenset[str]:
    """Return the revisions that this version knows: the numbers that their files begin with."""
    return frozenset(file.name.split("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """Return this version's newest revision."""
    return max(revisions())
