"""What is done every night, and at a sign-in, without being asked for."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zlib import crc32

import structlog

from portal.domain.errors import LinkingError, OutsideError
from portal.domain.links import WORKING
from portal.linking import enqueue, home_chart, proxies, refresh_policy, transitions
from portal.linking.oauth import discovery
from portal.linking.states import VERIFY_EVERY
from portal.linking.transitions import Work
from portal.queue import LOCATE
from portal.services import Services
from portal.store.directory import match_partners, organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link

_log = structlog.get_logger()


PARTS = 16
"""The night's refreshes are asked for in so many parts, one after the other; each link has its own part."""


def nightly(services: Services, part: int | None = None) -> int:
    """Links with lasting authorization are refreshed: those of one part of the night (0 to ``PARTS`` - 1), or all.

    With the first part, verifications that are too old end, capabilities are read again, and the roster is.
    Gives the number of refreshes that were asked for.
    """
    now = datetime.now(UTC)
    if not part:
        _keep_house(services, now)
    with services.db.reading() as tx:
        working = [
            candidate for candidate in links.in_state(tx, states=WORKING) if part in (None, part_of(candidate.id))
        ]
        organizations_by_id = organizations.by_ids(tx, ids={link.organization_id for link in working})
    return _ask(services, _due(working, organizations_by_id, now, "nightly"), "nightly")


def part_of(link_id: str) -> int:
    """Return a link's part of the night, always the same."""
    return crc32(link_id.encode()) % PARTS


def _keep_house(services: Services, now: datetime) -> None:
    with services.db.transaction() as tx:
        for link in links.verified_before(tx, moment=now - VERIFY_EVERY):
            transitions.expire_verification(tx, link_id=link.id)
    proxies.end_due(services)
    proxies.tell_of_boundaries(services)
    try:
        home_chart.enrol_new(services)
    except (OutsideError, LinkingError) as error:
        _log.warning("nightly.roster", code=error.code)
    with services.db.reading() as tx:
        working = links.in_state(tx, states=WORKING)
        organizations_by_id = organizations.by_ids(tx, ids={link.organization_id for link in working})
    for organization in organizations_by_id.values():
        if discovery.is_due(organization, now):
            try:
                discovery.capability_of(services, organization)
            except (OutsideError, LinkingError) as error:
                _log.info("nightly.capability", organization=organization.id, code=error.code)


def at_sign_in(services: Services, person_id: str) -> int:
    """Refresh a person's links that are older than an hour (product.md §3.19), and the home chart with them."""
    now = datetime.now(UTC)
    home = _home_chart(services, person_id)
    with services.db.reading() as tx:
        persons_links = (*home, *links.of_person(tx, person_id=person_id))
        organizations_by_id = organizations.by_ids(tx, ids={link.organization_id for link in persons_links})
        unknown = match_partners.is_due(tx, person_id=person_id)
    if unknown:
        services.queue.enqueue(LOCATE, job_id=f"locate-{person_id}", person=person_id)
    return _ask(services, _due(persons_links, organizations_by_id, now, "sign-in"), "sign-in")


def _home_chart(services: Services, person_id: str) -> tuple[Link, ...]:
    """Return what the home chart is read by; whoever signs in for the first time has theirs read from then on."""
    if not services.settings.chart_base:
        return ()
    home_chart.server(services)
    with services.db.transaction() as tx:
        link = home_chart.open_link(tx, services, person_id=person_id)
    return (link,) if link is not None else ()


def _due(
    candidates: Iterable[Link], organizations_by_id: Mapping[str, Organization], now: datetime, cause: str
) -> list[Link]:
    """Return the links that may be asked for an update without anybody having wished for it."""
    return [
        link
        for link in candidates
        if link.organization_id in organizations_by_id
        and not refresh_policy.refusal(
            link, policy=organizations_by_id[link.organization_id].policy, cause=cause, now=now
        )
    ]


def _ask(services: Services, due: list[Link], cause: str) -> int:
    todo: list[Work] = []
    for link in due:
        with services.db.transaction() as tx:
            todo.append(transitions.request_refresh(tx, link, cause))
    enqueue.enqueue(services, todo)
    return len(todo)
