"""What the desk's pages show. No section, no item, no count of items, no confidential place."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.assist import assists, tasks
from portal.domain.assists import AssistState, Consent
from portal.domain.errors import NotFoundError
from portal.domain.links import LinkState, Shown
from portal.linking import refresh_policy
from portal.linking.states import shown
from portal.store import Tx
from portal.store.audit import events
from portal.store.desk import queue
from portal.store.desk.assists import Assist
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import refreshes
from portal.store.links.links import Link
from portal.store.links.refreshes import Refresh
from portal.store.people import finding, people
from portal.web.activity import words as activity_words
from portal.web.activity.names import EventNames
from portal.web.desk import words
from portal.web.phrases import gettext as _

_LOG = 200  # events of the log
_HAND_OVER = frozenset({Shown.NO_ACCOUNT, Shown.NEEDS_VERIFICATION, Shown.UPDATE_DUE, Shown.ERROR})


@dataclass(frozen=True, slots=True)
class Band:
    """Whom the clerk helps, with what, and when it ends by itself."""

    name: str
    first_name: str
    initials: str
    birth_date: str
    sex: str
    number: str
    language: str
    purpose: str
    ends_at: datetime
    assist: Assist


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One organization. ``act``: "update", "hand-over", "decide" or nothing; ``progress`` of an update under way."""

    id: str
    organization: Organization
    shown: Shown
    refreshed_at: datetime | None
    act: str
    progress: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    id: str
    name: str
    birth_date: str
    purpose: str
    place: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a link; ``state``: done, now, later."""

    text: str
    state: str
    at: datetime | None = None


def band(tx: Tx, assist: Assist) -> Band:
    """Return the line at the top.

    Raises:
        NotFoundError: the person is gone.
    """
    stored = people.by_id(tx, person_id=assist.person_id)
    if stored is None:
        raise NotFoundError
    person = stored.demographics
    name = person.name
    numbers = finding.record_numbers(person)
    return Band(
        name=", ".join(filter(None, (name.family, " ".join(name.given)))) or person.display,
        first_name=name.given[0] if name.given else person.display,
        initials="".join(part[0] for part in (*name.given[:1], name.family) if part),
        birth_date=person.birth_date,
        sex=person.sex,
        number=numbers[0][-4:] if numbers else "",
        language=person.language,
        purpose=str(words.PURPOSES[assist.purpose]) if assist.purpose else "",
        ends_at=tx.now + assists.IDLE,
        assist=assist,
    )


def waiting(tx: Tx) -> tuple[WaitingLine, ...]:
    """Return who waits, the longest first."""
    lines = []
    for line in queue.everyone(tx):
        person = people.by_id(tx, person_id=line.person_id)
        if person is not None:
            name = person.demographics.name
            lines.append(
                WaitingLine(
                    line.id,
                    ", ".join(filter(None, (name.family, " ".join(name.given)))) or person.demographics.display,
                    person.demographics.birth_date,
                    str(words.PURPOSES[line.purpose]),
                    str(words.PLACES[line.place]),
                    line.created_at,
                )
            )
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    name: str
    text: str


def log(tx: Tx, account_id: str) -> tuple[LogLine, ...]:
    """Return what a clerk did at the desk, the newest first; confidential places are not named."""
    shown_events = [
        event
        for event in events.of_actor(tx, actor_id=account_id, limit=_LOG)
        if event.action in {audit.Action.ASSIST, audit.Action.UPDATE_REQUEST, audit.Action.LINK_CHANGE}
    ]
    ids = {event.detail["organization"] for event in shown_events if "organization" in event.detail}
    places = {key: place for key, place in organizations.by_ids(tx, ids=ids).items() if not place.sensitive}
    names = EventNames({}, frozenset(), {}, places, {}, {})
    persons = {event.person_id for event in shown_events if event.person_id}
    stored = {person_id: people.by_id(tx, person_id=person_id) for person_id in persons}
    return tuple(
        LogLine(event.at, person.demographics.display if person else "", activity_words.sentence(event, names))
        for event in shown_events
        for person in [stored.get(event.person_id or "")]
    )


def sees_links(assist: Assist) -> bool:
    """Tell whether the patient agreed that their links are looked at."""
    return assist.state is AssistState.AGREED and assist.consent is not Consent.DOCUMENT


def desk_links(tx: Tx, assist: Assist) -> tuple[DeskLink, ...]:
    """Return the links that the desk may know of, with what can be done about each."""
    return tuple(_desk_link(tx, link, organization) for link, organization in tasks.links_of(tx, assist))


def _desk_link(tx: Tx, link: Link, organization: Organization) -> DeskLink:
    state = shown(link, now=tx.now, policy=organization.policy, look_behind_hidden=True)
    act = ""
    if link.state is LinkState.CONFIRM:
        act = "decide"
    elif state in _HAND_OVER:
        act = "hand-over"
    elif refresh_policy.in_background(link, organization.policy) and state is not Shown.THROTTLED:
        act = "update"
    latest = refreshes.latest(tx, link_id=link.id)
    return DeskLink(link.id, organization, state, link.refreshed_at, act, progress(latest))


def progress(latest: Refresh | None) -> str:
    """Return how far an update is, in sections that are counted and never named; empty when none is under way."""
    if latest is None or not latest.open:
        return ""
    if not latest.sections:
        return _("Getting records")
    return _("Getting records: %(num)s of %(total)s sections", num=latest.settled, total=len(latest.sections))
