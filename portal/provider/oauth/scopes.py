"""SMART scopes, both generations: parsing, narrowing, and what a granted one allows. Pure.

v2 is ``patient/Observation.rs?category=system|code``, v1 ``patient/Observation.read``; v1 read means r and s. Reading
is offered, and of messages creating (``patient/Communication.crs``): all else is dropped from what is asked. What was
granted keeps the form in which it was asked, so that older clients recognise it. Source: SMART App Launch 2.2.0,
"Scopes and launch context".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl

from portal.provider.types import ASKED_BY_NAME, BASIC, CATEGORIES, SERVED

_RESOURCE = re.compile(r"(patient|system)/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(?:\?(\S+))?", re.ASCII)
PLAIN = ("openid", "fhirUser", "launch/patient", "offline_access")
"""Scopes that are not about resources."""

WRITE_MESSAGES = "patient/Communication.crs"
"""Reading messages, and writing them."""


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """One resource scope. ``type`` is "*" for all; ``actions`` are some of c, r, s; ``category`` is "system|code"."""

    context: str  # patient | system
    type: str
    actions: frozenset[str]
    v1: bool
    category: str = ""

    def __str__(self) -> str:
        actions = "read" if self.v1 else "".join(action for action in "crs" if action in self.actions)
        query = f"?category={self.category}" if self.category else ""
        return f"{self.context}/{self.type}.{actions}{query}"

    @property
    def key(self) -> str:
        """What a person agrees to or refuses: the type, or the type and its category's code."""
        return f"{self.type}.{self.category.rpartition('|')[2]}" if self.category else self.type

    def covers(self, other: "ResourceScope") -> bool:
        """Tell whether everything that ``other`` allows is allowed by this one."""
        return (
            self.context == other.context
            and self.type in ("*", other.type)
            and other.actions <= self.actions
            and self.category in ("", other.category)
        )

    def narrowed(self, bound: "ResourceScope") -> "ResourceScope | None":
        """Return what of ``bound`` is in this scope of all types, in this one's form; None for nothing."""
        actions = self.actions & bound.actions
        if self.context != bound.context or not actions or (self.v1 and bound.category):
            return None
        return replace(bound, actions=actions, v1=self.v1)

    def reading(self) -> "ResourceScope":
        """Return what of this scope reads."""
        return replace(self, actions=self.actions - {"c"})


@lru_cache(maxsize=1024)  # every call reads those of its token again
def parse(text: str) -> ResourceScope | None:
    """Return the resource scope as far as it can be granted, or None (not one, unknown type, nothing but writing).

    It is remembered, so that what is only asked for, which may be anything of any length, is not read here.
    """
    return _read(text)


def _read(text: str) -> ResourceScope | None:
    match = _RESOURCE.fullmatch(text)
    if match is None:
        return None
    context, kind, actions, query = match.groups()
    if kind != "*" and kind not in SERVED and not (kind in ASKED_BY_NAME and context == "patient"):
        return None
    v1 = actions in ("read", "write", "*")
    offered = frozenset("crs") if kind == "Communication" and context == "patient" else frozenset("rs")
    allowed = frozenset() if actions == "write" else frozenset("rs") if v1 else frozenset(actions) & offered
    category = ""
    if query is not None:
        pairs = parse_qsl(query)
        if len(pairs) != 1 or pairs[0][0] != "category" or v1:
            return None
        category = pairs[0][1]
        if kind not in CATEGORIES or category.rpartition("|")[2] not in CATEGORIES[kind]:
            return None
    return ResourceScope(context, kind, allowed, v1, category) if allowed else None


def resource_scopes(scopes: Iterable[str]) -> tuple[ResourceScope, ...]:
    return tuple(resource_scope for scope in scopes if (resource_scope := parse(scope)) is not None)


def allowed(requested: str, registered: Iterable[str]) -> tuple[str, ...]:
    """Return what of the requested scopes may be granted to a client (no registered scopes: anything but
    system/), without repeats and in the order asked. "All types" is narrowed to those that it is registered for."""
    client_scopes = tuple(registered)
    bounds = resource_scopes(client_scopes)
    permitted: list[str] = []
    for text in requested.split():
        scope = _read(text)
        if scope is None:
            fits = text in PLAIN and (not client_scopes or text in client_scopes)
        elif client_scopes:
            if not any(bound.covers(scope) for bound in bounds):  # a client from before messages could be written
                scope = scope.reading()
            fits = bool(scope.actions) and any(bound.covers(scope) for bound in bounds)
        else:
            fits = scope.context == "patient"
        if fits:
            permitted.append(str(scope) if scope else text)
        elif scope and scope.type == "*":
            permitted.extend(str(part) for bound in bounds if (part := scope.narrowed(bound)))
    return tuple(dict.fromkeys(permitted))


