"""Which organizations to suggest to a person, and why (product.md §3.1). Computed by a job, kept, cheap to show.

Certain matches by partners (reason "match") are written by whoever asked the partner, with ``organizations.suggest``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.directory import geography
from portal.directory.search import Match, search
from portal.domain.entry import CareTeam, Document, Entry, Immunization, Insurance, Visit
from portal.domain.words import fold
from portal.store import Database, Tx
from portal.store.directory import organizations, suggestions
from portal.store.people import people
from portal.store.provider import clients, grants
from portal.store.records import privacy
from portal.store.records.grouping import lock_person
from portal.store.records.privacy import PrivateChoice

_NEAR_MILES = 20.0
_NEAR_MOST = 3
_NAMES_MOST = 200  # different names from one chart that are looked up


@dataclass(frozen=True, slots=True)
class _Candidate:
    organization_id: str
    reason: str
    last_visit: str = ""
    sensitive: bool = False


def compute(database: Database, *, person_id: str, home_name: str = "") -> int:
    """Find and keep suggestions for one person; gives how many were found. The person's earlier answers stay.

    Args:
        person_id: whose.
        home_name: the home organization's own name, which is in its chart everywhere and suggests nothing.
    """
    while True:
        with database.reading() as tx:
            person = people.by_id(tx, person_id=person_id)
            if person is None:
                return 0
            private = privacy.choices(tx, person_id=person_id)
            postal_code = next((a.postal_code for a in person.demographics.addresses if a.postal_code), "")
            withheld = _kept_private(tx, person_id, postal_code) if private else frozenset()
            shown = [
                *_in_chart(tx, person_id, postal_code, home_name),
                *_linked_to_us(tx, person_id),
                *_nearby(tx, postal_code),
            ]
        if _store(database, person_id, shown, private=private, withheld=withheld):
            return len({candidate.organization_id for candidate in shown} - withheld)


def _store(
    database: Database,
    person_id: str,
    shown: Iterable[_Candidate],
    *,
    private: tuple[PrivateChoice, ...],
    withheld: frozenset[str],
) -> bool:
    """Keep suggestions, unless the person chose meanwhile what they keep ``private``: then nothing is done.

    ``withheld``: organizations that are suggested for no reason, nor any more by a partner's.
    """
    with database.transaction() as tx:
        lock_person(tx, person_id=person_id)
        if privacy.choices(tx, person_id=person_id) != private:
            return False
        if withheld:
            suggestions.withdraw(tx, person_id=person_id, organization_ids=withheld)
        shown = tuple(candidate for candidate in shown if candidate.organization_id not in withheld)
        sensitive = {each.organization_id for each in shown if each.sensitive}
        for suggestion in shown:
            organizations.suggest(
                tx,
                person_id=person_id,
                organization_id=suggestion.organization_id,
                reason=suggestion.reason,
                last_visit=suggestion.last_visit or None,
                sensitive=suggestion.organization_id in sensitive,  # for whatever other reason it is shown, too
            )
    return True


def _in_chart(tx: Tx, person_id: str, postal_code: str, home_name: str) -> Iterator[_Candidate]:
    """Organizations that our own chart names: only by exactly their name, never by a similar one."""
    open_visits: dict[str, str] = {}
    confidential_visits: dict[str, str] = {}
    for entry, is_confidential in suggestions.chart(tx, person_id=person_id):
        visits = confidential_visits if is_confidential else open_visits
        for name in _named(entry):
            when = (entry.when or "")[:10] if isinstance(entry.detail, Visit) else ""
            visits[name] = max(visits.get(name, ""), when)
    newest = confidential_visits | open_visits
    home = fold(home_name)
    candidates: dict[str, _Candidate] = {}
    for name in sorted(newest, key=lambda name: newest[name], reverse=True)[:_NAMES_MOST]:
        match = None if fold(name) == home else _exactly(tx, name, postal_code)
        if match is not None:
            sensitive = match.organization.sensitive or name not in open_visits
            candidate = _Candidate(match.id, "chart", newest[name], sensitive)
            before = candidates.get(match.id)
            if before is None or (before.sensitive and not sensitive):  # of two names what is open counts
                candidates[match.id] = candidate
    yield from candidates.values()


def _kept_private(tx: Tx, person_id: str, postal_code: str) -> frozenset[str]:
    """Return the organizations that nothing in the chart names but what the person keeps private."""
    shown = {name for entry, _confidential in suggestions.chart(tx, person_id=person_id) for name in _named(entry)}
    hidden = {name for entry, _ in suggestions.chart(tx, person_id=person_id, private=True) for name in _named(entry)}
    matches = (_exactly(tx, name, postal_code) for name in sorted(hidden - shown)[:_NAMES_MOST])
    return frozenset(match.id for match in matches if match is not None)


def _exactly(tx: Tx, name: str, postal_code: str) -> Match | None:
    folded = fold(name)
    same = [m for m in search(tx, text=name, near=postal_code or None, limit=10) if fold(m.matched.name) == folded]
    # Several of one name, and nothing tells which: none is suggested.
    near = [m for m in same if m.miles is not None and m.miles <= _NEAR_MILES * 2]
    if len(same) > 1 and len(near) != 1:
        return None
    return next(iter(near or same), None)


def _linked_to_us(tx: Tx, person_id: str) -> Iterator[_Candidate]:
    """Portals that the person has let read our record."""
    for grant in grants.grants_of_person(tx, person_id=person_id):
        client = clients.client_by_id(tx, client_id=grant.client_id)
        base = client.portal_fhir_base if client else ""
        value = organizations.by_fhir_base(tx, fhir_base=base) if base else None
        if value is not None:
            yield _Candidate(value.id, "reverse", "", value.sensitive)


def _nearby(tx: Tx, postal_code: str) -> Iterator[_Candidate]:
    """Yield the nearest organizations that we are registered with; living near them says nothing of health."""
    place = geography.of_postal_code(postal_code) if postal_code else None
    if place is None:
        return
    origin = (place.latitude, place.longitude)
    box = suggestions.linkable_around(tx, latitude=place.latitude, longitude=place.longitude, degrees=0.5)
    away = sorted((geography.miles_between(*origin, lat, lon), nearby_id) for nearby_id, lat, lon in box)
    for miles, organization_id in away[:_NEAR_MOST]:
        if miles <= _NEAR_MILES:
            yield _Candidate(organization_id, "near")


def _named(entry: Entry) -> set[str]:
    detail = entry.detail
    names: tuple[str, ...] = ()
    if isinstance(detail, Visit):
        names = (detail.organization, detail.place)
    elif isinstance(detail, CareTeam):
        names = (detail.organization, *(member.organization for member in detail.members))
    elif isinstance(detail, Insurance):
        names = (detail.payer,)
    elif isinstance(detail, Document):
        names = (detail.custodian, detail.author)
    elif isinstance(detail, Immunization):
        names = (detail.place, detail.performer)
    return {name.strip() for name in names if len(name.strip()) > 3}
