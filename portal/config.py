"""Settings of one instance: read once from ``PORTAL_*`` variables, checked, then immutable.

Each setting is declared once, as a field of ``Settings``: its variable, what it means, how it is read, its default.
"""

import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, TypeVar, cast

from portal import setting_texts
from portal.domain.addresses import is_encrypted_or_near, parts_of
from portal.domain.egress import Egress
from portal.domain.errors import ConfigurationError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable. ``default`` is as one would write it; ``secret`` ones are never shown."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


INSTANCES_DIR = Variable(
    name="PORTAL_INSTANCES_DIR",
    meaning="for `portal worker`: folder of <slug>.env files, when it serves several instances",
)


def new_key() -> str:
    """Return a fresh ``id:key`` for PORTAL_ENCRYPTION_KEYS."""
    return f"k{secrets.token_hex(3)}:{urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def _setting(variable: str, meaning: str, default: str = "", *, parse: Callable[[str], T], secret: bool = False) -> T:
    """Declare a setting with a default, as a field of ``Settings``."""
    metadata = {
        "variable": Variable(name=variable, meaning=meaning, default=default, secret=secret),
        "parse": parse,
    }
    return field(default_factory=lambda: parse(default), repr=not secret, metadata=metadata)


def _generated(variable: str, meaning: str, *, parse: Callable[[str], T], file: str, make: Callable[[], str]) -> T:
    """Declare a secret that is generated at the first start, in a file of the data directory."""
    metadata = {
        "variable": Variable(name=variable, meaning=meaning, secret=True),
        "parse": parse,
        "file": file,
        "make": make,
    }
    return cast("T", field(repr=False, metadata=metadata))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an instance needs to know. ``from_environment`` is the only place that reads variables."""

    name: str = _setting("PORTAL_NAME", "the portal's name, as patients read it", "MyCooper", parse=str)
    organization: str = _setting(
        "PORTAL_ORGANIZATION", "the home organization's name", "Cooper Regional Health", parse=str
    )
    base_url: str = _setting(
        "PORTAL_BASE_URL",
        "where patients reach the portal, without a path",
        "http://localhost:8000",
        parse=setting_texts.base_url,
    )
    trusted_hosts: frozenset[str] = _setting(
        "PORTAL_TRUSTED_HOSTS",
        "comma-separated host names that are answered beside that of PORTAL_BASE_URL and loopback's",
        parse=setting_texts.hosts,
    )
    data_dir: Path = _setting(
        "PORTAL_DATA_DIR",
        "where the database, the keys and the queue's files are kept",
        "data",
        parse=setting_texts.folder,
    )
    database_url: str = _setting(
        "PORTAL_DATABASE_URL",
        "SQLAlchemy URL; default: SQLite in the data directory; postgresql:// for PostgreSQL",
        parse=str,
        secret=True,
    )
    redis_url: str = _setting(
        "PORTAL_REDIS_URL",
        "Redis or Valkey URL; default: an embedded Valkey that `portal worker` starts",
        parse=str,
        secret=True,
    )
    secret_key: str = _generated(
        "PORTAL_SECRET_KEY",
        "signs cookies; at least 32 characters; default: made once in the data directory",
        parse=setting_texts.long_secret,
        file="secret-key",
        make=lambda: secrets.token_urlsafe(48),
    )
    encryption_keys: tuple[tuple[str, bytes], ...] = _generated(
        "PORTAL_ENCRYPTION_KEYS",
        "comma-separated id:key, newest first; key is 32 bytes base64url; default: made once",
        parse=setting_texts.keys,
        file="encryption-keys",
        make=new_key,
    )
    index_key: str = _generated(
        "PORTAL_INDEX_KEY",
        "keys the hashes by which records are found; never changes; default: made once",
        parse=str,
        file="index-key",
        make=lambda: secrets.token_urlsafe(48),
    )
    allow_local_endpoints: bool = _setting(
        "PORTAL_ALLOW_LOCAL_ENDPOINTS",
        "on: other organizations may be on loopback over http (demo and tests)",
        "off",
        parse=setting_texts.flag,
    )
    private_hosts: frozenset[str] = _setting(
        "PORTAL_PRIVATE_HOSTS",
        "comma-separated names of the organization's own servers; only these may be in a private network",
        parse=setting_texts.hosts,
    )
    ca_file: Path | None = _setting(
        "PORTAL_CA_FILE",
        "PEM file with the authorities of those servers' certificates, beside the public ones",
        parse=setting_texts.ca_file,
    )
    egress_proxy: str = _setting(
        "PORTAL_EGRESS_PROXY",
        "http://[user:password@]host:port of a proxy through which all other servers are called (CONNECT)",
        parse=setting_texts.proxy,
        secret=True,
    )
    time_zone: str = _setting("PORTAL_TIME_ZONE", "IANA time zone of the organization", "America/New_York", parse=str)
    accent: int = _setting(
        "PORTAL_ACCENT",
        "hue of the portal's own colour in degrees, 0 to 359",
        "178",
        parse=setting_texts.whole(most=359),
    )
    support: str = _setting("PORTAL_SUPPORT", "how a patient reaches the help desk, as text", parse=str)
    lasting_authorization: bool = _setting(
        "PORTAL_LASTING_AUTHORIZATION",
        "off: no refresh tokens; linked portals must be updated by hand",
        "on",
        parse=setting_texts.flag,
    )
    withheld: frozenset[str] = _setting(
        "PORTAL_WITHHELD",
        "comma-separated FHIR resource types that are not released to patients' apps",
        parse=setting_texts.types,
    )
    results_delay_days: int = _setting(
        "PORTAL_RESULTS_DELAY_DAYS",
        "apps read a result so many days after it was issued, 0 to 60",
        "0",
        parse=setting_texts.whole(most=60),
    )
    chart_base: str = _setting(
        "PORTAL_CHART_BASE",
        "FHIR address of this organization's own server, where the home chart comes from",
        parse=setting_texts.server,
    )
    chart_client_id: str = _setting(
        "PORTAL_CHART_CLIENT_ID",
        "how that server knows this portal, for SMART Backend Services; its keys: /jwks.json",
        parse=str,
    )
    chart_scopes: tuple[str, ...] = _setting(
        "PORTAL_CHART_SCOPES",
        "space-separated scopes to ask it for; default: system/<type>.rs of each type used",
        parse=setting_texts.scopes,
    )
    chart_group: str = _setting(
        "PORTAL_CHART_GROUP",
        "id of a FHIR Group there whose members are this portal's patients",
        parse=setting_texts.group,
    )
    reverse_links: bool = _setting(
        "PORTAL_REVERSE_LINKS", "off: linking here never offers a link back", "on", parse=setting_texts.flag
    )
    registration: str = _setting(
        "PORTAL_REGISTRATION",
        "how apps may register themselves: off, statement (signed by a known key) or open",
        "open",
        parse=setting_texts.choice("open", "statement", "off"),
    )
    registration_keys: Path | None = _setting(
        "PORTAL_REGISTRATION_KEYS",
        "JWK Set file with the keys whose software statements are believed",
        parse=setting_texts.file,
    )
    brands: Path | None = _setting(
        "PORTAL_BRANDS",
        "JSON file with clinics, former names and addresses for /brands; see docs/provider.md",
        parse=setting_texts.file,
    )
    teen_age: int = _setting(
        "PORTAL_TEEN_AGE",
        "age from which parents no longer see a child's confidential items, 0 to 18",
        "13",
        parse=setting_texts.whole(most=18),
    )
    second_factor: str = _setting(
        "PORTAL_SECOND_FACTOR",
        "required: nobody gets in with a password alone; or optional, then passwords are longer",
        "required",
        parse=setting_texts.choice("required", "optional"),
    )
    mail: str = _setting(
        "PORTAL_MAIL",
        "smtp(s)://[user:password@]host[:port] that takes e-mails; off; or page: shown on /mailbox (demo)",
        "off",
        parse=setting_texts.mail,
        secret=True,
    )
    mail_from: str = _setting("PORTAL_MAIL_FROM", "the address that e-mails come from", parse=str)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        "PORTAL_TRUSTED_PROXIES",
        "comma-separated addresses or networks of the proxies whose X-Forwarded-* headers are believed",
        "127.0.0.0/8, ::1",
        parse=setting_texts.networks,
    )
    metrics_token: str = _setting(
        "PORTAL_METRICS_TOKEN",
        "who shows it as a bearer token may read /metrics; default: only this machine itself",
        parse=str,
        secret=True,
    )
    audit_checkpoint: Path | None = _setting(
        "PORTAL_AUDIT_CHECKPOINT",
        "file with the newest checkpoint of the audit trail, best on another disk; default: in the data directory",
        parse=setting_texts.file,
    )
    testing: bool = False

    @property
    def slug(self) -> str:
        """A short name for cookies and queue names: several instances share a host name or a queue server."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") or "portal"

    @property
    def fhir_base(self) -> str:
        return f"{self.base_url}/fhir"

    @property
    def hosts(self) -> list[str]:
        """The names in a Host header that are answered."""
        own = parts_of(self.base_url)
        return sorted({(own and own.hostname) or "localhost", "localhost", "127.0.0.1", *self.trusted_hosts})

    @property
    def egress(self) -> Egress:
        """What may be called, and how."""
        return Egress(self.allow_local_endpoints, self.private_hosts, self.ca_file, self.egress_proxy)

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check all variables; an empty one counts as not set.

        Raises:
            ConfigurationError: names the variable and says what it must be.
        """
        names = {variable.name for variable in variables()}
        for name in environ:
            if name.startswith("PORTAL_") and name not in names:
                raise ConfigurationError(hint=f"{name} is not a setting; `portal settings` lists them")
        values: dict[str, Any] = {}
        for setting in fields(cls):
            if "variable" not in setting.metadata:
                continue
            variable, parse = setting.metadata["variable"], setting.metadata["parse"]
            text = environ.get(variable.name) or variable.default
            if not text and "file" in setting.metadata:
                text = _stored_secret(values["data_dir"] / setting.metadata["file"], setting.metadata["make"])
            try:
                values[setting.name] = parse(text)
            except ValueError as error:
                raise ConfigurationError(hint=f"{variable.name} {error}") from None
        _check_together(values)
        values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'portal.sqlite3'}"
        return cls(**values)


def _check_together(values: Mapping[str, Any]) -> None:
    """Raise ConfigurationError where one setting needs another."""
    if values["chart_base"] and not values["chart_client_id"]:
        raise ConfigurationError(hint="PORTAL_CHART_CLIENT_ID must be set where PORTAL_CHART_BASE is")
    if not (values["allow_local_endpoints"] or is_encrypted_or_near(values["base_url"])):
        raise ConfigurationError(hint="PORTAL_BASE_URL must be https://; http is for this machine and private networks")
    if values["ca_file"] and not values["private_hosts"]:
        raise ConfigurationError(hint="PORTAL_PRIVATE_HOSTS must be set where PORTAL_CA_FILE is")
    if values["mail"] == "page" and not values["allow_local_endpoints"]:
        raise ConfigurationError(hint="PORTAL_MAIL may be page only where PORTAL_ALLOW_LOCAL_ENDPOINTS is on")
    if values["mail"].startswith("smtp") and not values["mail_from"]:
        raise ConfigurationError(hint="PORTAL_MAIL_FROM must be set where PORTAL_MAIL is a server")


def variables() -> tuple[Variable, ...]:
    """Return all variables that may be set."""
    own = (setting.metadata["variable"] for setting in fields(Settings) if "variable" in setting.metadata)
    return (*own, INSTANCES_DIR)


def _stored_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in a file that is made at the first start; only the owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_private) as file:
            file.write(make())
    except FileExistsError:
        pass
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(hint=f"{path} may be read or written by others: chmod 600, if nobody has read it")
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
