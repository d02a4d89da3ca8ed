"""What an organization is to the rest of the portal, and reading it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select

from portal.domain.addresses import canonical
from portal.domain.ids import HOME
from portal.domain.links import LinkPolicy, OrganizationKind
from portal.domain.sensitive import is_sensitive
from portal.store.engine.database import Tx
from portal.store.schema.directory import (
    organization,
    organization_logo,
    organization_moved,
    organization_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name it had. Dates are FHIR dates (as precise as they are known), or empty."""

    name: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands for an organization on a page: its logo, else two letters in its colour (``hue``, degrees as text).

    ``logo`` names the picture as it is now (organization and digest), empty without one.
    """

    initials: str
    hue: str = ""
    logo: str = ""

    @classmethod
    def of(cls, name: str, hue: str = "", logo: str = "") -> "Mark":
        """Return a mark with up to two capitals of the name, for the coloured shape that stands for a missing logo."""
        words = [word for word in name.split() if word[:1].isalnum()]
        capitals = [word for word in words if word[:1].isupper()] or words
        return cls("".join(word[0] for word in capitals[:2]).upper(), hue, logo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A brand, as patients know it.

    ``fhir_base`` is the address to use: its own, or its owner's when it has none. ``owner_name`` and
    ``logo_digest`` are read with it and ignored by ``put``. ``hue`` is degrees as text, or empty.
    """

    id: str
    name: str
    kind: OrganizationKind = OrganizationKind.PROVIDER
    policy: LinkPolicy = LinkPolicy.OPEN
    owner_id: str | None = None
    owner_name: str = ""
    aliases: tuple[str, ...] = ()
    former_names: tuple[FormerName, ...] = ()
    manual: bool = False
    messaging: bool = False
    reverse_links: bool = False
    confidential: bool = False
    messages_off: bool = False
    withheld: tuple[str, ...] = ()
    results_delay_days: int = 0
    fhir_base: str | None = None
    portal_url: str | None = None
    domain: str = ""
    vendor: str = ""
    phone: str = ""
    npi: str = ""
    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    more_places: tuple[str, ...] = ()
    hue: str = ""
    logo_url: str | None = None
    logo_digest: str = ""
    capability: dict[str, Any] | None = None
    capability_at: datetime | None = None
    contact_state: str = ""
    contact_at: datetime | None = None
    added_by: str = "operator"
    retired_at: datetime | None = None

    @property
    def sensitive(self) -> bool:
        """That somebody goes there is confidential by itself: by its name (``portal.domain.sensitive``), or because an
        administrator says so."""
        former = (name.name for name in self.former_names)
        return self.confidential or is_sensitive((self.name, self.owner_name, *self.aliases, *former))

    @property
    def address(self) -> str:
        """One line: street, city, state and postal code, what is known of them."""
        region = " ".join(part for part in (self.state, self.postal_code) if part)
        return ", ".join(part for part in (self.line, self.city, region) if part)

    @property
    def mark(self) -> Mark:
        return Mark.of(self.name, self.hue, f"{self.id}-{self.logo_digest}" if self.logo_digest else "")


_BETWEEN, _PARTS = "\x1e", "\x1f"  # what separates names, and the parts of one: control characters are in no name
_CALLED: ColumnElement[str] = (
    organization_name.c.kind
    + _PARTS
    + func.coalesce(organization_name.c.since, "")
    + _PARTS
    + func.coalesce(organization_name.c.until, "")
    + _PARTS
    + organization_name.c.name
)
_OWNER = organization.alias("owner")
COLUMNS = [column for column in organization.c if column.name not in {"created_at", "updated_at", "slow", "base_key"}]
SELECT = (
    select(
        *COLUMNS,
        organization_logo.c.digest.label("logo_digest"),
        _OWNER.c.name.label("owner_name"),
        _OWNER.c.fhir_base.label("owner_fhir_base"),
        _OWNER.c.capability.label("owner_capability"),
        _OWNER.c.capability_at.label("owner_capability_at"),
        select(func.aggregate_strings(_CALLED, _BETWEEN))
        .where(organization_name.c.organization_id == organization.c.id)
        .scalar_subquery()
        .label("called"),
    )
    .join_from(organization, _OWNER, organization.c.owner_id == _OWNER.c.id, isouter=True)
    .join(organization_logo, organization_logo.c.organization_id == organization.c.id, isouter=True)
)


