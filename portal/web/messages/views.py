"""``/messages``: one inbox across organizations, in conversations; each is marked with its organization."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Permission
from portal.domain.ids import new_id
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.web.guards import current_person_id, person_route
from portal.web.health import file_page
from portal.web.htmx import render
from portal.web.messages import models
from portal.web.messages.forms import ReplyForm
from portal.web.viewed import viewed

blueprint = Blueprint("messages", __name__)
_LONGEST = 100


@person_route(blueprint, "/messages")
@for_person(Permission.VIEW_MESSAGES)
def inbox() -> Response:
    """Newest first; ``after`` goes on, ``q`` looks for words, ``source`` and ``new`` narrow."""
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        listed = models.inbox(
            tx,
            person_id=person_id,
            q=request.args.get("q", "").strip()[:_LONGEST],
            source=request.args.get("source", ""),
            only_new="new" in request.args,
            after=request.args.get("after"),
        )
    viewed(person_id, audit.Action.VIEW_MESSAGES)
    return render("messages/inbox.html", fragment="list", inbox=listed)


@person_route(blueprint, "/messages/<entry>")
@for_person(Permission.VIEW_MESSAGES)
def thread(entry: str) -> Response:
    """Show the conversation that a message is in, oldest first. What is shown is read."""
    return thread_page(entry, None)


@person_route(blueprint, "/messages/<entry>/file/<int:number>")
@for_person(Permission.VIEW_MESSAGES)
def file(entry: str, number: int) -> ResponseReturnValue:
    """Show one attachment of a message, or hand it over to be saved (``?save=1``)."""
    return file_page.answer(Section.MESSAGES, entry, number)


def thread_page(entry: str, form: ReplyForm | None, *, status: int = 200) -> Response:
    """Return a conversation, with the form of an answer as it was sent."""
    person_id = current_person_id()
    with current_services().db.reading() as tx:
        page = models.thread(tx, person_id=person_id, entry_id=entry, before=request.args.get("before"))
    viewed(person_id, audit.Action.VIEW_MESSAGES, new=page.new_ids, of=Section.MESSAGES)
    form = form or ReplyForm(formdata=None, message=new_id())
    return render("messages/thread.html", page=page, form=form, status=status)
