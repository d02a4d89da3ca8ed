"""Tokens of our own, by the trust between two organizations (SMART App Launch 2.2.0, "Backend Services")."""

from portal.domain.errors import LinkingError
from portal.domain.links import Tier
from portal.domain.sections import BASIC_TYPES, DESCRIBING_TYPES, RESOURCE_TYPES, SUPPORTING_TYPES
from portal.fhir.capability import Capability
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth.client import GrantedTokens
from portal.services import Services
from portal.store.directory.organizations import OrganizationClient

ALL_TYPES = (
    "Patient",
    "Group",
    "Binary",
    *sorted({kind for types in RESOURCE_TYPES.values() for kind in types}),
    *SUPPORTING_TYPES,
)
"""What the home chart is made of."""

_NOBODY = "nobody"


def token(services: Services, client: OrganizationClient, capability: Capability, tier: Tier) -> GrantedTokens:
    """Return a token of our own, for no person, with the scopes that links of this tier need.

    Raises:
        LinkingError: ``not-registered``: we have no key there; otherwise as ``oauth.read_granted``.
        OutsideError: the token endpoint refused or does not answer.
    """
    if client.auth_method != "private_key_jwt":
        raise LinkingError("not-registered")
    requested = services.settings.chart_scopes if tier is Tier.HOME else ()
    if not requested:
        suffix = "rs" if capability.v2_scopes else "read"
        types = ALL_TYPES if tier is Tier.HOME else BASIC_TYPES
        describing = (kind for kinds in DESCRIBING_TYPES.values() for kind in kinds if kind in capability.resources)
        requested = tuple(f"system/{kind}.{suffix}" for kind in (*types, *describing))
    with oauth_client.open_oauth(services, client, token_endpoint=capability.token_endpoint) as session:
        answer = session.fetch_token(
            capability.token_endpoint, grant_type="client_credentials", scope=" ".join(requested)
        )
    plain = {name: value for name, value in answer.items() if name not in ("patient", "refresh_token")}
    return oauth_client.read_granted(plain, requested=requested, issuer=capability.issuer, patient=_NOBODY)
