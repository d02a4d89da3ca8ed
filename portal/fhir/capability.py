"""What an organization's server can do: SMART endpoints and FHIR searches, from discovery (requirement B2).

Sources: SMART App Launch 2.2.0, "Conformance" (.well-known/smart-configuration, and the older oauth-uris extension of
the CapabilityStatement); FHIR R4 CapabilityStatement.rest.
"""

from typing import Any
from urllib.parse import urljoin

import httpx2
import msgspec
import structlog

from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, BadAnswerError, OutsideError
from portal.fhir.addresses import check_url
from portal.fhir.answers import read_answer
from portal.fhir.limits import Limits
from portal.fhir.transport import get_public

_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_URI_FIELDS = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "register": "registration_endpoint",
    "revoke": "revocation_endpoint",
    "introspect": "introspection_endpoint",
    "manage": "management_endpoint",
}
_ENDPOINTS = (*_URI_FIELDS.values(), "jwks_uri")
_NEEDED = frozenset({"authorization_endpoint", "token_endpoint"})
_DEFAULT_LIMITS = Limits()

_log = structlog.get_logger()


class ResourceCapability(msgspec.Struct, frozen=True, omit_defaults=True):
    """One resource type of the CapabilityStatement: search parameters, ``_include`` values, operations.

    ``creates``: it takes new ones, and each once (``create`` with ``conditionalCreate``).
    """

    params: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    creates: bool = False


