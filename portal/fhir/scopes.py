"""What granted SMART scopes allow: v1 ``patient/X.read``, v2 ``patient/X.cruds`` with a category, wildcards.

Source: SMART App Launch 2.2.0, "Scopes for requesting FHIR Resources", 3.0.2.2 (v2), 3.0.2.3 (granular), 3.0.2.5 (v1).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

_SCOPE = re.compile(r"(?:patient|user|system)/(\*|[A-Z][A-Za-z]*)\.(read|write|\*|c?r?u?d?s?)(?:\?(.*))?")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be asked for. ``categories`` is None for all, else the category codes that the grant is narrowed to."""

    search: bool = False
    read: bool = False
    categories: frozenset[str] | None = None


class GrantedScopes:
    """The granted scopes of one token. No scopes at all: as much as was asked for was granted (RFC 6749, 5.1)."""

    def __init__(self, scopes: Iterable[str]) -> None:
        self._parsed = [parsed for scope in scopes if (parsed := _parse(scope)) is not None]

    def of(self, resource_type: str) -> Allowed:
        if not self._parsed:
            return Allowed(search=True, read=True)
        fits = [(rights, codes) for kind, rights, codes in self._parsed if kind in ("*", resource_type)]
        searched = [codes for rights, codes in fits if "s" in rights]
        whole = any(codes is None for codes in searched)
        return Allowed(
            search=bool(searched),
            read=any("r" in rights for rights, _ in fits),
            categories=None if whole or not searched else frozenset().union(*(codes or () for codes in searched)),
        )

    def create(self, resource_type: str) -> bool:
        """Tell whether new resources of a type may be sent."""
        fits = (rights for kind, rights, _codes in self._parsed if kind in ("*", resource_type))
        return not self._parsed or any("c" in rights for rights in fits)


def _parse(scope: str) -> tuple[str, str, frozenset[str] | None] | None:
    match = _SCOPE.fullmatch(scope)
    if match is None:
        return None
    kind, rights, query = match.groups()
    rights = {"read": "rs", "write": "cud", "*": "cruds"}.get(rights, rights)
    if not query:
        return kind, rights, None
    values = parse_qs(query).get("category", [])
    codes = frozenset(code.rpartition("|")[2] for value in values for code in value.split(","))
    return kind, rights, codes or None
