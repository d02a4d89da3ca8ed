"""From finding somebody to the end of an assist: each step is in the patient's log and in the clerk's."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from portal import audit, mail
from portal.access import may_assist
from portal.access.ages import is_younger
from portal.authentication import activation, desk_proxies
from portal.domain.assists import AssistEnding, AssistState, Consent, Purpose, WaitingPlace
from portal.domain.errors import ConflictError
from portal.linking import enqueue, handed_on
from portal.linking import proxies as linking_proxies
from portal.linking.transitions import Work
from portal.services import Services
from portal.store import Tx
from portal.store.desk import assists, factor_resets, handovers, queue
from portal.store.desk.assists import Assist
from portal.store.people import accounts, people, proxies
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
        acts_for = desk_proxies.acts_for(tx, clerk, teen_age=services.settings.teen_age)
        if not may_assist(clerk.role, person_id, as_patient=clerk.as_patient, acts_for=acts_for):
            raise ConflictError("assist-own")
    try:
        with services.db.transaction() as tx:
            assists.begin(tx, account_id=clerk.id, person_id=person_id, purpose=purpose)
            queue.leave(tx, person_id=person_id)
            note(tx, clerk.id, person_id, "found")
    except IntegrityError:
        raise ConflictError("assist-open") from None


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
            ``consent-document``: see ``_check_document``.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS)) if consent is Consent.CODE else None
    with services.db.transaction() as tx:
        told = addresses(tx, person_id=assist.person_id)
        if consent is Consent.DOCUMENT:
            _check_document(tx, assist, purpose, id_checked=id_checked, told=told, teen_age=services.settings.teen_age)
        if code is not None and not (told and mail.is_on(services)):
            raise ConflictError("consent-address")
        assists.ask(tx, assist_id=assist.id, purpose=purpose, consent=consent, id_checked=id_checked, code=code)
        note(tx, assist.account_id, assist.person_id, "asked", purpose=purpose.value, consent=consent.value)
        if code is not None:
            content = letter(code)
            for address in told:
                mail.post(tx, recipient=address, subject=content.subject, text=content.text)
        if consent is Consent.DOCUMENT:
            assists.agree(tx, assist_id=assist.id, purpose=purpose)
            note(tx, assist.account_id, assist.person_id, "agreed-document")
    mail.ask(services)


def _check_document(
    tx: Tx, assist: Assist, purpose: Purpose, *, id_checked: bool, told: tuple[str, ...], teen_age: int
) -> None:
    """Let a document stand for the patient's yes only where they cannot be asked: nobody signs in and nothing can be
    sent, or it is a child for whom a parent is let in.

    Raises:
        ConflictError: ``consent-document``.
    """
    account, person = accounts.own_account(tx, person_id=assist.person_id), people.by_id(tx, person_id=assist.person_id)
    is_new = account is None or not accounts.has_password(tx, account_id=account.id)
    birth_date = person.demographics.birth_date if person else ""
    is_child = is_younger(birth_date=birth_date, age=teen_age, today=tx.now.date())
    for_parent = purpose is Purpose.FAMILY and is_child
    unreachable = purpose in {Purpose.ACTIVATION, Purpose.FAMILY} and is_new and not told
    if not id_checked or not (for_parent or unreachable):
        raise ConflictError("consent-document")


def hear_code(services: Services, assist: Assist, code: str) -> bool:
    """Take the code that the patient tells as their yes; after the fifth wrong one only a new one helps."""
    digits = "".join(character for character in code if character.isdigit())
    with services.db.transaction() as tx:
        fits = assists.code_fits(tx, assist_id=assist.id, code=digits, most=TRIES)
        if fits and assists.agree(tx, assist_id=assist.id, purpose=assist.purpose):
            note(tx, assist.account_id, assist.person_id, "agreed-code")
            return True
        note(tx, assist.account_id, assist.person_id, "agreed-code", outcome="denied")
    return False


def asked(services: Services, *, person_id: str) -> Assist | None:
    """Return what a person is asked on a device of their own."""
    with services.db.reading() as tx:
        return assists.asked_of(tx, person_id=person_id, since=tx.now - IDLE)


def answer(
    services: Services,
    *,
    person_id: str,
    account_id: str,
    assist_id: str,
    purpose: str,
    agrees: bool,
    passcode_hash: str = "",
) -> bool:
    """Take the answer that a person, or who acts for them, gives on a device of theirs. False: nothing was asked.

    ``assist_id`` and ``purpose`` are what they read: the desk may ask something else by now, which is no yes to that.
    With ``passcode_hash`` the record of a visit may be handed out.

    Raises:
        ConflictError: ``assist-changed``: something else is asked now.
    """
    with services.db.transaction() as tx:
        assist = assists.asked_of(tx, person_id=person_id, since=tx.now - IDLE)
        if assist is None:
            return False
        if assist.id != assist_id or assist.purpose is None or assist.purpose.value != purpose:
            raise ConflictError("assist-changed")
        if not agrees:
            assists.end(tx, assist_id=assist.id, ending=AssistEnding.REFUSED)
        elif not assists.agree(tx, assist_id=assist.id, purpose=assist.purpose):
            raise ConflictError("assist-changed")
        elif passcode_hash:
            assists.put_passcode(tx, assist_id=assist.id, account_id=account_id, passcode_hash=passcode_hash)
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
        work = _undo_proxies(tx, assist, teen_age=services.settings.teen_age)
        factor_resets.undo(tx, assist_id=assist.id)
        actor = audit.Actor("account", assist.account_id)
        handed_on.end(tx, person_id=assist.person_id, actor=actor, which=lambda terms: terms.assist == assist.id)
        account = accounts.own_account(tx, person_id=assist.person_id)
        if account is not None:
            activation.withdraw(tx, account_id=account.id, since=assist.created_at)
        note(tx, assist.account_id, assist.person_id, AssistEnding.WRONG_PERSON.value)
        for address in addresses(tx, person_id=assist.person_id):
            mail.post(tx, recipient=address, subject=notice.subject, text=notice.text)
    enqueue.enqueue(services, work)
    mail.ask(services)


def _undo_proxies(tx: Tx, assist: Assist, *, teen_age: int) -> list[Work]:
    """End what the clerk let begin in an assist, and the invitations that nobody answered."""
    for invitation in proxies.invitations(tx, person_id=assist.person_id):
        desk = invitation.invited.desk
        if desk and desk.account_id == assist.account_id and invitation.created_at >= assist.created_at:
            proxies.take(tx, invitation_id=invitation.id, person_id=assist.person_id)
    work: list[Work] = []
    begun = proxies.of_desk(tx, person_id=assist.person_id, account_id=assist.account_id, since=assist.created_at)
    for grant_id in begun:
        actor = audit.Actor("account", assist.account_id)
        work += linking_proxies.end_in(tx, teen_age=teen_age, grant_id=grant_id, actor=actor, reason="wrong-person")[1]
    return work


def put_in_queue(services: Services, assist: Assist, *, purpose: Purpose, place: WaitingPlace) -> None:
    """Let somebody who was found wait."""
    with services.db.transaction() as tx:
        queue.add(tx, person_id=assist.person_id, purpose=purpose, place=place)
        assists.end(tx, assist_id=assist.id, ending=AssistEnding.QUEUED)
        note(tx, assist.account_id, assist.person_id, "queued")


def require(assist: Assist, *, document: bool = False, purpose: Purpose | None = None) -> Assist:
    """Return an assist that the patient agreed to; with ``document`` only one whose clerk compared a document.

    A document instead of the patient's own yes is enough for the ``purpose`` that it was shown for, and nothing else.

    Raises:
        ConflictError: ``assist-consent`` or ``assist-document``.
    """
    other = assist.consent is Consent.DOCUMENT and (purpose is None or assist.purpose is not purpose)
    if assist.state is not AssistState.AGREED or other:
        raise ConflictError("assist-consent")
    if document and not assist.id_checked:
        raise ConflictError("assist-document")
    return assist


def note(tx: Tx, account_id: str, person_id: str | None, step: str, *, outcome: str = "success", **detail: str) -> None:
    """Write one step into the audit trail."""
    actor = audit.Actor("account", account_id)
    audit.record(tx, action=audit.Action.ASSIST, actor=actor, person_id=person_id, outcome=outcome, step=step, **detail)
