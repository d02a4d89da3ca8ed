"""What is done every night, and at a sign-in, without being asked for."""

from datetime import UTC, datetime, timedelta

import structlog

from portal.domain.errors import LinkingError, OutsideError
from portal.domain.links import LinkPolicy, LinkState, Tier
from portal.extensions import Services
from portal.linking import discovery, life, work
from portal.linking.life import Work
from portal.linking.states import VERIFY_EVERY
from portal.queue import LOCATE
from portal.store import links, locating, organizations
from portal.store.links import Link

_WORKING = (LinkState.ACTIVE, LinkState.NO_ACCOUNT, LinkState.ERROR)
_NIGHTLY_AFTER = timedelta(hours=12)
_AT_SIGN_IN_AFTER = timedelta(hours=1)

_log = structlog.get_logger()


def nightly(here: Services) -> int:
    """Verifications that are too old end; links with lasting authorization are refreshed; capabilities read again."""
    now = datetime.now(UTC)
    with here.db.transaction() as tx:
        for link in links.verified_before(tx, moment=now - VERIFY_EVERY):
            life.expire_verification(tx, link_id=link.id)
    with here.db.reading() as tx:
        known = links.in_state(tx, states=list(_WORKING))
        found = organizations.by_ids(tx, ids={link.organization_id for link in known})
    for organization in found.values():
        if discovery.is_due(organization, now):
            try:
                discovery.capability_of(here, organization)
            except (OutsideError, LinkingError) as error:
                _log.info("nightly.capability", organization=organization.id, code=error.code)
    allowed = {key for key, value in found.items() if value.policy is not LinkPolicy.OFF}
    due = [link for link in known if link.organization_id in allowed and _is_due(link, now, _NIGHTLY_AFTER)]
    return _ask(here, due, "nightly")


def at_sign_in(here: Services, person_id: str) -> int:
    """Refresh a person's links that are older than an hour (product.md §3.19)."""
    now = datetime.now(UTC)
    with here.db.reading() as tx:
        due = [
            link
            for link in links.of_person(tx, person_id=person_id)
            if link.state in _WORKING and _is_due(link, now, _AT_SIGN_IN_AFTER)
        ]
        unknown = locating.is_due(tx, person_id=person_id)
    if unknown:
        here.queue.enqueue(LOCATE, job_id=f"locate-{person_id}", person=person_id)
    return _ask(here, due, "sign-in")


def _is_due(link: Link, now: datetime, age: timedelta) -> bool:
    throttled = link.throttled_until is not None and link.throttled_until > now
    background = link.lasting or link.tier is Tier.RECORD_ONLY
    return background and not throttled and (link.refreshed_at is None or now - link.refreshed_at > age)


def _ask(here: Services, due: list[Link], cause: str) -> int:
    todo: list[Work] = []
    for link in due:
        with here.db.transaction() as tx:
            todo.append(life.request_refresh(tx, link, cause))
    work.enqueue(here, todo)
    return len(todo)
