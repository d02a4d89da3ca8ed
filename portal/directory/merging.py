"""Which entries of a list are the same organization, and what one is from all that is said of it. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from portal.directory.listing import (
    Endpoint,
    Former,
    Listed,
    host_of,
    name_key,
    registrable,
    telling,
    tenant_key,
)

_SHARED = 12
"""A web domain with servers of more organizations than this is a vendor's and says nothing of identity."""


@dataclass(slots=True)
class Merged:
    """One organization: its entries, first the one that names it."""

    entries: list[Listed]
    refusal: str = ""


@dataclass(slots=True)
class _DisjointSets:
    """Union-find over positions."""

    parent: list[int]
    seen: dict[Hashable, int] = field(default_factory=dict)

    def root(self, at: int) -> int:
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def same(self, at: int, key: Hashable) -> None:
        first = self.root(self.seen.setdefault(key, at))
        self.parent[self.root(at)] = first


def merge(entries: Sequence[Listed]) -> list[Merged]:
    """Entries that are the same organization, together. Nameless ones join the only organization on their server.

    The same: same NPI; same name on the same server, in whatever FHIR version; same name and postal code; same name and
    web domain, unless the domain is a vendor's; nearly the same name on the same server.
    """
    vendors = vendor_domains(entries)
    sets = _DisjointSets(list(range(len(entries))))
    named: defaultdict[str, set[int]] = defaultdict(set)
    for at, entry in enumerate(entries):
        if not entry.name:
            continue
        for key in identity_keys(entry, vendors):
            sets.same(at, key)
        for endpoint in entry.endpoints:
            named[endpoint.address].add(at)
    for at, entry in enumerate(entries):
        if not entry.name:
            owners = {sets.root(other) for endpoint in entry.endpoints for other in named[endpoint.address]}
            if len(owners) == 1:
                sets.parent[at] = owners.pop()
    groups: defaultdict[int, list[Listed]] = defaultdict(list)
    for at, entry in enumerate(entries):
        groups[sets.root(at)].append(entry)
    return [_checked(group) for group in groups.values()]


def identity_keys(entry: Listed, vendors: frozenset[str]) -> Iterable[Hashable]:
    """Return what another entry must share with this one to be the same organization; any one of these is enough."""
    name = name_key(entry.name)
    if entry.npi:
        yield ("npi", entry.npi)
    if entry.postal_code:
        yield ("postal", name, entry.postal_code[:5])
    words = telling(entry.name)
    for endpoint in entry.endpoints:
        yield ("tenant", tenant_key(endpoint.address), name, entry.state)
        if len(words) > 1:
            yield ("words", endpoint.address, words, entry.state)
        domain = registrable(host_of(endpoint.address))
        if domain not in vendors:
            yield ("domain", domain, name)


def best_endpoint(endpoints: Iterable[Endpoint]) -> Endpoint | None:
    """Return the one to use: R4, else a version that is not known; never one of another version."""
    usable = [endpoint for endpoint in endpoints if endpoint.version in {"4", ""}]
    return min(usable, key=lambda e: (e.version != "4", e.status not in {"active", ""}, e.address), default=None)


def compose(entries: Sequence[Listed]) -> Listed:
    """One organization from all that is said of it: the fullest entry names it, other names are its aliases."""
    ranked = sorted(entries, key=lambda e: (not e.name, not e.portal_url, -_fullness(e), e.name.islower(), e.entry))
    first = ranked[0]
    endpoints = tuple(dict.fromkeys(endpoint for entry in ranked for endpoint in entry.endpoints))
    names: dict[str, str] = {}
    for entry in ranked:
        for name in (entry.name, *entry.aliases):
            names.setdefault(name_key(name), name)
    names.pop(name_key(first.name), None)
    names.pop("", None)
    former: dict[str, Former] = {old.name: old for entry in ranked for old in entry.former}

    def first_stated(field_name: str) -> str:
        return next((value for entry in ranked if (value := str(getattr(entry, field_name)))), "")

    place = next((entry for entry in ranked if entry.city or entry.postal_code), first)
    more = dict.fromkeys(other for entry in ranked for other in entry.more_places)
    return Listed(
        entry=first.entry,
        name=first.name,
        kind=next((entry.kind for entry in ranked if entry.kind != "provider"), "provider"),
        aliases=tuple(name for name in names.values() if name not in former),
        former=tuple(former.values()),
        endpoints=endpoints,
        part_of=first_stated("part_of"),
        portal_url=first_stated("portal_url"),
        website=first_stated("website"),
        vendor=first_stated("vendor"),
        phone=first_stated("phone"),
        npi=first_stated("npi"),
        line=place.line,
        city=place.city,
        state=place.state or first_stated("state"),
        postal_code=place.postal_code,
        more_places=tuple(more),
        logo_url=first_stated("logo_url"),
    )


def _fullness(entry: Listed) -> int:
    marks = (entry.npi, entry.city, entry.postal_code, entry.state, entry.website, entry.logo_url, entry.phone)
    return sum(bool(mark) for mark in marks) + (best_endpoint(entry.endpoints) is not None)


def _checked(group: list[Listed]) -> Merged:
    refusal = ""
    if not any(entry.name for entry in group):
        refusal = "no-name"
    elif not any(best_endpoint(entry.endpoints) for entry in group) and not any(entry.part_of for entry in group):
        refusal = "not-r4"
    return Merged(group, refusal)


def vendor_domains(entries: Iterable[Listed]) -> frozenset[str]:
    """Web domains with servers of so many organizations that they say nothing of identity."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for endpoint in entry.endpoints:
            names[registrable(host_of(endpoint.address))].add(name_key(entry.name))
    return frozenset(domain for domain, used in names.items() if len(used) > _SHARED)
