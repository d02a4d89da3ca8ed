"""How organizations' parts of a section stand: what a page asks again while a refresh is under way."""

from collections.abc import Sequence

from portal.domain.errors import NotFoundError
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.links import refreshes
from portal.store.records import rows
from portal.web.guards import current_sight
from portal.web.health import sources
from portal.web.health.models import Place
from portal.web.linked import linked


def part_statuses(
    person_id: str, section: Section, link_ids: Sequence[str], *, since: int, attempt: int
) -> tuple[Place, ...]:
    """Return only how these organizations' parts stand, of those that are still linked; nothing clinical is read.

    Raises:
        NotFoundError: the first link is not this person's.
    """
    with current_services().db.reading() as tx:
        by_id = {connection.link.id: connection for connection in linked(tx, person_id=person_id)}
        if link_ids[0] not in by_id:
            raise NotFoundError
        connections = [by_id[link_id] for link_id in link_ids if link_id in by_id]
        states = refreshes.states(tx, link_ids=[connection.link.id for connection in connections])
        # Somebody who says that there is nothing says something, too.
        counts = rows.counts(tx, person_id=person_id, sight=current_sight(), absences=True).get(section, {})
        places = [
            sources.status(
                tx,
                connection,
                section,
                count=counts.get(connection.link.id, 0),
                state=states[connection.link.id].get(section),
                since=since,
                attempt=attempt,
            )
            for connection in connections
        ]
    return sources.together(places, asks=lambda place: bool(place.poll_after))
