"""Organizations that can be linked: reading, writing, how we are registered with them, and suggestions of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, false, func, insert, select, update

from portal.domain.addresses import canonical
from portal.domain.errors import InvalidInputError
from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkPolicy, OrganizationKind
from portal.store.directory import index
from portal.store.directory.suggestions import Suggestion, dismiss, later, suggest, suggestions
from portal.store.directory.values import (
    COLUMNS,
    FormerName,
    Organization,
    base_key,
    by_fhir_base,
    by_id,
    by_ids,
    clean_base,
    current_id,
    domain_of,
)
from portal.store.engine.database import Tx
from portal.store.schema.directory import (
    organization,
    organization_client,
    organization_name,
    vendor_client,
)

__all__ = [
    "FormerName",
    "LinkPolicy",
    "Organization",
    "OrganizationClient",
    "OrganizationKind",
    "Suggestion",
    "add",
    "by_fhir_base",
    "by_id",
    "by_ids",
    "clean_base",
    "client_of",
    "count",
    "current_id",
    "dismiss",
    "is_at",
    "later",
    "put",
    "put_client",
    "put_vendor_client",
    "set_capability",
    "set_contact",
    "set_policy",
    "set_rules",
    "suggest",
    "suggestions",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationClient:
    """How we are registered there. ``auth_method`` as in RFC 7591 ``token_endpoint_auth_method``."""

    organization_id: str
    client_id: str
    auth_method: str = "none"
    secret: str | None = None
    registration: dict[str, str] | None = (
        None  # redirect_uri, signing_alg; RFC 7592: registration_access_token, registration_client_uri
    )


_AUTH_METHODS = frozenset({"none", "client_secret_basic", "client_secret_post", "private_key_jwt"})


def put(tx: Tx, value: Organization) -> Organization:
    """Add or replace, with its names, and index it for the search. Return it back as it is now stored."""
    if not value.name.strip():
        raise InvalidInputError("organization-name", hint="an organization needs a name")
    values = {column.name: getattr(value, column.name) for column in COLUMNS}
    values["name"] = value.name.strip()
    values["fhir_base"] = (value.fhir_base or "").strip() or None
    values["more_places"] = list(value.more_places) or None
    values["withheld"] = list(value.withheld) or None
    values["domain"] = value.domain or domain_of(value.portal_url)
    if value.owner_id:
        owner = tx.conn.execute(select(organization.c.fhir_base).where(organization.c.id == value.owner_id)).first()
        if owner is None:
            raise InvalidInputError("organization-owner", hint="the owner is not in the directory")
        if canonical(owner.fhir_base or "") == canonical(values["fhir_base"] or ""):
            values["fhir_base"] = None
    values["base_key"] = base_key(values["fhir_base"])
    exists = tx.conn.execute(select(organization.c.id).where(organization.c.id == value.id)).first()
    if exists:
        tx.conn.execute(update(organization).where(organization.c.id == value.id).values(**values, updated_at=tx.now))
        tx.conn.execute(delete(organization_name).where(organization_name.c.organization_id == value.id))
    else:
        tx.conn.execute(insert(organization).values(**values, created_at=tx.now, updated_at=tx.now))
    names = {name: {"kind": "alias", "since": None, "until": None} for name in value.aliases if name.strip()}
    for former in value.former_names:
        names[former.name] = {
            "kind": "former",
            "since": former.since or None,
            "until": former.until or None,
        }
    if names:
        tx.conn.execute(
            insert(organization_name),
            [{"organization_id": value.id, "name": n, **rest} for n, rest in names.items()],
        )
    index.reindex(tx.conn, {value.id, value.owner_id or value.id})
    return by_ids(tx, ids=[value.id])[value.id]


def add(tx: Tx, *, name: str, fhir_base: str | None = None, **fields: Any) -> Organization:
    """Add one by hand. ``fields`` are those of ``Organization``; the id is made here unless given."""
    fields.setdefault("id", new_id())
    return put(tx, Organization(name=name, fhir_base=fhir_base, **fields))


def set_rules(tx: Tx, *, organization_id: str, rules: Mapping[str, Any]) -> None:
    """Set columns that administrators decide and no import knows; ``portal.linking.organization_rules`` names them."""
    tx.conn.execute(update(organization).where(organization.c.id == organization_id).values(**rules, updated_at=tx.now))


def set_policy(tx: Tx, *, organization_id: str, policy: LinkPolicy) -> None:
    tx.conn.execute(
        update(organization).where(organization.c.id == organization_id).values(policy=policy, updated_at=tx.now)
    )


def set_capability(tx: Tx, *, organization_id: str, capability: dict[str, Any]) -> None:
    """Keep what discovery found; a clinic that uses its owner's FHIR base keeps it there."""
    tx.conn.execute(
        update(organization)
        .where(organization.c.id == _endpoint_holder(tx, organization_id))
        .values(
            capability=capability,
            capability_at=tx.now,
            contact_state="ok",
            contact_at=tx.now,
        )
    )


def set_contact(tx: Tx, *, organization_id: str, state: str) -> None:
    """Record how the last contact with its server ended: "ok", or the stable code of the error."""
    tx.conn.execute(
        update(organization)
        .where(organization.c.id == _endpoint_holder(tx, organization_id))
        .values(contact_state=state[:40], contact_at=tx.now)
    )


