"""Making a backup: a copy of one moment, with what is in it, what it is of, and which keys it needs."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from portal import __version__
from portal.backups import manifest, postgres, sqlite
from portal.backups.manifest import UNFINISHED, Backup, Manifest
from portal.domain.errors import ConfigurationError, StoreError
from portal.store import Database, Tx
from portal.store.engine import key_checks, schema_version
from portal.store.engine.contents import TableContents, contents, of_file


def make(database: Database, directory: Path) -> Backup:
    """Make a backup in a folder of its own in ``directory``, named after the moment (UTC).

    Raises:
        ConfigurationError: there is no database yet, or PostgreSQL's programs are lacking.
        StoreError: they failed.
    """
    return make_at(database, directory / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"))


def make_at(database: Database, folder: Path) -> Backup:
    """Do the same in this folder, which must not be there yet or be empty. Until all is written it has another name."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigurationError(hint=f"{folder} exists: name another directory")
    unfinished = folder.with_name(f"{folder.name}{UNFINISHED}")
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
    try:
        unfinished.mkdir(mode=0o700, parents=True)
    except OSError:
        raise ConfigurationError(hint=f"{folder.parent} is not a folder that this user may write to") from None
    try:
        _fill(database, unfinished)
        if folder.is_dir():
            folder.rmdir()
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return manifest.read(folder)


def thin_out(directory: Path, *, keep: int) -> list[Backup]:
    """Remove all but the newest ``keep`` backups of a directory; return those that went."""
    old = manifest.backups(directory)[:-keep]
    for backup in old:
        shutil.rmtree(backup.folder)
    return old


def _fill(database: Database, folder: Path) -> None:
    if database.is_sqlite:
        if not database.url.database or not Path(database.url.database).is_file():
            raise ConfigurationError(hint="there is no database to back up: look at PORTAL_DATABASE_URL")
        sqlite.copy(Path(database.url.database), folder / sqlite.FILE)
        with database.reading() as tx:
            revision, keys = _revision(tx), key_checks.stored(tx.conn)
        _describe(database, folder / sqlite.FILE, revision, keys, of_file(folder / sqlite.FILE))
        return
    with database.reading() as tx:  # the snapshot lasts as long as this transaction
        revision, keys = _revision(tx), key_checks.stored(tx.conn)
        tx.conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = tx.conn.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        postgres.dump(database.url, folder / postgres.FILE, snapshot=snapshot)
        tables = contents(tx.conn)
    (folder / postgres.FILE).chmod(0o600)
    _describe(database, folder / postgres.FILE, revision, keys, tables)


def _revision(tx: Tx) -> str:
    revision = schema_version.revision(tx.conn)
    if revision is None:
        raise StoreError("schema", hint="there is no database to back up: run `portal db upgrade` first")
    return revision


def _describe(
    database: Database, file: Path, revision: str, keys: Mapping[str, str], tables: dict[str, TableContents]
) -> None:
    manifest.write(
        file.parent,
        Manifest(
            created_at=datetime.now(UTC),
            version=__version__,
            backend=database.url.get_backend_name(),
            revision=revision,
            keys=dict(keys),
            file=file.name,
            size=file.stat().st_size,
            sha256=manifest.checksum(file),
            tables=tables,
        ),
    )
