"""The keys that clients publish at their ``jwks_uri``: fetched rarely, one at a time, by few threads.

Whoever registers here names an address that we call while a request waits. So an address is asked by one request at a
time (the others take its answer), one host by one; what fails is not asked again for a while; and the threads that wait
are few, counted apart for clients that registered themselves, so that these can keep out nobody but each other.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import InvalidClientError
from joserfc import jwk
from joserfc.errors import JoseError
from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import parse_cache_control_header

from portal.domain.egress import Egress
from portal.domain.errors import OutsideError
from portal.fhir.answers import read_answer
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client

_FRESH = 300.0  # seconds that a fetched key set is good for
_STALE = 3600.0  # the same while it cannot be fetched again
_MOST_STALE = 86_400.0  # the same where the client lets them be kept longer
_AGAIN = 10.0  # seconds before an unknown key id makes us fetch again
_FAILED = 30.0  # seconds before a failed address is asked again; doubles with each failure
_LONGEST = 600.0
_THREADS = 3  # that wait at once for keys of checked clients, and as many for those of others
_ADDRESSES = 500  # that are remembered
_LIMITS = Limits(total_seconds=3.0, idle_seconds=2.0, connect_seconds=2.0, answer_bytes=64 * 1024, depth=8)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """``lasting``: seconds for which the client lets its answer be kept (Cache-Control); None where it does not say."""

    keys: tuple[Any, ...] = ()
    at: float = 0.0  # of the last success
    lasting: float | None = None
    not_before: float = 0.0  # of the next attempt
    failures: int = 0


_UNREADABLE = (OutsideError, JoseError, TypeError, ValueError, KeyError)


def readable(uri: str, *, egress: Egress) -> bool:
    """Tell whether there are keys at this address now."""
    try:
        return bool(_read(uri, egress)[0])
    except _UNREADABLE:
        return False


def _read(uri: str, egress: Egress) -> tuple[tuple[Any, ...], float | None]:
    """Return the keys, and for how many seconds they may be kept where the answer says so."""
    with open_client(egress=egress, limits=_LIMITS) as client:
        answer = client.get(uri, headers={"Accept": "application/json"})
        body = read_answer(answer, depth=_LIMITS.depth).body
    control = parse_cache_control_header(answer.headers.get("cache-control"), cls=ResponseCacheControl)
    lasting = 0.0 if control.no_store or control.no_cache else control.max_age
    return tuple(jwk.KeySet.import_key_set(cast("Any", body)).keys), lasting


class KeySets:
    """Key sets by address, shared by the threads of one process."""

    def __init__(self, *, egress: Egress, fresh: float = _FRESH, again: float = _AGAIN) -> None:
        self._egress = egress
        self._fresh, self._again = fresh, again
        self._fetched: OrderedDict[str, _Fetched] = OrderedDict()
        self._changed = threading.Condition()
        self._busy: set[str] = set()  # hosts that are being asked
        self._waiting: Counter[bool] = Counter()

    def keys(self, uri: str, kid: object, *, checked: bool) -> tuple[Any, ...]:
        """Return the keys at this address. ``kid`` is the one that is looked for; ``checked``: of a checked client.

        Raises:
            InvalidClientError: they cannot be read, or too many wait for some.
        """
        with self._thread(checked=checked) as may_wait:
            if may_wait and self._is_due(uri, kid):
                with self._alone(urlsplit(uri).hostname or "") as is_alone:
                    if is_alone and self._is_due(uri, kid):
                        self._fetch(uri, self._egress if checked else self._egress.to_others())
        fetched = self._fetched.get(uri, _Fetched())
        # Keys serve for as long as their client says, also while they cannot be fetched again; for one answer at least,
        # and not for ever: who keeps us from the client's server would keep a key that it has withdrawn.
        lasting = _STALE if fetched.lasting is None else min(max(fetched.lasting, self._again), _MOST_STALE)
        if not fetched.keys or time.monotonic() - fetched.at > lasting:
            raise InvalidClientError(description="The keys at jwks_uri cannot be read", status_code=401)
        return fetched.keys

    def _is_due(self, uri: str, kid: object) -> bool:
        fetched, now = self._fetched.get(uri, _Fetched()), time.monotonic()
        if now < fetched.not_before:
            return False
        fresh = self._fresh if fetched.lasting is None else min(self._fresh, fetched.lasting)
        return now - fetched.at >= fresh or kid not in {key.kid for key in fetched.keys}

    @contextmanager
    def _thread(self, *, checked: bool) -> Iterator[bool]:
        with self._changed:
            may_wait = self._waiting[checked] < _THREADS
            self._waiting[checked] += may_wait
        try:
            yield may_wait
        finally:
            with self._changed:
                self._waiting[checked] -= may_wait

    @contextmanager
    def _alone(self, host: str) -> Iterator[bool]:
        """Wait until nobody else asks this host; False when that takes too long."""
        with self._changed:
            is_alone = self._changed.wait_for(lambda: host not in self._busy, _LIMITS.total_seconds)
            if is_alone:
                self._busy.add(host)
        try:
            yield is_alone
        finally:
            if is_alone:
                with self._changed:
                    self._busy.discard(host)
                    self._changed.notify_all()

    def _fetch(self, uri: str, egress: Egress) -> None:
        before = self._fetched.get(uri, _Fetched())
        try:
            keys, lasting = _read(uri, egress)
        except _UNREADABLE:
            pause = min(_FAILED * 2**before.failures, _LONGEST)
            not_before, failures = time.monotonic() + pause, min(before.failures + 1, 10)
            after = replace(before, not_before=not_before, failures=failures)
        else:
            now = time.monotonic()
            after = _Fetched(keys, now, lasting, now + self._again)
        with self._changed:
            self._fetched[uri] = after
            self._fetched.move_to_end(uri)
            while len(self._fetched) > _ADDRESSES:
                self._fetched.popitem(last=False)
