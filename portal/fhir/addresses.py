"""Which addresses may be called: resolve, check every answer, then connect to exactly what was checked (B6).

The check is an allow-list: an address must be globally reachable (IANA special-purpose registries, RFC 6890) and must
not carry another address inside (IPv4-mapped, 6to4, Teredo, NAT64, IPv4-compatible). Loopback is opened only for the
demo and tests.
"""

import re
import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx2

from portal.domain.errors import AddressRefusedError, UnreachableError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[str]]

_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?")
_CARRIERS: tuple[IPv6Network, ...] = tuple(
    IPv6Network(text)
    for text in (
        "::/96",  # IPv4-compatible (deprecated), and :: and ::1, which are decided before
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # NAT64, local use (RFC 8215)
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
_METADATA = frozenset(
    {
        ip_address("168.63.129.16"),  # a cloud's host agent on a public address
        ip_address("100.100.100.200"),
        ip_address("169.254.169.254"),
        ip_address("fd00:ec2::254"),
    }
)
_RELAY = ip_network("192.88.99.0/24")  # 6to4 relay anycast (RFC 7526)


def why_refused(address: Address, *, allow_loopback: bool) -> str | None:
    """Return the reason code why an address is not called, or None when it may be."""
    if address.is_loopback:
        return None if allow_loopback else "loopback-address"
    if address.is_unspecified:
        return "unspecified-address"
    if address in _METADATA:
        return "metadata-address"
    if address.is_link_local:
        return "link-local-address"
    if isinstance(address, IPv6Address):
        if address.scope_id is not None or address.is_site_local:
            return "link-local-address"
        if any(address in carrier for carrier in _CARRIERS):
            return "embedded-address"
    if address.is_multicast:
        return "multicast-address"
    if not address.is_global or address in _RELAY:
        return "private-address"
    return None


def check_url(url: str, *, allow_local: bool) -> SplitResult:
    """Check what can be told without the network: scheme, user info, a host that hides an address.

    ``http`` is for loopback only, and only where ``allow_local``; the connection checks that again.

    Raises:
        AddressRefusedError: with the reason as its code.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefusedError("address-malformed") from None
    if parts.scheme not in (("https", "http") if allow_local else ("https",)):
        raise AddressRefusedError("address-scheme")
    if "@" in parts.netloc:
        raise AddressRefusedError("address-userinfo")
    if not host or "\\" in url or any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise AddressRefusedError("address-malformed")
    _check_literal(host, allow_local=allow_local)
    try:
        sent = httpx2.URL(url)  # what it is sent with has to read it as well, and may read digits of other scripts
    except (ValueError, httpx2.InvalidURL):
        raise AddressRefusedError("address-malformed") from None
    _check_literal(sent.host, allow_local=allow_local)
    return parts


def _check_literal(host: str, *, allow_local: bool) -> None:
    literal = _literal(host)
    if literal is not None and (reason := why_refused(literal, allow_loopback=allow_local)):
        raise AddressRefusedError(reason)


def resolve(
    host: str, port: int, *, allow_loopback: bool, only_loopback: bool, seconds: float, resolver: Resolver | None = None
) -> list[str]:
    """Return the checked addresses to connect to; one refused address refuses the name (a rebinding trick).

    Raises:
        AddressRefusedError: an address is not one we call.
        UnreachableError: the name does not resolve, or not in ``seconds``.
    """
    literal = _literal(host)
    addresses = [str(literal)] if literal is not None else _looked_up(resolver or system_resolver, host, port, seconds)
    for text in addresses:
        address = ip_address(text)
        if reason := why_refused(address, allow_loopback=allow_loopback):
            raise AddressRefusedError(reason)
        if only_loopback and not address.is_loopback:
            raise AddressRefusedError("address-scheme", hint="http is for loopback only")
    return addresses


def system_resolver(host: str, port: int) -> list[str]:
    """Return addresses of a name as the system knows them, in its order, without repeats."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in answers))


def _literal(host: str) -> Address | None:
    """Return the address when the host is one. A number that only a lenient resolver would read is refused."""
    bare = host.strip("[]").lower()
    try:
        return ip_address(bare)
    except ValueError:
        pass
    if _NUMERIC.fullmatch(bare):
        raise AddressRefusedError("numeric-address", hint="an address must be written plainly")
    return None


def _looked_up(resolver: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """Ask in a thread of its own: the system's look-up knows no time limit."""
    answer: list[list[str]] = []

    def ask() -> None:
        try:
            answer.append(resolver(host, port))
        except (OSError, UnicodeError):
            answer.append([])

    thread = threading.Thread(target=ask, daemon=True, name="look-up")
    thread.start()
    thread.join(seconds)
    if not answer:
        raise UnreachableError("name-timeout")
    if not answer[0]:
        raise UnreachableError("name-unknown")
    return answer[0]