_NAMES = tuple(SELECT.selected_columns.keys())


def clean_base(address: str) -> str:
    """Return a FHIR base as requests begin: without spaces around it and without a trailing slash.

    It is kept as it was given: SMART's ``aud`` is compared letter by letter by the server it names. Here bases are
    compared by ``portal.domain.addresses.canonical``, which ``base_key`` has.
    """
    return address.strip().rstrip("/")


def base_key(address: str | None) -> str | None:
    """Return what ``organization.base_key`` holds for a FHIR base: none is like no other, nor is an empty one."""
    return canonical(address or "") or None


def by_ids(tx: Tx, *, ids: Collection[str]) -> dict[str, Organization]:
    """Return organizations by their current ids."""
    organization_ids = list(ids)
    if not organization_ids:
        return {}
    return from_rows(tx.conn.execute(SELECT.where(organization.c.id.in_(organization_ids))).mappings())


def from_rows(rows: Iterable[RowMapping]) -> dict[str, Organization]:
    """Return rows of ``SELECT``, which may have further columns, as ``by_ids`` does."""
    return {row["id"]: _organization({name: row[name] for name in _NAMES}) for row in rows}


def by_id(tx: Tx, *, organization_id: str, ours: bool = False) -> Organization | None:
    """Return the organization, also by an id that it had before it was merged with another.

    With ``ours`` also our own server, which reads the home chart and is nothing to link, correct or merge.
    """
    if organization_id == HOME and not ours:
        return None
    organizations = by_ids(tx, ids=[organization_id])
    if not organizations:
        current = current_id(tx, organization_id=organization_id)
        organizations = by_ids(tx, ids=[current]) if current else {}
    return next(iter(organizations.values()), None)


def current_id(tx: Tx, *, organization_id: str) -> str | None:
    """Return where a merged organization's id leads today."""
    return tx.conn.execute(
        select(organization_moved.c.organization_id).where(organization_moved.c.old_id == organization_id)
    ).scalar()


def by_fhir_base(tx: Tx, *, fhir_base: str) -> Organization | None:
    """Return the organization of this FHIR base; an owner before a clinic, the operator's before imported ones."""
    organization_id = tx.conn.execute(
        select(organization.c.id)
        .where(organization.c.base_key == canonical(fhir_base), organization.c.id != HOME)
        .order_by(
            organization.c.owner_id.is_not(None),
            organization.c.added_by != "operator",
            organization.c.created_at,
        )
        .limit(1)
    ).scalar()
    return by_ids(tx, ids=[organization_id])[organization_id] if organization_id else None


def domain_of(address: str | None) -> str:
    """Return the host of a web address without "www.", or empty."""
    if not address or "://" not in address:
        return ""
    host = address.split("://", 1)[1].split("/", 1)[0].rsplit("@", 1)[-1].split(":", 1)[0].lower()
    return host.removeprefix("www.")


def _organization(row: dict[str, Any]) -> Organization:
    owner_base, owner_capability = row.pop("owner_fhir_base"), row.pop("owner_capability")
    owner_capability_at = row.pop("owner_capability_at")
    if row["fhir_base"] is None and owner_base:
        row |= {"fhir_base": owner_base, "capability": owner_capability, "capability_at": owner_capability_at}
    row["kind"] = OrganizationKind(row["kind"])
    row["policy"] = LinkPolicy(row["policy"])
    row["more_places"] = tuple(row["more_places"] or ())
    row["withheld"] = tuple(row["withheld"] or ())
    row["owner_name"] = row["owner_name"] or ""
    row["logo_digest"] = row["logo_digest"] or ""
    names = _names(row.pop("called") or "")
    row["aliases"] = tuple(name.name for kind, name in names if kind == "alias")
    row["former_names"] = tuple(name for kind, name in names if kind == "former")
    return Organization(**row)


def _names(called: str) -> list[tuple[str, FormerName]]:
    """Return kind and name of each other name: the latest former ones first, then by name."""
    parts = [name.split(_PARTS, 3) for name in called.split(_BETWEEN) if name.count(_PARTS) >= 3]
    names = [(kind, FormerName(name=name, since=since, until=until)) for kind, since, until, name in parts]
    names.sort(key=lambda pair: pair[1].name)
    return sorted(names, key=lambda pair: pair[1].until, reverse=True)
