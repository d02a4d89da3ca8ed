"""All rows about a person that are no part of the record itself, opened: for the person who takes everything."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import LargeBinary, Table, select

from portal.store.engine import key_rotation
from portal.store.engine.database import Tx
from portal.store.schema import metadata

_ELSEWHERE = frozenset(
    {"account", "audit_event", "link", "person", "received", "resource"}  # files of their own in the archive
    | {"entry", "message_thread", "record_count", "record_row", "record_row_source", "renewal"}  # made of the record
    | {"person_key", "person_token", "link_attempt"}  # keys, hashes, secrets of a minute
    | {"pending_change", "person_merge", "prepared_export"}  # under way
)


def tables(tx: Tx, *, person_id: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield each table that has rows about the person, with those rows; without keyed hashes, which tell nothing."""
    for table in sorted(metadata.tables.values(), key=lambda each: each.name):
        if "person_id" in table.c and table.name not in _ELSEWHERE:
            rows = tx.conn.execute(select(table).where(table.c.person_id == person_id)).mappings()
            opened = [_opened(tx, table, dict(row)) for row in rows]
            if opened:
                yield table.name, opened


def _opened(tx: Tx, table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        if column.name == "person_id" or column.name.endswith("_hash") or value is None:
            continue
        sealed = isinstance(column.type, LargeBinary)
        values[column.name] = _plain(key_rotation.opened(tx, column, row)) if sealed else value
    return values


def _plain(content: bytes) -> Any:
    """Return JSON as it is, anything else as base64."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b64encode(content).decode()
