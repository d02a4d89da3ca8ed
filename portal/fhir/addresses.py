"""Which addresses may be called: resolve, check every answer, then connect to exactly what was checked (B6).

The check is an allow-list of our own, whatever the version of Python: an address must be global unicast, be in none of
IANA's special-purpose registries (RFC 6890), and carry no other address inside (IPv4-mapped, 6to4, Teredo, NAT64).
Loopback is opened only for the demo and tests, private networks only for servers that the operator names.
"""

import re
import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx2

from portal.domain.errors import AddressRefusedError, UnreachableError

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[str]]

_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?")


def _networks(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)


_GLOBAL = _networks("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3", "2000::/3")
"""What may be global unicast at all: IPv4 below multicast, and the only part of IPv6 that IANA allocates from."""
_LOOPBACK = _networks("127.0.0.0/8", "::1/128")
_LAN = _networks("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""Private networks (RFC 1918, RFC 6598, RFC 4193): where an organization's own servers may stand."""
_SPECIAL: tuple[tuple[str, tuple[IPv4Network | IPv6Network, ...]], ...] = (
    ("unspecified-address", _networks("0.0.0.0/8", "::/128")),
    (
        "metadata-address",
        _networks(
            "168.63.129.16/32",  # a cloud's host agent on a public address
            "100.100.100.200/32",
            "169.254.169.254/32",
            "fd00:ec2::254/128",
        ),
    ),
    ("link-local-address", _networks("169.254.0.0/16", "fe80::/10", "fec0::/10")),
    (
        "embedded-address",
        _networks(
            "::/96",  # IPv4-compatible (deprecated); :: and ::1 are decided before
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # NAT64, local use (RFC 8215)
            "2001::/32",  # Teredo
            "2002::/16",  # 6to4
        ),
    ),
    ("multicast-address", _networks("224.0.0.0/4", "ff00::/8")),
    (
        "private-address",
        _networks(
            "192.0.0.0/24",  # IETF protocol assignments, anycast ones too
            "192.0.2.0/24",  # documentation, as the next two
            "198.51.100.0/24",
            "203.0.113.0/24",
            "192.31.196.0/24",  # AS112
            "192.175.48.0/24",
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relay anycast (RFC 7526)
            "198.18.0.0/15",  # benchmarks
            "240.0.0.0/4",  # reserved, and broadcast
            "2001::/23",  # IETF protocol assignments: benchmarks, ORCHID, DRIP, AMT, anycast
            "2001:db8::/32",  # documentation, as the next one
            "3fff::/20",
            "2620:4f:8000::/48",  # AS112
            "3ffe::/16",  # 6bone, given back (RFC 3701)
        ),
    ),
)
"""IANA's special-purpose registries as of 2025-10-09, by reason code; the first that holds an address counts."""


def why_refused(address: Address, *, allow_loopback: bool, allow_private: bool = False) -> str | None:
    """Return the reason code why an address is not called, or None when it may be.

    ``allow_private`` opens private networks, and nothing else: for the organization's own named servers.
    """
    if any(address in network for network in _LOOPBACK):
        return None if allow_loopback else "loopback-address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "link-local-address"
    for reason, networks in _SPECIAL:
        if any(address in network for network in networks):
            return reason
    if any(address in network for network in _LAN):
        return None if allow_private else "private-address"
    return None if any(address in network for network in _GLOBAL) else "private-address"


UNWRITABLE = re.compile(r"[\x00-\x20\x7f\\]")
"""What no address has: blanks and controls, and the backslash that browsers read as a slash."""


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
    if not host or UNWRITABLE.search(url):
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
    host: str,
    port: int,
    *,
    allow_loopback: bool,
    only_loopback: bool,
    seconds: float,
    allow_private: bool = False,
    resolver: Resolver | None = None,
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
        if reason := why_refused(address, allow_loopback=allow_loopback, allow_private=allow_private):
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
