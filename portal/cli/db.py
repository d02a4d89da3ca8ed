"""``portal db``: the database."""

import os
from contextlib import closing
from pathlib import Path

import click

from portal.backups import making
from portal.cli.backup import restore_from
from portal.config import Settings
from portal.domain.errors import StoreError
from portal.refresh.renormalise import lines, renormalise
from portal.store import Database, open_database
from portal.store.ending_access import end_access
from portal.store.engine import condition, contracts, in_use, key_rotation
from portal.store.engine.condition import Schema
from portal.store.engine.schema_version import is_current, revision
from portal.store.engine.upgrade import upgrade as bring_up_to_date
from portal.store.records import renewals


@click.group("db")
def group() -> None:
    """Upgrade, check, back up and restore the database."""


@group.command("upgrade")
@click.option("--later", is_flag=True, help="Leave charts as they are grouped until `portal records renormalise`.")
@click.option("--anyway", is_flag=True, help="Even if services run that the new schema does not serve.")
def upgrade(later: bool, anyway: bool) -> None:
    """Create the tables, or change them to the current schema. Safe to repeat.

    Refused while `portal serve`, `worker` or `schedule` have the database open and a migration takes something away
    that an earlier version needs (docs/schema.md): stop them first.

    After a version with other rules every chart is read and grouped again, while the portal may run; this may take long
    and be stopped, the next call goes on where it was.
    """
    with closing(_open()) as database:
        if not anyway:
            _refuse_in_use(database)
        bring_up_to_date(database)
        click.echo("The database is at the current schema.")
        with database.reading() as tx:
            waiting = renewals.waiting(tx)
        if waiting and later:
            click.echo(f"{waiting} charts wait for `portal records renormalise`.")
        elif waiting:
            for line in lines(renormalise(database)):
                click.echo(line)


def _refuse_in_use(database: Database) -> None:
    with database.reading() as tx:
        taking_away = contracts.pending(revision(tx.conn))
    if taking_away and (running := in_use.services(database)):
        raise StoreError(
            "in-use",
            hint=f"{', '.join(running)} still run, and schema {', '.join(taking_away)} takes away what an earlier"
            " version needs: stop the services first (docs/operation.md), or say --anyway; nothing was changed",
        )


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
    """Back up the database, while it is in use, into DIRECTORY itself, which must be new; see `portal backup`."""
    with closing(_open()) as database:
        click.echo(str(making.make_at(database, directory).folder))


@group.command("restore")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(directory: Path) -> None:
    """Fill an empty database with the backup in DIRECTORY; the same as `portal restore`."""
    restore_from(directory)


@group.command("end-access")
def end() -> None:
    """End sign-ins, one-time links and codes, apps' access and calendars' addresses; links to a summary pause.

    For a database that was put back to an earlier moment by PostgreSQL's own means; `portal restore` does it itself.
    """
    with closing(_open()) as database, database.transaction() as tx:
        click.echo(f"Ended: {end_access(tx.conn)}. Everybody signs in anew, and apps ask anew.")


@group.command("rotate-keys")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit status 1 while an older key is needed.")
def rotate_keys(*, only_check: bool) -> None:
    """Encrypt everything with the newest keys, while the instance is in use.

    For PORTAL_ENCRYPTION_KEYS: 1. Append the new key and restart everything, so that every process can read it. 2. Move
    it to the front and restart. 3. Run this; when it ends well, 4. take the old key out: before that no process starts
    without it. Backups made before still need it. It may be stopped and started again; what no key opens is named and
    left as it is.

    For PORTAL_INDEX_KEY: 1. Set PORTAL_OLD_INDEX_KEY to the present one and PORTAL_INDEX_KEY to a new one, and restart
    everything. 2. Run this; when it ends well, 3. take PORTAL_OLD_INDEX_KEY out and restart. Backups made before still
    need it. An earlier version does not start with the new one: end the last process of it first.

    A record is encrypted with a key of its person, and only that key is encrypted anew. Run it once after an upgrade
    from a version that had no such keys.
    """
    unreadable = 0
    with closing(_open()) as database:
        with database.reading() as tx:
            if condition.schema(tx) not in (Schema.CURRENT, Schema.AHEAD):
                raise StoreError("schema", hint="run `portal db upgrade` first; nothing was changed")
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
