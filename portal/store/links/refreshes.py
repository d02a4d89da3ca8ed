"""Refreshes: one open per link, its progress section by section, and what is true of each section now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, literal_column, not_, null, or_, select, union_all, update

from portal.domain.ids import HOME, new_id
from portal.domain.links import Outcome, Tier
from portal.domain.sections import Section
from portal.store.engine.constants import with_constants
from portal.store.engine.database import Tx
from portal.store.links import refresh_queue, section_statements
from portal.store.links.refresh_queue import NIGHTLY, RUNNING, STALE, WAITING
from portal.store.schema.links import link, refresh, refresh_section, section_state

DONE, FAILED, CANCELLED = "done", refresh_queue.FAILED, "cancelled"
_GOOD = (Outcome.DONE, Outcome.PARTLY)


@dataclass(frozen=True, slots=True)
class Requested:
    """What a request led to. ``joined`` is true when a refresh was open already."""

    refresh_id: str
    joined: bool


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """One section of one refresh. ``reason`` is a stable code, or None."""

    section: Section
    outcome: Outcome
    reason: str | None
    pages: int
    items: int
    new_items: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh. ``state`` is waiting, running, done, failed or cancelled; ``ended_at`` is None while it is open."""

    id: str
    link_id: str
    person_id: str
    cause: str
    state: str
    reason: str | None
    requested_at: datetime
    enqueued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    heartbeat_at: datetime | None
    sections: tuple[SectionProgress, ...] = ()

    @property
    def open(self) -> bool:
        return self.ended_at is None

    @property
    def settled(self) -> int:
        """How many sections have an outcome; with ``len(sections)`` this is the progress."""
        return sum(1 for part in self.sections if part.ended_at is not None)


@dataclass(frozen=True, slots=True)
class SectionState:
    """What is true of a link's section now: how the last try ended, and when it last brought something.

    ``cursor`` is where an incremental refresh may start from (``portal.refresh.since``), as plain values. ``left_out``
    counts what came and is in no record, by reason; ``portal.store.records.left_out`` adds what is kept and not shown.
    """

    section: Section
    outcome: Outcome
    reason: str | None
    good_at: datetime | None
    tried_at: datetime | None = None
    cursor: Mapping[str, Any] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def request(tx: Tx, *, link_id: str, cause: str) -> Requested:
    """Ask for a refresh of a link; a second request joins the one that is open.

    ``cause`` is linked, asked, sign-in, nightly or again (a second try). What nobody waits for (nightly) comes last.
    """
    open_refresh = tx.conn.execute(
        select(refresh.c.id, refresh.c.cause).where(refresh.c.link_id == link_id, refresh.c.ended_at.is_(None))
    ).one_or_none()
    if open_refresh is not None:
        if open_refresh.cause == NIGHTLY != cause:
            tx.conn.execute(update(refresh).where(refresh.c.id == open_refresh.id).values(cause=cause))
        return Requested(open_refresh.id, joined=True)
    refresh_id = new_id()
    tx.conn.execute(
        insert(refresh).values(id=refresh_id, link_id=link_id, cause=cause, state=WAITING, requested_at=tx.now)
    )
    return Requested(refresh_id, joined=False)


def enqueued(tx: Tx, *, refresh_id: str) -> None:
    """Record that the queue took it."""
    tx.conn.execute(update(refresh).where(refresh.c.id == refresh_id).values(enqueued_at=tx.now))


def start(tx: Tx, *, refresh_id: str, stale: timedelta = STALE) -> Refresh | None:
    """Take a refresh for this process.

    None when it ended, when another process is at it and alive, when the organization wants to be left alone, or when
    enough is asked of it already (``portal.store.links.refresh_queue.has_room``): then it goes on waiting, and
    ``portal.store.links.refresh_queue.next_waiting`` names it later.
    """
    place = tx.conn.execute(
        select(link.c.organization_id, link.c.throttled_until)
        .join(refresh, refresh.c.link_id == link.c.id)
        .where(refresh.c.id == refresh_id)
    ).one_or_none()
    if place is None or (place.throttled_until is not None and place.throttled_until > tx.now):
        return None
    if not refresh_queue.has_room(tx, refresh_id=refresh_id, organization_id=place.organization_id, stale=stale):
        return None
    taken = tx.conn.execute(
        update(refresh)
        .where(
            refresh.c.id == refresh_id,
            refresh.c.ended_at.is_(None),
            or_(refresh.c.state == WAITING, refresh.c.heartbeat_at < tx.now - stale),
        )
        .values(state=RUNNING, started_at=tx.now, heartbeat_at=tx.now)
    )
    return by_id(tx, refresh_id=refresh_id) if taken.rowcount else None


def plan(tx: Tx, *, refresh_id: str, sections: Collection[Section]) -> frozenset[Section]:
    """Write down the sections to come; return those that an earlier process has already finished in this refresh."""
    rows = tx.conn.execute(
        select(refresh_section.c.section, refresh_section.c.ended_at).where(refresh_section.c.refresh_id == refresh_id)
    ).all()
    planned = {row.section for row in rows}
    fresh = [
        {"refresh_id": refresh_id, "section": section.value, "outcome": Outcome.WAITING.value}
        for section in sections
        if section.value not in planned
    ]
    if fresh:
        tx.conn.execute(insert(refresh_section), fresh)
    return frozenset(Section(row.section) for row in rows if row.ended_at is not None)


