"""From finding somebody to the end of an assist: each step is in the patient's log and in the clerk's."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from portal import audit, mail
from portal.access import may_assist
from portal.authentication import activation
from portal.domain.assists import AssistEnding, AssistState, Consent, Purpose, WaitingPlace
from portal.domain.errors import ConflictError
from portal.services import Services
from portal.store import Tx
from portal.store.desk import assists, factor_resets, handovers, queue
from portal.store.desk.assists import Assist
from portal.store.people import accounts, people
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent

IDLE = timedelta(minutes=5)
TRIES = 5
"""How often a code that was sent to the patient may be typed."""
DIGITS = 6


def begin(services: Services, clerk: Account, *, person_id: str, purpose: Purpose | None = None) -> None:
    """Open an assist of somebody who was found, or who waited.

    Raises:
        ConflictError: ``assist-own`` for oneself or somebody one acts for, ``assist-open`` while another one is open.
    """
    with services.db.reading() as tx:
        if not may_assist(clerk.role, person_id, as_patient=clerk.as_patient, acts_for=_acts_for(tx, services, clerk)):
            raise ConflictError("assist-own")
    try:
        with services.db.transaction() as tx:
            assists.begin(tx, account_id=clerk.id, person_id=person_id, purpose=purpose)
            queue.leave(tx, person_id=person_id)
            note(tx, clerk.id, person_id, "found")
    except IntegrityError:
        raise ConflictError("assist-open") from None


def _acts_for(tx: Tx, services: Services, clerk: Account) -> frozenset[str]:
    """Return for whom the clerk acts with the account that is theirs as a patient."""
    own = accounts.own_account(tx, person_id=clerk.as_patient) if clerk.as_patient else None
    grants = accounts.grants_of(tx, account_id=own.id, teen_age=services.settings.teen_age) if own else ()
    return frozenset(grant.person_id for grant in grants)


def current(services: Services, clerk: Account) -> Assist | None:
    """Return the assist that a clerk has open; one that nobody used for five minutes ends."""
    with services.db.reading() as tx:
        stored = assists.open_of(tx, account_id=clerk.id)
        is_idle = stored is not None and tx.now - stored.seen_at > IDLE
    if stored is None:
        return None
    if is_idle:
        finish(services, stored, AssistEnding.IDLE)
        return None
    with services.db.transaction() as tx:
        assists.touch(tx, assist_id=stored.id)
    return stored


def addresses(tx: Tx, *, person_id: str) -> tuple[str, ...]:
    """Return the e-mail addresses that a person is told by: of their own account, and of their chart."""
    account = accounts.own_account(tx, person_id=person_id)
    person = people.by_id(tx, person_id=person_id)
    own = (account.email,) if account else ()
    return tuple(dict.fromkeys(filter(None, (*own, *(person.demographics.emails if person else ())))))


def ask(
    services: Services,
    assist: Assist,
    *,
    purpose: Purpose,
    consent: Consent,
    id_checked: bool,
    letter: Callable[[str], MailContent],
) -> None:
    """Ask the patient: on a device of theirs, or with a code that is sent to them now and that they tell.

    Raises:
        InvalidInputError, ConflictError: ``consent-address``: there is nowhere to send a code to;
            ``consent-document``: that is only for a first sign-in of somebody who can be sent nothing, with a document.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS)) if consent is Consent.CODE else None
    with services.db.transaction() as tx:
        told = addresses(tx, person_id=assist.person_id)
        if consent is Consent.DOCUMENT:
            _check_document(tx, assist, purpose, id_checked=id_checked, told=told)
        if code is not None and not (told and mail.is_on(services)):
            raise ConflictError("consent-address")
        assists.ask(tx, assist_id=assist.id, purpose=purpose, consent=consent, id_checked=id_checked, code=code)
        note(tx, assist.account_id, assist.person_id, "asked", purpose=purpose.value, consent=consent.value)
        if code is not None:
            content = letter(code)
            for address in told:
                mail.post(tx, recipient=address, subject=content.subject, text=content.text)
        if consent is Consent.DOCUMENT:
            assists.agree(tx, assist_id=assist.id)
            note(tx, assist.account_id, assist.person_id, "agreed-document")
    mail.ask(services)


