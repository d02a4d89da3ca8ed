"""Whom to believe about where a request comes from: only the proxies that the operator names."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
FORWARDED = "tributary.forwarded"
"""In the WSGI environment: whether what a proxy says was believed ("believed", "not believed"), absent without one."""
Networks = tuple[IPv4Network | IPv6Network, ...]


class BehindProxies:
    """Takes ``X-Forwarded-For``, ``-Proto`` and ``-Host`` from a trusted proxy, and from nobody else.

    Where proxies stand in a row, the sender is the last address before them that is not one of theirs. A Unix socket
    has no address: only a proxy on this machine reaches it.
    """

    def __init__(self, app: Wsgi, trusted: Networks) -> None:
        self._app = app
        self._proxied = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        if peer and not self._is_trusted(peer):
            for name in [name for name in environ if name.startswith("HTTP_X_FORWARDED_")]:
                del environ[name]
                environ[FORWARDED] = "not believed"
            return self._app(environ, start_response)
        senders = [sender.strip() for sender in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        while len(senders) > 1 and self._is_trusted(senders[-1]):
            senders.pop()
        if senders[-1]:
            environ["HTTP_X_FORWARDED_FOR"] = senders[-1]
            environ[FORWARDED] = "believed"
        return self._proxied(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)
