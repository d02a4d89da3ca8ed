"""``/activity``: what happened with a person's record, in plain words."""

from flask import Blueprint, Response

from portal import audit
from portal.access import Permission
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.audit import events
from portal.store.people import accounts
from portal.web.activity.words import ActivityLine, line
from portal.web.guards import audit_actor, current_actor, current_person_id, person_route
from portal.web.htmx import render

blueprint = Blueprint("activity", __name__)


@person_route(blueprint, "/activity")
@for_person(Permission.VIEW_ACTIVITY)
def activity() -> Response:
    """Return the newest events about the record that is open."""
    return render("activity/activity.html", lines=_lines(current_person_id()))


def _lines(person_id: str) -> tuple[ActivityLine, ...]:
    reader = current_actor().account_id
    with current_services().db.transaction() as tx:
        recent = events.of_person(tx, person_id=person_id, limit=100)
        actors = {event.actor_id for event in recent if event.actor_kind == "account" and event.actor_id}
        names = {
            account.id: account.display
            for account in (accounts.by_id(tx, account_id=actor, disabled=True) for actor in actors)
            if account is not None
        }
        audit.record(tx, action=audit.Action.VIEW_ACTIVITY, actor=audit_actor(), person_id=person_id)
    return tuple(line(event, names=names, reader=reader) for event in recent)
