"""Settings of one instance: read once from ``PORTAL_*`` variables, checked, then immutable.

Each setting is declared once, as a field of ``Settings``: its variable, what it means, how it is read, its default.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, TypeVar, cast

from portal import setting_rules, setting_secrets, setting_texts
from portal.domain.addresses import parts_of
from portal.domain.egress import Egress
from portal.domain.errors import ConfigurationError

T = TypeVar("T")
FILE = "_FILE"
"""Behind the name of a secret: the file that holds it, as systemd and containers hand secrets over."""


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

    name: str = _setting("PORTAL_NAME", "the portal's name, as patients read it", "MyCooper", parse=setting_texts.title)
    slug: str = _setting(
        "PORTAL_INSTANCE",
        "short name of this instance in its cookies and queues: small letters, digits, hyphens; it should not change",
        "portal",
        parse=setting_texts.slug,
    )
    organization: str = _setting(
        "PORTAL_ORGANIZATION", "the home organization's name", "Cooper Regional Health", parse=setting_texts.title
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
        "PORTAL_DATA_DIR", "where the database and the queue's files are kept", "data", parse=setting_texts.folder
    )
    key_dir: Path | None = _setting(
        "PORTAL_KEY_DIR",
        "where keys that are not set are made and kept; default: beside the data directory, its name with -keys; keys "
        "that an earlier version made in the data directory are used where they are",
        parse=setting_texts.optional_folder,
    )
    database_url: str = _setting(
        "PORTAL_DATABASE_URL",
        "SQLAlchemy URL; default: SQLite in the data directory; postgresql:// for PostgreSQL",
        parse=setting_texts.database,
        secret=True,
    )
    database_pool: int = _setting(
        "PORTAL_DATABASE_POOL",
        "connections to the database that each process keeps, 1 to 100; up to ten more for a moment",
        "8",
        parse=setting_texts.whole(least=1, most=100),
    )
    statement_seconds: int = _setting(
        "PORTAL_STATEMENT_SECONDS",
        "after how many seconds PostgreSQL ends a statement, 0 to 3600; 0: never",
        "120",
        parse=setting_texts.whole(most=3600),
    )
    redis_url: str = _setting(
        "PORTAL_REDIS_URL",
        "Redis or Valkey URL; default: an embedded Valkey that `portal worker` starts",
        parse=setting_texts.queue,
        secret=True,
    )
    secret_key: str = _generated(
        "PORTAL_SECRET_KEY",
        "signs cookies; at least 32 characters; default: made once in PORTAL_KEY_DIR",
        parse=setting_texts.long_secret,
        file="secret-key",
        make=lambda: secrets.token_urlsafe(48),
    )
    encryption_keys: tuple[tuple[str, bytes], ...] = _generated(
        "PORTAL_ENCRYPTION_KEYS",
        "comma-separated id:key, newest first; key is 32 bytes base64url; default: made once",
        parse=setting_texts.keys,
        file="encryption-keys",
        make=setting_secrets.new_key,
    )
    index_key: str = _generated(
        "PORTAL_INDEX_KEY",
        "seals the key of the hashes by which records are found; at least 32 characters; default: made once",
        parse=setting_texts.long_secret,
        file="index-key",
        make=lambda: secrets.token_urlsafe(48),
    )
    old_index_key: str = _setting(
        "PORTAL_OLD_INDEX_KEY",
        "the PORTAL_INDEX_KEY of before, from its change until `portal db rotate-keys` ended well",
        parse=setting_texts.optional_secret,
        secret=True,
    )
    allow_local_endpoints: bool = _setting(
        "PORTAL_ALLOW_LOCAL_ENDPOINTS", "on: others may be on loopback over http", "off", parse=setting_texts.flag
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
    attested_apps: frozenset[str] = _setting(
        "PORTAL_ATTESTED_APPS", "addresses of patient apps whose attestations count", parse=setting_texts.addresses
    )
    time_zone: str = _setting(
        "PORTAL_TIME_ZONE", "IANA time zone of the organization", "America/New_York", parse=setting_texts.time_zone
    )
    accent: int = _setting(
        "PORTAL_ACCENT", "the portal's own hue in degrees, 0 to 359", "178", parse=setting_texts.whole(most=359)
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
        "PORTAL_CHART_GROUP", "id of a FHIR Group there whose members are patients here", parse=setting_texts.group
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
        parse=setting_texts.key_set,
    )
    brands: Path | None = _setting(
        "PORTAL_BRANDS",
        "JSON file with clinics, former names and addresses for /brands; see docs/provider.md",
        parse=setting_texts.json_file,
    )
    breached_passwords: Path | None = _setting(
        "PORTAL_BREACHED_PASSWORDS", "list of known passwords; see docs/sign-in.md", parse=setting_texts.readable_file
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
    oidc_issuer: str = _setting(
        "PORTAL_OIDC_ISSUER", "issuer of the OpenID provider to sign in at; default: none", parse=setting_texts.issuer
    )
    oidc_client_id: str = _setting("PORTAL_OIDC_CLIENT_ID", "how that provider knows this portal", parse=str)
    oidc_client_secret: str = _setting("PORTAL_OIDC_CLIENT_SECRET", "the secret there, if any", parse=str, secret=True)
    mail: str = _setting(
        "PORTAL_MAIL",
        "smtp(s)://[user:password@]host[:port] that takes e-mails; off; or page: shown on /mailbox (demo)",
        "off",
        parse=setting_texts.mail,
        secret=True,
    )
    mail_from: str = _setting("PORTAL_MAIL_FROM", "the address that e-mails come from", parse=setting_texts.sender)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        "PORTAL_TRUSTED_PROXIES",
        "comma-separated addresses or networks of the proxies whose X-Forwarded-* headers are believed",
        "127.0.0.0/8, ::1",
        parse=setting_texts.networks,
    )
    metrics_token: str = _setting(
        "PORTAL_METRICS_TOKEN",
        "who shows it as a bearer token may read /metrics; default: only this machine itself",
        parse=setting_texts.optional_secret,
        secret=True,
    )
    audit_checkpoint: Path | None = _setting(
        "PORTAL_AUDIT_CHECKPOINT",
        "file with the newest checkpoint of the audit trail, best on another disk; default: in the data directory",
        parse=setting_texts.written_file,
    )
    backup_dir: Path | None = _setting(
        "PORTAL_BACKUP_DIR",
        "folder of the backups that `portal backup` makes, best on another disk; `portal doctor` looks at their age",
        parse=setting_texts.optional_folder,
    )
    testing: bool = False

    @property
    def signer(self) -> str:
        """What tells signing keys apart and nothing of them: machines of one instance must have the same."""
        return hmac.digest(self.secret_key.encode(), b"signer", "sha256").hex()[:16]

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
        """Read and check all variables; an empty one counts as not set. Secrets that are nowhere are made.

        Raises:
            ConfigurationError: one sentence a line, for everything that is wrong: which variable, what it must be.
        """
        values, sentences = _read(environ)
        if sentences:
            raise ConfigurationError(hint="\n".join(sentences))
        for setting in fields(cls):
            if "file" in setting.metadata and setting.name not in values:
                setting_secrets.make_folder(values["data_dir"], "PORTAL_DATA_DIR")
                path = setting_secrets.key_file(values, setting.metadata["file"])
                values[setting.name] = setting.metadata["parse"](setting_secrets.stored(path, setting.metadata["make"]))
        values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'portal.sqlite3'}"
        return cls(**values)


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return one sentence for each setting that is wrong, never with a secret; nothing is made or changed."""
    return tuple(_read(environ)[1])


