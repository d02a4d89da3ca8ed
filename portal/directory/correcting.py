"""What an administrator changes in the directory by hand; no import overwrites it afterwards."""

from dataclasses import dataclass, replace

from portal.directory import geography
from portal.domain.addresses import canonical
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.links import OrganizationKind
from portal.domain.places import state_code
from portal.store import Tx
from portal.store.directory import admin, entries, organizations
from portal.store.directory.organizations import FormerName, Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationCorrection:
    """Everything that can be corrected, as it shall be from now on. ``portal_url`` is a web address or empty."""

    name: str
    kind: OrganizationKind
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    portal_url: str = ""


def correct(tx: Tx, *, organization_id: str, to: OrganizationCorrection) -> Organization:
    """Write a correction; from now on the entry is the operator's.

    Raises:
        NotFoundError: there is no such organization.
        InvalidInputError: no name.
    """
    current = _existing(tx, organization_id)
    dates = {former.name: former for former in current.former_names}
    place = geography.of_postal_code(to.postal_code) or geography.of_text(f"{to.city}, {to.state}")
    return organizations.put(
        tx,
        replace(
            current,
            name=to.name,
            kind=to.kind,
            aliases=tuple(name for name in to.aliases if name != to.name),
            former_names=tuple(dates.get(name, FormerName(name=name)) for name in to.former_names),
            line=to.line,
            city=to.city or (place.city if place else ""),
            state=state_code(to.state) or to.state or (place.state if place else ""),
            postal_code=to.postal_code,
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
            phone=to.phone,
            portal_url=to.portal_url or None,
            added_by="operator",
        ),
    )


def merge(tx: Tx, *, old_id: str, organization_id: str) -> Organization:
    """Two entries are one organization: ``old_id`` goes into the other, with its names, links and provenance.

    Its id still leads to the one that stays. The one that stays keeps what is said there; what is missing there is
    taken over.

    Raises:
        NotFoundError: one of them does not exist.
        InvalidInputError: "merge-itself".
        ConflictError: "merge-linked-twice": somebody is linked to both; "merge-other-server": what hangs on the one
            that goes (links with their tokens, clinics) belongs to another FHIR server than that of the other.
    """
    old, target = _existing(tx, old_id), _existing(tx, organization_id)
    if old.id == target.id:
        raise InvalidInputError("merge-itself", hint="an organization cannot be merged with itself")
    bound = admin.ties(tx, organization_id=old.id)
    if (bound.links or bound.parts) and _base(old) != _base(target):
        raise ConflictError("merge-other-server", hint="links and clinics belong to one FHIR server")
    merged = organizations.put(tx, _together(target, old))
    if not entries.move(tx, old_id=old.id, organization_id=target.id):
        raise ConflictError("merge-linked-twice", hint="a person is linked to both")
    return merged


def _together(target: Organization, old: Organization) -> Organization:
    names = dict.fromkeys([*target.aliases, old.name, *old.aliases])
    former = {former_name.name: former_name for former_name in (*old.former_names, *target.former_names)}
    fields = ["fhir_base", "portal_url", "domain", "vendor", "phone", "npi", "logo_url"]
    if not (target.city or target.postal_code):
        fields += ["line", "city", "state", "postal_code", "latitude", "longitude"]
    taken = {name: getattr(target, name) or getattr(old, name) for name in fields}
    owner = target.owner_id or old.owner_id
    return replace(
        target,
        **taken,
        owner_id=None if owner in (target.id, old.id) else owner,
        aliases=tuple(name for name in names if name != target.name and name not in former),
        former_names=tuple(former.values()),
        added_by="operator",
        retired_at=None,
    )


def _existing(tx: Tx, organization_id: str) -> Organization:
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise NotFoundError
    return organization


def _base(organization: Organization) -> str:
    return canonical(organization.fhir_base or "")
