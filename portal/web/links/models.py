"""What the pages about links show, computed from the store; templates only print it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from portal.access.visibility import Sight
from portal.domain.addresses import parts_of
from portal.domain.links import LIVE, VERIFIED, LinkPolicy, LinkState, Shown, Tier
from portal.domain.sections import NOTICED, Section
from portal.fhir.capability import Capability
from portal.identity.comparison import Difference, Finding
from portal.linking import endings, refresh_policy
from portal.linking.states import shown
from portal.store import Tx
from portal.store.directory import suggestions
from portal.store.directory.organizations import Organization
from portal.store.directory.suggestions import Suggestion
from portal.store.links import links, refreshes, tokens
from portal.store.links.links import Link
from portal.store.links.refreshes import Refresh
from portal.store.links.tokens import StoredTokens
from portal.store.records import news
from portal.web import formats
from portal.web.guards import current_actor
from portal.web.linked import visible
from portal.web.links import headline, words
from portal.web.links.headline import Headline, SectionGroup
from portal.web.links.standing import NEEDS_PERSON

POLLS = (1, 1, 1, 2, 2, 3, 3, 5, 5, 8, 13, 20, 30, 30, 60, 60, 60)
"""Seconds between looks at a link that is busy; after the last one the page stops asking."""

_SOON = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """One kind of new item with where to see it."""

    section: str
    count: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """A link in a list. ``can_update``: a button; ``visit``: updating leads to the sign-in there first."""

    id: str
    href: str
    organization: Organization
    shown: Shown
    reason: str
    refreshed_at: datetime | None
    throttled_until: datetime | None
    hidden: bool
    new: tuple[New, ...]
    count: int
    busy: bool
    can_update: bool
    can_verify: bool
    ends_on: str
    visit: bool
    record_only: bool
    ended_at: datetime | None
    origin: str

    @property
    def name(self) -> str:
        return self.organization.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An update under way, or the last one. ``poll`` is seconds until the next look, 0 for none."""

    open: bool
    done: int
    total: int
    poll: int
    href: str
    queued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    label: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A link's own page."""

    card: LinkCard
    live: bool
    headline: Headline
    progress: Progress | None
    sections: tuple[SectionGroup, ...]
    history: tuple[Past, ...]
    differences: tuple[Differing, ...]
    mistaken: Difference | None
    """Whose record was chosen there by mistake (``theirs``), and whose is open here (``ours``)."""
    is_unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    organization: Organization
    why: str
    last_visit: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """``needing``: linked organizations that need the person; ``linked``: the others."""

    needing: tuple[LinkCard, ...]
    linked: tuple[LinkCard, ...]
    hidden: tuple[LinkCard, ...]
    history: tuple[LinkCard, ...]
    suggested: tuple[Hint, ...]
    put_away: tuple[Hint, ...]


def overview(tx: Tx, *, person_id: str, sight: Sight, manage: bool) -> Overview:
    """Link My Accounts."""
    connections = visible(tx, person_id=person_id, live=None)
    all_links = [connection.link for connection in connections]
    by_id = {connection.organization.id: connection.organization for connection in connections}
    new = news.news(tx, person_id=person_id, sight=sight)
    live_at = {link.organization_id for link in all_links if link.live}
    live = [link for link in all_links if link.live]
    updating = frozenset(connection.link.id for connection in connections if connection.updating)
    work = _Work(tokens.tokens_by_link(tx, link_ids=[link.id for link in live]), updating)
    cards = [_card(tx, link, by_id[link.organization_id], new.of(link.id), work) for link in live]
    past: dict[str, Link] = {}
    for link in sorted(all_links, key=lambda value: value.updated_at, reverse=True):
        if not link.live and link.organization_id not in live_at:
            past.setdefault(link.organization_id, link)
    offered = (
        suggestions.with_put_away(tx, person_id=person_id, may_see_confidential=sight.confidential) if manage else []
    )
    return Overview(
        needing=tuple(link_card for link_card in cards if not link_card.hidden and link_card.shown in NEEDS_PERSON),
        linked=tuple(link_card for link_card in cards if not link_card.hidden and link_card.shown not in NEEDS_PERSON),
        hidden=tuple(link_card for link_card in cards if link_card.hidden),
        history=tuple(_card(tx, link, by_id[link.organization_id], {}, work) for link in past.values()),
        suggested=tuple(hint(suggestion) for suggestion in offered if not suggestion.put_away),
        put_away=tuple(hint(suggestion) for suggestion in offered if suggestion.put_away),
    )