def is_at(tx: Tx, *, addresses: Collection[str], but: str) -> bool:
    """Tell whether the FHIR base of an organization other than ``but`` is one of these addresses, in small letters."""
    bases = {canonical(address) for address in addresses} - {canonical(but).lower()}
    query = select(organization.c.id).where(func.lower(organization.c.base_key).in_(bases)).limit(1)
    return tx.conn.execute(query).first() is not None


def has_twin(tx: Tx, *, fhir_base: str) -> bool:
    """Tell whether another organization's FHIR base is this one in other letters, small or large, of its path."""
    base, column = canonical(fhir_base), organization.c.base_key
    query = select(organization.c.id).where(func.lower(column) == base.lower(), column != base).limit(1)
    return tx.conn.execute(query).first() is not None


def client_of(tx: Tx, *, organization_id: str) -> OrganizationClient | None:
    """Return our registration: its own, its owner's, that of another brand on the same FHIR base, or its vendor's."""
    holder = _endpoint_holder(tx, organization_id)
    base = tx.conn.execute(select(organization.c.base_key).where(organization.c.id == holder)).scalar()
    same_base = and_(organization.c.base_key == base, organization.c.id != HOME) if base else false()
    row = tx.conn.execute(
        select(organization_client)
        .join(organization, organization.c.id == organization_client.c.organization_id)
        .where(organization.c.id.in_([organization_id, holder]) | same_base)
        .order_by(
            organization.c.id != organization_id,
            organization.c.id != holder,
            organization.c.id,
        )
        .limit(1)
    ).first()
    if row is None:
        return _vendor_client_of(tx, organization_id, holder)
    place = f"organization_client.secret:{row.organization_id}"
    registered = f"organization_client.registration:{row.organization_id}"
    return OrganizationClient(
        organization_id=row.organization_id,
        client_id=row.client_id,
        auth_method=row.auth_method,
        secret=tx.unseal(row.secret, str, row=place) if row.secret else None,
        registration=tx.unseal(row.registration, dict[str, str], row=registered) if row.registration else None,
    )


def _vendor_client_of(tx: Tx, organization_id: str, holder: str) -> OrganizationClient | None:
    client, vendor = vendor_client.c, func.lower(func.trim(organization.c.vendor))
    row = tx.conn.execute(
        select(client.vendor, client.client_id, client.auth_method, client.secret)
        .join(organization, vendor == client.vendor)
        .where(organization.c.id.in_([organization_id, holder]), organization.c.vendor != "")
        .order_by(organization.c.id != organization_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    place = f"vendor_client.secret:{row.vendor}"
    return OrganizationClient(
        organization_id=organization_id,
        client_id=row.client_id,
        auth_method=row.auth_method,
        secret=tx.unseal(row.secret, str, row=place) if row.secret else None,
    )


def put_vendor_client(
    tx: Tx, *, vendor: str, client_id: str, auth_method: str = "none", secret: str | None = None
) -> int:
    """Keep how we are registered with every organization of a vendor that does not know us otherwise.

    Gives how many organizations of the directory it is for.

    Raises:
        InvalidInputError: no vendor, an unknown method, or a secret that is missing for it.
    """
    name = vendor.strip().lower()
    if not name:
        raise InvalidInputError("vendor", hint="which vendor? As the directory has it")
    _check_method(auth_method, secret)
    sealed = tx.seal(secret, row=f"vendor_client.secret:{name}") if secret else None
    tx.conn.execute(delete(vendor_client).where(vendor_client.c.vendor == name))
    tx.conn.execute(
        insert(vendor_client).values(
            vendor=name, client_id=client_id, auth_method=auth_method, secret=sealed, created_at=tx.now
        )
    )
    served = select(func.count()).where(func.lower(func.trim(organization.c.vendor)) == name)
    return tx.conn.execute(served).scalar_one()


def _check_method(auth_method: str, secret: str | None) -> None:
    if auth_method not in _AUTH_METHODS:
        raise InvalidInputError("client-auth-method", hint="one of " + ", ".join(sorted(_AUTH_METHODS)))
    if auth_method.startswith("client_secret") and not secret:
        raise InvalidInputError("client-secret", hint=f"{auth_method} needs a secret")


def put_client(
    tx: Tx,
    *,
    organization_id: str,
    client_id: str,
    auth_method: str = "none",
    secret: str | None = None,
    registration: dict[str, str] | None = None,
    partner: bool = False,
) -> None:
    """Keep how we are registered there; the secret and the registration token are sealed.

    ``partner``: we may ask it for certain matches (``Patient/$match`` over Backend Services).

    Raises:
        InvalidInputError: an unknown method, or a secret that is missing for it.
    """
    _check_method(auth_method, secret)
    place = f"organization_client.secret:{organization_id}"
    registered = f"organization_client.registration:{organization_id}"
    tx.conn.execute(delete(organization_client).where(organization_client.c.organization_id == organization_id))
    tx.conn.execute(
        insert(organization_client).values(
            organization_id=organization_id,
            client_id=client_id,
            auth_method=auth_method,
            secret=tx.seal(secret, row=place) if secret else None,
            registration=tx.seal(registration, row=registered) if registration else None,
            partner=partner,
            created_at=tx.now,
        )
    )


def count(tx: Tx) -> int:
    return tx.conn.execute(select(func.count()).select_from(organization)).scalar_one()


def _endpoint_holder(tx: Tx, organization_id: str) -> str:
    """Return the organization whose row holds the FHIR base that this one uses."""
    row = tx.conn.execute(
        select(organization.c.fhir_base, organization.c.owner_id).where(organization.c.id == organization_id)
    ).first()
    return row.owner_id if row is not None and row.fhir_base is None and row.owner_id else organization_id
