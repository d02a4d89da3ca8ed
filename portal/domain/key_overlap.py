"""Which of our signing keys signs, and which may be forgotten: a key is published before it signs, and after. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

PUBLISHED_AHEAD = timedelta(minutes=15)
"""Other servers keep a key set for minutes; a key signs only when they must have seen it."""


class DatedKey(Protocol):
    @property
    def created_at(self) -> datetime: ...


K = TypeVar("K", bound=DatedKey)


def signing(keys: Sequence[K], now: datetime) -> K:
    """Return the key that signs now, of at least one: the newest that others have had time to find, else the oldest."""
    by_age = sorted(keys, key=lambda key: key.created_at)
    settled = [key for key in by_age if now - key.created_at >= PUBLISHED_AHEAD]
    return settled[-1] if settled else by_age[0]


def superseded(keys: Sequence[K], now: datetime, *, lasting: timedelta) -> tuple[K, ...]:
    """Return the keys of which nothing is in use any more; what one signs is good for ``lasting``."""
    newer = [key.created_at for key in keys if now - key.created_at >= PUBLISHED_AHEAD + lasting]
    return tuple(key for key in keys if newer and key.created_at < max(newer))
