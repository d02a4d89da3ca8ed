"""Web addresses that people and servers give us."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
"""Ends of names that no public server has (RFC 6761, 6762, 8375; ICANN's .internal)."""


def parts_of(address: str) -> SplitResult | None:
    """Return the parts of an address, None where it cannot be read (``http://[v1.x``, a port beyond 65535)."""
    try:
        parts = urlsplit(address)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return None if "[v" in parts.netloc.lower() else parts  # an IP address of the future (RFC 3986, 3.2.2)


def is_encrypted_or_near(address: str) -> bool:
    """Tell whether an address is https, or on this machine or in a private network (RFC 1918, 4193)."""
    parts = parts_of(address)
    if parts is None or not parts.hostname:
        return False
    try:
        near = ip_address(parts.hostname).is_private  # loopback and link-local are
    except ValueError:
        near = "." not in parts.hostname or parts.hostname.endswith(_NEAR)
    return parts.scheme == "https" or near
