"""What is worked out of the texts of a record is remembered while one page is made or one delivery read, and no longer.

``remembered`` stands above the ``functools.lru_cache`` of what takes notes, instructions, names of people or other
words of a record; ``forget`` empties them all. Who answers a request or does a job calls it at the end. What other
threads work on meanwhile is worked out anew: nothing that one of them has read stays when it is through. What takes
only names of drugs, tests and conditions, units or dates is vocabulary, and may use ``lru_cache`` alone.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar


class _Cache(Protocol):
    def cache_clear(self) -> None: ...


_Cached = TypeVar("_Cached", bound=_Cache)
_REMEMBERED: list[Callable[[], None]] = []


def remembered(cached: _Cached) -> _Cached:
    """Let what a function remembers end with ``forget``."""
    _REMEMBERED.append(cached.cache_clear)
    return cached


def forget() -> None:
    """Forget what was worked out of texts of records."""
    for clear in _REMEMBERED:
        clear()
