"""Results that wait until the person wants to see them: which do, since when, and until when.

The rule is ``portal.access.result_timing``. What comes in while a person holds something back waits at first, so that
at no moment it is open (``portal.store.records.writing``); ``decide``, which every grouping begins with, lets go what
need not wait. What was once shown never waits again, whatever is chosen later.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from portal.access.result_timing import ResultNews, wait_of
from portal.access.visibility import Sight
from portal.domain.dates import as_instant, parse_when
from portal.domain.result_timing import HOLDABLE, ResultKind, TimingChoices
from portal.domain.sections import NOTICED, Section
from portal.normalise.result_kinds import is_commented, is_of_clinician, kinds_of, parts_of, subjects_of
from portal.store.engine.bulk import insert_many
from portal.store.engine.database import Tx
from portal.store.engine.fhir_ids import id_place
from portal.store.people import notices
from portal.store.records import packing
from portal.store.records.seen import seen
from portal.store.schema.records import entry, release_choice, resource

_BATCH = 500
_EVERYTHING = Sight(confidential=True, private=True, held=True, sections=frozenset(Section), account=None)
_BODIES = (entry.c.id, entry.c.source, entry.c.section, resource.c.type, resource.c.fhir_id, resource.c.body)


@dataclass(frozen=True, slots=True)
class HeldResult:
    """What waits and is shown together: a report with its values, or one value alone. ``kinds``: in a fixed order."""

    ids: tuple[str, ...]
    source: str
    kinds: tuple[ResultKind, ...]
    came_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Held:
    """One held entry with its resource."""

    id: str
    source: str
    section: Section
    reference: str
    body: Mapping[str, Any]
    held_at: datetime


def choices(tx: Tx, *, person_id: str) -> TimingChoices:
    """Return what a person chose; everything at once for who did not."""
    sealed = tx.conn.execute(select(release_choice.c.data).where(release_choice.c.person_id == person_id)).scalar()
    if sealed is None:
        return TimingChoices()
    return tx.unseal(sealed, TimingChoices, row=f"release_choice.data:{person_id}")


def choose(tx: Tx, *, person_id: str, chosen: TimingChoices) -> None:
    """Keep a person's choices. They hold for what comes; what waits and no longer need is to be grouped again."""
    tx.conn.execute(delete(release_choice).where(release_choice.c.person_id == person_id))
    sealed = tx.seal(chosen, row=f"release_choice.data:{person_id}", person_id=person_id)
    insert_many(tx, release_choice, [{"person_id": person_id, "data": sealed}])


def waiting(tx: Tx, *, person_id: str, sight: Sight) -> tuple[HeldResult, ...]:
    """Return what waits of that which the reader may see otherwise, the newest first."""
    readable = replace(sight, held=True)
    chosen, listed = choices(tx, person_id=person_id), _held(tx, person_id, HOLDABLE, readable)
    commented = _commented(tx, person_id, listed)
    results = []
    for together in _together(listed):
        wait = wait_of(_news(together, commented), chosen, now=tx.now)
        kinds = _kinds(together)
        results.append(
            HeldResult(
                tuple(each.id for each in together),
                together[0].source,
                tuple(kind for kind in ResultKind if kind in kinds),
                min(each.held_at for each in together),
                wait.until if wait else None,
            )
        )
    return tuple(sorted(results, key=lambda result: result.came_at, reverse=True))


def show(tx: Tx, *, person_id: str, ids: Collection[str]) -> frozenset[Section]:
    """Let these entries no longer wait; return the sections to group again, in the same transaction."""
    of_person = [each for each in _held(tx, person_id, HOLDABLE, _EVERYTHING) if each.id in ids]
    return frozenset(_let_go(tx, person_id, of_person))


def decide(tx: Tx, *, person_id: str, section: Section) -> None:
    """Let go what need not wait in a section, with what it is seen together with, and plan the e-mails about it."""
    listed = _held(tx, person_id, [section], _EVERYTHING) if section in HOLDABLE else []
    if not listed:
        return
    chosen, commented = choices(tx, person_id=person_id), _commented(tx, person_id, listed)
    free: list[_Held] = []
    waits: dict[datetime | None, list[str]] = defaultdict(list)
    for together in _together(listed):
        wait = wait_of(_news(together, commented), chosen, now=tx.now) if _kinds(together) else None
        if wait is None:
            free += together
        else:
            waits[wait.until] += [each.id for each in together]
    _let_go(tx, person_id, free)
    for until, ids in waits.items():
        for batch in _batches(ids):
            tx.conn.execute(update(entry).where(entry.c.id.in_(batch)).values(held_until=until))


