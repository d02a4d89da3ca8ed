"""What an app reads by one grant now: computed by the rules that answer its own requests."""

from portal.config import Settings
from portal.domain.ids import HOME, OWN
from portal.provider.fhir import shared
from portal.provider.fhir.access import caller_by
from portal.provider.fhir.outcomes import FhirError
from portal.sharing.gathering import linked_sources
from portal.sharing.summary import SECTIONS
from portal.store import Tx
from portal.store.people import people
from portal.store.provider import clients, release
from portal.store.provider.grants import OAuthGrant
from portal.store.records import resources
from portal.store.records.resources import StoredResource

_IN_SUMMARY = frozenset(kind for section in SECTIONS for kind in section.kinds)


def readable(tx: Tx, settings: Settings, grant: OAuthGrant) -> tuple[StoredResource, ...]:
    """Return the resources of the person of a grant in force that it brings: by a search, a read, or in the summary.

    None if it ended.
    """
    client = clients.client_by_id(tx, client_id=grant.client_id)
    if client is None or grant.person_id is None:
        return ()
    try:
        patient = people.fhir_id_of(tx, person_id=grant.person_id)
        decided = release.in_force(tx)
        caller = caller_by(
            tx, settings, client=client, grant=grant, granted=grant.scopes, patient=patient, decided=decided
        )
    except FhirError:
        return ()
    linked = linked_sources(tx, person_id=grant.person_id, sight=caller.sight) if caller.summary_is_merged else {}
    seen = [
        stored
        for stored in resources.everything(tx, person_id=grant.person_id)
        if (
            stored.source == HOME
            or (stored.source == OWN and stored.type == "Observation")
            or (stored.source in linked and stored.type in _IN_SUMMARY)
        )
        and caller.sees(stored)
    ]
    about_others = [stored for stored in seen if stored.type in shared.DESCRIBING and stored.source == HOME]
    sight = shared.PeopleSight(tx, caller, {grant.person_id: patient or ""})
    hidden = {stored.id for stored in about_others} - {stored.id for stored in sight.narrowed(about_others)}
    return tuple(stored for stored in seen if stored.id not in hidden)
