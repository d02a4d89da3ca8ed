"""A linked organization's place in a section page: what it has here, as of when, and what is going on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import BASIC, Section
from portal.store import Tx
from portal.store.links import refreshes
from portal.store.links.refreshes import SectionState
from portal.store.records import rows
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.health.missing_reasons import LinkedSection
from portal.web.health.models import Place, Strip
from portal.web.htmx import along
from portal.web.linked import Linked, address_of
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext

POLLS = (2, 3, 5, 8, 13, 20, 30, 30, 30)
"""Seconds between looks at a refresh that is under way; after the last the page stops by itself."""


def since_now(now: datetime) -> int:
    """Return the moment of a page, for its places' addresses: milliseconds since 1970."""
    return int(now.timestamp() * 1000)


def place(
    connection: Linked,
    section: Section,
    *,
    count: int,
    state: SectionState | None,
    since: int,
) -> Place:
    """Say what the page knows as it is made; only what moves is asked for again (requirement F6)."""
    return Place(
        link_id=connection.link.id,
        name=connection.name,
        mark=connection.organization.mark,
        shown=connection.shown,
        count=count,
        href=address_of("health.part", "link", connection.link.id, section=section.value),
        status_href=address_of(
            "health.part", "link", connection.link.id, section=section.value, show="status", since=since
        ),
        link_href=connection.href,
        as_of=state.good_at if state else None,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
        busy=connection.updating or connection.shown is Shown.LINKING,
        failed=failed_text(section, connection, state, count),
    )


def together(places: Sequence[Place], *, asks: Callable[[Place], bool]) -> tuple[Place, ...]:
    """Return the places so that the first that ``asks`` does it for all that do: one request brings them."""
    asking = [place.link_id for place in places if asks(place)]
    if len(asking) < 2:
        return tuple(places)
    first, *others = asking
    return tuple(
        replace(place, status_href=f"{place.status_href}&also={along(others)}", also=tuple(others))
        if place.link_id == first
        else replace(place, status_href="" if place.link_id in others else place.status_href)
        for place in places
    )


def strip(places: Sequence[Place], home: str, *, home_is_wrong: bool) -> Strip | None:
    """Return the line under a section's title; None where the home organization is the only one.

    Places that can never have the section are left out; what was not granted, or could not be asked for, may be there.
    """
    offering = [place for place in places if place.outcome is not Outcome.NOT_OFFERED or _may_have_it(place)]
    if not offering:
        return None
    wrong = [place.name for place in offering if place.outcome in _WRONG or place.shown is Shown.ERROR]
    stale = [place for place in offering if place.shown in _OUT_OF_DATE and place.name not in wrong]
    others = [place for place in offering if place not in stale and place.name not in wrong]
    complete = sum(place.complete for place in others)
    return Strip(
        complete + (not home_is_wrong),
        len(offering) + 1,
        ((home,) if home_is_wrong else ()) + tuple(wrong),
        tuple((place.name, formats.day_of(place.as_of)) for place in stale if place.as_of),
        tuple(place.name for place in others if not place.complete),
    )


def _may_have_it(place: Place) -> bool:
    return place.shown is Shown.ERROR or place.reason == "not-granted"


_OUT_OF_DATE = frozenset({Shown.UPDATE_DUE, Shown.UNAVAILABLE, Shown.NEEDS_VERIFICATION})
_WRONG = frozenset({Outcome.FAILED, Outcome.PARTLY})


def status(
    tx: Tx, connection: Linked, section: Section, *, count: int, state: SectionState | None, since: int, attempt: int
) -> Place:
    """Return the place with its progress: whether a refresh is at this section, and what came since."""
    latest = refreshes.latest(tx, link_id=connection.link.id)
    waiting = connection.shown is Shown.LINKING or (latest is not None and latest.open)
    if latest is not None and latest.open:
        section_part = next((part for part in latest.sections if part.section is section), None)
        waiting = section_part is None or section_part.ended_at is None
    try:
        moment = datetime.fromtimestamp(since / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        moment = tx.now
    fresh = rows.arrived(
        tx,
        person_id=connection.link.person_id,
        section=section,
        source=connection.link.id,
        since=moment,
        sight=current_sight(),
    )
    poll = POLLS[attempt] if waiting and attempt < len(POLLS) else 0
    return Place(
        link_id=connection.link.id,
        name=connection.name,
        mark=connection.organization.mark,
        shown=connection.shown,
        count=count,
        href=address_of("health.part", "link", connection.link.id, section=section.value),
        status_href=address_of(
            "health.part",
            "link",
            connection.link.id,
            section=section.value,
            show="status",
            since=since,
            look=attempt + 1,
        ),
        link_href=connection.href,
        as_of=state.good_at if state else None,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
        busy=waiting,
        fresh=fresh,
        poll_after=poll,
        failed=failed_text(section, connection, state, count),
    )


def failed_text(section: Section, connection: Linked, state: SectionState | None, count: int) -> str:
    """Say what is wrong or withheld in plain words; empty when the section is as it should be. ``count`` items came."""
    if connection.link.tier is Tier.RECORD_ONLY and section not in BASIC:
        return _("You need an account there to see this.")
    if connection.shown is Shown.UNAVAILABLE:
        return _("This place switched linking off.")
    if state is None:
        return ""
    if state.outcome is Outcome.NOT_OFFERED:
        if state.reason == "not-granted":
            return _("You did not allow this section when you signed in there.")
        return _("This place does not share this kind of information.")
    if state.outcome is Outcome.FAILED and not count:
        return _("The last update did not work.")
    return str(_FAILED.get(state.outcome, ""))


_FAILED = {
    Outcome.PARTLY: lazy_gettext("Not everything could be loaded."),
    Outcome.REFUSED: lazy_gettext("This place does not share this section."),
    Outcome.FAILED: lazy_gettext("The last update did not work. You still see what came before."),
}


def for_missing(
    connection: Linked, states: Mapping[str, Mapping[Section, SectionState]], section: Section, count: int
) -> LinkedSection:
    """Return the same facts for "Why is something missing?"."""
    state = states.get(connection.link.id, {}).get(section)
    return LinkedSection(
        link_id=connection.link.id,
        name=connection.name,
        shown=connection.shown,
        tier=connection.link.tier,
        outcome=state.outcome if state else None,
        reason=state.reason if state else None,
        good_at=state.good_at if state else connection.link.refreshed_at,
        items=count,
    )
