"""What merge remembers of texts it has read is forgotten before each test.

Mutation tests fork a process that has run everything once, and learn which test reaches what: a reader whose answer is
remembered would be reached by one test only, and never run when it is changed.
"""

import importlib
import pkgutil
from collections.abc import Callable

import pytest

import portal.merge
from portal.merge.results import read_results


def _caches() -> list[Callable[[], None]]:
    modules = [
        importlib.import_module(info.name) for info in pkgutil.walk_packages(portal.merge.__path__, "portal.merge.")
    ]
    clearing = [getattr(part, "cache_clear", None) for module in modules for part in vars(module).values()]
    return [*(clear for clear in clearing if callable(clear)), read_results._CACHE.clear]


_CACHES = _caches()


@pytest.fixture(autouse=True)
def forgotten() -> None:
    for clear in _CACHES:
        clear()
