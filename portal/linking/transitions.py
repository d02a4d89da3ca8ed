"""Moving a link: each function makes one move of ``portal.linking.states`` and everything that belongs to it.

All of them run inside the caller's transaction and call nobody; what is to be done afterwards (a job) is given back as
``Work`` and enqueued by ``portal.linking.enqueue`` once the transaction is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from portal import audit
from portal.domain.links import LIVE, VERIFIED, WORKING, LinkState, Tier
from portal.linking.states import By, Move, settled, target
from portal.queue import BACKGROUND, INTERACTIVE, NIGHT, REFRESH, REVOKE, VERIFY
from portal.store import Tx
from portal.store.links import links, refresh_queue, refreshes, revocations, tokens
from portal.store.links.links import Link
from portal.store.links.tokens import Tokens
from portal.store.records import resources

_log = structlog.get_logger()
_JOB = audit.Actor("job")
_OPERATOR = audit.Actor("operator")
_OTHERS_WAIT = timedelta(minutes=15)
_KINDS = {refresh_queue.NIGHTLY: NIGHT, refresh_queue.AGAIN: BACKGROUND}
"""The kind of a refresh's job by its cause, whoever names it; all others somebody waits for."""


@dataclass(frozen=True, slots=True)
class Work:
    """A job to enqueue after the commit. ``ids`` are its keyword arguments."""

    job: str
    ids: tuple[tuple[str, str], ...]
    kind: str = ""  # of ``portal.queue.KINDS``, where it is another than the job's own

    @property
    def job_id(self) -> str:
        """The same for the same job of the same kind: what somebody waits for is not in the night's queue already."""
        parts = (self.job, *(value for _, value in self.ids), *filter(None, [self.kind]))
        return "-".join(parts).replace(".", "-")


def verify_work(link_id: str) -> Work:
    return Work(VERIFY, (("link", link_id),))


def refresh_work(refresh_id: str, *, cause: str) -> Work:
    return Work(REFRESH, (("refresh", refresh_id),), _KINDS.get(cause, INTERACTIVE))


def revoke_work(revocation_id: str) -> Work:
    return Work(REVOKE, (("revocation", revocation_id),))


def make(
    tx: Tx,
    link: Link,
    move: Move,
    by: By,
    *,
    actor: audit.Actor = _JOB,
    reason: str | None = None,
    to: LinkState | None = None,
    **fields: Any,
) -> Link:
    """One move, with its line of history and its audit event; ``fields`` are further columns of the link.

    Raises:
        ConflictError: ``link-moved``.
    """
    goal = target(move, link.state, link.tier, by)
    moved = links.move(
        tx,
        link,
        move=move.value,
        to_state=to or goal,
        reason=reason,
        account_id=actor.id if actor.kind == "account" else None,
        **fields,
    )
    if by is By.PATIENT or (link.state, link.reason) != (moved.state, moved.reason):
        audit.record(
            tx,
            action=audit.Action.LINK_CHANGE,
            actor=actor,
            person_id=link.person_id,
            link=link.id,
            organization=link.organization_id,
            move=move.value,
            **({"reason": reason} if reason else {}),
        )
    return moved


def request_refresh(tx: Tx, link: Link, cause: str) -> Work:
    """Ask for a refresh; one that is open already is joined."""
    return refresh_work(refreshes.request(tx, link_id=link.id, cause=cause).refresh_id, cause=cause)


def drop_tokens(tx: Tx, link: Link) -> list[Work]:
    """Remove the tokens from here at once; what ends them there is kept sealed until that is done."""
    stored = tokens.tokens_of(tx, link_id=link.id)
    tokens.drop_tokens(tx, link_id=link.id)
    if stored is None:
        return []
    return [revoke(tx, organization_id=link.organization_id, ended=stored.tokens)]


def revoke(tx: Tx, *, organization_id: str, ended: Tokens) -> Work:
    """Have tokens ended there; ending the refresh token ends what came of it (RFC 7009, 2.1)."""
    token = ended.refresh_token or ended.access_token
    return revoke_work(revocations.add_revocation(tx, organization_id=organization_id, token=token))


def end(tx: Tx, link: Link, move: Move, by: By, *, actor: audit.Actor = _JOB, reason: str | None = None) -> list[Work]:
    """Unlink, cancel, refuse: tokens destroyed, jobs cancelled, items removed; the history and the audit trail stay."""
    work = drop_tokens(tx, link)
    refreshes.cancel(tx, link_id=link.id, reason=move.value)
    resources.remove_source(tx, source=link.id)
    make(tx, link, move, by, actor=actor, reason=reason, hidden=False, finding=None, patient_hash=None)
    return work


def refuse(tx: Tx, link: Link, *, reason: str, by: By = By.JOB, actor: audit.Actor = _JOB) -> list[Work]:
    """Refuse an account of somebody else. A new link ends; an older one keeps what was verified before."""
    move = Move.REFUSED if by is By.JOB else Move.NOT_ME
    if link.verified_at is None:
        return end(tx, link, move, by, actor=actor, reason=reason)
    work = drop_tokens(tx, link)
    make(tx, link, move, by, actor=actor, reason=reason, to=LinkState.NEEDS_VERIFICATION, finding=None)
    return work