def expand(scope: ResourceScope, *, withheld: frozenset[str]) -> tuple[ResourceScope, ...]:
    """Return one scope for each type that is released: what a person is asked about."""
    if scope.type != "*":
        return () if scope.type in withheld else (scope,)
    types = sorted(BASIC if scope.context == "system" else SERVED)
    return tuple(replace(scope, type=kind) for kind in types if kind not in withheld)


def by_category(scope: ResourceScope, requested: Iterable[str]) -> tuple[ResourceScope, ...]:
    """Return the scopes of one category each that a person may narrow this one to.

    None where the form of v1 has no way to say it, or where the client asked by category itself.
    """
    if scope.v1 or scope.category or scope.type not in CATEGORIES:
        return ()
    if any(other.type == scope.type and other.category for other in resource_scopes(requested)):
        return ()
    return tuple(replace(scope, category=category_of(scope.type, code)) for code in CATEGORIES[scope.type])


def category_of(kind: str, code: str) -> str:
    """Return a category of a type as "system|code". Source: US Core 6.1.0, "SMART on FHIR Obligations"."""
    return f"{_US_CORE_SYSTEMS.get(code) or f'{_HL7}{kind.lower()}-category'}|{code}"


_HL7 = "http://terminology.hl7.org/CodeSystem/"
_US_CORE = "http://hl7.org/fhir/us/core/CodeSystem/"
_US_CORE_SYSTEMS = {"sdoh": f"{_US_CORE}us-core-category", "health-concern": f"{_US_CORE}condition-category"}


def granted(
    requested: Iterable[str], *, accepted: frozenset[str], lasting: bool, withheld: frozenset[str]
) -> tuple[str, ...]:
    """Return what is granted of ``requested`` when the keys ``accepted`` were agreed to; never wider than requested.

    A wildcard stays one when nothing of it was refused or is withheld. Categories that were agreed to within a type
    take the place of the whole of it (SMART App Launch 2.2.0, "Scopes for requesting FHIR Resources").
    """
    permitted: list[str] = []
    texts = tuple(requested)
    for text in texts:
        scope = parse(text)
        if scope is None:
            if text != "offline_access" or lasting:
                permitted.append(text)
            continue
        parts = expand(scope, withheld=withheld)
        agreed: list[ResourceScope] = []
        for part in parts:
            categories = by_category(part, texts)
            chosen = [category for category in categories if category.key in accepted]
            if part.key in accepted and len(chosen) in (0, len(categories)):
                chosen = [part]
            agreed.extend(chosen)
        if scope.type == "*" and len(parts) == len(SERVED) and tuple(agreed) == parts:
            permitted.append(text)
        else:
            permitted.extend(str(part) for part in agreed)
    return tuple(dict.fromkeys(permitted))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a set of scopes allows on one type. ``categories`` is None for all, else "system|code" it is limited to."""

    categories: frozenset[str] | None


def reach(scopes: Iterable[str], kind: str, action: str, *, context: str = "patient") -> Reach | None:
    """Return how far these scopes reach for ``action`` ("r" or "s") on resources of type ``kind``; None: not at all."""
    categories: set[str] = set()
    for scope in resource_scopes(scopes):
        if scope.context != context or action not in scope.actions:
            continue
        if scope.type != kind and (scope.type != "*" or kind in ASKED_BY_NAME):
            continue
        if not scope.category:
            return Reach(None)
        categories.add(scope.category)
    return Reach(frozenset(categories)) if categories else None


def needs_person(scopes: Iterable[str]) -> bool:
    """Tell whether an authorization is about one person's record."""
    texts = tuple(scopes)
    return "launch/patient" in texts or any(scope.context == "patient" for scope in resource_scopes(texts))


SUPPORTED: tuple[str, ...] = (
    *PLAIN,
    "patient/*.rs",
    "patient/*.read",
    *(f"patient/{kind}.rs" for kind in sorted(SERVED | ASKED_BY_NAME.keys())),
    *(f"patient/{kind}.read" for kind in sorted(SERVED)),
    *(f"patient/{kind}.rs?category={category_of(kind, code)}" for kind, codes in CATEGORIES.items() for code in codes),
    *(f"system/{kind}.rs" for kind in sorted(BASIC)),
)
"""What ``scopes_supported`` lists."""
