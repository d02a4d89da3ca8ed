"""What merge remembers of texts it has read is forgotten before each run: a changed reader must be seen to be changed.

Mutation tests fork a process that has already run everything once.
"""

import importlib
import pkgutil

import pytest

import portal.merge
from portal.merge import read_results


@pytest.fixture(scope="session", autouse=True)
def forgotten() -> None:
    for info in pkgutil.iter_modules(portal.merge.__path__, "portal.merge."):
        for reader in vars(importlib.import_module(info.name)).values():
            if callable(getattr(reader, "cache_clear", None)):
                reader.cache_clear()
    read_results._CACHE.clear()
