"""What a calendar reads: when the appointments to come are, and nothing of why or where.

A calendar is kept by the servers of others and read over shoulders; the portal's page of each appointment, behind the
sign-in, says the rest. What is confidential is left out. Source: RFC 5545 (iCalendar), RFC 7986 5.7 (REFRESH-INTERVAL).
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import force_locale
from icalendar import Calendar

from portal import audit
from portal.access import Actor, Permission, Sight, can
from portal.config import Settings
from portal.domain.entry import Status
from portal.domain.errors import NotFoundError
from portal.domain.sections import Section
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, proxies
from portal.store.people.accounts import Account
from portal.store.records import visits
from portal.store.shares import calendar_feeds
from portal.web.health import calendar
from portal.web.phrases import gettext as _

_TIMES = Sight(confidential=False, private=False, held=False, sections=frozenset({Section.VISITS}), account="")
_EVERY = timedelta(hours=4)  # how often a calendar is asked to come back


def read(services: Services, token: str) -> bytes:
    """Return the calendar of an address, as UTF-8.

    Raises:
        NotFoundError: there is no such address, it was ended, or who made it may not see the record any more.
    """
    settings = services.settings
    zone = ZoneInfo(settings.time_zone)
    with services.db.reading() as tx:
        feed = calendar_feeds.by_token(tx, token=token)
        account = accounts.by_id(tx, account_id=feed.account_id) if feed else None
        if feed is None or account is None or not _may_read(tx, account, feed.person_id, settings):
            raise NotFoundError
        page = visits.page(tx, person_id=feed.person_id, sight=_TIMES, zone=zone, status=Status.UPCOMING)
        now = tx.now
    whose = {} if feed.person_id == account.person_id else {"person": feed.person_id}
    with force_locale(account.locale or "en"):
        content = _empty(settings.name)
        for row in page.rows:
            entry = row.primary.entry
            if calendar.fits(entry, now, zone):
                values: dict[str, Any] = {"section": Section.VISITS.value, "entry": row.primary_id, **whose}
                address = url_for("health.entry", **values)
                uid = f"{row.primary_id}@tributary"
                url = f"{settings.base_url}{address}"
                content.add_component(
                    calendar.event(entry, uid=uid, url=url, title=_("Appointment"), now=now, zone=zone)
                )
    if feed.read_at is None or _day(feed.read_at, zone) != _day(
        now, zone
    ):  # calendars come every hour: one event a day
        with services.db.transaction() as tx:
            calendar_feeds.mark_read(tx, feed_id=feed.id)
            actor = audit.Actor("link")
            audit.record(tx, action=audit.Action.CALENDAR_READ, actor=actor, person_id=feed.person_id, feed=feed.id)
    return bytes(content.to_ical())


def _may_read(tx: Tx, account: Account, person_id: str, settings: Settings) -> bool:
    grants = accounts.grants_of(tx, account_id=account.id, teen_age=settings.teen_age)
    actor = Actor(account.id, account.role, account.person_id, proxies.proxy_grants(grants))
    return can(actor, Permission.SHARE_RECORD, person_id)


def _empty(name: str) -> Calendar:
    content = Calendar()
    content.add("prodid", "-//Tributary//EN")
    content.add("version", "2.0")
    content.add("x-wr-calname", name)
    content.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    content.add("x-published-ttl", "PT4H")
    return content


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()