def hint(suggestion: Suggestion) -> Hint:
    return Hint(
        organization=suggestion.organization,
        why=words.why(suggestion.reason, suggestion.organization.name),
        last_visit=formats.date_text(suggestion.last_visit) if suggestion.last_visit else "",
        href=url_for("links.before", organization=suggestion.organization.id),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What live links have besides themselves: their tokens, and which are being updated."""

    tokens: Mapping[str, StoredTokens]
    updating: frozenset[str]


def card(tx: Tx, link: Link, organization: Organization, unread: Mapping[Section, int]) -> LinkCard:
    """One link for a page of its own; ``unread`` as ``portal.store.records.news`` counts it."""
    link_ids = [link.id] if link.live else []
    work = _Work(tokens.tokens_by_link(tx, link_ids=link_ids), refreshes.with_open(tx, link_ids=link_ids))
    return _card(tx, link, organization, unread, work)


def _card(tx: Tx, link: Link, organization: Organization, unread: Mapping[Section, int], work: _Work) -> LinkCard:
    new = tuple(
        New(section=section.value, count=unread[section], href=headline.part_address(section, link.id))
        for section in NOTICED
        if unread.get(section)
    )
    count = sum(change.count for change in new)
    seen = shown(link, now=tx.now, new=count, policy=organization.policy, look_behind_hidden=True)
    stored = work.tokens.get(link.id)
    usable = stored is not None and bool(
        stored.tokens.refresh_token or stored.expires_at is None or stored.expires_at > tx.now + _SOON
    )
    working = link.state in VERIFIED and organization.policy is not LinkPolicy.OFF
    resting = refresh_policy.is_throttled(link, tx.now)
    return LinkCard(
        id=link.id,
        href=url_for("links.page", link=link.id),
        organization=organization,
        shown=seen,
        reason=words.state_reason(link.state, seen, link.reason, organization.name),
        refreshed_at=link.refreshed_at,
        throttled_until=link.throttled_until if link.live and resting else None,
        hidden=link.hidden,
        new=new,
        count=count,
        busy=link.state is LinkState.LINKING or link.id in work.updating,
        can_update=working and not resting,
        can_verify=link.state in (LinkState.NEEDS_VERIFICATION, LinkState.NO_ACCOUNT)
        and organization.policy is not LinkPolicy.OFF,
        ends_on=formats.day_of(until) if (until := endings.ending(link, tx.now)) else "",
        visit=not usable,
        record_only=link.tier is Tier.RECORD_ONLY,
        ended_at=None if link.live else link.updated_at,
        origin=authorize_origin(organization),
    )


def page(tx: Tx, link: Link, organization: Organization, *, sight: Sight, look: int = 0) -> Page:
    """Return a link's own page; ``look`` counts the looks at its progress so far.

    Who does not see everything is told of no section how many items came: the number would tell of those kept back.
    """
    unread = news.news(tx, person_id=link.person_id, sight=sight).of(link.id)
    link_card = card(tx, link, organization, unread)
    states = refreshes.states(tx, link_ids=[link.id])[link.id]
    latest = refreshes.latest(tx, link_id=link.id)
    finding = links.finding_of(tx, link, Finding)
    sections = headline.groups(organization, link, latest, states, counted=sight.whole) if link.state in LIVE else ()
    return Page(
        card=link_card,
        live=link.live,
        headline=headline.headline(
            link, link_card.shown, organization.name, latest, complete=headline.is_complete(sections)
        ),
        progress=progress(link, latest, look=look, now=tx.now) if link.live else None,
        sections=sections,
        history=tuple(
            Past(at=event.at, words=words.move(event.move)) for event in reversed(links.history(tx, link_id=link.id))
        ),
        differences=_differences(finding) if link.state is LinkState.CONFIRM else (),
        mistaken=_mistaken(link, finding),
        is_unsure=link.state is LinkState.CONFIRM and link.reason == "cannot-tell",
    )


def tile(
    tx: Tx, link: Link, organization: Organization, *, sight: Sight, look: int
) -> tuple[LinkCard, Progress | None]:
    """Return the link on the home page, and what is under way."""
    unread = news.news(tx, person_id=link.person_id, sight=sight).of(link.id)
    latest = refreshes.latest(tx, link_id=link.id)
    link_card = card(tx, link, organization, unread)
    return link_card, progress(link, latest, look=look, now=tx.now)


def progress(link: Link, latest: Refresh | None, *, look: int, now: datetime) -> Progress | None:
    """Return what is under way; None where nothing ever was."""
    verifying = link.state is LinkState.LINKING
    if latest is None and not verifying:
        return None
    busy = verifying or (latest is not None and latest.open)
    return Progress(
        open=busy,
        done=latest.settled if latest is not None else 0,
        total=len(latest.sections) if latest is not None else 0,
        poll=POLLS[look] if busy and look < len(POLLS) else 0,
        href=url_for("links.progress", link=link.id, look=look + 1),
        queued=latest is not None and _waits(latest, now),
    )


def _waits(latest: Refresh, now: datetime) -> bool:
    """Tell whether an update waits for a worker: the queue did not take it, or nobody took it up yet."""
    late = latest.enqueued_at is None or now - latest.requested_at > _SOON
    return latest.open and latest.started_at is None and late


def authorize_origin(organization: Organization) -> str:
    """Where signing in at the organization leads; before discovery the origin of its FHIR base, where most sign in."""
    if organization.capability is None:
        return origin_of(organization.fhir_base or "")
    return origin_of(Capability.from_json(organization.capability).authorization_endpoint)


def origin_of(address: str) -> str:
    parts = parts_of(address)
    return f"{parts.scheme}://{parts.netloc}" if parts and parts.scheme and parts.netloc else ""


def _mistaken(link: Link, finding: Finding | None) -> Difference | None:
    """Return it for who made the choice alone: the name is one that they know."""
    if finding is None or link.created_by != current_actor().account_id:
        return None
    return next((each for each in finding.differences if each.aspect == "person"), None)


def _differences(finding: Finding | None) -> tuple[Differing, ...]:
    return tuple(
        Differing(
            label=words.difference(difference),
            ours=words.side(difference.aspect, difference.ours, is_theirs=False),
            theirs=words.side(difference.aspect, difference.theirs, is_theirs=True),
        )
        for difference in (finding.differences if finding else ())
    )
