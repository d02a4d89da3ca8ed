"""A linked organization's place in a section page: what it has here, as of when, and what is going on."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import url_for
from flask_babel import gettext as _

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import BASIC, Section
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.records import rows
from portal.web.guards import sees_confidential
from portal.web.health.missing_reasons import LinkedSection
from portal.web.health.models import Place
from portal.web.linked import Linked

POLLS = (2, 3, 5, 8, 13, 20, 30, 30, 30)
"""Seconds between looks at a refresh that is under way; after the last the page stops by itself."""


def since_now(now: datetime) -> int:
    """The moment of a page, for its places' addresses: milliseconds since 1970."""
    return int(now.timestamp() * 1000)


def place(
    one: Linked,
    section: Section,
    *,
    count: int,
    state: SectionState | None,
    since: int,
) -> Place:
    """What is known without asking anything further."""
    return Place(
        link_id=one.link.id,
        name=one.name,
        mark=one.organization.mark,
        shown=one.shown,
        count=count,
        href=url_for("health.part", section=section.value, link=one.link.id),
        status_href=url_for("health.part", section=section.value, link=one.link.id, show="status", since=since),
        link_href=one.href,
        as_of=state.good_at if state else None,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
    )


def status(
    tx: Tx, one: Linked, section: Section, *, count: int, state: SectionState | None, since: int, attempt: int
) -> Place:
    """The place with its progress: whether a refresh is at this section, and what came since the page was made."""
    latest = refreshes.latest(tx, link_id=one.link.id)
    waiting = one.shown is Shown.LINKING or (latest is not None and latest.open)
    if latest is not None and latest.open:
        mine = next((part for part in latest.sections if part.section is section), None)
        waiting = mine is None or mine.ended_at is None
    try:
        moment = datetime.fromtimestamp(since / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        moment = tx.now
    fresh = rows.arrived(
        tx,
        person_id=one.link.person_id,
        section=section,
        source=one.link.id,
        since=moment,
        confidential=sees_confidential(),
    )
    poll = POLLS[attempt] if waiting and attempt < len(POLLS) else 0
    return Place(
        link_id=one.link.id,
        name=one.name,
        mark=one.organization.mark,
        shown=one.shown,
        count=count,
        href=url_for("health.part", section=section.value, link=one.link.id),
        status_href=url_for(
            "health.part", section=section.value, link=one.link.id, show="status", since=since, look=attempt + 1
        ),
        link_href=one.href,
        as_of=state.good_at if state else None,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
        busy=waiting,
        fresh=fresh,
        poll_after=poll,
        failed=failed_text(section, one, state),
    )


def failed_text(section: Section, one: Linked, state: SectionState | None) -> str:
    """What is wrong or withheld in plain words; empty when the section is as it should be."""
    if one.link.tier is Tier.RECORD_ONLY and section not in BASIC:
        return _("Not without an active account there.")
    if one.shown is Shown.UNAVAILABLE:
        return _("This organization has switched linking off.")
    if state is None:
        return ""
    said = {
        Outcome.PARTLY: _("Not everything could be loaded."),
        Outcome.REFUSED: _("This organization does not release this section."),
        Outcome.FAILED: _("The last update did not succeed. What was loaded before stays."),
    }
    if state.outcome is Outcome.NOT_OFFERED:
        if state.reason == "not-granted":
            return _("You did not allow this section when you signed in there.")
        return _("This organization does not give out this kind of information.")
    return said.get(state.outcome, "")


def for_missing(
    one: Linked, states: Mapping[str, Mapping[Section, SectionState]], section: Section, count: int
) -> LinkedSection:
    """The same facts for "Why is something missing?"."""
    state = states.get(one.link.id, {}).get(section)
    return LinkedSection(
        link_id=one.link.id,
        name=one.name,
        shown=one.shown,
        tier=one.link.tier,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
        good_at=state.good_at if state else one.link.refreshed_at,
        items=count,
    )
