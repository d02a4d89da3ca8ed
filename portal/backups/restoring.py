"""Putting a backup back into an empty place, whole or not at all; and the drill, which does so in a scratch place."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import DatabaseError

from portal.backups import postgres, sqlite
from portal.backups.manifest import Backup
from portal.domain.errors import ConfigurationError, StoreError
from portal.store import Database
from portal.store.ending_access import end_access
from portal.store.engine import condition, contents, key_checks
from portal.store.engine.crypto import Vault
from portal.store.engine.schema_version import head, revisions
from portal.store.engine.upgrade import upgrade


def restore(url: URL, vault: Vault, backup: Backup, *, jobs: int = 1, as_it_is: bool = False) -> None:
    """Fill the empty database at ``url`` with a backup; leave nothing of it where it is not what the manifest says.

    What must not be good again ends (``portal.store.ending_access``), unless it is to stay ``as_it_is``. PostgreSQL
    does it in so many ``jobs`` at once; with more than one, what is killed leaves something.

    Raises:
        ConfigurationError: something is there already; the keys are others, the version too old, the database of
            another kind.
        StoreError: the copy is damaged, or restoring it failed.
    """
    _refuse(url, vault, backup)
    backup.check()
    if url.get_backend_name() == "sqlite":
        _restore_file(Path(url.database or ""), backup, as_it_is=as_it_is)
        return
    try:
        postgres.restore(url, backup.file, jobs=jobs)
    except BaseException:
        if jobs > 1:
            postgres.clear(url)
        raise
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.begin() as conn:
        differing = contents.differing(backup.manifest.tables, contents.contents(conn))
        if not differing and not as_it_is:
            end_access(conn)
    if differing:
        postgres.clear(url)
        _refuse_differing(differing)


def drill(database: Database, backup: Backup, *, into: str = "", jobs: int = 1) -> None:
    """Restore a backup into a scratch database, bring it to this version's schema, and open something of each column.

    ``into`` names an empty PostgreSQL database to use, which is empty again afterwards; else one is made and dropped.

    Raises:
        ConfigurationError: the same as ``restore`` raises; or no database may be made.
        StoreError: the same; or something in it cannot be read with these keys.
    """
    with _scratch(database.url, into) as url:
        restore(url, database.vault, backup, jobs=jobs, as_it_is=True)
        with closing(Database(url.render_as_string(hide_password=False), database.vault)) as restored:
            with restored.reading() as tx:
                damage = condition.damage(tx)
            if damage:
                raise StoreError("backup", hint=f"PRAGMA {damage[0]} finds problems in {backup.file}")
            if backup.manifest.revision != head():
                upgrade(restored)
            unreadable = condition.unreadable(restored)
        if unreadable:
            raise StoreError("backup", hint=f"{', '.join(sorted(unreadable))} cannot be read with these keys")


def _refuse(url: URL, vault: Vault, backup: Backup) -> None:
    manifest = backup.manifest
    if url.get_backend_name() != manifest.backend:
        raise ConfigurationError(hint=f"the backup is of {manifest.backend}, PORTAL_DATABASE_URL of another kind")
    if manifest.revision not in revisions():
        raise ConfigurationError(
            hint=f"the backup is of a later version ({manifest.version}, schema {manifest.revision}): install that one"
        )
    key_checks.compare(manifest.keys, vault)
    empty = sqlite.is_empty(Path(url.database or "")) if manifest.backend == "sqlite" else postgres.is_empty(url)
    if not empty:
        raise ConfigurationError(hint="the database is not empty: move it away first, or name another one")


def _restore_file(target: Path, backup: Backup, *, as_it_is: bool) -> None:
    """Copy and compare beside the place where it belongs, then put it there in one step."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    copied = target.with_name(f"{target.name}.restoring")
    copied.unlink(missing_ok=True)  # of one that was killed
    try:
        sqlite.copy(backup.file, copied)
        try:
            differing = contents.differing(backup.manifest.tables, contents.of_file(copied))
        except DatabaseError:
            raise StoreError("backup", hint=f"{backup.file} is damaged: take another backup") from None
        if differing:
            _refuse_differing(differing)
        if not as_it_is:
            engine = create_engine(f"sqlite:///{copied}", poolclass=NullPool, hide_parameters=True)
            with engine.begin() as conn:
                end_access(conn)
        sqlite.put_in_place(copied, target)
    finally:
        copied.unlink(missing_ok=True)


def _refuse_differing(names: tuple[str, ...]) -> None:
    raise StoreError(
        "backup", hint=f"what was restored is not what was backed up: {', '.join(names)}; nothing is left of it"
    )


@contextmanager
def _scratch(url: URL, into: str) -> Iterator[URL]:
    if url.get_backend_name() == "sqlite":
        folder = tempfile.mkdtemp(prefix="drill-", dir=Path(url.database or "").parent)
        try:
            yield url.set(database=str(Path(folder) / "database.sqlite3"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    elif into:
        scratch = make_url(into)
        if not postgres.is_empty(scratch):
            raise ConfigurationError(hint="the database of --into is not empty: name one that is")
        try:
            yield scratch
        finally:
            postgres.clear(scratch)
    else:
        with postgres.scratch(url) as scratch:
            yield scratch
