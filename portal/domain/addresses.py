"""Web addresses that people and servers give us."""

from urllib.parse import SplitResult, urlsplit


def parts_of(address: str) -> SplitResult | None:
    """Return the parts of an address, None where it cannot be read (``http://[v1.x``, a port beyond 65535)."""
    try:
        parts = urlsplit(address)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return None if "[v" in parts.netloc.lower() else parts  # an IP address of the future (RFC 3986, 3.2.2)
