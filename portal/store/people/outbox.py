"""E-mails that wait for the mail server, and for some days those that it has taken."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Row, delete, insert, select, update

from portal.domain.ids import new_id
from portal.store.engine.database import Tx
from portal.store.schema.access import outgoing_mail


class MailContent(msgspec.Struct, frozen=True):
    recipient: str
    subject: str
    text: str
    stop: str = ""  # address that ends e-mails of its kind


@dataclass(frozen=True, slots=True)
class Mail:
    id: str
    content: MailContent
    created_at: datetime
    tries: int


def add(tx: Tx, *, content: MailContent, due_at: datetime | None = None) -> None:
    mail_id = new_id()
    tx.conn.execute(
        insert(outgoing_mail).values(
            id=mail_id,
            content=tx.seal(content, row=f"outgoing_mail.content:{mail_id}"),
            created_at=tx.now,
            due_at=due_at or tx.now,
        )
    )


def take_due(tx: Tx, *, until: datetime, limit: int) -> tuple[Mail, ...]:
    """Return what is due, and put it off until then, so that nobody else sends it meanwhile."""
    due = (
        select(outgoing_mail)
        .where(outgoing_mail.c.ended_at.is_(None), outgoing_mail.c.due_at <= tx.now)
        .order_by(outgoing_mail.c.due_at)
        .limit(limit)
    )
    rows = tx.conn.execute(due.with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows]
    tx.conn.execute(update(outgoing_mail).where(outgoing_mail.c.id.in_(ids)).values(due_at=until))
    return tuple(_mail(tx, row) for row in rows)


def any_due(tx: Tx) -> bool:
    due = select(outgoing_mail.c.id).where(outgoing_mail.c.ended_at.is_(None), outgoing_mail.c.due_at <= tx.now)
    return tx.conn.execute(due.limit(1)).first() is not None


def newest(tx: Tx, *, limit: int) -> tuple[Mail, ...]:
    query = select(outgoing_mail).order_by(outgoing_mail.c.created_at.desc(), outgoing_mail.c.id).limit(limit)
    return tuple(_mail(tx, row) for row in tx.conn.execute(query))


def end(tx: Tx, *, mail_id: str) -> None:
    """Send it no more: the server has taken it, or it was given up."""
    tx.conn.execute(update(outgoing_mail).where(outgoing_mail.c.id == mail_id).values(ended_at=tx.now))


def remove_of(tx: Tx, *, recipients: Collection[str]) -> None:
    """Delete every e-mail to one of these addresses, sent or not."""
    stored = [_mail(tx, row) for row in tx.conn.execute(select(outgoing_mail))] if recipients else []
    ids = [mail.id for mail in stored if mail.content.recipient in recipients]
    tx.conn.execute(delete(outgoing_mail).where(outgoing_mail.c.id.in_(ids)))


def put_off(tx: Tx, *, mail_id: str, until: datetime) -> None:
    values = {"due_at": until, "tries": outgoing_mail.c.tries + 1}
    tx.conn.execute(update(outgoing_mail).where(outgoing_mail.c.id == mail_id).values(values))


def _mail(tx: Tx, row: Row[tuple[object, ...]]) -> Mail:
    content = tx.unseal(row.content, MailContent, row=f"outgoing_mail.content:{row.id}")
    return Mail(row.id, content, row.created_at, row.tries)