def beat(tx: Tx, *, refresh_id: str, progress: Mapping[Section, tuple[int, int]] | None = None) -> bool:
    """Say that the process lives, with pages and items per running section. False when it was ended meanwhile."""
    alive = tx.conn.execute(
        update(refresh).where(refresh.c.id == refresh_id, refresh.c.ended_at.is_(None)).values(heartbeat_at=tx.now)
    ).rowcount
    if alive and progress:
        running = [
            {"of_refresh": refresh_id, "of_section": section.value, "pages": pages, "items": items}
            for section, (pages, items) in progress.items()
        ]
        tx.conn.execute(section_statements.PROGRESS, running)
    return bool(alive)


def end_section(
    tx: Tx,
    *,
    refresh_id: str,
    link_id: str,
    section: Section,
    outcome: Outcome,
    reason: str | None = None,
    pages: int = 0,
    items: int = 0,
    new_items: int = 0,
    cursor: Mapping[str, Any] | None = None,
    left_out: Mapping[str, int] | None = None,
) -> None:
    """Record a section's outcome in this refresh, and the section's state from now on.

    The last good date stays on failure, and so do ``cursor`` and ``left_out`` where they are None.
    """
    ended = {"pages": pages, "items": items, "new_items": new_items, "ended_at": tx.now}
    this = {"of_refresh": refresh_id, "of_section": section.value}
    tx.conn.execute(section_statements.END, {**this, **ended, "outcome": outcome.value, "reason": reason})
    if outcome is Outcome.CANCELLED:
        return
    values: dict[str, Any] = {"outcome": outcome.value, "reason": reason, "tried_at": tx.now}
    if outcome in _GOOD and (pages or outcome is Outcome.DONE):  # a limit may be reached before anything came
        values["good_at"] = tx.now
    if cursor is not None:
        values["cursor"] = cursor
    if left_out is not None:
        values["left_out"] = dict(left_out) or None
    state = section_statements.writing_state(tx.conn.dialect.name, tuple(values))
    tx.conn.execute(state, {"link_id": link_id, "section": section.value, **values})


def finish(tx: Tx, *, refresh_id: str, state: str, reason: str | None = None) -> bool:
    """End an open refresh (done, failed, cancelled); false when it had ended already."""
    ended = tx.conn.execute(
        update(refresh)
        .where(refresh.c.id == refresh_id, refresh.c.ended_at.is_(None))
        .values(state=state, reason=reason, ended_at=tx.now)
    ).rowcount
    if ended:
        refresh_queue.note_pace(tx, refresh_id=refresh_id)
        tx.conn.execute(
            update(refresh_section)
            .where(refresh_section.c.refresh_id == refresh_id, refresh_section.c.ended_at.is_(None))
            .values(outcome=Outcome.CANCELLED.value, ended_at=tx.now)
        )
    return bool(ended)


def cancel(tx: Tx, *, link_id: str, reason: str | None = None) -> bool:
    """End the open refresh of a link, if there is one; the process at it notices at its next beat."""
    refresh_id = tx.conn.execute(
        select(refresh.c.id).where(refresh.c.link_id == link_id, refresh.c.ended_at.is_(None))
    ).scalar()
    return refresh_id is not None and finish(tx, refresh_id=refresh_id, state=CANCELLED, reason=reason)


def by_id(tx: Tx, *, refresh_id: str) -> Refresh | None:
    """Return a refresh with its sections."""
    return _refresh(tx.conn.execute(_BY_ID, {"refresh_id": refresh_id}).all())


def latest(tx: Tx, *, link_id: str) -> Refresh | None:
    """Return the open refresh of a link, else the last one."""
    return _refresh(tx.conn.execute(_LATEST, {"link_id": link_id}).all())


def with_open(tx: Tx, *, link_ids: Collection[str]) -> frozenset[str]:
    """Return which of these links have an open refresh."""
    is_open = select(refresh.c.link_id).where(refresh.c.link_id.in_(list(link_ids)), refresh.c.ended_at.is_(None))
    return frozenset(tx.conn.execute(is_open).scalars())


def states(tx: Tx, *, link_ids: Collection[str]) -> dict[str, dict[Section, SectionState]]:
    """Return the current state by link and section; sections never tried are absent."""
    by_link: dict[str, dict[Section, SectionState]] = {link_id: {} for link_id in link_ids}
    for row in tx.conn.execute(_STATES, {"link_ids": list(link_ids)}):
        state = _state(row)
        by_link[row.link_id][state.section] = state
    return by_link


