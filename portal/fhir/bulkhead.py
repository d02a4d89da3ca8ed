"""Calls to other organizations while a request waits: few at once, and fewer to one host.

A server that answers slowly must not hold the threads that everybody's pages need. Jobs have processes of their own and
are not limited here: only a thread that says it answers a request is.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from portal.domain.errors import UnreachableError

_PER_HOST = 2  # calls at once, of one process
_IN_ALL = 4  # half of the threads that `portal serve` starts
_WAIT = 2.0  # seconds until a call that finds no place fails

_answering: ContextVar[bool] = ContextVar("answering", default=False)
_changed = threading.Condition()
_calls: Counter[str] = Counter()


def begin_request() -> None:
    """Say that this thread answers a request from now on."""
    _answering.set(True)


def end_request() -> None:
    """Say that it does not any more."""
    _answering.set(False)


@contextmanager
def place(host: str) -> Iterator[None]:
    """Hold a place for one call.

    Raises:
        UnreachableError: ``busy``: too many calls are under way.
    """
    if not _answering.get():
        yield
        return
    with _changed:
        if not _changed.wait_for(lambda: _calls[host] < _PER_HOST and _calls.total() < _IN_ALL, _WAIT):
            raise UnreachableError("busy")
        _calls[host] += 1
    try:
        yield
    finally:
        with _changed:
            _calls[host] -= 1
            if not _calls[host]:
                del _calls[host]
            _changed.notify_all()
