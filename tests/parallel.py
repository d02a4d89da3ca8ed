"""How tests are spread over the processes of a parallel run (``make test``).

The browser tests that share a demo of seven instances go to one process; everything else goes wherever there is room.
xdist's own ``--dist loadgroup`` cannot say so with pytest 9.2: it renames tests by an attribute that is gone.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/browser/",)
_ALONE = tuple(f"tests/browser/test_{name}.py" for name in ("link_states", "section_states", "printing", "fhirclient"))
"""These have an instance of their own."""


class Spread(LoadScopeScheduling):  # type: ignore[misc]
    """Scopes of one test each, but for the folders that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_ALONE):
            return nodeid
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    return Spread(config, log)
