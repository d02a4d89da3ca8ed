"""How often apps and other portals may ask: per caller, and per network for what fails.

No quota is shared by callers that have nothing in common: a token has its own; a client's is counted per network, so
that nobody uses it up from elsewhere by naming it; what fails is counted per network, whatever it names.
One caller that asks one thing after another never reaches them; many connections at once do.
"""

from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from flask_limiter.util import get_remote_address

from portal.extensions import ViewLimiter, current_services
from portal.provider.oauth.assertions import claimed_client
from portal.queue import queue_url
from portal.services import Services

FHIR_PER_TOKEN = "12000 per minute"  # noqa: S105 - a limit
FHIR_FAILED_PER_NETWORK = "3000 per minute"
OAUTH_PER_CLIENT = "600 per minute"
OAUTH_FAILED_PER_NETWORK = "1500 per minute"
SHARED_LINKS_PER_NETWORK = "600 per minute"
RETRY_AFTER = "60"  # seconds

_OAUTH = ("oauth_api.token", "oauth_api.revoke", "oauth_api.introspect", "oauth_api.register")
_NOT_LIMITED = frozenset({"fhir.smart", "fhir.metadata"})  # the same for everybody, and cached


def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address itself, of IPv6 what one site gets (RFC 6177: a /56)."""
    try:
        version = ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ip_network(f"{address}/56", strict=False))


def bind(app: Flask) -> None:
    """Limit the endpoints of this application; counts are in the queue's server, or in memory when it is away."""
    services: Services = app.extensions["tributary"]
    storage = queue_url(services.settings)
    limiter = ViewLimiter(
        _network,
        app=app,
        storage_uri=f"redis+{storage}" if storage.startswith("unix://") else storage,
        strategy="sliding-window-counter",
        key_prefix=f"{services.settings.slug}-provider",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    fhir = [name for name in app.view_functions if name.startswith("fhir.") and name not in _NOT_LIMITED]
    shared_links = [name for name in app.view_functions if name.startswith("health_links.")]
    for names, limit, key, fails in (
        (shared_links, SHARED_LINKS_PER_NETWORK, _network, None),
        (_OAUTH, OAUTH_PER_CLIENT, _client, None),
        (_OAUTH, OAUTH_FAILED_PER_NETWORK, _network, _failed),
        (fhir, FHIR_PER_TOKEN, _token, None),
        (fhir, FHIR_FAILED_PER_NETWORK, _network, _is_nobodys),
    ):
        shared = limiter.shared_limit(
            limit,
            scope=key.__name__ + names[0].partition(".")[0],
            key_func=key,
            methods=["GET", "POST"],
            deduct_when=fails,
        )
        for name in names:
            view: Any = app.view_functions[name]
            app.view_functions[name] = shared(view)


def _network() -> str:
    return network_of(get_remote_address())


def _client() -> str:
    """Return who a request to the token endpoint says it is from, with its network."""
    client = request.authorization.username if request.authorization else request.form.get("client_id")
    return f"{_network()}:{_hashed(client or claimed_client(request.form.get('client_assertion', '')) or '')}"


def _token() -> str:
    return _hashed(request.headers.get("Authorization") or _network())


def _hashed(text: str) -> str:
    return current_services().db.vault.hash("rate-limit", text)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def _is_nobodys(response: Response) -> bool:
    return response.status_code == 401
