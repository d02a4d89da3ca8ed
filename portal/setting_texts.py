"""How the texts of settings are read: one function a kind, which raises ValueError with what the text must be."""

import re
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from portal.domain.addresses import parts_of


def base_url(text: str) -> str:
    parts = parts_of(text.rstrip("/"))
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError("must be http(s)://host[:port] without a path")
    return text.rstrip("/")


def server(text: str) -> str:
    parts = parts_of(text)
    if text and not (parts and parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("must be the http(s) address of a FHIR server")
    return text.rstrip("/")


def folder(text: str) -> Path:
    return Path(text).absolute()


def file(text: str) -> Path | None:
    return Path(text) if text else None


def flag(text: str) -> bool:
    if text.lower() not in ("1", "on", "true", "yes", "0", "off", "false", "no"):
        raise ValueError("must be on or off")
    return text.lower() in ("1", "on", "true", "yes")


def choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse


def whole(*, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) > most:
            raise ValueError(f"must be a whole number from 0 to {most}")
        return int(text)

    return parse


def hosts(text: str) -> frozenset[str]:
    names = frozenset(filter(None, text.replace(" ", "").lower().split(",")))
    if not all(re.fullmatch(r"(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)*", name) for name in names):
        raise ValueError("must be host names, without scheme, port or wildcard")
    return names


def ca_file(text: str) -> Path | None:
    if not text:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except OSError:
        raise ValueError("must be a file with certificates in PEM form") from None
    return Path(text)


def proxy(text: str) -> str:
    parts = parts_of(text)
    if text and not (parts and parts.scheme == "http" and parts.hostname and parts.port and parts.path in ("", "/")):
        raise ValueError("must be http://[user:password@]host:port")
    return text


def mail(text: str) -> str:
    parts = parts_of(text)
    if text not in ("off", "page") and not (parts and parts.scheme in ("smtp", "smtps") and parts.hostname):
        raise ValueError("must be off, page, or smtp(s)://[user:password@]host[:port]")
    return text


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be comma-separated addresses or networks, such as 10.0.0.0/8") from None


def types(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.replace(" ", "").split(",")))


def scopes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def group(text: str) -> str:
    return text.removeprefix("Group/")


def long_secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def keys(text: str) -> tuple[tuple[str, bytes], ...]:
    keys = []
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = urlsafe_b64decode(encoded)
        except ValueError:
            key = b""
        if not re.fullmatch(r"[a-z0-9-]{1,16}", key_id) or len(key) != 32:
            raise ValueError("must be id:key pairs, the id [a-z0-9-], the key 32 bytes in base64url")
        keys.append((key_id, key))
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise ValueError("names one id twice")
    return tuple(keys)
