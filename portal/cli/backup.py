"""``portal backup`` and ``portal restore``: copies of the database, and the drill that they can be restored."""

import os
import time
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import make_url

from portal.backups import making, manifest, restoring
from portal.backups.manifest import Backup
from portal.config import Settings, unmade
from portal.domain.errors import ConfigurationError
from portal.instances import check_settings
from portal.store import open_database
from portal.store.engine.database import keys_of

_FOLDER = click.Path(file_okay=False, path_type=Path)
_MIB = 1024 * 1024
_jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="PostgreSQL: so many tables and indexes at once. More than one is quicker, and leaves something when killed.",
)


@click.group("backup", invoke_without_command=True)
@click.option("--to", "directory", type=_FOLDER, help="Where to, instead of PORTAL_BACKUP_DIR.")
@click.option("--keep", type=click.IntRange(1), help="Remove all but so many of the newest backups there.")
@click.pass_context
def group(context: click.Context, directory: Path | None, keep: int | None) -> None:
    """Back up the database while it is in use: a copy of one moment, with checksums, in a folder of its own.

    The keys are not in it: without them it cannot be read. Keep them elsewhere. PostgreSQL's pg_dump must be on PATH,
    as new as the server or newer.
    """
    if context.invoked_subcommand is not None:
        if directory or keep:
            raise click.UsageError("--to and --keep are for `portal backup` itself")
        return
    settings = Settings.from_environment(os.environ)
    with closing(open_database(settings)) as database:
        target = _directory(settings, directory)
        began = time.monotonic()
        backup = making.make(database, target)
    click.echo(f"{backup.folder}: {_described(backup)}, {time.monotonic() - began:.1f} s")
    for old in making.thin_out(target, keep=keep) if keep else ():
        click.echo(f"{old.folder}: removed")


@group.command("list")
@click.option("--to", "directory", type=_FOLDER, help="Of which folder, instead of PORTAL_BACKUP_DIR.")
def listing(directory: Path | None) -> None:
    """List the backups, oldest first, and say which were cut off."""
    for backup in manifest.backups(_directory(Settings.from_environment(os.environ), directory)):
        click.echo(f"{backup.folder}: {_described(backup)}{'' if backup.is_whole() else '; CUT OFF'}")


@group.command("drill")
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--into", default="", help="URL of an empty PostgreSQL database to use, where the role may make none.")
@_jobs
def drill(folder: Path | None, into: str, jobs: int) -> None:
    """Restore a backup, the newest or that of FOLDER, into a scratch database, and compare it with what was backed up.

    Rows and checksums of every table must be those of the backup, a migration to this version must run, and these keys
    must open what is sealed. The scratch database is removed. The one in use is not touched.
    """
    settings = Settings.from_environment(os.environ)
    backup = manifest.read(folder) if folder else _newest(settings)
    began = time.monotonic()
    with closing(open_database(settings)) as database:
        restoring.drill(database, backup, into=into, jobs=jobs)
    seconds = time.monotonic() - began
    click.echo(f"{backup.folder} can be restored: {_described(backup)}, {seconds:.1f} s")


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_jobs
def restore(folder: Path, jobs: int) -> None:
    """Fill an empty database with the backup in FOLDER. Nothing of the portal may be running.

    It is refused where something is in the database, where the keys are others than those of the backup, and where the
    backup is of a later version. One that fails leaves nothing behind. Sign-ins, one-time links and codes, apps' access
    and calendars' addresses of the backup end, and links to a summary pause: some may have been ended after it.
    """
    restore_from(folder, jobs=jobs)


def restore_from(folder: Path, *, jobs: int = 1) -> None:
    """Do what ``portal restore`` does."""
    backup = manifest.read(folder)
    check_settings()
    if files := unmade(os.environ):
        raise ConfigurationError(hint=f"put the keys of this backup back first: {', '.join(map(str, files))}")
    settings = Settings.from_environment(os.environ)
    began = time.monotonic()
    restoring.restore(make_url(settings.database_url), keys_of(settings), backup, jobs=jobs)
    click.echo(f"Restored: {_described(backup)}, {time.monotonic() - began:.1f} s")
    click.echo("Everybody signs in anew and apps ask anew. What else was taken back since: docs/operation.md, Back up.")
    click.echo("Next: `portal db upgrade --later`, `portal audit verify`, `portal doctor`.")


def _directory(settings: Settings, directory: Path | None) -> Path:
    chosen = directory or settings.backup_dir
    if chosen is None:
        raise ConfigurationError(hint="PORTAL_BACKUP_DIR must name a folder for backups, or give one with --to")
    return chosen


def _newest(settings: Settings) -> Backup:
    directory = _directory(settings, None)
    backups = manifest.backups(directory)
    if not backups:
        raise ConfigurationError(hint=f"{directory} holds no backup: run `portal backup`")
    return backups[-1]


def _described(backup: Backup) -> str:
    facts = backup.manifest
    moment = f"{facts.created_at:%Y-%m-%d %H:%M} UTC"
    return f"{moment}, schema {facts.revision}, {facts.rows} rows, {facts.size / _MIB:.1f} MiB"
