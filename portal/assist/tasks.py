"""What the desk does for a patient who agreed. Nothing here reads or returns clinical content."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import audit, mail
from portal.assist.assists import addresses, note, require
from portal.authentication import activation
from portal.authentication.codes import new_code, read_code
from portal.domain.assists import Purpose
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.links import LinkPolicy, LinkState, Tier
from portal.domain.people import Person, Role
from portal.identity.folding import fold
from portal.linking import enqueue, refresh_policy, transitions
from portal.linking.states import By, Move
from portal.linking.transitions import Work
from portal.services import Services
from portal.store import Tx
from portal.store.desk import factor_resets, handovers
from portal.store.desk.assists import Assist
from portal.store.desk.handovers import Handover
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links, refreshes
from portal.store.links.links import Link
from portal.store.people import accounts, factors, people, sign_ins
from portal.store.people.accounts import Account
from portal.store.people.outbox import MailContent

Letter = Callable[[Account, str, datetime], MailContent]
"""Makes the notice for an account, with the secret of the link that stops the removal, and when it is due."""
HANDOVER = timedelta(hours=12)
"""How long a code for a link is good: until the evening, for who finishes at home."""
_DELAY = timedelta(hours=24)
"""How long the owner of a second factor can object before it is removed."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What the patient takes home. ``language`` is theirs ("" where the chart names none)."""

    code: str
    username: str
    until: datetime
    language: str


def activation_code(services: Services, assist: Assist) -> Activation:
    """Return a new activation code; the one before is worth nothing. Makes the account where there is none.

    Raises:
        ConflictError: ``has-password``: the patient signs in already.
    """
    require(assist, purpose=Purpose.ACTIVATION)
    with services.db.transaction() as tx:
        person = people.by_id(tx, person_id=assist.person_id)
        if person is None:
            raise NotFoundError
        account = accounts.own_account(tx, person_id=person.id) or _add_account(tx, person.id, person.demographics)
        if account.disabled:
            raise ConflictError("disabled")
        if accounts.has_password(tx, account_id=account.id):
            raise ConflictError("has-password")
        code = activation.invite(tx, account_id=account.id)
        note(tx, assist.account_id, assist.person_id, "activation-code")
        return Activation(code, account.username, tx.now + activation.LASTING, person.demographics.language)


def _add_account(tx: Tx, person_id: str, demographics: Person) -> Account:
    """Add an account under a user name made of the name: "ana.rivera", "ana.rivera2" …"""
    name = demographics.name
    base = ".".join(fold(part).replace(" ", "") for part in (*name.given[:1], name.family) if part) or "patient"
    username, number = base, 1
    while accounts.by_username(tx, username=username) is not None:
        number += 1
        username = f"{base}{number}"
    account_id = accounts.add(
        tx,
        username=username,
        display=demographics.display or username,
        password_hash="",
        role=Role.PATIENT,
        person_id=person_id,
        email=next(iter(demographics.emails), ""),
    )
    account = accounts.by_id(tx, account_id=account_id)
    if account is None:
        raise NotFoundError
    return account


def links_of(tx: Tx, assist: Assist) -> list[tuple[Link, Organization]]:
    """Return the patient's links whose organizations the desk may know of: never a confidential one."""
    require(assist)
    persons_links = links.of_person(tx, person_id=assist.person_id)
    by_id = organizations.by_ids(tx, ids={link.organization_id for link in persons_links})
    pairs = [(link, by_id[link.organization_id]) for link in persons_links if link.organization_id in by_id]
    return [(link, organization) for link, organization in pairs if not organization.sensitive]


def link_of(tx: Tx, assist: Assist, link_id: str) -> tuple[Link, Organization]:
    """Return one of them.

    Raises:
        NotFoundError: it is not one of them.
    """
    for link, organization in links_of(tx, assist):
        if link.id == link_id and link.tier is not Tier.HOME:
            return link, organization
    raise NotFoundError


def organization_to_link(tx: Tx, assist: Assist, organization_id: str) -> Organization:
    """Return an organization that the desk may start a link with.

    Raises:
        NotFoundError: it is unknown, confidential, or cannot be linked.
    """
    require(assist)
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None or organization.sensitive or organization.policy is LinkPolicy.OFF:
        raise NotFoundError
    return organization


def hand_over(services: Services, assist: Assist, organization_id: str) -> str:
    """Start a link, or its verification, that the patient finishes on a device of their own; return the code."""
    code = new_code(2)
    with services.db.transaction() as tx:
        organization = organization_to_link(tx, assist, organization_id)
        handovers.add(
            tx,
            code=code,
            assist_id=assist.id,
            person_id=assist.person_id,
            organization_id=organization.id,
            lasting=HANDOVER,
        )
        note(tx, assist.account_id, assist.person_id, "handed-over", organization=organization.id)
    return code


def handed_over(services: Services, code: str) -> Handover | None:
    """Return what a code from the desk stands for, while it can be opened."""
    with services.db.reading() as tx:
        return handovers.by_code(tx, code=read_code(code))


def open_handover(services: Services, handover: Handover, *, account_id: str) -> bool:
    """Use a code up: the patient opened it. False: it was used meanwhile."""
    with services.db.transaction() as tx:
        if not handovers.open_(tx, code=handover.code):
            return False
        note(tx, account_id, handover.person_id, "opened", organization=handover.organization_id)
    return True