def due(tx: Tx) -> tuple[tuple[str, Section], ...]:
    """Return the persons and sections in which something has waited long enough."""
    query = select(entry.c.person_id, entry.c.section).where(entry.c.held, entry.c.held_until <= tx.now).distinct()
    return tuple((person_id, Section(section)) for person_id, section in tx.conn.execute(query))


def held_ids(tx: Tx, *, ids: Sequence[str]) -> frozenset[str]:
    """Return which of these entries wait."""
    query = select(entry.c.id).where(entry.c.id.in_(ids), entry.c.held)
    return frozenset(tx.conn.execute(query).scalars()) if ids else frozenset()


def holding_sections(tx: Tx, *, person_id: str) -> frozenset[Section]:
    """Return the sections in which something waits."""
    query = select(entry.c.section).where(entry.c.person_id == person_id, entry.c.held).distinct()
    return frozenset(Section(section) for section in tx.conn.execute(query).scalars())


def _held(tx: Tx, person_id: str, sections: Iterable[Section], sight: Sight) -> list[_Held]:
    query = (
        select(*_BODIES, entry.c.held_at)
        .join(resource, resource.c.id == entry.c.id)
        .where(entry.c.person_id == person_id, entry.c.section.in_(sorted(sections)), entry.c.held)
        .where(seen(entry.c, sight))
        .order_by(entry.c.id)
    )
    return [
        _Held(
            own_id,
            source,
            Section(section),
            f"{kind}/{tx.vault.open_id(sealed_id, place=id_place(own_id))}",
            _opened(tx, own_id, body),
            held_at,
        )
        for own_id, source, section, kind, sealed_id, body, held_at in tx.conn.execute(query)
    ]


def _opened(tx: Tx, own_id: str, sealed: bytes) -> Mapping[str, Any]:
    body: Mapping[str, Any] = packing.decode(packing.unpack(tx.open(sealed, row=f"resource.body:{own_id}")))
    return body


def _together(listed: Sequence[_Held]) -> Iterator[list[_Held]]:
    """Yield what is seen together: reports and panels with their values, directly or through each other."""
    leader = {(each.source, each.reference): (each.source, each.reference) for each in listed}

    def lead(key: tuple[str, str]) -> tuple[str, str]:
        while leader[key] != key:
            key = leader[key]
        return key

    for each in listed:
        for part in parts_of(each.body):
            if (each.source, part) in leader:
                leader[lead((each.source, part))] = lead((each.source, each.reference))
    groups: dict[tuple[str, str], list[_Held]] = defaultdict(list)
    for each in listed:
        groups[lead((each.source, each.reference))].append(each)
    yield from groups.values()


def _news(together: Sequence[_Held], commented: frozenset[tuple[str, str]]) -> ResultNews:
    issued = [as_instant(when) for each in together if (when := parse_when(each.body.get("issued")))]
    return ResultNews(
        kinds=_kinds(together),
        commented=any((each.source, each.reference) in commented or is_commented(each.body) for each in together),
        came_at=min(each.held_at for each in together),
        issued_at=max(issued, default=None),
    )


def _kinds(together: Sequence[_Held]) -> frozenset[ResultKind]:
    return frozenset().union(*(kinds_of(each.body) for each in together))


def _commented(tx: Tx, person_id: str, listed: Sequence[_Held]) -> frozenset[tuple[str, str]]:
    """Return what clinicians wrote about in messages, as source and reference, of what waits."""
    if not listed:
        return frozenset()
    query = (
        select(*_BODIES, entry.c.thread)
        .join(resource, resource.c.id == entry.c.id)
        .where(
            entry.c.person_id == person_id,
            entry.c.section == Section.MESSAGES,
            entry.c.source.in_({each.source for each in listed}),
            entry.c.new_at >= min(each.held_at for each in listed),
        )
    )
    messages = [(row.source, row.thread, _opened(tx, row.id, row.body)) for row in tx.conn.execute(query)]
    answered = {thread for _source, thread, body in messages if is_of_clinician(body)}
    return frozenset(
        (source, subject)
        for source, thread, body in messages
        if thread in answered or is_of_clinician(body)
        for subject in subjects_of(body)
    )


def _let_go(tx: Tx, person_id: str, free: Sequence[_Held]) -> set[Section]:
    """Take the label off; what has not been read becomes news now, and is told of."""
    unread: set[Section] = set()
    for batch in _batches([each.id for each in free]):
        own = entry.c.id.in_(batch)
        news = update(entry).where(own, entry.c.read_at.is_(None)).values(new_at=tx.now).returning(entry.c.section)
        unread.update(Section(section) for section in tx.conn.execute(news).scalars())
        tx.conn.execute(update(entry).where(own).values(held=False, held_until=None, grouped=False))
    for section in unread.intersection(NOTICED):
        notices.plan(tx, person_id=person_id, kind=section)
    return {each.section for each in free}


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
