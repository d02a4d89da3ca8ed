"""Finding organizations by what patients type."""

from dataclasses import dataclass

from portal.domain.links import LinkPolicy, OrganizationKind
from portal.domain.words import fold
from portal.store import Tx, directory_index, organizations
from portal.store.organizations import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Which name was found. ``kind`` is name, alias or former; ``until`` a FHIR date or empty, for former names."""

    name: str
    kind: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One line of an answer, best first. ``organization`` has everything else that a card shows."""

    id: str
    name: str
    owner: str
    city: str
    state: str
    matched: Matched
    kind: OrganizationKind
    policy: LinkPolicy
    organization: Organization


def search(tx: Tx, *, text: str, near: str | None = None, limit: int = 20) -> list[Match]:
    """Organizations for what was typed, best first.

    Args:
        text: name, clinic, former name, owner, city, postal code, domain or NPI, in any order, also unfinished.
        near: the person's postal code, or a place as "city, state"; nearer ones come first among equals.
        limit: at most so many.
    """
    del near
    words = fold(text)
    if not words:
        return []
    best: dict[str, tuple[tuple[int, int, int], str, str, str]] = {}
    for organization_id, name, kind, until, line in directory_index.simple(tx.conn, words):
        own = line.split()
        missing = sum(not any(other.startswith(word) for other in own) for word in words)
        rank = (missing, len(own), 0 if kind == "name" else 1)
        if organization_id not in best or rank < best[organization_id][0]:
            best[organization_id] = (rank, name, kind, until)
    order = sorted(best, key=lambda key: (best[key][0], best[key][1], key))[:limit]
    found = organizations.by_ids(tx, ids=order)
    return [
        _match(
            found[key],
            Matched(name=best[key][1], kind=best[key][2], until=best[key][3]),
        )
        for key in order
    ]


def _match(value: Organization, matched: Matched) -> Match:
    return Match(
        id=value.id,
        name=value.name,
        owner=value.owner_name,
        city=value.city,
        state=value.state,
        matched=matched,
        kind=value.kind,
        policy=value.policy,
        organization=value,
    )
