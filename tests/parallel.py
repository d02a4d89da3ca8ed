"""How tests are spread over the processes of a parallel run (``make test``).

All browser tests go to one process, because they share a demo of seven instances; everything else goes wherever there
is room. xdist's own ``--dist loadgroup`` cannot say so with pytest 9.2: it renames tests by an attribute that is gone.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/browser/",)


class Spread(LoadScopeScheduling):  # type: ignore[misc]
    """Scopes of one test each, but for the folders that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    return Spread(config, log)
