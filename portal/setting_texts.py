"""How the texts of settings are read: one function a kind, which raises ValueError with what the text must be.

No message repeats the text of a setting that may be secret.
"""

import json
import os
import re
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Callable
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.domain.addresses import parts_of
from portal.domain.resource_types import TYPES

_RELEASED = frozenset(name for name, kind in TYPES.items() if kind.words) | {"AuditEvent"}
_DIFFERENT = 8  # characters or bytes that a random secret of 32 has at least, for all practical purposes


def title(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a name of printable characters")
    return text


def slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", text):
        raise ValueError("must be up to 40 small letters, digits and hyphens")
    return text


def base_url(text: str) -> str:
    parts = parts_of(text.rstrip("/"))
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError("must be http(s)://host[:port] without a path")
    if parts.username or parts.fragment:
        raise ValueError("must be http(s)://host[:port], without a user or a fragment")
    return text.rstrip("/")


def server(text: str) -> str:
    parts = parts_of(text)
    if text and not (parts and parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("must be the http(s) address of a FHIR server")
    if parts and (parts.username or parts.query or parts.fragment):
        raise ValueError("must be the address of a FHIR server, without a user, a query or a fragment")
    return text.rstrip("/")


def issuer(text: str) -> str:
    """Return an issuer as its id_tokens name it (OpenID Connect Discovery 1.0, 3): nothing of it is changed."""
    parts = parts_of(text)
    if text and not (parts and parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("must be the https address of an OpenID provider, as it names itself")
    if parts and (parts.username or parts.query or parts.fragment):
        raise ValueError("must be the address of an OpenID provider, without a user, a query or a fragment")
    return text


def folder(text: str) -> Path:
    path = Path(text).absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("must be a folder")
    if path.exists() and path.stat().st_mode & 0o002:
        raise ValueError("must be a folder that not everybody may write to: chmod o-w")
    return path


def optional_folder(text: str) -> Path | None:
    return folder(text) if text else None


def written_file(text: str) -> Path | None:
    """Return a file that is there or will be."""
    if text and Path(text).is_dir():
        raise ValueError("must be a file, not a folder")
    return Path(text) if text else None


def json_file(text: str) -> Path | None:
    if text:
        _json_object(text)
    return Path(text) if text else None


def readable_file(text: str) -> Path | None:
    """Return a file that can be read."""
    if not text:
        return None
    if not Path(text).is_file() or not os.access(text, os.R_OK):
        raise ValueError("must be a readable file")
    return Path(text)


def key_set(text: str) -> Path | None:
    """Return a file with public keys (RFC 7517)."""
    if not text:
        return None
    keys = _json_object(text).get("keys")
    kinds = {"RSA", "EC"}
    if not isinstance(keys, list) or not keys:
        raise ValueError("must be a JWK Set with at least one key")
    if not all(isinstance(key, dict) and key.get("kty") in kinds for key in keys):
        raise ValueError("must hold RSA and EC keys only")
    if any("d" in key for key in keys):
        raise ValueError("must hold public keys only: take the private parts out")
    return Path(text)


def _json_object(text: str) -> dict[str, object]:
    try:
        content = json.loads(Path(text).read_bytes())
    except (OSError, ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    raise ValueError("must be a readable file with a JSON object")


def database(text: str) -> str:
    """Return an SQLAlchemy URL of a database that is supported; its driver must be installed."""
    scheme, separator, rest = text.partition("://")
    if not text:
        return text
    if scheme == "sqlite" and separator and rest.startswith("/") and len(rest) > 1:
        return text
    parts = parts_of(text)
    if scheme not in ("postgresql", "postgresql+psycopg") or parts is None or len(parts.path) < 2:
        raise ValueError("must be postgresql://[user[:password]@][host][:port]/name, or sqlite:///file")
    if find_spec("psycopg") is None:
        raise ValueError("needs the driver of PostgreSQL: pip install 'tributary[postgres]'")
    return text


def queue(text: str) -> str:
    parts = parts_of(text)
    if not text or (parts and parts.scheme in ("redis", "rediss") and parts.hostname):
        return text
    if parts and parts.scheme == "unix" and parts.path:
        return text
    raise ValueError("must be redis(s)://[[user]:password@]host[:port][/number] or unix:///socket")


def time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("must be an IANA time zone, such as America/New_York") from None
    return text


def sender(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        raise ValueError("must be one e-mail address")
    return text


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


def whole(*, most: int, least: int = 0) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def hosts(text: str) -> frozenset[str]:
    names = frozenset(filter(None, text.replace(" ", "").lower().split(",")))
    if not all(re.fullmatch(r"(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)*", name) for name in names):
        raise ValueError("must be host names, without scheme, port or wildcard")
    return names


def addresses(text: str) -> frozenset[str]:
    named = frozenset(filter(None, (part.strip().rstrip("/") for part in text.split(","))))
    if not all(re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?(/[^\s?#]*)?", name, re.IGNORECASE) for name in named):
        raise ValueError("must be addresses, without query or fragment")
    return named


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
        networks = tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be comma-separated addresses or networks, such as 10.0.0.0/8") from None
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("must not be the whole Internet: whoever is believed says who a request comes from")
    return networks


def types(text: str) -> frozenset[str]:
    names = frozenset(filter(None, text.replace(" ", "").split(",")))
    if unknown := sorted(names - _RELEASED):
        raise ValueError(f"names {', '.join(unknown)}: that is no FHIR resource type which is released to apps")
    return names


def scopes(text: str) -> tuple[str, ...]:
    scopes = tuple(text.split())
    if not all(re.fullmatch(r"system/([A-Z][A-Za-z]+|\*)\.([cruds]+|read|\*)(\?\S+)?", scope) for scope in scopes):
        raise ValueError("must be system/ scopes of SMART, such as system/Patient.rs")
    return scopes


def group(text: str) -> str:
    fhir_id = text.removeprefix("Group/")
    if not re.fullmatch(r"[A-Za-z0-9.-]{0,64}", fhir_id):
        raise ValueError("must be the id of a FHIR Group")
    return fhir_id


def long_secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    if len(set(text)) < _DIFFERENT:
        raise ValueError(f"must be random: it has fewer than {_DIFFERENT} different characters")
    return text


def optional_secret(text: str) -> str:
    return long_secret(text) if text else text


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
        if len(set(key)) < _DIFFERENT:
            raise ValueError(f"must hold random keys: one has fewer than {_DIFFERENT} different bytes")
        keys.append((key_id, key))
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise ValueError("names one id twice")
    if len({key for _, key in keys}) != len(keys):
        raise ValueError("has one key under two ids")
    return tuple(keys)
