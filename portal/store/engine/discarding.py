"""A database of which nothing is kept: what a preview would write is done, and undone before it counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from portal.store.engine.database import Database, Tx, Write

T = TypeVar("T")


class _Discard(Exception):  # noqa: N818 -- no error: the end of every transaction
    pass


class _Discarding:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def transaction(self, *args: Any, **more: Any) -> Iterator[Tx]:
        try:
            with self._database.transaction(*args, **more) as tx:
                yield tx
                raise _Discard  # noqa: TRY301 -- inside the transaction, which rolls back for it
        except _Discard:
            pass

    appending = transaction
    sealer = Database.sealer  # in a transaction of this one

    def read_then_append(self, work: Callable[[Tx], tuple[T, Write | None]], *, seconds: float | None = None) -> T:
        with self._database.reading(seconds=seconds) as tx:
            result, append = work(tx)
        if append is not None:
            with self.appending() as tx:
                append(tx)
        return result


def discarding(database: Database) -> Database:
    """Return the same database with transactions that are rolled back at their end."""
    return cast(Database, _Discarding(database))
