"""What newer rules have not read and grouped again yet: owner by owner, so that a run that is stopped goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select, update

from portal.store.engine.database import Tx
from portal.store.records import batches
from portal.store.schema.records import renewal, resource

_Counted = Mapping[str, Mapping[str, int]]
Counts = dict[str, dict[str, int]]
"""Numbers by what happened ("changed", "refused" …) and by section or reason."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """The resources of one person (None: nobody's) from one source. ``after``: the last one that was read again."""

    id: int
    person_id: str | None
    source: str
    after: str
    counts: Counts = field(default_factory=dict)


def begin(tx: Tx) -> tuple[int, int]:
    """Return how many owners wait and how many are done; with none waiting, everything waits again."""
    waiting, done = _numbers(tx)
    if waiting:
        return waiting, done
    tx.conn.execute(delete(renewal))
    values: list[dict[str, object]] = [
        {"person_id": person_id, "source": source, "after": "", "done": False, "report": {}}
        for person_id, source in batches.owners(tx)
    ]
    if values:
        tx.conn.execute(insert(renewal), values)
    return len(values), 0


def add_person(tx: Tx, *, person_id: str) -> None:
    """Let everything of one person wait, whatever was done of it before."""
    tx.conn.execute(delete(renewal).where(renewal.c.person_id == person_id))
    values: list[dict[str, object]] = [
        {"person_id": person_id, "source": source, "after": "", "done": False, "report": {}}
        for source in batches.sources(tx, person_id=person_id)
    ]
    if values:
        tx.conn.execute(insert(renewal), values)


def add_with_types(tx: Tx, *, types: Collection[str]) -> tuple[str, ...]:
    """Let everybody wait who has resources of these types; return them."""
    query = select(resource.c.person_id).where(resource.c.type.in_(types), resource.c.person_id.is_not(None))
    people = tuple(sorted(tx.conn.execute(query.distinct()).scalars()))
    for person_id in people:
        add_person(tx, person_id=person_id)
    return people


def forget_done(tx: Tx, *, person_id: str) -> None:
    """Forget one person's that are done, where nobody else's wait: their report is for nobody."""
    if not _numbers(tx)[0]:
        tx.conn.execute(delete(renewal).where(renewal.c.person_id == person_id, renewal.c.done))


def waiting(tx: Tx) -> int:
    """Return how many owners wait."""
    return _numbers(tx)[0]


def _numbers(tx: Tx) -> tuple[int, int]:
    query = select(renewal.c.done, func.count()).group_by(renewal.c.done)
    by_state = {row[0]: row[1] for row in tx.conn.execute(query)}
    return by_state.get(False, 0), by_state.get(True, 0)


def next_of(tx: Tx, *, person_id: str | None = None) -> Renewal | None:
    """Return the next owner that waits, people one after the other; with ``person_id`` of this one alone."""
    c = renewal.c
    query = select(c.id, c.person_id, c.source, c.after, c.report).where(c.done.is_(False))
    query = query.where(c.person_id == person_id) if person_id else query
    row = tx.conn.execute(query.order_by(c.person_id, c.source).limit(1)).one_or_none()
    return None if row is None else Renewal(row.id, row.person_id, row.source, row.after, row.report)


def is_last(tx: Tx, item: Renewal) -> bool:
    """Tell whether no other source of the person waits."""
    c = renewal.c
    others = select(func.count()).where(c.person_id == item.person_id, c.done.is_(False), c.id != item.id)
    return tx.conn.execute(others).scalar_one() == 0


def note(tx: Tx, item: Renewal, counts: _Counted, *, after: str = "", done: bool = False) -> None:
    """Note how far an owner has come, in the transaction that did it, and add what changed to its report."""
    c = renewal.c
    present: Counts = tx.conn.execute(select(c.report).where(c.id == item.id)).scalar_one()
    values: dict[str, object] = {"report": _added(present, counts), "done": done}
    if after:
        values["after"] = after
    tx.conn.execute(update(renewal).where(c.id == item.id).values(values))


def end(tx: Tx) -> Counts:
    """Return what changed in all, and forget it."""
    total: Counts = {}
    for report in tx.conn.execute(select(renewal.c.report)).scalars():
        total = _added(total, report)
    tx.conn.execute(delete(renewal))
    return total


def _added(counts: _Counted, more: _Counted) -> Counts:
    total = {name: dict(numbers) for name, numbers in counts.items()}
    for name, numbers in more.items():
        for key, number in numbers.items():
            of_name = total.setdefault(name, {})
            of_name[key] = of_name.get(key, 0) + number
    return total
