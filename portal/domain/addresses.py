"""Web addresses that people and servers give us."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
"""Ends of names that no public server has (RFC 6761, 6762, 8375; ICANN's .internal)."""


_PORTS = {"https": 443, "http": 80}
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")


def canonical(address: str) -> str:
    """Return an address as it is compared: what RFC 3986, 6.2.2 and 6.2.3, says is the same, and no slash at the end.

    For bases of FHIR servers. What a specification compares character by character is not to be put into this form:
    issuers (RFC 9207, 2.4; RFC 8414, 3.3; OpenID Connect Core, 3.1.3.7), redirect URIs (RFC 9700, 2.1).
    """
    text = address.strip()
    parts = parts_of(text)
    if parts is None or not parts.hostname:
        return text.rstrip("/")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{user}{host}{port}{_ESCAPED.sub(_plain, parts.path).rstrip('/')}{query}"


def _plain(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escaped[0].upper()


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
