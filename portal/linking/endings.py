"""When a link's permission ends: a warning on its pages, and one e-mail, some days before.

It ends when its verification is a year old, or when the other organization says: ``refresh_expires_in`` beside
``refresh_token`` is no standard's, but many servers send it, and so do we. Most of them count anew with every refresh;
an end is believed only when a refresh has left it where it was (``told_end``).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from portal import mail
from portal.domain.links import VERIFIED, Tier
from portal.domain.phrases import N_
from portal.linking import proxies
from portal.linking.states import VERIFY_EVERY
from portal.services import Services
from portal.store import Tx
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.people import accounts, notices
from portal.store.people.notices import Timing

WARNING = timedelta(days=14)
_SAME_END = timedelta(hours=1)
_MORNING = time(8)
_SUBJECT = N_("%(portal)s: a link needs you before %(day)s")
_TEXT = N_(
    "One of your links in %(portal)s works until %(day)s. After that, nothing new comes from there.\n\n"
    "To keep it going, open this page and sign in there once more: %(address)s\n\n"
    "To get no e-mails about this: %(settings)s"
)


def ending(link: Link, now: datetime) -> datetime | None:
    """Return until when a link works that is about to end; None where that is not known, or far off."""
    if not link.live or link.tier is not Tier.ACCOUNT or link.state not in VERIFIED:
        return None
    by_age = link.verified_at + VERIFY_EVERY if link.verified_at else None
    ends = min((end for end in (by_age, link.ends_at) if end is not None), default=None)
    return ends if ends is not None and now < ends <= now + WARNING else None


def told_end(told: datetime | None, before: datetime | None) -> datetime | None:
    """Return when the permission ends, as two token answers in a row said; None where that moves or is not said."""
    return told if told is not None and before is not None and abs(told - before) < _SAME_END else None


def warn(services: Services) -> int:
    """Write once, in the morning, about each link that is about to end; return about how many."""
    with services.db.reading() as tx:
        due = [link for link in links.ending(tx, WARNING, VERIFY_EVERY) if ending(link, tx.now)]
    for link in due:
        with services.db.transaction() as tx:
            stored = links.by_id(tx, link_id=link.id)
            until = ending(stored, tx.now) if stored and stored.warned_at is None else None
            if stored is not None and until is not None:
                links.put(tx, link_id=link.id, warned_at=tx.now)
                _write(tx, services, stored, until)
    if due:
        mail.ask(services)
    return len(due)


def _write(tx: Tx, services: Services, link: Link, until: datetime) -> None:
    """Write to the person, and to who signed in there for them; not from where the link is."""
    settings, zone = services.settings, ZoneInfo(services.settings.time_zone)
    now = tx.now.astimezone(zone)
    morning = datetime.combine(now.date(), _MORNING, zone)
    readers = {account.id: account for account in accounts.of_person(tx, person_id=link.person_id)}
    signed_in = accounts.by_id(tx, account_id=proxies.signed_in_by(tx, link) or "")
    for account in {**readers, **({signed_in.id: signed_in} if signed_in else {})}.values():
        chosen = notices.choices(tx, account_id=account.id)
        if not account.email or chosen.links is Timing.NEVER:
            continue
        own = account.person_id == link.person_id
        day = format_date(until.astimezone(zone).date(), "long", locale=account.locale or "en")
        named = {
            "portal": settings.name,
            "day": day,
            "address": f"{settings.base_url}{'' if own else f'/for/{link.person_id}'}/links/{link.id}",
            "settings": f"{settings.base_url}/settings/notices",
        }
        subject, text = (mail.in_language(account.locale, each) % named for each in (_SUBJECT, _TEXT))
        due_at = None if chosen.at_night or now >= morning else morning
        mail.post(tx, recipient=account.email, subject=subject, text=f"{text}\n", due_at=due_at)
