"""How tests are spread over the processes of a parallel run (``make test``).

A file stays in one process, so that what its tests share is set up once. The browser tests that share a demo of seven
instances stay together; those with an instance of their own are files like others. What takes long comes first and the
many short tests of ``tests/unit`` last (the order of the folders' names): all processes end at nearly the same time.

xdist's own ``--dist loadfile`` and ``loadgroup`` do not do: the one parts the browser tests, the other renames tests by
an attribute that pytest 9.2 has no more. Its scheduler also looks through all tests whenever one has ended; this one
forgets what has.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_BROWSER = Path(__file__).parent / "browser"
_TOGETHER = frozenset(
    f"tests/browser/{file.name}"
    for file in _BROWSER.glob("test_*.py")
    if re.search(r"\b(journey: Journey|demo: Demo)\b", file.read_text())
)
"""The files whose tests walk through the demo."""


class Spread(LoadScopeScheduling):  # type: ignore[misc]
    """A scope is a file, or the browser tests that share the demo."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # would put files of few and long tests last

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/browser" if file in _TOGETHER else file

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    return Spread(config, log)
