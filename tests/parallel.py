"""How tests are spread over the processes of a parallel run (``make test``).

A file stays in one process, so that what its tests share is set up once. The browser tests that share a demo of seven
instances stay together. What takes long comes first and the many short tests of ``tests/unit`` last (the order of the
folders' names): both processes end at nearly the same time.

xdist's own ``--dist loadfile`` and ``loadgroup`` do not do: the one parts the browser tests, the other renames tests by
an attribute that pytest 9.2 has no more. Its scheduler also looks through all tests whenever one has ended; this one
forgets what has.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_TOGETHER = "tests/browser/"
_ALONE = tuple(f"tests/browser/test_{name}.py" for name in ("link_states", "section_states", "printing", "fhirclient"))
"""These have an instance of their own."""


class Spread(LoadScopeScheduling):  # type: ignore[misc]
    """A scope is a file, or the browser tests that share the demo."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # would put files of few and long tests last

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _TOGETHER if file.startswith(_TOGETHER) and file not in _ALONE else file

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    return Spread(config, log)