def _check_document(tx: Tx, assist: Assist, purpose: Purpose, *, id_checked: bool, told: tuple[str, ...]) -> None:
    account = accounts.own_account(tx, person_id=assist.person_id)
    is_new = account is None or not accounts.has_password(tx, account_id=account.id)
    if purpose is not Purpose.ACTIVATION or not id_checked or not is_new or told:
        raise ConflictError("consent-document")


def hear_code(services: Services, assist: Assist, code: str) -> bool:
    """Take the code that the patient tells as their yes; after the fifth wrong one only a new one helps."""
    digits = "".join(character for character in code if character.isdigit())
    with services.db.transaction() as tx:
        fits = assist.tries < TRIES and assists.code_fits(tx, assist_id=assist.id, code=digits)
        if fits and assists.agree(tx, assist_id=assist.id):
            note(tx, assist.account_id, assist.person_id, "agreed-code")
            return True
        note(tx, assist.account_id, assist.person_id, "agreed-code", outcome="denied")
    return False


def asked(services: Services, *, person_id: str) -> Assist | None:
    """Return what a person is asked on a device of their own."""
    with services.db.reading() as tx:
        return assists.asked_of(tx, person_id=person_id, since=tx.now - IDLE)


def answer(services: Services, *, person_id: str, account_id: str, agrees: bool) -> bool:
    """Take the answer that a person, or who acts for them, gives on a device of theirs. False: nothing was asked."""
    with services.db.transaction() as tx:
        assist = assists.asked_of(tx, person_id=person_id, since=tx.now - IDLE)
        if assist is None:
            return False
        if agrees:
            assists.agree(tx, assist_id=assist.id)
        else:
            assists.end(tx, assist_id=assist.id, ending=AssistEnding.REFUSED)
        note(tx, account_id, person_id, "agreed" if agrees else "refused")
    return True


def finish(services: Services, assist: Assist, ending: AssistEnding) -> None:
    """End an assist; of one that has ended it says nothing."""
    with services.db.transaction() as tx:
        if assists.end(tx, assist_id=assist.id, ending=ending):
            note(tx, assist.account_id, assist.person_id, ending.value)


def undo(services: Services, assist: Assist, notice: MailContent) -> None:
    """Undo what was started with the wrong person, and tell the person."""
    with services.db.transaction() as tx:
        if not assists.end(tx, assist_id=assist.id, ending=AssistEnding.WRONG_PERSON):
            return
        handovers.end_all(tx, assist_id=assist.id)
        factor_resets.undo(tx, assist_id=assist.id)
        account = accounts.own_account(tx, person_id=assist.person_id)
        if account is not None:
            activation.withdraw(tx, account_id=account.id, since=assist.created_at)
        note(tx, assist.account_id, assist.person_id, AssistEnding.WRONG_PERSON.value)
        for address in addresses(tx, person_id=assist.person_id):
            mail.post(tx, recipient=address, subject=notice.subject, text=notice.text)
    mail.ask(services)


def put_in_queue(services: Services, assist: Assist, *, purpose: Purpose, place: WaitingPlace) -> None:
    """Let somebody who was found wait."""
    with services.db.transaction() as tx:
        queue.add(tx, person_id=assist.person_id, purpose=purpose, place=place)
        assists.end(tx, assist_id=assist.id, ending=AssistEnding.QUEUED)
        note(tx, assist.account_id, assist.person_id, "queued")


def require(assist: Assist, *, document: bool = False, first_sign_in: bool = False) -> Assist:
    """Return an assist that the patient agreed to; with ``document`` only one whose clerk compared a document.

    A document instead of the patient's own yes is enough for a ``first_sign_in`` and for nothing else.

    Raises:
        ConflictError: ``assist-consent`` or ``assist-document``.
    """
    if assist.state is not AssistState.AGREED or (assist.consent is Consent.DOCUMENT and not first_sign_in):
        raise ConflictError("assist-consent")
    if document and not assist.id_checked:
        raise ConflictError("assist-document")
    return assist


def note(tx: Tx, account_id: str, person_id: str, step: str, *, outcome: str = "success", **detail: str) -> None:
    """Write one step into the audit trail."""
    actor = audit.Actor("account", account_id)
    audit.record(tx, action=audit.Action.ASSIST, actor=actor, person_id=person_id, outcome=outcome, step=step, **detail)
