"""What patients ask the home organization to correct, and what its staff answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, func, insert, select, update

from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.ids import new_id
from portal.domain.sections import Section
from portal.store.engine.database import Tx
from portal.store.schema.records import correction, entry

OPEN_PER_PERSON = 20


class CorrectionState(StrEnum):
    OPEN = "open"
    CORRECTED = "corrected"
    DECLINED = "declined"


class CorrectionRequest(msgspec.Struct, frozen=True):
    """The item as it was when it was asked about, what is wrong with it, and what should be there instead."""

    title: str
    when: str | None
    wrong: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    id: str
    person_id: str
    account_id: str
    section: Section
    entry_id: str
    request: CorrectionRequest
    confidential: bool  # as the item is labelled now; also when it is gone
    state: CorrectionState
    answer: str
    created_at: datetime
    answered_at: datetime | None


def ask(tx: Tx, *, person_id: str, account_id: str, section: Section, entry_id: str, request: CorrectionRequest) -> str:
    """Keep a request; return its id.

    Raises:
        ConflictError: "too-many": the person has 20 that are not answered yet.
    """
    open_ = (correction.c.person_id == person_id) & (correction.c.state == CorrectionState.OPEN)
    if tx.conn.execute(select(func.count()).where(open_)).scalar_one() >= OPEN_PER_PERSON:
        raise ConflictError("too-many")
    correction_id = new_id()
    tx.conn.execute(
        insert(correction).values(
            id=correction_id,
            person_id=person_id,
            account_id=account_id,
            section=section,
            entry_id=entry_id,
            data=tx.seal(request, row=f"correction.data:{correction_id}", person_id=person_id),
            state=CorrectionState.OPEN,
            created_at=tx.now,
        )
    )
    return correction_id


def of_person(tx: Tx, *, person_id: str, limit: int = 100) -> tuple[Correction, ...]:
    """Return a person's corrections, newest first."""
    return _list(tx, correction.c.person_id == person_id, order=correction.c.created_at.desc(), limit=limit)


def waiting(tx: Tx, *, limit: int = 100) -> tuple[Correction, ...]:
    """Return what is not answered, for the staff: what waits longest first."""
    return _list(tx, correction.c.state == CorrectionState.OPEN, order=correction.c.created_at, limit=limit)


def answer(tx: Tx, *, correction_id: str, account_id: str, state: CorrectionState, text: str) -> str:
    """Answer a request; return the id of the person who asked.

    Raises:
        NotFoundError: there is none.
        ConflictError: "answered": somebody answered it already.
    """
    stored = tx.conn.execute(select(correction).where(correction.c.id == correction_id)).one_or_none()
    if stored is None:
        raise NotFoundError
    done = tx.conn.execute(
        update(correction)
        .where(correction.c.id == correction_id, correction.c.state == CorrectionState.OPEN)
        .values(
            state=state,
            answer=tx.seal(text, row=f"correction.answer:{correction_id}", person_id=stored.person_id),
            answered_at=tx.now,
            answered_by=account_id,
        )
    )
    if not done.rowcount:
        raise ConflictError("answered")
    return str(stored.person_id)


def _list(tx: Tx, condition: ColumnElement[bool], *, order: ColumnElement[Any], limit: int) -> tuple[Correction, ...]:
    query = (
        select(correction, entry.c.confidential)
        .join_from(correction, entry, entry.c.id == correction.c.entry_id, isouter=True)
        .where(condition)
        .order_by(order, correction.c.id)
        .limit(limit)
    )
    return tuple(_read(tx, row) for row in tx.conn.execute(query))


def _read(tx: Tx, row: Row[Any]) -> Correction:
    return Correction(
        id=row.id,
        person_id=row.person_id,
        account_id=row.account_id,
        section=Section(row.section),
        entry_id=row.entry_id,
        request=tx.unseal(row.data, CorrectionRequest, row=f"correction.data:{row.id}"),
        confidential=row.confidential is not False,
        state=CorrectionState(row.state),
        answer=tx.unseal(row.answer, str, row=f"correction.answer:{row.id}") if row.answer else "",
        created_at=row.created_at,
        answered_at=row.answered_at,
    )