class Capability(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What discovery found. ``resources`` is empty when the server does not say: then everything is tried.

    Kept in ``organization.capability`` as JSON: ``to_json`` and ``from_json``.
    """

    fhir_base: str
    source: str  # smart-configuration | capability-statement
    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    registration_endpoint: str = ""
    revocation_endpoint: str = ""
    introspection_endpoint: str = ""
    management_endpoint: str = ""
    jwks_uri: str = ""
    code_challenge_methods: tuple[str, ...] = ()
    token_auth_methods: tuple[str, ...] = ()
    token_auth_algorithms: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    issuer_proven: bool = False  # the issuer is to be believed, or there is none: portal.linking.oauth.issuer
    iss_parameter: bool = False  # RFC 9207: authorization_response_iss_parameter_supported
    grant_actions: tuple[str, ...] = ()  # Grant Management for OAuth 2.0: grant_management_actions_supported
    fhir_version: str = ""
    software: str = ""
    implementation_url: str = ""  # the server's own address, as it writes it
    resources: dict[str, ResourceCapability] = {}

    @property
    def v2_scopes(self) -> bool:
        """SMART v2 scopes (patient/X.rs) are understood."""
        return "permission-v2" in self.capabilities

    @property
    def lasting(self) -> bool:
        """Refresh tokens may be had (offline_access or online_access is listed, or nothing is said)."""
        return not self.scopes or "offline_access" in self.scopes or "permission-offline" in self.capabilities

    def offers(self, resource_type: str) -> bool:
        return not self.resources or resource_type in self.resources

    def searches_by(self, resource_type: str, param: str) -> bool:
        """Tell whether a search parameter is listed. Common ones (those that start with ``_``) are often not."""
        return resource_type in self.resources and param in self.resources[resource_type].params

    def includes(self, resource_type: str, include: str) -> bool:
        """Tell whether ``_include=<include>`` ("MedicationRequest:medication") is offered."""
        return resource_type in self.resources and include in self.resources[resource_type].includes

    def creates(self, resource_type: str) -> bool:
        """Tell whether new resources of a type are taken, each once however often it is sent."""
        return resource_type in self.resources and self.resources[resource_type].creates

    def operates(self, resource_type: str, operation: str) -> bool:
        return resource_type in self.resources and operation in self.resources[resource_type].operations

    def to_json(self) -> dict[str, Any]:
        """Return builtins for a JSON column."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_json(cls, value: Any) -> "Capability":
        """Return the inverse of ``to_json``; unknown fields of a newer version are ignored."""
        return msgspec.convert(value, cls)


def smart_configuration(
    client: httpx2.Client, base: str, *, egress: Egress, limits: Limits = _DEFAULT_LIMITS
) -> Capability:
    """Read ``.well-known/smart-configuration``; no token is sent.

    Raises:
        OutsideError: it is absent, unreadable, or names an address we would not call.
    """
    base = base.rstrip("/")
    egress = _beyond(base, egress)
    body = _get(client, f"{base}/.well-known/smart-configuration", "application/json", limits)
    fields = {name: _endpoint(name, _absolute(body.get(name), base), egress=egress) for name in _ENDPOINTS}
    if not fields["authorization_endpoint"] and not fields["token_endpoint"]:
        raise BadAnswerError("no-authorization-endpoints")
    capability = Capability(
        fhir_base=base,
        source="smart-configuration",
        issuer=_text(body.get("issuer")).strip(),
        code_challenge_methods=_texts(body.get("code_challenge_methods_supported")),
        token_auth_methods=_texts(body.get("token_endpoint_auth_methods_supported")),
        token_auth_algorithms=_texts(body.get("token_endpoint_auth_signing_alg_values_supported")),
        grant_types=_texts(body.get("grant_types_supported")),
        scopes=_texts(body.get("scopes_supported")),
        capabilities=_texts(body.get("capabilities")),
        iss_parameter=body.get("authorization_response_iss_parameter_supported") is True,
        grant_actions=_texts(body.get("grant_management_actions_supported")),
    )
    return msgspec.structs.replace(capability, **fields)


def capability_statement(
    client: httpx2.Client, base: str, *, egress: Egress, limits: Limits = _DEFAULT_LIMITS
) -> Capability:
    """Read ``metadata``: resource types, searches, and the OAuth addresses of servers before SMART 2; no token is sent.

    Raises:
        OutsideError: absent or unreadable; BadAnswerError("fhir-version") for anything but FHIR R4.
    """
    base = base.rstrip("/")
    egress = _beyond(base, egress)
    body = _get(client, f"{base}/metadata", "application/fhir+json", limits)
    kind, version = body.get("resourceType"), _text(body.get("fhirVersion"))
    if kind == "Conformance" or (version and not version.startswith("4.")):
        raise BadAnswerError("fhir-version", hint="only FHIR R4 is understood")
    if kind != "CapabilityStatement":
        raise BadAnswerError("no-capability-statement")
    rest = next((part for part in _dicts(body.get("rest")) if part.get("mode", "server") == "server"), {})
    software, implementation = body.get("software"), body.get("implementation")
    capability = Capability(
        fhir_base=base,
        source="capability-statement",
        fhir_version=version,
        software=_text(software.get("name")) if isinstance(software, dict) else "",
        implementation_url=_text(implementation.get("url")).strip() if isinstance(implementation, dict) else "",
        resources=dict(filter(None, map(_resource, _dicts(rest.get("resource"))))),
    )
    return msgspec.structs.replace(capability, **_oauth_uris(rest, egress=egress))


def discover(client: httpx2.Client, base: str, *, egress: Egress, limits: Limits = _DEFAULT_LIMITS) -> Capability:
    """Return what linking and refreshing need to know of a server: smart-configuration, else metadata's oauth-uris.

    Raises:
        OutsideError: neither gives authorization endpoints, or the server is not FHIR R4.
    """
    smart: Capability | None = None
    failure: OutsideError | None = None
    try:
        smart = smart_configuration(client, base, egress=egress, limits=limits)
    except OutsideError as exc:
        failure = exc
    try:
        metadata = capability_statement(client, base, egress=egress, limits=limits)
    except OutsideError as exc:
        if exc.code == "fhir-version" or smart is None:
            raise failure or exc from None
        return smart  # the resource types stay unknown: the plan tries all
    if smart is None:
        if not metadata.token_endpoint or not metadata.authorization_endpoint:
            raise failure or BadAnswerError("no-authorization-endpoints")
        return metadata
    lacking = {name: getattr(metadata, name) for name in _NEEDED if not getattr(smart, name)}
    about = {name: getattr(metadata, name) for name in ("fhir_version", "software", "implementation_url", "resources")}
    return msgspec.structs.replace(smart, **lacking, **about)


def _get(client: httpx2.Client, url: str, accept: str, limits: Limits) -> dict[str, Any]:
    return read_answer(get_public(client, url, accept=accept), depth=limits.depth).body


def _beyond(base: str, egress: Egress) -> Egress:
    """Return which own servers ``base`` may not name: a stranger leads us to none, our own servers to one another."""
    return egress.to_others() if egress.is_own(base) else egress


def _absolute(value: object, base: str) -> object:
    """Return an endpoint's address; servers that name a relative one mean it below the FHIR server's (RFC 1808).

    What is no address stays as it is: it is refused where it is needed.
    """
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        return urljoin(f"{base}/", value.strip())
    except ValueError:
        return value


def _endpoint(name: str, value: object, *, egress: Egress) -> str:
    """Return an address, empty when it is absent, or not one that we would call and none that linking needs."""
    try:
        return _address(value, egress=egress)
    except AddressRefusedError as error:
        if name in _NEEDED:
            raise
        _log.warning("discovery.endpoint_ignored", name=name, code=error.code)
        return ""


def _address(value: object, *, egress: Egress) -> str:
    """Return an endpoint's address, or empty when it is absent; one we would not call is an error, not a default."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or len(value) > 500:
        raise AddressRefusedError("address-malformed")
    address = value.strip()
    check_url(address, allow_local=egress.allow_local)
    if egress.is_own(address):
        raise AddressRefusedError("private-address")
    return address


def _oauth_uris(rest: dict[str, Any], *, egress: Egress) -> dict[str, str]:
    security = rest.get("security")
    uris: dict[str, str] = {}
    for outer in _dicts(security.get("extension") if isinstance(security, dict) else None):
        if outer.get("url") != _OAUTH_URIS:
            continue
        for inner in _dicts(outer.get("extension")):
            field = _URI_FIELDS.get(_text(inner.get("url")))
            if field is not None:
                uris[field] = _endpoint(field, inner.get("valueUri"), egress=egress)
    return uris


def _resource(part: dict[str, Any]) -> tuple[str, ResourceCapability] | None:
    kind = _text(part.get("type"))
    if not kind.isalpha():
        return None
    return kind, ResourceCapability(
        params=tuple(filter(None, (_text(item.get("name")) for item in _dicts(part.get("searchParam"))))),
        includes=_texts(part.get("searchInclude")),
        operations=tuple(filter(None, (_text(item.get("name")) for item in _dicts(part.get("operation"))))),
        creates=part.get("conditionalCreate") is True
        and any(item.get("code") == "create" for item in _dicts(part.get("interaction"))),
    )


def _text(value: object) -> str:
    return value[:500] if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item[:500] for item in value[:1000] if isinstance(item, str)) if isinstance(value, list) else ()


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
