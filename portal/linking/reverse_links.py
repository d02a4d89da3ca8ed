"""Links the other way round: the other portal shows this record too (product.md §3.6).

Whoever starts a link says in the authorization request that they allow a link back; the consent page there offers it,
where the organization there allows it as well. The person who wants it comes back with the address that goes on there
once the first link is made. From there it is an ordinary attempt of the other portal, in the same browser: each of the
two has its own consent, its own verification and its own end, and neither knows whether the other worked.

No standard has this; a server that does not know the parameter ignores it (RFC 6749, 3.1).
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from portal.access import Actor, may_see_choice
from portal.config import Settings
from portal.domain.addresses import parts_of
from portal.domain.errors import NotFoundError
from portal.fhir.authorised import origin
from portal.linking import proxies
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links.attempts import AuthorizationRequest
from portal.store.provider import clients, grants, release
from portal.store.provider.clients import OAuthClient
from portal.store.provider.grants import OAuthGrant

PARAMETER = "reverse_link"
"""In the request: "yes", a link back may be offered. In the answer: the address at which the other portal goes on."""

BACK = "back"
"""In the address at which the other portal goes on: where the person began, to which it leads in the end."""

WISHED = "yes"
VALID = timedelta(minutes=10)
"""How long after the consent the other portal may be sent on to the link back; as long as an attempt."""


def allowed(tx: Tx, settings: Settings, organization: Organization | None) -> bool:
    """Whether this organization lets that one show its patients' records, and is known to be let in turn."""
    may = organization is not None and organization.reverse_links and settings.reverse_links
    return may and release.in_force(tx).reverse_links


def offered(
    tx: Tx,
    settings: Settings,
    *,
    client: OAuthClient,
    request: Mapping[str, str],
    account_id: str,
    person_ids: tuple[str, ...],
) -> Organization | None:
    """Return the organization whose link back the consent page offers: both allow it, somebody is not linked yet.

    As far as the account may know: what a person keeps private is no link to whoever acts for them.
    """
    if request.get(PARAMETER) != WISHED or not client.trusted or not client.portal_fhir_base:
        return None
    organization = organizations.by_fhir_base(tx, fhir_base=client.portal_fhir_base)
    if organization is None or not allowed(tx, settings, organization):
        return None
    unlinked = (
        proxies.link_seen_by(tx, account_id=account_id, person_id=person_id, organization_id=organization.id) is None
        for person_id in person_ids
    )
    return organization if any(unlinked) else None


def address(tx: Tx, settings: Settings, *, grant_id: str) -> str:
    """Where the person who agreed comes to after the first link is made."""
    return f"{settings.base_url}/links/reverse/{grant_id}/{_proof(tx, grant_id)}"


def goes_on_at(request: AuthorizationRequest, answer: Mapping[str, str]) -> str:
    """Return the address to go on to, as the other portal said; empty where it is not its own, or none was offered."""
    address = answer.get(PARAMETER, "")
    if not request.offers_reverse or len(address) > 500:
        return ""
    return address if _same_site(address, request.issuer or request.fhir_base) else ""


def returning(address: str, *, to: str) -> str:
    """Return the address at which the other portal goes on, with where it leads in the end."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({BACK: to})}"


def began_at(tx: Tx, grant: OAuthGrant, address: str) -> str:
    """Return where the person began, as their portal said; empty where that is not at the portal that may read."""
    client = clients.client_by_id(tx, client_id=grant.client_id)
    ours = client is not None and any(_same_site(address, own) for own in client.redirect_uris)
    return address if ours and len(address) <= 500 else ""


def invited(tx: Tx, *, grant_id: str, proof: str, account_id: str) -> tuple[Organization, OAuthGrant]:
    """Return the organization to link back, and the consent of a moment ago in which this account asked for it.

    Raises:
        NotFoundError: nobody asked for it, somebody else did, it was too long ago, or that access has ended.
    """
    grant = grants.grant_by_id(tx, grant_id=grant_id)
    if grant is None or not hmac.compare_digest(proof, _proof(tx, grant_id)) or grant.account_id != account_id:
        raise NotFoundError
    if grant.person_id is None or grant.ended_at is not None or tx.now - grant.created_at > VALID:
        raise NotFoundError
    client = clients.client_by_id(tx, client_id=grant.client_id)
    base = client.portal_fhir_base if client else ""
    organization = organizations.by_fhir_base(tx, fhir_base=base) if base else None
    if organization is None:
        raise NotFoundError
    return organization, grant


def shown_there(tx: Tx, *, person_id: str, organization: Organization) -> OAuthGrant | None:
    """Return the newest grant by which that organization's portal reads this person's record."""
    if organization.fhir_base is None:
        return None
    portal_grants = grants.grants_of_portal(tx, person_id=person_id, fhir_base=organization.fhir_base)
    return portal_grants[0] if portal_grants else None


def readers(tx: Tx, *, person_id: str, actor: Actor) -> tuple[str, ...]:
    """Return the names of the portals that read this person's record, whether or not they are linked from here.

    Only those of which ``actor`` may know.
    """
    names: dict[str, None] = {}
    for grant in grants.grants_of_person(tx, person_id=person_id):
        if not may_see_choice(actor, person_id, account_id=grant.account_id):
            continue
        client = clients.client_by_id(tx, client_id=grant.client_id)
        if client is not None and client.portal_fhir_base:
            names[client.name] = None
    return tuple(names)


def _same_site(address: str, other: str) -> bool:
    one, two = parts_of(address), parts_of(other)
    if one is None or two is None or "\\" in address:
        return False
    return bool(one.hostname) and "@" not in one.netloc and origin(one) == origin(two)


def _proof(tx: Tx, grant_id: str) -> str:
    return tx.vault.hash("reverse-link", grant_id)