def keys_beside_database(environ: Mapping[str, str]) -> bool:
    """Tell whether one folder, and each backup of it, holds both the database and what opens it."""
    values = _read(environ)[0]
    if "data_dir" not in values or values.get("database_url") or environ.get("PORTAL_ENCRYPTION_KEYS"):
        return False
    file = environ.get(f"PORTAL_ENCRYPTION_KEYS{FILE}") or setting_secrets.key_file(values, "encryption-keys")
    return values["data_dir"].resolve() in Path(file).resolve().parents


def unmade(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that a start would fill with new secrets."""
    values = _read(environ)[0]
    return tuple(
        setting_secrets.key_file(values, setting.metadata["file"])
        for setting in fields(Settings)
        if "file" in setting.metadata and setting.name not in values and {"data_dir", "key_dir"} <= values.keys()
    )


def _read(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values that are right, by field, and a sentence for each that is not."""
    values: dict[str, Any] = {}
    sentences = [*_unknown(environ)]
    stored: dict[str, Path] = {}
    named: dict[str, Path] = {}
    for setting in fields(Settings):
        if "variable" not in setting.metadata:
            continue
        variable: Variable = setting.metadata["variable"]
        try:
            text = _text_of(variable, environ, named)
            if not text and "file" in setting.metadata and {"data_dir", "key_dir"} <= values.keys():
                stored[variable.name] = setting_secrets.key_file(values, setting.metadata["file"])
                text = setting_secrets.content(stored[variable.name])
            if text is not None and (text or "file" not in setting.metadata):
                values[setting.name] = setting.metadata["parse"](text)
        except ValueError as error:
            sentences.append(f"{variable.name} {error}")
    sentences.extend(setting_rules.files(stored, named))
    sentences.extend(setting_rules.together(values))
    return values, sentences


def _unknown(environ: Mapping[str, str]) -> list[str]:
    names = {variable.name for variable in variables()} | {
        f"{variable.name}{FILE}" for variable in variables() if variable.secret
    }
    return [
        f"{name} is not a setting; `portal settings` lists them"
        for name in sorted(environ)
        if name.startswith("PORTAL_") and name not in names
    ]


def _text_of(variable: Variable, environ: Mapping[str, str], named: dict[str, Path]) -> str | None:
    """Return what is set, directly or in a file, or the default."""
    text = environ.get(variable.name)
    file = environ.get(f"{variable.name}{FILE}") if variable.secret else None
    if not file:
        return text or variable.default
    if text:
        raise ValueError(f"must be set once: directly, or by {variable.name}{FILE}")
    named[variable.name] = Path(file)
    content = setting_secrets.content(Path(file))
    if not content:
        raise ValueError(f"is to be read from {file}, which is not there or empty")
    return content


def variables() -> tuple[Variable, ...]:
    """Return all variables that may be set."""
    own = (setting.metadata["variable"] for setting in fields(Settings) if "variable" in setting.metadata)
    return (*own, INSTANCES_DIR)
