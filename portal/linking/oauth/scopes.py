"""Which SMART scopes are asked for, and whether what was granted stays within that. Pure.

Source: SMART App Launch 2.2.0, "Scopes and Launch Context": v1 ``patient/X.read``, v2 ``patient/X.rs``.
"""

import re
from collections.abc import Iterable

from portal.domain.sections import RESOURCE_TYPES, SUPPORTING_TYPES
from portal.fhir.capability import Capability

_RESOURCE_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Za-z]+)\.(read|write|\*|[cruds]{1,5})(\?\S*)?")
_ALL = frozenset("cruds")


def wanted_types() -> tuple[str, ...]:
    """Every FHIR type that fills a section or names what is in one, and Patient for the verification."""
    found = ["Patient", *(kind for kinds in RESOURCE_TYPES.values() for kind in kinds), *SUPPORTING_TYPES]
    return tuple(dict.fromkeys(found))


def to_ask(capability: Capability, *, lasting: bool, sign_on: bool) -> tuple[str, ...]:
    """The scopes for a server: only what it offers; v2 where it understands v2.

    Args:
        lasting: ask for ``offline_access`` where it is offered.
        sign_on: ask for ``openid fhirUser`` where they are offered.
    """
    suffix = "rs" if capability.v2_scopes else "read"
    listed = [scope for scope in capability.scopes if _RESOURCE_SCOPE.fullmatch(scope)]
    scopes = ["launch/patient"]
    if sign_on and _single_sign_on(capability):
        scopes += ["openid", "fhirUser"]
    if lasting and capability.lasting:
        scopes.append("offline_access")
    for kind in wanted_types():
        asked = f"patient/{kind}.{suffix}"
        if capability.offers(kind) and (not listed or within(asked, listed) or _listed_in_part(kind, listed)):
            scopes.append(asked)
    return tuple(scopes)


def within(scope: str, allowed: Iterable[str]) -> bool:
    """Whether a resource scope gives nothing that one of ``allowed`` does not; scopes of other kinds always are."""
    asked = _RESOURCE_SCOPE.fullmatch(scope)
    if asked is None:
        return not re.match(r"(patient|user|system)/", scope)
    for candidate in allowed:
        found = _RESOURCE_SCOPE.fullmatch(candidate)
        if (
            found
            and found[1] == asked[1]
            and found[2] in ("*", asked[2])
            and _permissions(asked[3]) <= _permissions(found[3])
            and found[4] in (None, asked[4])
        ):
            return True
    return False


def readable_types(scopes: Iterable[str]) -> frozenset[str] | None:
    """The resource types that granted scopes let a patient's app read; None: all of them."""
    found = set()
    for scope in scopes:
        match = _RESOURCE_SCOPE.fullmatch(scope)
        if match and match[1] in ("patient", "user") and {"r", "s"} & _permissions(match[3]):
            if match[2] == "*":
                return None
            found.add(match[2])
    return frozenset(found)


def _single_sign_on(capability: Capability) -> bool:
    known = bool(capability.issuer and capability.jwks_uri) and "sso-openid-connect" in capability.capabilities
    return known and (not capability.scopes or {"openid", "fhirUser"} <= set(capability.scopes))


def _listed_in_part(kind: str, listed: Iterable[str]) -> bool:
    """Only with a category or only for reading: asked for whole, and the answer says what was given."""
    return any(scope.startswith((f"patient/{kind}.", f"patient/{kind}?")) for scope in listed)


def _permissions(text: str) -> frozenset[str]:
    return {"read": frozenset("rs"), "write": frozenset("cud"), "*": _ALL}.get(text) or frozenset(text)
