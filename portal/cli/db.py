"""``portal db``: the database."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click

from portal.config import Settings
from portal.domain.errors import ConfigurationError, StoreError
from portal.refresh.renormalise import lines, renormalise
from portal.store import Database, open_database
from portal.store.engine import condition, key_rotation
from portal.store.engine.upgrade import is_current
from portal.store.engine.upgrade import upgrade as bring_up_to_date
from portal.store.records import renewals


@click.group("db")
def group() -> None:
    """Upgrade, check, back up and restore the database."""


@group.command("upgrade")
@click.option("--later", is_flag=True, help="Leave charts as they are grouped until `portal records renormalise`.")
def upgrade(later: bool) -> None:
    """Create the tables, or change them to the current schema. Safe to repeat.

    After a version with other rules every chart is read and grouped again, while the portal may run; this may take long
    and be stopped, the next call goes on where it was.
    """
    with closing(_open()) as database:
        bring_up_to_date(database)
        click.echo("The database is at the current schema.")
        with database.reading() as tx:
            waiting = renewals.waiting(tx)
        if waiting and later:
            click.echo(f"{waiting} charts wait for `portal records renormalise`.")
        elif waiting:
            for line in lines(renormalise(database)):
                click.echo(line)


@group.command("check")
def check() -> None:
    """Check the database: exit status 1 when the schema is not current or the database is damaged."""
    with closing(_open()) as database:
        if not is_current(database):
            raise StoreError("schema", hint="the database is not at the current schema: run `portal db upgrade`")
        with database.reading() as tx:
            for check in condition.damage(tx):
                raise StoreError("damaged", hint=f"PRAGMA {check} found problems: restore the newest backup")
    click.echo("The database is sound and at the current schema.")


@group.command("backup")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path) -> None:
    """Copy the SQLite database into DIRECTORY while it is in use.

    Keep the keys too, elsewhere: without them the copy cannot be read.
    """
    with closing(_open()) as database:
        source = _file_of(database, "use pg_dump for PostgreSQL")
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = directory / source.name
        if target.exists():
            raise ConfigurationError(hint=f"{target} exists: name another directory")
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
        target.chmod(0o600)
    click.echo(str(target))


@group.command("restore")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(directory: Path) -> None:
    """Put the copy in DIRECTORY in the place of the database.

    Nothing may be running, and the database that is there must have been moved away.
    """
    with closing(_open()) as database:
        target = _file_of(database, "use pg_restore for PostgreSQL")
        source = directory / target.name
        if not source.exists():
            raise ConfigurationError(hint=f"{source} does not exist")
        if target.exists():
            raise ConfigurationError(hint=f"{target} exists: move it away first")
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as restored:
            copy.backup(restored)
        target.chmod(0o600)
    click.echo(str(target))


@group.command("rotate-keys")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit status 1 while an older key is needed.")
def rotate_keys(*, only_check: bool) -> None:
    """Encrypt everything with the first key of PORTAL_ENCRYPTION_KEYS, while the instance is in use.

    1. Append the new key and restart everything, so that every process can read it. 2. Move it to the front and
    restart. 3. Run this; when it ends well, 4. take the old key out: before that no process starts without it. Backups
    made before still need it. It may be stopped and started again; what no key opens is named and left as it is.

    A record is encrypted with a key of its person, and only that key is encrypted anew. Run it once after an upgrade
    from a version that had no such keys.
    """
    unreadable = 0
    with closing(_open()) as database:
        for rotated in () if only_check else key_rotation.rotate(database):
            click.echo(f"{rotated.count:8}  {rotated.column}")
            for key in rotated.unreadable:
                click.echo(f"          cannot be opened: {rotated.column} of {key}", err=True)
            unreadable += len(rotated.unreadable)
        left = key_rotation.left(database) if only_check else key_rotation.finish(database, unreadable=unreadable)
    if left:
        raise StoreError("old-keys", hint=f"{left} values are still encrypted with an older key or a shared one")
    if unreadable:
        raise StoreError("unreadable", hint=f"{unreadable} values cannot be opened; all others have the newest key")
    click.echo("Everything is encrypted with the newest key.")


def _open() -> Database:
    return open_database(Settings.from_environment(os.environ))


def _file_of(database: Database, otherwise: str) -> Path:
    if not database.is_sqlite or not database.url.database:
        raise ConfigurationError(hint=otherwise)
    return Path(database.url.database)
