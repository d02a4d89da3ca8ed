"""One entry of a published list of organizations, cleaned: what a source says of one brand. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from portal.domain.places import STATES
from portal.domain.words import STOP, fold
from portal.fhir.addresses import why_refused

REFUSALS = {
    "no-name": "no name, and no other entry names its server",
    "no-endpoint": "no FHIR server, and not part of an organization that has one",
    "bad-endpoint": "the FHIR server's address is not a web address",
    "private-endpoint": "the FHIR server's address is not reachable from outside",
    "not-r4": "its FHIR servers speak other versions than R4 only",
    "test-entry": "a vendor's own test system",
    "inactive": "the list says that it is not in use",
    "repeated": "the same entry twice in one list",
}
"""Why an entry is not taken, in an operator's words."""


class Endpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """``version`` is a FHIR version as far as it is known ("4", "1", "3"), or empty; ``status`` as in R4 Endpoint."""

    address: str
    version: str = ""
    status: str = ""


class Former(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    since: str = ""
    until: str = ""


class Listed(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one entry says. ``entry`` identifies it within its source; ``part_of`` is its owner's ``entry``."""

    entry: str
    name: str = ""
    kind: str = "provider"
    aliases: tuple[str, ...] = ()
    former: tuple[Former, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    part_of: str = ""
    portal_url: str = ""
    website: str = ""
    vendor: str = ""
    phone: str = ""
    npi: str = ""
    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    more_places: tuple[str, ...] = ()
    logo_url: str = ""


class RefusedEntryError(Exception):
    """``reason`` is a key of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_STATE_FIRST = re.compile(r"^([A-Z]{2})\s*-\s+(?=\S{2})")
_STATE_LAST = re.compile(r"(?:\s+-\s*|,\s*|\s+)([A-Z]{2})$")
_UNCLEAR = frozenset({"MD", "PA", "CO", "DO", "OR", "IN", "ME", "OK", "LA", "DE", "AL", "HI", "OH", "MA", "MS", "ID"})
_NOISE = re.compile(
    r"\((?:hosted|maas|manual|shcs|standards?|master|cms)[^)]*\)|\b(?:maas pod[\s\d]*|expanse|c/s)(?=\W|$)|<nsp>"
    r"|[:_]prod\b|\b\d\.\d+\b$|^cc\d+_",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\b(?:test|testing|sandbox|demo|dummy|zztest|qa|staging|autoes\d*|corees\d*)\b|test$|^fhir[_ ]|^(?:tw|tst)[-_]",
    re.IGNORECASE,
)
_EDGES = " \t-–—,;:|/_\"“”'"
_CAPITALS = frozenset("LLC PLLC PC PA MD DO DDS OD NP RN LLP USA UPMC ENT OBGYN HCA II III IV NY PT DPM FNP".split())  # noqa: SIM905 -- reads best as text
_SMALL = frozenset({"of", "the", "and", "at", "for", "in", "on", "by", "with", "de", "la"})
_VERSIONS = (
    ("dstu2", "1"),
    ("dstu-2", "1"),
    ("/r2", "1"),
    ("stu3", "3"),
    ("/r3", "3"),
    ("/r4", "4"),
    ("argonaut/v1", "1"),
)


def clean_name(text: str) -> tuple[str, str]:
    """Return a name as a patient should read it, and the state that was written into it (or empty).

    Raises:
        RefusedEntryError: a test system's name.
    """
    name = " ".join(text.replace("\u00a0", " ").split())
    if _TEST.search(name):
        raise RefusedEntryError("test-entry")
    state = ""
    first = _STATE_FIRST.match(name)
    if first and first[1] in STATES:
        state, name = first[1], name[first.end() :]
    name = " ".join(_NOISE.sub(" ", name).split()).strip(_EDGES)
    last = _STATE_LAST.search(name)
    if last and last[1] in STATES and not state and ("-" in last[0] or last[1] not in _UNCLEAR) and not name.isupper():
        state, name = last[1], name[: last.start()].strip(_EDGES)
    return (_quieter(name) if name.isupper() and len(name) > 5 else name)[:300], state


def other_names(name: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Split a name that says several ("… DBA …", "… formerly …") into the first, aliases and former names."""
    former = _FORMERLY.split(name)
    if len(former) == 2 and len(former[0]) > 3 and len(former[1]) > 3:
        return former[0].strip(_EDGES + "("), (), (former[1].strip(_EDGES + ")"),)
    doing_business = _DBA.split(name)
    if len(doing_business) == 2 and len(doing_business[0]) > 3 and len(doing_business[1]) > 3:
        return doing_business[1].strip(_EDGES + ")"), (doing_business[0].strip(_EDGES + "("),), ()
    return name, (), ()


_DBA = re.compile(r"\bd/?b/?a\b[:.]?", re.IGNORECASE)
_FORMERLY = re.compile(r"\b(?:f/?k/?a|formerly(?: known as)?)\b[:.]?", re.IGNORECASE)


def clean_address(text: str) -> str:
    """Return a FHIR base address as we keep it: https, host in lower case, no default port, no trailing slash.

    An http address is kept as https: nothing is ever asked over http, and most of these servers answer both.

    Raises:
        RefusedEntryError: not an address, or one that only works inside somebody's network.
    """
    text = text.strip().lstrip(": ")
    if "://" not in text:
        host = text.split("/", 1)[0]
        if "." not in host:
            raise RefusedEntryError("bad-endpoint")
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise RefusedEntryError("bad-endpoint") from None
    if parts.scheme.lower() not in {"http", "https"} or not re.fullmatch(r"[a-z0-9.-]+", host):
        raise RefusedEntryError("bad-endpoint")
    if _is_inside(host):
        raise RefusedEntryError("private-endpoint")
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"https://{where}{parts.path.rstrip('/')}"[:500]


def version_of(address: str) -> str:
    """Return the FHIR version that an address names, or empty."""
    low = address.lower() + "/"
    return next((version for mark, version in _VERSIONS if f"{mark}/" in low or mark in low.split("/")), "")


def name_key(name: str) -> str:
    """Equal for names that a patient would call the same."""
    return " ".join(fold(name))


def tenant_key(address: str) -> str:
    """Equal for addresses of one organization's server in several FHIR versions."""
    host, _, path = address.removeprefix("https://").partition("/")
    parts = [part for part in path.lower().split("/") if part not in _GENERIC]
    if parts and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", parts[-1]):
        return parts[-1]
    return "/".join((host.split(":")[0], *parts))


_GENERIC = frozenset(
    {"fhir", "open", "api", "r4", "r2", "r3", "dstu2", "stu3", "v1", "v2", "uscore", "argonaut", "fhirroute", "4_0_0"}
)


def registrable(host: str) -> str:
    """Return the part of a host that belongs to one owner: its last two labels (three under co.xx and the like)."""
    labels = host.split(":", maxsplit=1)[0].split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in {"co", "com", "org", "gov", "net", "k12"}
    return ".".join(labels[-3:] if long else labels[-2:])


def host_of(address: str) -> str:
    return address.removeprefix("https://").partition("/")[0]


def telling(name: str) -> frozenset[str]:
    """Return the words of a name that are not in every name."""
    return frozenset(word for word in fold(name) if word not in STOP and len(word) > 1)


def _is_inside(host: str) -> bool:
    try:
        return why_refused(ip_address(host), allow_loopback=False) is not None
    except ValueError:
        return "." not in host or host.rsplit(".", 1)[1] in {
            "local",
            "localhost",
            "internal",
            "lan",
            "hos",
            "corp",
            "test",
        }


def _quieter(name: str) -> str:
    words = []
    for at, word in enumerate(name.split()):
        bare = re.sub(r"[^A-Z]", "", word)
        if bare in _CAPITALS or re.search(r"\d|&", word) or len(bare) == 1:
            words.append(word)
        elif at and word.lower() in _SMALL:
            words.append(word.lower())
        else:
            words.append("-".join(part[:1] + part[1:].lower() for part in word.split("-")))
    return " ".join(words)