def refresh(services: Services, assist: Assist, link_id: str) -> bool:
    """Ask for an update. False: not now (throttled, a moment ago, or only with a sign-in there)."""
    with services.db.transaction() as tx:
        link, organization = link_of(tx, assist, link_id)
        latest = refreshes.latest(tx, link_id=link.id)
        refused = refresh_policy.refusal(link, policy=organization.policy, cause="asked", now=tx.now, latest=latest)
        if refused or not refresh_policy.in_background(link, organization.policy):
            return False
        work = transitions.request_refresh(tx, link, "asked")
        audit.record(
            tx,
            action=audit.Action.UPDATE_REQUEST,
            actor=audit.Actor("account", assist.account_id),
            person_id=link.person_id,
            link=link.id,
            organization=organization.id,
        )
    enqueue.enqueue(services, [work])
    return True


def decide(services: Services, assist: Assist, link_id: str, *, is_same: bool) -> None:
    """Decide a near match with the identity document that the clerk compared.

    Raises:
        ConflictError: ``assist-document`` without one, ``link-moved`` where nothing is to be decided any more.
    """
    require(assist, document=True)
    work: list[Work] = []
    actor = audit.Actor("account", assist.account_id)
    with services.db.transaction() as tx:
        link, organization = link_of(tx, assist, link_id)
        if link.state is not LinkState.CONFIRM:
            raise ConflictError("link-moved")
        note(tx, assist.account_id, assist.person_id, "decided", organization=organization.id)
        if is_same:
            moved = transitions.make(
                tx,
                link,
                Move.CONFIRMED,
                By.DESK,
                actor=actor,
                verified_at=tx.now,
                finding=None,
                throttled_until=None,
            )
            work.append(transitions.request_refresh(tx, moved, "linked"))
        else:
            work += transitions.refuse(tx, link, reason="different-person", by=By.DESK, actor=actor)
    enqueue.enqueue(services, work)


def reset_factor(services: Services, assist: Assist, letter: Letter) -> datetime:
    """Begin to remove a lost second factor: it takes a day, and every address is told how to stop it.

    Raises:
        ConflictError: ``assist-document``; ``no-factor``: nothing is to be reset; ``no-address``: nobody could object.
    """
    require(assist, document=True)
    with services.db.reading() as tx:
        account = accounts.own_account(tx, person_id=assist.person_id)
    if account is None:
        raise ConflictError("no-factor")
    return start_factor_reset(services, account, letter, by=assist.account_id, assist_id=assist.id)


def start_factor_reset(
    services: Services, account: Account, letter: Letter, *, by: str, assist_id: str | None = None
) -> datetime:
    """Begin to remove an account's second factor, at the word of an account that compared a photo ID; return when.

    Raises:
        ConflictError: as ``reset_factor``.
    """
    with services.db.transaction() as tx:
        if not factors.summary(tx, account_id=account.id).is_any:
            raise ConflictError("no-factor")
        told = addresses(tx, person_id=account.person_id) if account.person_id else tuple(filter(None, [account.email]))
        if not told or not mail.is_on(services):
            raise ConflictError("no-address")
        waiting = factor_resets.of_account(tx, account_id=account.id)
        if waiting is not None:
            return waiting.due_at
        secret = factor_resets.add(tx, account_id=account.id, assist_id=assist_id, after=_DELAY)
        due_at = tx.now + _DELAY
        content = letter(account, secret, due_at)
        for address in told:
            mail.post(tx, recipient=address, subject=content.subject, text=content.text)
        note(tx, by, account.person_id, "factor-reset")
    mail.ask(services)
    return due_at


def stop_factor_reset(tx: Tx, *, account: Account, by: str) -> bool:
    """Stop the removal of an account's second factor. False: none waits."""
    reset = factor_resets.of_account(tx, account_id=account.id)
    if reset is None or not factor_resets.end(tx, reset_id=reset.id, ending=factor_resets.CANCELLED):
        return False
    note(tx, by, account.person_id, "factor-kept")
    return True


def keep_factor(services: Services, secret: str) -> bool:
    """Stop the removal of a second factor, by the link in the notice. False: there is none to stop."""
    with services.db.transaction() as tx:
        reset = factor_resets.by_secret(tx, secret=secret)
        account = accounts.by_id(tx, account_id=reset.account_id, disabled=True) if reset else None
        if reset is None or account is None:
            return False
        factor_resets.end(tx, reset_id=reset.id, ending=factor_resets.CANCELLED)
        note(tx, account.id, account.person_id, "factor-kept")
    return True


def waits(services: Services, secret: str) -> bool:
    """Tell whether a link in a notice still stops something."""
    with services.db.reading() as tx:
        return factor_resets.by_secret(tx, secret=secret) is not None


def remove_due_factors(services: Services) -> int:
    """Remove the second factors whose owners did not object within a day; return how many."""
    removed = 0
    with services.db.reading() as tx:
        due = factor_resets.due(tx)
    for reset in due:
        with services.db.transaction() as tx:
            account = accounts.by_id(tx, account_id=reset.account_id, disabled=True)
            if account is None or not factor_resets.end(tx, reset_id=reset.id, ending=factor_resets.DONE):
                continue
            factors.remove_all(tx, account_id=account.id)
            factors.forget_browsers(tx, account_id=account.id)
            sign_ins.end_all(tx, account_id=account.id)
            audit.record(
                tx,
                action=audit.Action.ASSIST,
                actor=audit.Actor("job"),
                person_id=account.person_id,
                step="factor-removed",
            )
            removed += 1
    return removed
