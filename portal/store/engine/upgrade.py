"""Bringing a database to the current schema, and asking whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.store.engine.database import Database
from portal.store.people import people

_BATCH = 200  # people of one transaction: well under the 300 ms that a writer may take
_SCRIPTS = Path(__file__).parents[1] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Run every migration that is missing, in one transaction; then hash anew, in small ones, what people are found by.

    Whatever interrupts the second part, the next call goes on where it ended.
    """
    with database.transaction() as tx:
        command.upgrade(_config(tx.conn), "head")
    more = True
    while more:
        with database.transaction() as tx:
            more = people.rebuild_tokens(tx, limit=_BATCH) == _BATCH


def is_current(database: Database) -> bool:
    """Tell whether the database has this version's schema, and nothing in it waits to be rebuilt."""
    with database.reading() as tx:
        revision = MigrationContext.configure(tx.conn).get_current_revision()
        return revision == ScriptDirectory(str(_SCRIPTS)).get_current_head() and not people.has_old_tokens(tx)
