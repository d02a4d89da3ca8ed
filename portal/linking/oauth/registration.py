"""Becoming known to another organization: dynamic client registration (RFC 7591), asked for once per FHIR server."""

from typing import Any

import httpx2

from portal.domain.errors import BadAnswerError, HttpStatusError, LinkingError
from portal.fhir.answers import check_content_type, decode
from portal.fhir.capability import Capability
from portal.fhir.transport import open_client
from portal.linking.oauth import discovery, keys, scopes
from portal.services import Services
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization, OrganizationClient

_METHODS = ("private_key_jwt", "client_secret_basic", "client_secret_post", "none")


def client_for(services: Services, organization: Organization, capability: Capability) -> OrganizationClient:
    """How we are registered there; where we are not and the server offers it, registers now.

    Raises:
        LinkingError: ``not-registered``, ``registration-refused``.
        OutsideError: the registration endpoint could not be asked.
    """
    with services.db.reading() as tx:
        client = organizations.client_of(tx, organization_id=organization.id)
    if client is not None:
        return client
    if not capability.registration_endpoint:
        raise LinkingError("not-registered")
    return _register(services, organization, capability)


def register(services: Services, organization_id: str) -> OrganizationClient:
    """Register with an organization whatever is known of it (``portal org add --register``).

    Raises:
        LinkingError: ``no-address``, ``not-registered`` (it does not offer it), ``registration-refused``.
        OutsideError: its server does not answer, or not as it should.
    """
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise LinkingError("no-address")
    capability = discovery.capability_of(services, organization, fresh=True)
    if not capability.registration_endpoint:
        raise LinkingError("not-registered")
    return _register(services, organization, capability)


def redirect_uri(services: Services, client: OrganizationClient) -> str:
    """Return where the organization sends people back to: what was registered, one address for all of before."""
    return (client.registration or {}).get("redirect_uri") or f"{services.settings.base_url}/links/callback"


def request_body(services: Services, organization: Organization, capability: Capability) -> dict[str, Any]:
    """Return what we say about ourselves (RFC 7591, section 2).

    Each organization knows an address of its own, so that no other one gets an answer that it gave (RFC 9700, 4.4.2).
    """
    base = services.settings.base_url
    method = _method(capability)
    body: dict[str, Any] = {
        "client_name": services.settings.name,
        "client_uri": base,
        "redirect_uris": [f"{base}/links/callback/{organization.id}"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
        "scope": " ".join(scopes.to_ask(capability, lasting=True, sign_on=True)),
        "software_id": "tributary",
    }
    if method == "private_key_jwt":
        body["jwks_uri"] = f"{base}/jwks.json"
        if (algorithm := keys.preferred(capability.token_auth_algorithms)) != keys.ALGORITHM:
            body["token_endpoint_auth_signing_alg"] = algorithm
    return body


def _method(capability: Capability) -> str:
    """Return the strongest method that both sides have; a secret where the server does not say (RFC 8414's default)."""
    offered = capability.token_auth_methods or ("client_secret_basic",)
    for method in _METHODS:
        if method in offered:
            return method
    raise LinkingError("registration-refused")


def _register(services: Services, organization: Organization, capability: Capability) -> OrganizationClient:
    body = request_body(services, organization, capability)
    with open_client(egress=services.settings.egress) as client:
        answer = _answer(client.post(capability.registration_endpoint, json=body))
    client_id, secret = answer.get("client_id"), answer.get("client_secret")
    method = answer.get("token_endpoint_auth_method", body["token_endpoint_auth_method"])
    if not isinstance(client_id, str) or not 0 < len(client_id) <= 200 or method not in _METHODS:
        raise LinkingError("registration-refused")
    if answer.get("redirect_uris", body["redirect_uris"]) != body["redirect_uris"]:
        raise LinkingError("registration-redirects")  # it would send our patients' codes elsewhere
    if str(method).startswith("client_secret") and not isinstance(secret, str):
        raise LinkingError("registration-refused")
    token, address = answer.get("registration_access_token"), answer.get("registration_client_uri")
    management = {"redirect_uri": str(body["redirect_uris"][0])}
    if "token_endpoint_auth_signing_alg" in body:
        management["signing_alg"] = body["token_endpoint_auth_signing_alg"]
    if isinstance(token, str) and isinstance(address, str):
        management |= {"registration_access_token": token, "registration_client_uri": address}
    with services.db.transaction() as tx:
        organizations.put_client(
            tx,
            organization_id=organization.id,
            client_id=client_id,
            auth_method=str(method),
            secret=secret if isinstance(secret, str) and str(method).startswith("client_secret") else None,
            registration=management,
        )
        registered = organizations.client_of(tx, organization_id=organization.id)
    if registered is None:
        raise LinkingError("not-registered")
    return registered


def _answer(response: httpx2.Response) -> dict[str, Any]:
    if response.status_code in (400, 401, 403):
        raise LinkingError("registration-refused")
    if response.status_code not in (200, 201):
        raise HttpStatusError(response.status_code)
    check_content_type(response.headers, response.content)
    body = decode(response.content, depth=8)
    if not isinstance(body, dict):
        raise BadAnswerError("not-an-object")
    return body
