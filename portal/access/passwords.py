"""Passwords: Argon2id with argon2-cffi's defaults (RFC 9106, low-memory profile).

They are put into Unicode's form NFKC first: one keyboard writes "é" as one character, another as two (NIST SP
800-63B-4, 3.1.1.2).

Anybody may let us hash, and Argon2 takes four threads at once for it. So a process hashes one at a time, at a lower
priority than pages have. Who waits for it holds a thread that pages need: of a request no more than a few wait, and
fewer from one network, so that a flood from there turns away nobody else.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from typing import ParamSpec, TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from portal.domain.errors import BusyError

P = ParamSpec("P")
T = TypeVar("T")
_NICER = 5  # than the process
MOST_OF_NETWORK = 4  # that wait or are hashed for requests from one network, in one process
MOST = 12
_network: ContextVar[str | None] = ContextVar("network", default=None)
_seconds: ContextVar[float] = ContextVar("seconds", default=0.0)
_hasher = PasswordHasher()
_short_codes = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}  # OWASP's least: a sheet has thirty
# Checked when the user name is unknown, so that the answer takes as long as for a known one.
_DUMMY = _hasher.hash("no account has this password")


class _Hashing:
    """The one thread that hashes; a process that was forked has its own."""

    def __init__(self) -> None:
        self.start()
        os.register_at_fork(after_in_child=self.start)

    def start(self) -> None:
        self.changing = threading.Lock()
        self.waiting: Counter[str] = Counter()
        self.pool = ThreadPoolExecutor(1, "hashing", initializer=_give_way)


def _give_way() -> None:
    """Lower the priority of this thread and of those that it starts; Linux has one for each."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _NICER)


_hashing = _Hashing()


def begin_request(network: str) -> None:
    """Say from where the request comes that this thread answers; what is no request's waits as long as it must."""
    _network.set(network)


def end_request() -> None:
    """Say that the request is answered."""
    _network.set(None)


def take_seconds() -> float:
    """Return how long it took what was computed for this thread since this was called last, without the waiting."""
    seconds = _seconds.get()
    _seconds.set(0.0)
    return seconds


def _compute(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call in the thread that hashes, and count the seconds for the one that waits."""
    began, ended = 0.0, 0.0

    def timed() -> T:
        nonlocal began, ended
        began = time.perf_counter()
        try:
            return function(*args, **named)
        finally:
            ended = time.perf_counter()

    try:
        return _hashing.pool.submit(timed).result()
    finally:
        _seconds.set(_seconds.get() + ended - began)


def one_at_a_time(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call what takes long and much memory, which anybody may ask for, and wait until it was its turn.

    Raises:
        BusyError: too many requests wait already, or too many from the network of this one.
    """
    network = _network.get()
    if network is None:
        return _compute(function, *args, **named)
    with _hashing.changing:
        if _hashing.waiting[network] >= MOST_OF_NETWORK or _hashing.waiting.total() >= MOST:
            raise BusyError
        _hashing.waiting[network] += 1
    try:
        return _compute(function, *args, **named)
    finally:
        with _hashing.changing:
            _hashing.waiting[network] -= 1
            if not _hashing.waiting[network]:
                del _hashing.waiting[network]


def hash_password(password: str) -> str:
    """Return the hash of a password. Raises as ``one_at_a_time``."""
    return one_at_a_time(_hasher.hash, normalize("NFKC", password))


def verify_password(encoded: str | None, password: str) -> bool:
    """Tell whether ``password`` fits; nothing as ``encoded`` takes the same time and is always False.

    Raises as ``one_at_a_time``.
    """
    try:
        return one_at_a_time(_hasher.verify, encoded or _DUMMY, normalize("NFKC", password)) and bool(encoded)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(encoded: str) -> bool:
    return _hasher.check_needs_rehash(encoded)


def stretched(codes: Iterable[str], *, salt: bytes) -> tuple[str, ...]:
    """Return what short codes are recognised by, each found again by it: Argon2id with a salt of their owner's.

    So who has the database and its keys must try long for each code (NIST SP 800-63B-4, 3.1.2.2). Raises as
    ``one_at_a_time``.
    """
    return one_at_a_time(_stretched, tuple(codes), salt)


def _stretched(codes: tuple[str, ...], salt: bytes) -> tuple[str, ...]:
    return tuple(
        hash_secret_raw(code.encode(), salt, hash_len=16, type=Type.ID, **_short_codes).hex() for code in codes
    )
