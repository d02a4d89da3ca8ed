"""What all tables share: one metadata with fixed constraint names, and the column types used everywhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Id = String(40)
Hash = String(64)
FhirId = String(1400)  # of up to 255 characters, sealed (Vault.seal_id): each takes four bytes at most
Word = String(40)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value.astimezone(UTC) if value is not None else None

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Return one step to what SQLite stores; the usual way writes seven numbers by name, as three steps."""
        return _stored if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Return one step from the driver's value: a page reads hundreds, and the usual way takes two for each."""
        parse: Callable[[Any], Any] | None = self.impl_instance.result_processor(dialect, coltype)
        return None if parse is None else _aware(parse)  # PostgreSQL's driver gives aware instants


def _stored(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@cache
def _aware(parse: Callable[[Any], Any]) -> Callable[[Any], datetime | None]:
    """Return what reads a stored text as an instant, the same one again without another look.

    What was imported together was stored at the same moment, and each request reads when its token ends.
    """

    @lru_cache(maxsize=4096)
    def instant(value: Any) -> datetime | None:
        read: datetime | None = parse(value)
        return None if read is None else read.replace(tzinfo=UTC)

    return instant
