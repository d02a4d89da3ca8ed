"""What a result of PostgreSQL has for columns, said only to who asks.

SQLAlchemy takes the description of each result and reads it for a statement that is new to it. psycopg makes an object
for each column of each result, with a look into its registry of types: a tenth of what a page does.
"""

from collections.abc import Sequence
from typing import Any


class Columns(Sequence[tuple[Any, ...]]):
    """The columns of a result as PEP 249 describes them (``Cursor.description``), with name and type alone."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def __len__(self) -> int:
        return int(self._result.nfields)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return (self._result.fname(place).decode(), self._result.ftype(place), None, None, None, None, None)


def _description(cursor: Any) -> Columns | None:
    result = cursor.pgresult
    return Columns(result) if result and result.nfields else None


def cursor_class(of_driver: type[Any]) -> type[Any]:
    """Return psycopg's ``Cursor`` with this description."""
    return type("Cursor", (of_driver,), {"description": property(_description)})
