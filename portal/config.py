"""Settings of one instance: read once from ``PORTAL_*`` variables, checked, then immutable."""

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from portal.domain.errors import ConfigurationError

VARIABLES: dict[str, str] = {
    "PORTAL_NAME": "the portal's name, as patients read it (MyCooper)",
    "PORTAL_ORGANIZATION": "the home organization's name (Cooper Regional Health)",
    "PORTAL_BASE_URL": "where patients reach the portal, without a path (http://localhost:8000)",
    "PORTAL_DATA_DIR": "where the database, the keys and the queue's files are kept (./data)",
    "PORTAL_DATABASE_URL": "SQLAlchemy URL; default: SQLite in the data directory; postgresql:// for PostgreSQL",
    "PORTAL_REDIS_URL": "Redis or Valkey URL; default: an embedded Valkey that `portal worker` starts",
    "PORTAL_SECRET_KEY": "signs cookies; at least 32 characters; default: made once in the data directory",
    "PORTAL_ENCRYPTION_KEYS": "comma-separated id:key, newest first; key is 32 bytes base64url; default: made once",
    "PORTAL_INDEX_KEY": "keys the hashes by which records are found; never changes; default: made once",
    "PORTAL_ALLOW_LOCAL_ENDPOINTS": "on: other organizations may be on loopback over http (demo and tests; off)",
    "PORTAL_TIME_ZONE": "IANA time zone of the organization (America/New_York)",
    "PORTAL_ACCENT": "hue of the portal's own colour in degrees, 0 to 359 (178)",
    "PORTAL_SUPPORT": "how a patient reaches the help desk, as text",
    "PORTAL_LASTING_AUTHORIZATION": "off: no refresh tokens; linked portals must be updated by hand (on)",
    "PORTAL_WITHHELD": "comma-separated FHIR resource types that are not released to patients' apps ()",
    "PORTAL_RESULTS_DELAY_DAYS": "apps read a result so many days after it was issued, 0 to 60 (0)",
    "PORTAL_CHART_BASE": "FHIR address of this organization's own server, where the home chart comes from ()",
    "PORTAL_CHART_CLIENT_ID": "how that server knows this portal, for SMART Backend Services; its keys: /jwks.json ()",
    "PORTAL_CHART_SCOPES": "space-separated scopes to ask it for; default: system/<type>.rs of each type used ()",
    "PORTAL_CHART_GROUP": "id of a FHIR Group there whose members are this portal's patients ()",
    "PORTAL_REVERSE_LINKS": "off: linking here never offers a link back (on)",
    "PORTAL_REGISTRATION": "how apps may register themselves: off, statement (signed by a known key) or open (open)",
    "PORTAL_REGISTRATION_KEYS": "JWK Set file with the keys whose software statements are believed ()",
    "PORTAL_BRANDS": "JSON file with clinics, former names and addresses for /brands; see docs/provider.md ()",
    "PORTAL_TEEN_AGE": "age from which parents no longer see a child's confidential items, 0 to 18 (13)",
    "PORTAL_METRICS_TOKEN": "who shows it as a bearer token may read /metrics; default: only this machine itself ()",
    "PORTAL_INSTANCES_DIR": "for `portal worker`: folder of <slug>.env files, when it serves several instances ()",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an instance needs to know. ``from_environment`` is the only place that reads variables."""

    name: str = "MyCooper"
    organization: str = "Cooper Regional Health"
    base_url: str = "http://localhost:8000"
    data_dir: Path = Path("data")
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = field(repr=False)
    encryption_keys: tuple[tuple[str, bytes], ...] = field(repr=False)
    index_key: str = field(repr=False)
    allow_local_endpoints: bool = False
    time_zone: str = "America/New_York"
    accent: int = 178
    support: str = ""
    lasting_authorization: bool = True
    withheld: frozenset[str] = frozenset()
    results_delay_days: int = 0
    chart_base: str = ""
    chart_client_id: str = ""
    chart_scopes: tuple[str, ...] = ()
    chart_group: str = ""
    reverse_links: bool = True
    registration: str = "open"
    registration_keys: Path | None = None
    brands: Path | None = None
    teen_age: int = 13
    metrics_token: str = field(default="", repr=False)
    testing: bool = False

    @property
    def slug(self) -> str:
        """A short name for cookies and queue names: several instances share a host name or a queue server."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") or "portal"

    @property
    def fhir_base(self) -> str:
        return f"{self.base_url}/fhir"

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check all variables.

        Raises:
            ConfigurationError: names the variable and says what it must be.
        """
        for name in environ:
            if name.startswith("PORTAL_") and name not in VARIABLES:
                raise ConfigurationError(hint=f"{name} is not a setting; `portal settings` lists them")
        data_dir = Path(environ.get("PORTAL_DATA_DIR", "data")).absolute()
        base_url = environ.get("PORTAL_BASE_URL", "http://localhost:8000").rstrip("/")
        _check_base_url(base_url)
        chart_base = environ.get("PORTAL_CHART_BASE", "").rstrip("/")
        if chart_base and not (urlsplit(chart_base).scheme in ("http", "https") and urlsplit(chart_base).hostname):
            raise ConfigurationError(hint="PORTAL_CHART_BASE must be the http(s) address of a FHIR server")
        secret = environ.get("PORTAL_SECRET_KEY") or _kept(data_dir, "secret-key", lambda: secrets.token_urlsafe(48))
        if len(secret) < 32:
            raise ConfigurationError(hint="PORTAL_SECRET_KEY must have at least 32 characters")
        keys = environ.get("PORTAL_ENCRYPTION_KEYS") or _kept(data_dir, "encryption-keys", new_key)
        return cls(
            name=environ.get("PORTAL_NAME", cls.name),
            organization=environ.get("PORTAL_ORGANIZATION", cls.organization),
            base_url=base_url,
            data_dir=data_dir,
            database_url=environ.get("PORTAL_DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}",
            redis_url=environ.get("PORTAL_REDIS_URL", ""),
            secret_key=secret,
            encryption_keys=parse_keys(keys),
            index_key=environ.get("PORTAL_INDEX_KEY")
            or _kept(data_dir, "index-key", lambda: secrets.token_urlsafe(48)),
            allow_local_endpoints=_flag(environ, "PORTAL_ALLOW_LOCAL_ENDPOINTS", default=False),
            time_zone=environ.get("PORTAL_TIME_ZONE", cls.time_zone),
            accent=_whole(environ, "PORTAL_ACCENT", cls.accent, most=359),
            support=environ.get("PORTAL_SUPPORT", ""),
            lasting_authorization=_flag(environ, "PORTAL_LASTING_AUTHORIZATION", default=True),
            withheld=frozenset(filter(None, environ.get("PORTAL_WITHHELD", "").replace(" ", "").split(","))),
            results_delay_days=_whole(environ, "PORTAL_RESULTS_DELAY_DAYS", cls.results_delay_days, most=60),
            chart_base=chart_base,
            chart_client_id=_with("PORTAL_CHART_BASE", environ, "PORTAL_CHART_CLIENT_ID"),
            chart_scopes=tuple(environ.get("PORTAL_CHART_SCOPES", "").split()),
            chart_group=environ.get("PORTAL_CHART_GROUP", "").removeprefix("Group/"),
            reverse_links=_flag(environ, "PORTAL_REVERSE_LINKS", default=True),
            registration=_choice(environ, "PORTAL_REGISTRATION", ("open", "statement", "off")),
            brands=Path(brands_file) if (brands_file := environ.get("PORTAL_BRANDS")) else None,
            teen_age=_whole(environ, "PORTAL_TEEN_AGE", cls.teen_age, most=18),
            metrics_token=environ.get("PORTAL_METRICS_TOKEN", ""),
            registration_keys=Path(keys_file) if (keys_file := environ.get("PORTAL_REGISTRATION_KEYS")) else None,
        )


def new_key() -> str:
    """Return a fresh ``id:key`` for PORTAL_ENCRYPTION_KEYS."""
    return f"k{secrets.token_hex(3)}:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def parse_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    keys = []
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = urlsafe_b64decode(encoded)
        except ValueError:
            key = b""
        if not re.fullmatch(r"[a-z0-9-]{1,16}", key_id) or len(key) != 32:
            raise ConfigurationError(
                hint="PORTAL_ENCRYPTION_KEYS must be id:key pairs, the id [a-z0-9-], the key 32 bytes in base64url"
            )
        keys.append((key_id, key))
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise ConfigurationError(hint="PORTAL_ENCRYPTION_KEYS names one id twice")
    return tuple(keys)


def _check_base_url(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ConfigurationError(hint="PORTAL_BASE_URL must be http(s)://host[:port] without a path")


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").lower()
    if value in ("", "1", "on", "true", "yes", "0", "off", "false", "no"):
        return default if not value else value in ("1", "on", "true", "yes")
    raise ConfigurationError(hint=f"{name} must be on or off")


def _with(needed_by: str, environ: Mapping[str, str], name: str) -> str:
    """Return a variable that must be set where another one is."""
    value = environ.get(name, "")
    if environ.get(needed_by) and not value:
        raise ConfigurationError(hint=f"{name} must be set where {needed_by} is")
    return value


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, "").lower() or choices[0]
    if value not in choices:
        raise ConfigurationError(hint=f"{name} must be one of {', '.join(choices)}")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = environ.get(name, "") or str(default)
    if not text.isdecimal() or int(text) > most:
        raise ConfigurationError(hint=f"{name} must be a whole number from 0 to {most}")
    return int(text)


def _kept(data_dir: Path, name: str, make: Callable[[], str]) -> str:
    """Return a secret that is made at the first start and kept in the data directory, readable by the owner only."""
    path = data_dir / name
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_private) as file:
            file.write(make())
    except FileExistsError:
        pass
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
