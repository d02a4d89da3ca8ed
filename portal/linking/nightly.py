"""What is done every night, and at a sign-in, without being asked for."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from secrets import SystemRandom

import structlog

from portal.domain.errors import LinkingError, OutsideError
from portal.domain.ids import id_range
from portal.linking import endings, enqueue, home_chart, proxies, refresh_policy, transitions
from portal.linking.oauth import discovery
from portal.linking.states import VERIFY_EVERY
from portal.linking.transitions import Work
from portal.mail import alerts
from portal.queue import LOCATE
from portal.services import Services
from portal.store.directory import match_partners, organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link

_log = structlog.get_logger()


PARTS = 16
"""The night's refreshes are asked for in so many parts, one after the other; each link has its own part."""
_SLICE = 200
"""Links that are looked at at once."""
_CAPABILITY_SECONDS = 20 * 60
"""Within which capabilities are read again on one night; who was not reached has the same chance on the next."""


def nightly(services: Services, part: int | None = None) -> int:
    """Ask for refreshes of links with lasting authorization: those of one part of the night (0 to ``PARTS`` - 1).

    Without a part, all of them, after the housekeeping. Return the number of refreshes that were asked for.
    """
    if part is None:
        keep_house(services)
        read_capabilities(services)
    parts = range(PARTS) if part is None else (part,)
    return sum(_refresh_slice(services, links_) for each in parts for links_ in _slices(services, each))


def keep_house(services: Services) -> None:
    """End verifications that are too old and rights that are over, and read the roster."""
    _expire_verifications(services)
    proxies.end_due(services)
    proxies.tell_of_boundaries(services)
    endings.warn(services)
    alerts.failing(services)
    try:
        home_chart.enrol_new(services)
    except (OutsideError, LinkingError) as error:
        _log.warning("nightly.roster", code=error.code)


def read_capabilities(services: Services) -> int:
    """Ask the organizations whose capabilities were read a week ago again, for a while; return how many were asked."""
    ends, count = time.monotonic() + _CAPABILITY_SECONDS, 0
    with services.db.reading() as tx:
        places = list(organizations.by_ids(tx, ids=links.organizations_in_use(tx)).values())
    # Not always in the same order: those that never answer would take the time of all after them, every night.
    SystemRandom().shuffle(places)
    for organization in places:
        if time.monotonic() > ends:
            _log.warning("nightly.capabilities", asked=count)
            break
        if discovery.is_due(organization, datetime.now(UTC)):
            count += 1
            try:
                discovery.capability_of(services, organization)
            except (OutsideError, LinkingError) as error:
                _log.info("nightly.capability", organization=organization.id, code=error.code)
    return count


def _slices(services: Services, part: int) -> Iterator[tuple[Link, ...]]:
    """Yield the working links of a part of the night, some at a time."""
    after = ""
    while True:
        with services.db.reading() as tx:
            working = links.working_slice(tx, within=id_range(part, PARTS), after=after, limit=_SLICE)
        if working:
            yield working
        if len(working) < _SLICE:
            return
        after = working[-1].id


def _refresh_slice(services: Services, working: tuple[Link, ...]) -> int:
    with services.db.reading() as tx:
        organizations_by_id = organizations.by_ids(tx, ids={link.organization_id for link in working})
    return _ask(services, _due(working, organizations_by_id, datetime.now(UTC), "nightly"), "nightly")


def _expire_verifications(services: Services) -> None:
    after, full = "", True
    while full:
        with services.db.transaction() as tx:
            old = links.verified_before(tx, moment=tx.now - VERIFY_EVERY, after=after, limit=_SLICE)
            for link in old:
                transitions.expire_verification(tx, link_id=link.id)
        full = len(old) == _SLICE
        after = old[-1].id if old else ""


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