_STATES = select(section_state).where(section_state.c.link_id.in_(bindparam("link_ids", expanding=True)))
_OF_PERSON = with_constants(
    select(
        *(section_state.c[name] for name in ("link_id", "section", "outcome", "reason", "good_at", "left_out")),
        link.c.tier,
    )
    .join(link, link.c.id == section_state.c.link_id)
    .where(link.c.person_id == bindparam("person_id"), link.c.live)
)
_OF_SECTION = _OF_PERSON.where(
    or_(section_state.c.section == bindparam("section"), section_state.c.left_out.is_not(None))
)


def of_person(tx: Tx, *, person_id: str, section: Section | None = None) -> dict[str, dict[Section, SectionState]]:
    """Return the states of all live links of a person, by source (the home chart's under ``HOME``) and section.

    With ``section`` those of this section, and others' only where something was left out. Neither ``tried_at`` nor
    ``cursor`` is read.
    """
    by_source: dict[str, dict[Section, SectionState]] = {}
    query, values = (_OF_PERSON, {}) if section is None else (_OF_SECTION, {"section": section.value})
    for row in tx.conn.execute(query, {"person_id": person_id, **values}).all():
        state = SectionState(
            _SECTIONS[row.section], _OUTCOMES[row.outcome], row.reason, row.good_at, left_out=row.left_out or {}
        )
        by_source.setdefault(HOME if row.tier == Tier.HOME.value else row.link_id, {})[state.section] = state
    return by_source


_GOOD_STATE = and_(section_state.c.outcome == Outcome.DONE, section_state.c.left_out.is_(None))
_STANDING = with_constants(
    union_all(
        _OF_PERSON.where(not_(_GOOD_STATE)),
        select(
            section_state.c.link_id,
            func.aggregate_strings(section_state.c.section, ","),
            literal_column("'done'"),
            null(),
            null(),
            null(),
            link.c.tier,
        )
        .join(link, link.c.id == section_state.c.link_id)
        .where(link.c.person_id == bindparam("person_id"), link.c.live, _GOOD_STATE)
        .group_by(section_state.c.link_id, link.c.tier),
    )
)


def standing(tx: Tx, *, person_id: str) -> dict[str, dict[Section, SectionState]]:
    """Return what ``of_person`` does, for pages that name no dates: what is done and complete has no ``good_at``.

    That is nearly all of it, and comes as one line for each link.
    """
    by_source: dict[str, dict[Section, SectionState]] = {}
    for row in tx.conn.execute(_STANDING, {"person_id": person_id}).all():
        states = by_source.setdefault(HOME if row.tier == Tier.HOME.value else row.link_id, {})
        if row.outcome == Outcome.DONE.value and row.left_out is None:
            states.update({_SECTIONS[name]: _COMPLETE[name] for name in row.section.split(",")})
        else:
            section = _SECTIONS[row.section]
            states[section] = SectionState(
                section, _OUTCOMES[row.outcome], row.reason, row.good_at, left_out=row.left_out or {}
            )
    return by_source


def _state(row: Row[Any]) -> SectionState:
    return SectionState(
        _SECTIONS[row.section],
        _OUTCOMES[row.outcome],
        row.reason,
        row.good_at,
        row.tried_at,
        row.cursor,
        row.left_out or {},
    )


_SECTIONS = {section.value: section for section in Section}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_COMPLETE = {section.value: SectionState(section, Outcome.DONE, None, None) for section in Section}


_PART = refresh_section.c
_OF_PART = (_PART[name] for name in ("section", "pages", "items", "new_items"))
_BOTH_HAVE = (_PART[name].label(f"part_{name}") for name in ("outcome", "reason", "ended_at"))
_WITH_SECTIONS = (
    select(refresh, link.c.person_id, *_OF_PART, *_BOTH_HAVE)
    .join_from(refresh, link, link.c.id == refresh.c.link_id)
    .outerjoin(refresh_section, _PART.refresh_id == refresh.c.id)
)
_BY_ID = _WITH_SECTIONS.where(refresh.c.id == bindparam("refresh_id"))
_OF_LINK = select(refresh.c.id).where(refresh.c.link_id == bindparam("link_id"))
_LATEST = _WITH_SECTIONS.where(  # two looks into an index each, however many refreshes there were
    refresh.c.id
    == func.coalesce(
        _OF_LINK.where(refresh.c.ended_at.is_(None)).scalar_subquery(),
        _OF_LINK.order_by(refresh.c.requested_at.desc()).limit(1).scalar_subquery(),
    )
)


def _refresh(rows: Sequence[Row[Any]]) -> Refresh | None:
    """Return the refresh of these rows, one for each of its sections, or one without."""
    if not rows:
        return None
    row = rows[0]
    by_section = {part.section: part for part in rows}
    return Refresh(
        id=row.id,
        link_id=row.link_id,
        person_id=row.person_id,
        cause=row.cause,
        state=row.state,
        reason=row.reason,
        requested_at=row.requested_at,
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        heartbeat_at=row.heartbeat_at,
        sections=tuple(_progress(by_section[section.value]) for section in Section if section.value in by_section),
    )


def _progress(row: Row[Any]) -> SectionProgress:
    section, outcome = _SECTIONS[row.section], _OUTCOMES[row.part_outcome]
    return SectionProgress(section, outcome, row.part_reason, row.pages, row.items, row.new_items, row.part_ended_at)
