"""Whether a link opens now, and writing down that it was opened: the same for every way of opening it."""

from datetime import timedelta

from portal import audit
from portal.access import Actor, Permission, can
from portal.config import Settings
from portal.sharing.shlink import LONGEST_LABEL
from portal.store import Tx
from portal.store.people import accounts, proxies
from portal.store.shares import shares
from portal.store.shares.shares import Share, ShareEventKind

_HOUR = timedelta(hours=1)


class LinkBusyError(Exception):
    """It was opened as often as may be within an hour. Nothing is written down, and nothing computed."""


def require_calm(tx: Tx, stored: Share) -> None:
    """Raise LinkBusyError where a link was opened too often within the last hour."""
    if shares.openings_since(tx, share_id=stored.id, since=tx.now - _HOUR) >= shares.MOST_OPENINGS:
        raise LinkBusyError


def opens_now(tx: Tx, stored: Share | None, settings: Settings) -> bool:
    """Tell whether a link opens now: also whether who made it may still share this record."""
    if stored is None or not stored.opens(tx.now):
        return False
    account = accounts.by_id(tx, account_id=stored.account_id)
    if account is None:
        return False
    grants = accounts.grants_of(tx, account_id=account.id, teen_age=settings.teen_age)
    actor = Actor(account.id, account.role, account.person_id, proxies.proxy_grants(grants))
    if not can(actor, Permission.SHARE_RECORD, stored.person_id):
        return False
    return not stored.terms.confidential or can(actor, Permission.VIEW_CONFIDENTIAL, stored.person_id)


def note_opening(tx: Tx, stored: Share, kind: ShareEventKind, recipient: str) -> None:
    """Write down who opened a link, or tried to: for the person, and in the audit trail."""
    shares.log(tx, share_id=stored.id, kind=kind, recipient=recipient[:LONGEST_LABEL])
    audit.record(
        tx,
        action=audit.Action.SHARE_OPEN,
        actor=audit.Actor("link", stored.id),
        person_id=stored.person_id,
        outcome="success" if kind is ShareEventKind.OPENED else "denied",
        share=stored.id,
    )
