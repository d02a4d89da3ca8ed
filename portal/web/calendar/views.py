"""``/calendar``: make an address for one's calendar, see when it was read, end it; and what the calendar reads."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit
from portal.access import Permission, may_see_choice
from portal.domain.errors import NotFoundError
from portal.domain.ids import is_id, new_id
from portal.endpoints import confirm_first, for_person, public
from portal.extensions import current_services
from portal.store.shares import calendar_feeds
from portal.store.shares.calendar_feeds import CalendarFeed
from portal.web.calendar import content
from portal.web.guards import audit_actor, current_actor, current_person_id, person_route
from portal.web.htmx import render
from portal.web.phrases import gettext as _

blueprint = Blueprint("calendar", __name__)
_MOST = 5
"""Addresses of one person at a time: a phone, a tablet, a spouse's computer."""


@person_route(blueprint, "/calendar")
@for_person(Permission.SHARE_RECORD)
def page() -> Response:
    return _page()


@person_route(blueprint, "/calendar", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
@confirm_first(back="calendar.page")
def create() -> Response | WerkzeugResponse:
    """Make an address and show it, once."""
    person_id, feed_id = current_person_id(), request.form.get("feed", "")
    if not is_id(feed_id):
        return _page(status=422)
    with current_services().db.transaction() as tx:
        in_use = calendar_feeds.of_person(tx, person_id=person_id)
        if feed_id in [each.id for each in in_use]:
            flash(_("This address was made already. It was shown only once; make a new one if you need it again."))
            return redirect(url_for("calendar.page"), 303)
        full = len(in_use) >= _MOST
        if not full:
            token = calendar_feeds.add(tx, feed_id=feed_id, person_id=person_id, account_id=current_actor().account_id)
            audit.record(tx, action=audit.Action.CALENDAR_FEED, actor=audit_actor(), person_id=person_id)
    if full:
        return _page(full=True, status=422)
    address = f"{current_services().settings.base_url}{url_for('calendar.feed', token=token)}"
    return render("calendar/made.html", address=address, subscribe=f"webcal://{address.partition('://')[2]}")


@person_route(blueprint, "/calendar/<string(length=20):feed_id>/end", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
def end(feed_id: str) -> WerkzeugResponse:
    """End an address: at once, and without being asked who it is."""
    person_id = current_person_id()
    with current_services().db.transaction() as tx:
        if feed_id not in [each.id for each in calendar_feeds.of_person(tx, person_id=person_id) if _may_know(each)]:
            abort(404)
        calendar_feeds.end(tx, feed_id=feed_id)
        audit.record(tx, action=audit.Action.CALENDAR_FEED_END, actor=audit_actor(), person_id=person_id)
    flash(_("The address is ended. What the calendar has read stays in it until it looks again."))
    return redirect(url_for("calendar.page"), 303)


@blueprint.get("/calendar/feed/<token>/appointments.ics")
@public
def feed(token: str) -> Response:
    """Return the calendar of a secret address; nothing where it was ended."""
    try:
        events = content.read(current_services(), token)
    except NotFoundError:
        return Response(_("This address does not open anything."), 404, content_type="text/plain; charset=utf-8")
    answer = Response(events, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(*, full: bool = False, status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        stored = [each for each in calendar_feeds.of_person(tx, person_id=current_person_id()) if _may_know(each)]
    return render("calendar/page.html", feeds=stored, new_id=new_id(), full=full, status=status)


def _may_know(stored: CalendarFeed) -> bool:
    return may_see_choice(current_actor(), current_person_id(), account_id=stored.account_id)
