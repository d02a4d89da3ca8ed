"""Which SMART scopes are asked for, and what of those granted is used. Pure.

Source: SMART App Launch 2.2.0, "Scopes and Launch Context": v1 ``patient/X.read``, v2 ``patient/X.rs``.
"""

import re
from collections.abc import Collection, Iterable
from itertools import chain

from portal.domain.sections import DESCRIBING_TYPES, RESOURCE_TYPES, SUPPORTING_TYPES
from portal.fhir.capability import Capability

_RESOURCE_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Za-z]+)\.(read|write|\*|[cruds]{1,5})(\?\S*)?")
_ALL = frozenset("cruds")
_WRITE_MESSAGES = "patient/Communication.crs"
_COVERS = frozenset({("patient", "patient"), ("user", "user"), ("system", "system"), ("user", "patient")})


def wanted_types() -> tuple[str, ...]:
    """Every FHIR type that fills a section or names what is in one, and Patient for the verification."""
    types = ["Patient", *(kind for kinds in RESOURCE_TYPES.values() for kind in kinds), *SUPPORTING_TYPES]
    return tuple(dict.fromkeys(types))


def to_ask(capability: Capability, *, lasting: bool, sign_on: bool) -> tuple[str, ...]:
    """Return the scopes for a server: only what it offers; v2 where it understands v2.

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
        read_scope = f"patient/{kind}.{suffix}"
        if capability.offers(kind) and (not listed or within(read_scope, listed) or _listed_in_part(kind, listed)):
            scopes.append(_WRITE_MESSAGES if kind == "Communication" and _takes_messages(capability) else read_scope)
    # Files of documents, and what says more of items: only where the server names them, because one that does not may
    # refuse the whole request.
    for kind in ("Binary", *chain.from_iterable(DESCRIBING_TYPES.values())):
        read_scope, in_part = f"patient/{kind}.{suffix}", _listed_in_part(kind, listed)
        if in_part or (kind in capability.resources and (not listed or within(read_scope, listed))):
            scopes.append(read_scope)
    return tuple(scopes)


def _takes_messages(capability: Capability) -> bool:
    """Tell whether writing is asked for: the server names both, taking each message once and the scope for it."""
    return capability.creates("Communication") and _WRITE_MESSAGES in capability.scopes


def within(scope: str, allowed: Iterable[str]) -> bool:
    """Whether a resource scope gives nothing that one of ``allowed`` does not; scopes of other kinds always are."""
    wider = _RESOURCE_SCOPE.fullmatch(scope)
    if wider is None:
        return not re.match(r"(patient|user|system)/", scope)
    for candidate in allowed:
        match = _RESOURCE_SCOPE.fullmatch(candidate)
        if (
            match
            and match[1] == wider[1]
            and match[2] in ("*", wider[2])
            and _permissions(wider[3]) <= _permissions(match[3])
            and match[4] in (None, wider[4])
        ):
            return True
    return False


def used(granted: Iterable[str], requested: Collection[str]) -> tuple[str, ...]:
    """Return what of the granted scopes was asked for; a server may grant others (RFC 6749, 3.3), which are left alone.

    ``user/`` covers ``patient/``: the person who signed in is the patient, or may see the patient. Where a scope that
    was asked for is a server's own (an address), it says nothing of types, and the grant is taken as it is.
    """
    if any("://" in scope for scope in requested):
        return tuple(granted)
    common = (_common(scope, candidate) for scope in granted for candidate in requested)
    return tuple(dict.fromkeys(scope for scope in common if scope))


def _common(granted: str, requested: str) -> str:
    """Return what two scopes both allow, in the words of what was asked for; empty when that is nothing."""
    theirs, ours = _RESOURCE_SCOPE.fullmatch(granted), _RESOURCE_SCOPE.fullmatch(requested)
    if theirs is None or ours is None:
        return granted if granted == requested else ""
    rights = _permissions(theirs[3]) & _permissions(ours[3])
    if (
        not rights
        or (theirs[1], ours[1]) not in _COVERS
        or not ("*" in (theirs[2], ours[2]) or theirs[2] == ours[2])
        or (theirs[4] and ours[4] and theirs[4] != ours[4])
    ):
        return ""
    kind = theirs[2] if ours[2] == "*" else ours[2]
    suffix = ours[3] if rights == _permissions(ours[3]) else "".join(right for right in "cruds" if right in rights)
    return f"{ours[1]}/{kind}.{suffix}{theirs[4] or ours[4] or ''}"


def _single_sign_on(capability: Capability) -> bool:
    sign_on_offered = (
        bool(capability.issuer and capability.jwks_uri) and "sso-openid-connect" in capability.capabilities
    )
    return sign_on_offered and (not capability.scopes or {"openid", "fhirUser"} <= set(capability.scopes))


def _listed_in_part(kind: str, listed: Iterable[str]) -> bool:
    """Only with a category or only for reading: asked for whole, and the answer says what was given."""
    return any(scope.startswith((f"patient/{kind}.", f"patient/{kind}?")) for scope in listed)


def _permissions(text: str) -> frozenset[str]:
    return {"read": frozenset("rs"), "write": frozenset("cud"), "*": _ALL}.get(text) or frozenset(text)
