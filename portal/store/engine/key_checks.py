"""Keys bound to the database: a process whose keys are not those that filled it stops before it reads or writes.

The table ``key_check`` has one row for each encryption key that may have sealed something, and one for the index key: a
value derived from the key by one-way derivation. ``portal db upgrade`` writes the first rows; a key that comes to
the front of PORTAL_ENCRYPTION_KEYS beside one that is there already gets its row in the first transaction that may seal
with it. ``portal db rotate-keys`` removes the rows of keys that seal nothing any more.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.errors import ConfigurationError
from portal.store.engine.crypto import Vault
from portal.store.schema.encryption import key_check

_INDEX = "index"
_KEYS = "PORTAL_ENCRYPTION_KEYS (or the file encryption-keys in the data directory or PORTAL_KEY_DIR)"
_INDEX_KEY = "PORTAL_INDEX_KEY (or the file index-key in the data directory or PORTAL_KEY_DIR)"
_BACK = "put back the one it was filled with"


def verify(conn: Connection, vault: Vault) -> bool:
    """Return whether the newest key and the index key are those of the database; False where one has no row yet.

    Raises:
        ConfigurationError: the keys are others than those the database was filled with, or one of them is missing.
    """
    rows = stored(conn)
    if not rows:
        return False
    compare(rows, vault)
    return vault.current in rows


def bind(conn: Connection, vault: Vault) -> bool:
    """Do the same in a transaction that may seal: a newest key without a row gets it."""
    rows = stored(conn)
    if not rows:
        return False
    compare(rows, vault)
    if vault.current not in rows:
        _add(conn, vault, vault.current)
    return True


def is_bound(conn: Connection) -> bool:
    """Tell whether the database knows the keys it is filled with."""
    return bool(stored(conn))


def enrol(conn: Connection, vault: Vault) -> None:
    """Make these the keys of a database that has none yet: any of them may have sealed something before."""
    conn.execute(insert(key_check).values(kind=_INDEX, key_id=_INDEX, value=vault.index_check))
    for key_id in vault.checks:
        _add(conn, vault, key_id)


def forget_older(conn: Connection, vault: Vault) -> None:
    """Remove the rows of keys that seal nothing any more: they may be taken out of the settings."""
    conn.execute(delete(key_check).where(key_check.c.kind == "encryption", key_check.c.key_id != vault.current))


def stored(conn: Connection) -> dict[str, str]:
    """Return check values by key id, with that of the index key under "", which is no key's id."""
    if not inspect(conn).has_table(key_check.name):
        return {}
    rows = conn.execute(select(key_check.c.kind, key_check.c.key_id, key_check.c.value))
    return {"" if row.kind == _INDEX else row.key_id: row.value for row in rows}


def compare(rows: Mapping[str, str], vault: Vault) -> None:
    """Raise ConfigurationError where the keys of ``vault`` are not those that these check values are of."""
    if rows.get("") != vault.index_check:
        raise ConfigurationError(hint=f"{_INDEX_KEY} is not the key of this database: {_BACK}")
    encryption = {key_id: value for key_id, value in rows.items() if key_id}
    for key_id, value in sorted(encryption.items()):
        if key_id not in vault.checks:
            raise ConfigurationError(
                hint=f"{_KEYS} lacks the key {key_id}, which this database needs: {_BACK}; where a newer one replaces"
                " it, keep both until `portal db rotate-keys` has ended well"
            )
        if vault.checks[key_id] != value:
            raise ConfigurationError(hint=f"{_KEYS} has another key {key_id} than this database: {_BACK}")


def _add(conn: Connection, vault: Vault, key_id: str) -> None:
    row = {"kind": "encryption", "key_id": key_id, "value": vault.checks[key_id]}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(make(key_check).values(row).on_conflict_do_nothing())  # another process may add it at the same time
