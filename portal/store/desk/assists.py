"""Assists at the front desk: a clerk has one open at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, insert, select, update

from portal.domain.assists import AssistEnding, AssistState, Consent, Purpose
from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.desk import assist


@dataclass(frozen=True, slots=True)
class Assist:
    id: str
    account_id: str
    person_id: str
    state: AssistState
    purpose: Purpose | None
    consent: Consent | None
    id_checked: bool
    tries: int
    created_at: datetime
    seen_at: datetime
    agreed_at: datetime | None


def begin(tx: Tx, *, account_id: str, person_id: str, purpose: Purpose | None = None) -> None:
    """Open an assist. A second one of the same clerk raises the database's IntegrityError."""
    values = {
        "id": new_id(),
        "account_id": account_id,
        "person_id": person_id,
        "state": AssistState.FOUND.value,
        "purpose": purpose.value if purpose else None,
        "created_at": tx.now,
        "seen_at": tx.now,
    }
    tx.conn.execute(insert(assist).values(values))


def open_of(tx: Tx, *, account_id: str) -> Assist | None:
    """Return the assist that a clerk has open."""
    return _where(tx, assist.c.account_id == account_id, assist.c.ended_at.is_(None))


ASKED = select(assist).where(
    assist.c.person_id == bindparam("person_id"),
    assist.c.state == AssistState.ASKED.value,
    assist.c.consent == Consent.DEVICE.value,
    assist.c.ended_at.is_(None),
    assist.c.seen_at > bindparam("since"),
)
"""Assists that a person is asked about on a device of their own."""


def asked_of(tx: Tx, *, person_id: str, since: datetime) -> Assist | None:
    """Return the assist that a person is asked about on a device of their own, the newest."""
    newest = ASKED.order_by(assist.c.created_at.desc()).limit(1)
    row = tx.conn.execute(newest, {"person_id": person_id, "since": since}).first()
    return _assist(row) if row else None


def touch(tx: Tx, *, assist_id: str) -> None:
    """Start the time without use anew."""
    tx.conn.execute(update(assist).where(assist.c.id == assist_id).values(seen_at=tx.now))


def ask(
    tx: Tx, *, assist_id: str, purpose: Purpose, consent: Consent, id_checked: bool, code: str | None = None
) -> None:
    """Note what the patient is asked, and how they answer; ``code`` is what was sent to them."""
    values = {
        "state": AssistState.ASKED.value,
        "purpose": purpose.value,
        "consent": consent.value,
        "id_checked": id_checked,
        "code_hash": _code_hash(tx, assist_id, code) if code else None,
        "seen_at": tx.now,
    } | ({"tries": 0} if code else {})
    tx.conn.execute(update(assist).where(assist.c.id == assist_id).values(values))


def code_fits(tx: Tx, *, assist_id: str, code: str, most: int) -> bool:
    """Tell whether this is the code that was sent; each call counts as a try, and after ``most`` none fits."""
    tries = {"tries": assist.c.tries + 1, "seen_at": tx.now}
    stored = tx.conn.execute(
        update(assist)
        .where(assist.c.id == assist_id, assist.c.tries < most)
        .values(tries)
        .returning(assist.c.code_hash)
    ).scalar()
    return stored is not None and stored == _code_hash(tx, assist_id, code)


def agree(tx: Tx, *, assist_id: str, purpose: Purpose | None) -> bool:
    """Note the patient's yes to this purpose. False: the assist was not waiting for it."""
    values = {"state": AssistState.AGREED.value, "agreed_at": tx.now, "code_hash": None, "seen_at": tx.now}
    waits = (assist.c.id == assist_id, assist.c.state == AssistState.ASKED.value, assist.c.ended_at.is_(None))
    same = assist.c.purpose == (purpose.value if purpose else None)
    return bool(tx.conn.execute(update(assist).where(*waits, same).values(values)).rowcount)


def put_passcode(tx: Tx, *, assist_id: str, account_id: str, passcode_hash: str) -> None:
    """Keep the hash of the passcode with which the patient, by this account, lets a visit's record be handed out."""
    sealed = tx.vault.seal(passcode_hash.encode(), row=f"assist.passcode_hash:{assist_id}")
    values = {"passcode_hash": sealed, "agreed_by": account_id}
    tx.conn.execute(update(assist).where(assist.c.id == assist_id).values(values))


def take_passcode(tx: Tx, *, assist_id: str) -> tuple[str, str] | None:
    """Return the account and the hash, once; None where nobody chose one, or a link was made of it."""
    row = tx.conn.execute(
        select(assist.c.agreed_by, assist.c.passcode_hash).where(
            assist.c.id == assist_id, assist.c.passcode_hash.is_not(None)
        )
    ).first()
    taking = update(assist).where(assist.c.id == assist_id, assist.c.passcode_hash.is_not(None))
    if row is None or not tx.conn.execute(taking.values(passcode_hash=None)).rowcount:
        return None
    return row.agreed_by, tx.open(row.passcode_hash, row=f"assist.passcode_hash:{assist_id}").decode()


def check_document(tx: Tx, *, assist_id: str) -> None:
    """Note that the clerk compared an identity document."""
    tx.conn.execute(update(assist).where(assist.c.id == assist_id).values(id_checked=True, seen_at=tx.now))


def end(tx: Tx, *, assist_id: str, ending: AssistEnding) -> bool:
    """End an assist. False: it had ended."""
    return bool(_end(tx, assist.c.id == assist_id, ending=ending))


def end_all(tx: Tx, *, person_id: str, ending: AssistEnding) -> tuple[str, ...]:
    """End every assist that is open of a person; return their ids."""
    return _end(tx, assist.c.person_id == person_id, ending=ending)


def _end(tx: Tx, condition: ColumnElement[bool], *, ending: AssistEnding) -> tuple[str, ...]:
    values = {"state": AssistState.ENDED.value, "ended_at": tx.now, "ending": ending.value}
    values |= {"code_hash": None, "passcode_hash": None}
    ended = update(assist).where(condition, assist.c.ended_at.is_(None)).values(values).returning(assist.c.id)
    return tuple(tx.conn.execute(ended).scalars())


def _where(tx: Tx, *conditions: ColumnElement[bool]) -> Assist | None:
    row = tx.conn.execute(select(assist).where(*conditions).order_by(assist.c.created_at.desc()).limit(1)).first()
    return _assist(row) if row else None


def _assist(row: Row[Any]) -> Assist:
    return Assist(
        row.id,
        row.account_id,
        row.person_id,
        AssistState(row.state),
        Purpose(row.purpose) if row.purpose else None,
        Consent(row.consent) if row.consent else None,
        row.id_checked,
        row.tries,
        row.created_at,
        row.seen_at,
        row.agreed_at,
    )


def _code_hash(tx: Tx, assist_id: str, code: str) -> str:
    return tx.vault.hash("assist.code", f"{assist_id}|{code}")
