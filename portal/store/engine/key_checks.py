"""Keys bound to the database: a process whose keys are not those that filled it stops before it reads or writes.

The table ``key_check`` has one row for each encryption key that may have sealed something, and one for the index key: a
value derived from the key by one-way derivation. ``portal db upgrade`` writes the first rows; a key that comes to the
front of PORTAL_ENCRYPTION_KEYS beside one that is there already gets its row in the first transaction that may seal
with it. ``portal db rotate-keys`` removes the rows of keys that seal nothing any more.

Beside its check value stands the index key itself, sealed with a key that PORTAL_INDEX_KEY gives. It never changes: in
a database of before schema 0064 it is the one that PORTAL_INDEX_KEY gave then.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, delete, insert, inspect, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.errors import ConfigurationError, DecryptionError
from portal.store.engine.crypto import Vault, key_id_of
from portal.store.schema.encryption import key_check

_INDEX = "index"
_WRAPPER = "#"  # in what is stored of keys: no key's id
_KEYS = "PORTAL_ENCRYPTION_KEYS (or the file encryption-keys in the data directory or PORTAL_KEY_DIR)"
_INDEX_KEY = "PORTAL_INDEX_KEY (or the file index-key in the data directory or PORTAL_KEY_DIR)"
_BACK = "put back the one it was filled with"


def fit(conn: Connection, vault: Vault, *, writes: bool) -> tuple[Vault | None, bool]:
    """Return these keys with the database's index key, None where none has a row yet; and whether the newest key has.

    In a transaction that may seal (``writes``) a newest key without a row gets it.

    Raises:
        ConfigurationError: the keys are others than those the database was filled with, or one of them is missing.
    """
    rows = _rows(conn)
    checks = _checks(rows)
    if not checks:
        return None, False
    compare(checks, vault)
    if writes and vault.current not in checks:
        _add(conn, vault, vault.current)
    return _with_index_key(rows, checks, vault), writes or vault.current in checks


def is_bound(conn: Connection) -> bool:
    """Tell whether the database knows the keys it is filled with."""
    return bool(stored(conn))


def adopt_index_key(conn: Connection, vault: Vault) -> None:
    """Store the index key of ``vault``, wrapped, where the database has none yet; from schema 0064 on."""
    row = (key_check.c.kind == _INDEX, key_check.c.wrapped.is_(None))
    conn.execute(update(key_check).where(*row).values(wrapped=vault.wrapped()))


def wrap_index_key(conn: Connection, vault: Vault) -> bool:
    """Wrap the index key of ``vault`` with the newest wrapping key; False where it is already."""
    if not is_wrapped_otherwise(conn, vault):
        return False
    conn.execute(update(key_check).where(key_check.c.kind == _INDEX).values(wrapped=vault.wrapped()))
    return True


def is_wrapped_otherwise(conn: Connection, vault: Vault) -> bool:
    """Tell whether an older key than the newest wraps the index key."""
    return stored(conn)[_WRAPPER] != vault.wrapper


def enrol(conn: Connection, vault: Vault) -> None:
    """Make these the keys of a database that has none yet: any of them may have sealed something before."""
    conn.execute(insert(key_check).values(kind=_INDEX, key_id=_INDEX, value=vault.index_check))
    for key_id in vault.checks:
        _add(conn, vault, key_id)


def forget_older(conn: Connection, vault: Vault) -> None:
    """Remove the rows of keys that seal nothing any more: they may be taken out of the settings."""
    conn.execute(delete(key_check).where(key_check.c.kind == "encryption", key_check.c.key_id != vault.current))


def stored(conn: Connection) -> dict[str, str]:
    """Return check values by key id; that of the index key is under "", the id of what wraps it under "#"."""
    return _checks(_rows(conn))


def compare(rows: Mapping[str, str], vault: Vault) -> None:
    """Raise ConfigurationError where the keys of ``vault`` are not those that these check values are of."""
    wrapper = rows.get(_WRAPPER)
    if not (vault.unwraps(wrapper) if wrapper else vault.with_derived(rows.get("", ""))):
        raise ConfigurationError(
            hint=f"{_INDEX_KEY} is not the key of this database: {_BACK}; where a newer one replaces it, keep that in"
            " PORTAL_OLD_INDEX_KEY until `portal db rotate-keys` has ended well"
        )
    encryption = {key_id: value for key_id, value in rows.items() if key_id not in ("", _WRAPPER)}
    for key_id, value in sorted(encryption.items()):
        if key_id not in vault.checks:
            raise ConfigurationError(
                hint=f"{_KEYS} lacks the key {key_id}, which this database needs: {_BACK}; where a newer one replaces"
                " it, keep both until `portal db rotate-keys` has ended well"
            )
        if vault.checks[key_id] != value:
            raise ConfigurationError(hint=f"{_KEYS} has another key {key_id} than this database: {_BACK}")


def _rows(conn: Connection) -> Sequence[RowMapping]:
    if not inspect(conn).has_table(key_check.name):
        return ()
    # All columns that are there: before schema 0064 "wrapped" is not.
    return conn.execute(select(literal_column("*")).select_from(key_check)).mappings().all()


def _checks(rows: Sequence[RowMapping]) -> dict[str, str]:
    checks = {"" if row["kind"] == _INDEX else row["key_id"]: row["value"] for row in rows}
    wrapped = _wrapped(rows)
    return checks | {_WRAPPER: key_id_of(wrapped)} if wrapped else checks


def _wrapped(rows: Sequence[RowMapping]) -> bytes:
    return next((bytes(row.get("wrapped") or b"") for row in rows if row["kind"] == _INDEX), b"")


def _with_index_key(rows: Sequence[RowMapping], checks: Mapping[str, str], vault: Vault) -> Vault:
    """Return the keys, which were compared, with the index key that is stored, or that they gave before it was."""
    wrapped = _wrapped(rows)
    try:
        fitting = vault.with_wrapped(wrapped) if wrapped else vault.with_derived(checks[""])
    except DecryptionError:
        fitting = None
    if fitting is None or fitting.index_check != checks[""]:
        raise ConfigurationError(hint="the index key that is stored in the database was changed: restore a backup")
    return fitting


def _add(conn: Connection, vault: Vault, key_id: str) -> None:
    row = {"kind": "encryption", "key_id": key_id, "value": vault.checks[key_id]}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(make(key_check).values(row).on_conflict_do_nothing())  # another process may add it at the same time
