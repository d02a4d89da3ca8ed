"""How often apps and other portals may ask: per caller, and per network for what fails.

No quota is shared by callers that have nothing in common: a token has its own; a client's is counted per network, so
that nobody uses it up from elsewhere by naming it; what fails is counted per network, whatever it names.
One caller that asks one thing after another never reaches them; many connections at once do.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, Response, after_this_request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from werkzeug.exceptions import TooManyRequests

from portal.extensions import current_request, current_services
from portal.provider import credentials
from portal.provider.fhir.access import bearer_token
from portal.provider.oauth.assertions import claimed_client
from portal.queue import queue_url
from portal.services import Services

FHIR_PER_TOKEN = "12000 per minute"  # noqa: S105 - a limit
FHIR_FAILED_PER_NETWORK = "3000 per minute"
OAUTH_PER_CLIENT = "600 per minute"
OAUTH_FAILED_PER_NETWORK = "1500 per minute"
SHARED_LINKS_PER_NETWORK = "600 per minute"
RETRY_AFTER = "60"  # seconds
_ALLOWED_SECONDS = 1.0  # for which a network may go on without another look at what of it failed elsewhere
_REMEMBERED = 4096  # networks
_AWAY_SECONDS = 10.0  # after which a server that did not answer is asked again
_METHODS = frozenset({"GET", "HEAD", "POST"})

_OAUTH = ("oauth_api.token", "oauth_api.revoke", "oauth_api.introspect", "oauth_api.register")
_NOT_LIMITED = frozenset({"fhir.smart", "fhir.metadata"})  # the same for everybody, and cached


@lru_cache(maxsize=4096)  # every request asks twice
def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address itself, of IPv6 what one site gets (RFC 6177: a /56)."""
    try:
        version = ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ip_network(f"{address}/56", strict=False))


class Memory(MemoryStorage):
    """Counts in this process. The library looks for what expired in a thread that it starts for each hundredth of a
    second in which something is counted; here it does when a key is new."""

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        if self.get(key) == 0:
            return super().incr(key, expiry, amount)
        with self.locks[key]:
            self.storage[key] += amount
        return self.storage.get(key, 0)


class _Counting:
    """Counts in the queue's server; while that is away in this process, looking for it again from time to time."""

    def __init__(self, storage: str) -> None:
        self._shared = SlidingWindowCounterRateLimiter(storage_from_string(storage, wrap_exceptions=True))
        self._own = SlidingWindowCounterRateLimiter(Memory())
        self._away_until = 0.0

    def allows(self, limit: RateLimitItem, *names: str, count: bool) -> bool:
        """Tell whether there may be one more, and count it."""
        if time.monotonic() >= self._away_until:
            try:
                return self._shared.hit(limit, *names) if count else self._shared.test(limit, *names)
            except StorageError:
                self._away_until = time.monotonic() + _AWAY_SECONDS
        return self._own.hit(limit, *names) if count else self._own.test(limit, *names)


@dataclass(frozen=True, slots=True)
class _Limit:
    """So many of one key; where ``fails`` is given, only of answers that it holds for.

    Of those that fail, another process may count some in a second in which this one does not ask the server again.
    """

    most: RateLimitItem
    names: tuple[str, str]
    key: Callable[[], str]
    fails: Callable[[Response], bool] | None
    counting: _Counting
    allowed_until: dict[str, float] = field(default_factory=dict)  # by key, of those of which nothing failed since

    def check(self) -> None:
        """Raise 429 where there were too many."""
        key = self.key()
        if self.fails is None:
            allowed = self.counting.allows(self.most, *self.names, key, count=True)
        else:
            after_this_request(partial(self._count, key))
            allowed = time.monotonic() < self.allowed_until.get(key, 0.0) or self._look(key)
        if not allowed:
            raise TooManyRequests

    def _look(self, key: str) -> bool:
        allowed = self.counting.allows(self.most, *self.names, key, count=False)
        if allowed:
            if len(self.allowed_until) >= _REMEMBERED:
                self.allowed_until.clear()
            self.allowed_until[key] = time.monotonic() + _ALLOWED_SECONDS
        return allowed

    def _count(self, key: str, response: Response) -> Response:
        if self.fails is not None and self.fails(response):
            self.counting.allows(self.most, *self.names, key, count=True)
            self.allowed_until.pop(key, None)
        return response


def bind(app: Flask) -> None:
    """Limit the endpoints of this application; counts are in the queue's server, or in memory when it is away."""
    services: Services = app.extensions["tributary"]
    storage = queue_url(services.settings)
    counting = _Counting(f"redis+{storage}" if storage.startswith("unix://") else storage)
    prefix = f"{services.settings.slug}-provider"
    fhir = [name for name in app.view_functions if name.startswith("fhir.") and name not in _NOT_LIMITED]
    shared_links = [name for name in app.view_functions if name.startswith("health_links.")]
    for names, *limits in (
        (shared_links, (SHARED_LINKS_PER_NETWORK, _network, None)),
        (_OAUTH, (OAUTH_PER_CLIENT, _client, None), (OAUTH_FAILED_PER_NETWORK, _network, _failed)),
        (fhir, (FHIR_PER_TOKEN, _token, None), (FHIR_FAILED_PER_NETWORK, _network, _is_nobodys)),
    ):
        area = names[0].partition(".")[0]
        bound = [
            _Limit(parse(most), (prefix, key.__name__ + area), key, fails, counting) for most, key, fails in limits
        ]
        for name in names:
            app.view_functions[name] = _limited(app.view_functions[name], bound)


def _limited(view: Callable[..., Any], limits: Sequence[_Limit]) -> Callable[..., Any]:
    @wraps(view)
    def checked(*args: Any, **values: Any) -> Any:
        if current_request().method in _METHODS:
            for limit in limits:
                limit.check()
        return view(*args, **values)

    return checked


def _network() -> str:
    return network_of(current_request().remote_addr or "127.0.0.1")


def _client() -> str:
    """Return who a request to the token endpoint says it is from, with its network."""
    header, request = credentials.of_request(), current_request()
    client = header.username if header else request.form.get("client_id")
    return f"{_network()}:{_hashed(client or claimed_client(request.form.get('client_assertion', '')) or '')}"


def _token() -> str:
    return _hashed(bearer_token(current_request().environ.get("HTTP_AUTHORIZATION", "")) or _network())


def _hashed(text: str) -> str:
    return current_services().db.vault.hash("rate-limit", text)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def _is_nobodys(response: Response) -> bool:
    return response.status_code == 401
