"""The database: is it there, of this version, whole, readable with these keys, on time; is the audit trail sealed."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.doctor.faults import Fault, Measures
from portal.domain.errors import ConfigurationError
from portal.linking.oauth import keys
from portal.services import Services
from portal.store import Tx, scheduled_runs
from portal.store.audit import segments
from portal.store.directory import entries
from portal.store.engine import condition
from portal.store.engine.condition import Schema
from portal.store.provider import tokens

_BACKUP = "Stop everything and restore the newest backup (docs/operation.md, Back up)"


def is_usable(services: Services) -> bool:
    """Tell whether the database answers at this version's schema: what is stored can be looked at."""
    try:
        return condition.serves(services.db) is not None
    except (SQLAlchemyError, ConfigurationError):
        return False


def examine(services: Services, measures: Measures) -> Iterator[Fault]:
    """Look at the database itself, then, where its schema is this version's, at what is in it."""
    try:
        with services.db.reading() as tx:
            yield from _itself(tx, measures)
    except DBAPIError as error:
        yield _unreachable(error)
        return
    except ConfigurationError as error:
        yield Fault("keys", error.hint, "A start is refused until then")
        return
    if not is_usable(services):
        return
    yield from _keys(services)
    with services.db.reading() as tx:
        yield from _audit_trail(tx, measures)
        yield from _signing_keys(tx, measures)
        yield from _lists(tx, measures)
        yield from _night(tx, measures)
    yield from _checkpoint(services)


def _unreachable(error: DBAPIError) -> Fault:
    if "malformed" in str(error.orig) or "not a database" in str(error.orig):
        return Fault("database-damaged", "the database file is damaged", _BACKUP)
    return Fault(
        "database",
        "the database does not answer",
        "Start it, and look at PORTAL_DATABASE_URL: host, port, name, user, password",
    )


def _itself(tx: Tx, measures: Measures) -> Iterator[Fault]:
    for check in condition.damage(tx, thorough=False):
        yield Fault("database-damaged", f"PRAGMA {check} finds problems", _BACKUP)
    for name in condition.lacking_extensions(tx):
        yield Fault(
            "extension",
            f"the database lacks the extension {name}",
            f"As its owner or a superuser: CREATE EXTENSION {name}; then `portal db upgrade`",
        )
    own = datetime.now(UTC)
    theirs = condition.clock(tx)
    if theirs is not None and abs(theirs - own) > measures.clock:
        yield Fault(
            "clock-database",
            f"this machine's clock and the database's differ by {abs(theirs - own).total_seconds():.0f} s",
            "Run a time service (chrony, systemd-timesyncd) on both machines",
        )
    schema = condition.schema(tx)
    if schema is Schema.BEYOND:
        yield Fault(
            "schema-ahead",
            "the database is of a later version, which takes away what this one needs",
            "Install that version, or restore the backup of before the upgrade",
        )
    elif schema is Schema.BEHIND:
        yield Fault("migration", "the database is not at this version's schema", "Run `portal db upgrade`")


def _keys(services: Services) -> Iterator[Fault]:
    unreadable = condition.unreadable(services.db)
    if unreadable:
        unknown = "unknown-key" in unreadable.values()
        yield Fault(
            "keys",
            f"{len(unreadable)} kinds of what is stored cannot be read with PORTAL_ENCRYPTION_KEYS",
            "Put back the keys that were in use"
            if unknown
            else "The keys have the right names and the wrong content: put back those of this database",
        )
    with services.db.reading() as tx:
        if not chain.newest_fits(tx):
            yield Fault(
                "index-key",
                "the newest seal of the audit trail was not made with this database's index key, or was changed",
                "Run `portal audit verify`",
            )


def _audit_trail(tx: Tx, measures: Measures) -> Iterator[Fault]:
    oldest = segments.oldest_unsealed(tx)
    if oldest is not None and tx.now - oldest > measures.unsealed:
        yield Fault(
            "audit-unsealed",
            f"the audit trail has not been sealed for {(tx.now - oldest).total_seconds() / 60:.0f} minutes",
            "Start `portal worker` and `portal schedule`, which seal it",
        )


def _signing_keys(tx: Tx, measures: Measures) -> Iterator[Fault]:
    created_at = {"id-tokens": [key.created_at for key in tokens.signing_keys(tx)]}
    created_at["assertions"] = [key.created_at for each in keys.ALGORITHMS for key in keys.in_use(tx, each)]
    for purpose, moments in created_at.items():
        if moments and tx.now - max(moments) > measures.signing_key_age:
            yield Fault(
                "signing-key",
                f"the key that signs {purpose} is {(tx.now - max(moments)).days} days old",
                f"Run `portal keys rotate {purpose}`",
            )


def _night(tx: Tx, measures: Measures) -> Iterator[Fault]:
    """Look whether last night's work ended: a scheduler that lives may have nobody who works."""
    last = scheduled_runs.last_end(tx, job="retention")
    if last is not None and tx.now - last > measures.night:
        yield Fault(
            "night",
            f"the nightly jobs last ended {(tx.now - last).total_seconds() / 3600:.0f} hours ago",
            "Start `portal schedule` and `portal worker --queue nightly`, and look for job.failed in their log",
        )


def _checkpoint(services: Services) -> Iterator[Fault]:
    checkpoint = checkpoint_file(services.settings).read()
    with services.db.reading() as tx:
        newest = segments.newest(tx)
        segment = segments.by_number(tx, number=checkpoint.number) if checkpoint else None
    if newest is not None and checkpoint is None:
        yield Fault(
            "checkpoint",
            "the checkpoint of the audit trail is missing or cannot be read",
            "Run `portal audit verify`; look at PORTAL_AUDIT_CHECKPOINT",
        )
    elif checkpoint is not None and (segment is None or segment.mac.hex() != checkpoint.mac):
        yield Fault(
            "checkpoint-foreign",
            "the checkpoint is not of this audit trail: the database was put back, cut off, or is another",
            "Run `portal audit verify`; after a restore that was meant, move the checkpoint away",
        )


def _lists(tx: Tx, measures: Measures) -> Iterator[Fault]:
    for source in entries.sources(tx):
        if source.outcome not in ("", "imported", "unchanged"):
            text = f"the directory list {source.source} could not be read: {source.outcome}"
        elif source.checked_at is None or tx.now - source.checked_at > measures.directory_age:
            days = (tx.now - source.checked_at).days if source.checked_at else None
            text = f"the directory list {source.source} was read {f'{days} days ago' if days else 'never'}"
        else:
            continue
        yield Fault(
            "directory",
            text,
            "Look at its address (`portal directory source list`), and whether `portal schedule` runs",
        )
