"""Erasing a person, or closing the record of one who died: asked for by one administrator, confirmed by another.

Until then it is undoable. After an erasure nothing is left but the audit trail's events, which name nobody, and its
tombstone. What the hospital's own system sends again is imported again: it is to be ended there first.
"""

from portal import audit
from portal.authentication.desk_proxies import same_human
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.people import Role
from portal.linking import enqueue, transitions
from portal.linking.states import By, Move
from portal.linking.transitions import Work
from portal.persons import deceased
from portal.services import Services
from portal.store import Tx
from portal.store.links import links
from portal.store.people import accounts, changes, outbox, people, removal
from portal.store.people.accounts import Account
from portal.store.people.changes import PendingChange


def request(tx: Tx, *, person_id: str, by: Account, kind: str = changes.ERASURE) -> str:
    """Ask for an erasure, or (``changes.DECEASED``) for closing; return the id to confirm. Asked twice, it is one.

    Raises:
        NotFoundError: there is no such person.
        ConflictError: ``not-administrator``.
    """
    _check(by)
    if people.by_id(tx, person_id=person_id) is None:
        raise NotFoundError(hint="no patient with this id")
    waiting = changes.of_person(tx, kind=kind, person_id=person_id)
    if waiting is not None:
        return waiting.id
    change_id = changes.add(tx, kind=kind, person_id=person_id, account_id=by.id)
    _record(tx, by, person_id, kind, "asked")
    return change_id


def cancel(tx: Tx, *, change_id: str, by: Account) -> None:
    """Call one off.

    Raises:
        NotFoundError: nothing waits under this id.
    """
    change = _take(tx, change_id, by)
    _record(tx, by, change.person_id, change.kind, "cancelled")


def confirm(services: Services, *, change_id: str, by: Account) -> str:
    """Do it, at the word of a second administrator; return the kind of change that it was.

    Erasing: links end, tokens are revoked there, all rows go. Closing: see ``portal.persons.deceased``.

    Raises:
        NotFoundError: nothing waits under this id.
        ConflictError: ``second-person``: who asked for it cannot confirm it.
    """
    work: list[Work] = []
    with services.db.transaction() as tx:
        change = _take(tx, change_id, by)
        asker = accounts.by_id(tx, account_id=change.account_id, disabled=True)
        if asker is None or same_human(asker, by):
            raise ConflictError("second-person", hint="a second administrator confirms it")
        actor = audit.Actor("account", by.id)
        if change.kind == changes.DECEASED:
            work += deceased.close(tx, services, person_id=change.person_id, actor=actor)
        else:
            work += _erase(tx, change.person_id, actor)
        _record(tx, by, change.person_id, change.kind, "confirmed")
    services.db.empty_log()
    enqueue.enqueue(services, work)
    return change.kind


def _take(tx: Tx, change_id: str, by: Account) -> PendingChange:
    """Return what waits, and take it away first of all: it is confirmed or called off, by one of two at a time."""
    _check(by)
    change = changes.by_id(tx, change_id=change_id)
    if change is None or not changes.remove(tx, change_id=change_id):
        raise NotFoundError(hint="nothing waits under this id")
    return change


def _erase(tx: Tx, person_id: str, actor: audit.Actor) -> list[Work]:
    work: list[Work] = []
    for link in links.of_person(tx, person_id=person_id):
        work += transitions.end(tx, link, Move.UNLINKED, By.PATIENT, actor=actor)
    outbox.remove_of(tx, recipients=_addresses(tx, person_id))
    removal.remove_person(tx, person_id=person_id)
    return work


def _addresses(tx: Tx, person_id: str) -> frozenset[str]:
    account, person = accounts.own_account(tx, person_id=person_id), people.by_id(tx, person_id=person_id)
    own = {account.email} if account else set()
    return frozenset(filter(None, own | set(person.demographics.emails if person else ())))


def _check(by: Account) -> None:
    if by.role is not Role.ADMIN or by.disabled:
        raise ConflictError("not-administrator", hint="only an administrator's account may do this")


def _record(tx: Tx, by: Account, person_id: str, kind: str, step: str) -> None:
    action = audit.Action.ERASURE if kind == changes.ERASURE else audit.Action.CLOSING
    audit.record(tx, action=action, actor=audit.Actor("account", by.id), person_id=person_id, step=step)
