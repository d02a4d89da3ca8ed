"""Bringing a database to the current schema, and asking whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.store.engine.database import Database

_SCRIPTS = Path(__file__).parents[1] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Run every migration that is missing, in one transaction."""
    with database.transaction() as tx:
        command.upgrade(_config(tx.conn), "head")


def is_current(database: Database) -> bool:
    with database.reading() as tx:
        done = MigrationContext.configure(tx.conn).get_current_revision()
    return done == ScriptDirectory(str(_SCRIPTS)).get_current_head()
