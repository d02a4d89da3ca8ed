"""Look for organizations where a person was seen: in the chart, among portals linked to us, nearby, and at partners."""

from jobs import context
from portal.directory import suggestions
from portal.linking.record_only import locate


def run(*, instance: str, person: str) -> int:
    """Return the number of organizations that partners found."""
    services = context.services(instance)
    matches = locate(services, person)
    # After the partners: what the person keeps private takes back what they said of the same place.
    suggestions.compute(services.db, person_id=person, home_name=services.settings.organization)
    return matches
