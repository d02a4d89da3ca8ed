"""Discovery: smart-configuration (SMART App Launch 2.2.0, "Conformance") and its OpenID sibling."""

from typing import Any

from portal.config import Settings
from portal.provider.oauth import scopes
from portal.provider.oauth.assertions import ALGORITHMS
from portal.provider.oauth.grants import GRANT_ACTIONS
from portal.provider.oauth.server import CLIENT_METHODS

CAPABILITIES = (
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-standalone-patient",
    "permission-patient",
    "permission-v1",
    "permission-v2",
    "health-cards",
)


def smart_configuration(settings: Settings, *, takes_messages: bool = False) -> dict[str, Any]:
    """Return the JSON of ``/fhir/.well-known/smart-configuration``. All addresses are absolute.

    ``takes_messages``: patients may write to the organization's clinicians.
    """
    lasting = settings.lasting_authorization
    supported = [scope for scope in scopes.SUPPORTED if lasting or scope != "offline_access"]
    supported += [scopes.WRITE_MESSAGES] if takes_messages else []
    return {
        **_endpoints(settings),
        "scopes_supported": supported,
        "capabilities": [*CAPABILITIES, *(["permission-offline"] if lasting else [])],
        "management_endpoint": f"{settings.base_url}/settings",
        "associated_endpoints": [{"url": settings.fhir_base, "capabilities": [*CAPABILITIES]}],
    }


def openid_configuration(settings: Settings) -> dict[str, Any]:
    """Return the JSON of OpenID Connect Discovery and RFC 8414."""
    return {
        **_endpoints(settings),
        "scopes_supported": ["openid", "fhirUser", "launch/patient", "offline_access"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser"],
    }


def _endpoints(settings: Settings) -> dict[str, Any]:
    base = settings.base_url
    return {
        "issuer": base,
        "jwks_uri": f"{base}/oauth/jwks",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        **({"registration_endpoint": f"{base}/oauth/register"} if settings.registration != "off" else {}),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # where it is left out, it counts as true
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": CLIENT_METHODS[1:],
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "user_access_brand_bundle": f"{base}/brands",
        "user_access_brand_identifier": {"system": "urn:ietf:rfc:3986", "value": base},
        "authorization_response_iss_parameter_supported": True,
        "grant_management_actions_supported": GRANT_ACTIONS,
        "grant_management_action_required": False,
    }
