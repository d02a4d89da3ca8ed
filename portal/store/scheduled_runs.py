"""The jobs of a day, each asked for once, however many schedulers there are and however often they start anew."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.store.engine.database import Tx
from portal.store.schema.operation import scheduled_run

LOST = timedelta(hours=1)
"""A job that has not ended so long after it was asked for went with the queue or its worker: twice what one may run."""


def to_ask(tx: Tx, *, jobs: Collection[str], day: str) -> tuple[str, ...]:
    """Return which of these jobs nobody has asked for on this day, or were lost; in the same order."""
    rows = tx.conn.execute(
        select(scheduled_run.c.job, scheduled_run.c.asked_at, scheduled_run.c.ended_at).where(
            scheduled_run.c.day == day
        )
    )
    settled = {row.job for row in rows if row.ended_at is not None or row.asked_at > tx.now - LOST}
    return tuple(job for job in jobs if job not in settled)


def claim(tx: Tx, *, job: str, day: str) -> bool:
    """Take it upon oneself to ask for a job; False when another scheduler has."""
    make = sqlite.insert if tx.conn.dialect.name == "sqlite" else postgresql.insert
    row = {"job": job, "day": day, "asked_at": tx.now}
    added = make(scheduled_run).values(row).on_conflict_do_nothing().returning(scheduled_run.c.job)
    if tx.conn.execute(added).first() is not None:
        return True
    lost = and_(_is(job, day), scheduled_run.c.ended_at.is_(None), scheduled_run.c.asked_at <= tx.now - LOST)
    return bool(tx.conn.execute(update(scheduled_run).where(lost).values(asked_at=tx.now)).rowcount)


def unclaim(tx: Tx, *, job: str, day: str) -> None:
    """Leave it to the next who comes: the queue did not take the job."""
    tx.conn.execute(delete(scheduled_run).where(_is(job, day), scheduled_run.c.ended_at.is_(None)))


def end(tx: Tx, *, job: str, day: str) -> None:
    """Note that a job has ended; one that was asked for by hand gets its row, too."""
    ended = tx.conn.execute(update(scheduled_run).where(_is(job, day)).values(ended_at=tx.now))
    if not ended.rowcount:
        tx.conn.execute(insert(scheduled_run).values(job=job, day=day, asked_at=tx.now, ended_at=tx.now))


def has_ended(tx: Tx, *, job: str, day: str) -> bool:
    query = select(scheduled_run.c.job).where(_is(job, day), scheduled_run.c.ended_at.is_not(None))
    return tx.conn.execute(query).first() is not None


def last_end(tx: Tx, *, job: str) -> datetime | None:
    """Return when a job last ended; None where it never did, or that is forgotten."""
    return tx.conn.execute(
        select(func.max(scheduled_run.c.ended_at, type_=scheduled_run.c.ended_at.type)).where(
            scheduled_run.c.job == job
        )
    ).scalar()


def _is(job: str, day: str) -> ColumnElement[bool]:
    return and_(scheduled_run.c.job == job, scheduled_run.c.day == day)
