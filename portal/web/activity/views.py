"""``/activity``: what happened with a person's record, in plain words, day by day; and all of it to download."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask_babel import to_user_timezone

from portal import audit
from portal.access import Permission
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.audit import events
from portal.store.audit.events import Filter, StoredEvent
from portal.web.activity import feed, words
from portal.web.activity.feed import Reader
from portal.web.activity.names import EventNames, names, seen
from portal.web.csv_cells import plain_cell
from portal.web.guards import audit_actor, current_actor, current_person_id, current_sight, person_route
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.templating import endpoint_of

blueprint = Blueprint("activity", __name__)
_PAGE = 200  # events of one page, before they are folded
_BATCH = 500  # of the download, read at once


@dataclass(frozen=True, slots=True)
class FilterChoice:
    text: str
    href: str
    current: bool


@person_route(blueprint, "/activity")
@for_person(Permission.VIEW_ACTIVITY)
def activity() -> Response:
    """Return what happened with the record that is open, newest first; ``before`` goes on with earlier days."""
    person_id, before = current_person_id(), request.args.get("before", type=int)
    with current_services().db.reading() as tx:
        shown = events.of_person(tx, person_id=person_id, limit=_PAGE + 1, before=before, only=_readable(_filter()))
        page = shown[:_PAGE]
        listed = seen(tx, page)
        days = feed.days(listed, names(tx, listed, person_id=person_id), reader=_reader(), now=tx.now)
    _record(person_id)
    return render(
        "activity/activity.html",
        days=days,
        earlier=_address(before=str(page[-1].seq)) if len(shown) > _PAGE else "",
        latest=_address(before="") if before is not None else "",
        people=_choices("who", _people()),
        topics=_choices(
            "what", {"": _("Everything"), **{key: str(name) for key, (name, _actions) in words.GROUPS.items()}}
        ),
        download=url_for(endpoint_of("/activity/download")),
    )


@person_route(blueprint, "/activity/download")
@for_person(Permission.VIEW_ACTIVITY)
def download() -> Response:
    """Return every event about the record that is open as CSV, one a row, newest first."""
    person_id = current_person_id()
    _record(person_id, download="yes")
    # Not as a stream: names and words need the request, which a reader who hangs up half-way would leave open.
    response = Response("".join(_rows(person_id, _reader())), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="activity.csv"'
    return response


def _rows(person_id: str, reader: Reader) -> Iterator[str]:
    yield "\ufeff" + _csv([_("When"), _("Who"), _("What"), _("Outcome"), _("Number")])
    before: int | None = None
    while True:
        with current_services().db.reading() as tx:
            batch = events.of_person(tx, person_id=person_id, limit=_BATCH, before=before, only=_readable(Filter()))
            listed = seen(tx, batch)
            named = names(tx, listed, person_id=person_id)
        for event in listed:
            yield _csv(_row(event, named, reader))
        if len(batch) < _BATCH:
            return
        before = batch[-1].seq


def _row(event: StoredEvent, named: EventNames, reader: Reader) -> list[str]:
    who = feed.who(event, named, reader)
    name = f"{who.name} ({who.note})" if who.note else who.name
    read = words.read_type(event)
    text = words.sentence(event, named) + (f": {read}" if read else "")
    outcome = _("refused") if words.is_refusal(event) else ""
    return [to_user_timezone(event.at).isoformat(timespec="seconds"), name, text, outcome, str(event.seq)]


def _csv(cells: list[str]) -> str:
    """Return one line of CSV."""
    line = io.StringIO()
    csv.writer(line).writerow(map(plain_cell, cells))
    return line.getvalue()


def _record(person_id: str, **detail: str) -> None:
    with current_services().db.appending() as tx:
        audit.record(tx, action=audit.Action.VIEW_ACTIVITY, actor=audit_actor(), person_id=person_id, **detail)


def _reader() -> Reader:
    actor = current_actor()
    return Reader(actor.account_id, is_own=actor.own_person_id == current_person_id())


def _people() -> dict[str, str]:
    return {"": _("All"), "people": _("Other people"), "places": _("Places and apps"), "you": _("You")}


def _filter() -> Filter:
    who, account = request.args.get("who"), current_actor().account_id
    group = words.GROUPS.get(request.args.get("what", ""))
    return Filter(
        actions=tuple(group[1]) if group else (),
        account=account if who == "you" else None,
        not_account=account if who == "people" else None,
        no_account=who == "places",
    )


def _readable(only: Filter) -> Filter:
    """Leave out that something was kept private, for everybody but who did it."""
    return only if current_sight().private else replace(only, without=(audit.Action.PRIVATE,))


def _choices(name: str, options: dict[str, str]) -> list[FilterChoice]:
    chosen = request.args.get(name, "")
    chosen = chosen if chosen in options else ""
    return [
        FilterChoice(text, _address(before="", **{name: value}), value == chosen) for value, text in options.items()
    ]


def _address(**changes: str) -> str:
    """Return this page's address with other choices; without empty ones."""
    choices = {name: request.args.get(name, "") for name in ("who", "what", "before")} | changes
    query = urlencode({name: value for name, value in choices.items() if value})
    return f"{request.path}?{query}" if query else request.path
