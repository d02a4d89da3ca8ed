"""A connection that writes by one statement: where each statement is a transaction, two would not be one."""

from typing import Any, cast

from sqlalchemy import Connection


def one_write(conn: Connection) -> Connection:
    """Return the connection, which refuses a second statement that writes; reading is not held back."""
    return cast(Connection, _OneWrite(conn))


class _OneWrite:
    __slots__ = ("_conn", "_has_written")

    def __init__(self, conn: Connection) -> None:
        self._conn, self._has_written = conn, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def execute(self, statement: Any, *args: Any, **more: Any) -> Any:
        if not (getattr(statement, "is_select", False) or _reads(getattr(statement, "text", ""))):
            self._write()
        return self._conn.execute(statement, *args, **more)

    def exec_driver_sql(self, statement: str, *args: Any, **more: Any) -> Any:
        if not _reads(statement):
            self._write()
        return self._conn.exec_driver_sql(statement, *args, **more)

    def _write(self) -> None:
        if self._has_written:
            raise RuntimeError("Database.appending is for one statement: use transaction")
        self._has_written = True


def _reads(text: str) -> bool:
    return text.lstrip()[:6].upper() == "SELECT"