def leave_undecided(tx: Tx, link: Link) -> list[Work]:
    """Leave it to the desk whose account it is: what would tell is missing. An older link keeps what it has."""
    work = drop_tokens(tx, link)
    make(tx, link, Move.UNDECIDED, By.JOB, reason="cannot-tell", finding=None)
    return work


def cancel(tx: Tx, link: Link, *, actor: audit.Actor) -> list[Work]:
    """Stop a link that is being made; one that was verified before keeps what it has and asks to be verified again."""
    if link.verified_at is None:
        return end(tx, link, Move.CANCELLED, By.PATIENT, actor=actor)
    work = drop_tokens(tx, link)
    to = LinkState.NEEDS_VERIFICATION
    make(tx, link, Move.CANCELLED, By.PATIENT, actor=actor, reason="cancelled", to=to, finding=None)
    return work


def token_lost(tx: Tx, *, link_id: str, reason: str) -> Link | None:
    """End an authorization. A lasting link asks to be verified again; a manual one waits for "Update".

    ``reason``: ``token-refused`` (ended there), ``answer-lost`` (a rotated token never reached us), ``expired``.
    """
    link = links.by_id(tx, link_id=link_id)
    if link is None or not link.live:
        return None
    tokens.drop_tokens(tx, link_id=link.id)
    if link.tier is Tier.HOME:  # between two servers of one organization: asked again, and an administrator sees it
        return failed(tx, link_id=link_id, reason=reason)
    manual = not link.lasting and link.state in VERIFIED and reason == "expired"
    if manual or link.state not in _losable():
        return link
    return make(tx, link, Move.TOKEN_LOST, By.JOB, reason=reason)


def proxy_ended(tx: Tx, link: Link) -> list[Work]:
    """End an authorization that came of somebody's own sign-in there who may no longer act for the person."""
    work = drop_tokens(tx, link)
    if link.state in _losable():
        refreshes.cancel(tx, link_id=link.id, reason="proxy-ended")
        make(tx, link, Move.TOKEN_LOST, By.JOB, reason="proxy-ended")
    return work


def wrong_person(tx: Tx, *, link_id: str, strayed: Tokens | None = None) -> list[Work]:
    """Somebody else's records came, or tokens for them (requirement B8): no further call, and an operator is told.

    ``strayed``: tokens that came for somebody else; they are never stored, and ended there.
    """
    link = links.by_id(tx, link_id=link_id)
    if link is None or link.state not in _losable():
        return []
    _log.error("link.wrong-person", link=link.id, organization=link.organization_id)
    work = drop_tokens(tx, link)
    if strayed is not None:
        work.append(revoke(tx, organization_id=link.organization_id, ended=strayed))
    make(tx, link, Move.WRONG_PERSON, By.JOB, reason="wrong-person")
    return work


def failed(tx: Tx, *, link_id: str, reason: str) -> Link | None:
    """Note that a refresh brought nothing at all; what was loaded before stays. Being asked to wait is no failure."""
    link = links.by_id(tx, link_id=link_id)
    if link is not None and link.throttled_until is not None and link.throttled_until > tx.now:
        return link
    return _work_state(tx, link_id, Move.FAILED, reason)


def recovered(tx: Tx, *, link_id: str) -> Link | None:
    """Note that a refresh brought something: the link works, as of now."""
    return _work_state(tx, link_id, Move.RECOVERED, None, refreshed_at=tx.now)


def throttled(tx: Tx, *, link_id: str, until: datetime, everyone: bool = False) -> None:
    """Wait until then, as the organization asked (Retry-After).

    ``everyone``: it counts our requests (429), which are those of all its links; the others wait with this one, but
    never longer than a quarter of an hour, because some servers count for each patient.
    """
    links.put(tx, link_id=link_id, throttled_until=until)
    link = links.by_id(tx, link_id=link_id)
    if everyone and link is not None:
        others = min(until, tx.now + _OTHERS_WAIT)
        links.throttle_organization(tx, organization_id=link.organization_id, until=others)


def expire_verification(tx: Tx, *, link_id: str) -> None:
    """Ask for verification: a year has passed since the last."""
    link = links.by_id(tx, link_id=link_id)
    if link is not None and link.state in VERIFIED:
        make(tx, link, Move.EXPIRED, By.JOB, reason="year-passed")


def switch(tx: Tx, link: Link, *, on: bool) -> None:
    """Follow the operator, who switched linking with this organization on or off."""
    move = Move.SWITCHED_ON if on else Move.SWITCHED_OFF
    if link.live and (link.state is LinkState.UNAVAILABLE) is on:
        refreshes.cancel(tx, link_id=link.id, reason=move.value)
        to = LinkState.ACTIVE if on and link.tier is Tier.HOME else None  # nobody signs in for these
        make(tx, link, move, By.OPERATOR, actor=_OPERATOR, reason=None if not on else "switched-on", to=to)


def _losable() -> frozenset[LinkState]:
    return LIVE - {LinkState.NEEDS_VERIFICATION, LinkState.UNAVAILABLE}


def _work_state(tx: Tx, link_id: str, move: Move, reason: str | None, **fields: Any) -> Link | None:
    link = links.by_id(tx, link_id=link_id)
    if link is None or link.state not in WORKING:
        return link
    if move is Move.RECOVERED and link.state is settled(link.tier):
        links.put(tx, link_id=link.id, reason=None, **fields)
        return links.by_id(tx, link_id=link_id)
    return make(tx, link, move, By.JOB, reason=reason, **fields)
