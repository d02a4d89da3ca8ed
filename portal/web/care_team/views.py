"""``/care-team``: messages of patients, answered by the care team. Each look at one is in the patient's log."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import audit
from portal.access import Duty
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.ids import new_id
from portal.endpoints import for_duty
from portal.extensions import current_services
from portal.messaging import incoming
from portal.store.messages import conversations, outgoing
from portal.store.messages.conversations import ConversationState
from portal.store.people import accounts
from portal.web.care_team import models
from portal.web.care_team.forms import MessageAnswerForm
from portal.web.guards import audit_actor, current_actor
from portal.web.htmx import render
from portal.web.phrases import gettext as _

blueprint = Blueprint("care_team", __name__, url_prefix="/care-team")


@blueprint.get("")
@for_duty(Duty.ANSWER_MESSAGES)
def inbox() -> Response:
    """List conversations: what waits longest first."""
    show = request.args.get("show", "waiting")
    if show not in models.SHOWN:
        raise NotFoundError
    with current_services().db.reading() as tx:
        listed = models.inbox(tx, show=show, account_id=current_actor().account_id)
    _looked(*((line.person_id, line.author) for line in listed.lines))
    return render("care_team/inbox.html", inbox=listed)


@blueprint.get("/<conversation>")
@for_duty(Duty.ANSWER_MESSAGES)
def page(conversation: str) -> Response:
    """Show one conversation; ``template`` is the number of a prepared text to begin the answer with."""
    return _page(conversation, None)


def _page(conversation_id: str, form: MessageAnswerForm | None, *, status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        shown = models.page(tx, conversation_id=conversation_id)
    _looked((shown.conversation.person_id, shown.author))
    number = request.args.get("template", type=int)
    prepared = shown.templates[number].text if number is not None and 0 <= number < len(shown.templates) else ""
    form = form or MessageAnswerForm(formdata=None, delivery=new_id(), text=prepared)
    return render("care_team/conversation.html", page=shown, form=form, status=status)


@blueprint.get("/<conversation>/files/<file>")
@for_duty(Duty.ANSWER_MESSAGES)
def file(conversation: str, file: str) -> Response:
    """Hand out a file of a message, to be saved."""
    with current_services().db.reading() as tx:
        came = outgoing.came(tx, file_id=file)
        if came is None or came[0] not in conversations.message_ids(tx, conversation_id=conversation):
            raise NotFoundError
        shown = models.page(tx, conversation_id=conversation)
    _looked((shown.conversation.person_id, shown.author))
    _fhir_id, content_type, _title, content = came
    response = make_response(content)
    response.mimetype = content_type
    response.headers["Content-Disposition"] = "attachment"
    return response


@blueprint.post("/<conversation>/answer")
@for_duty(Duty.ANSWER_MESSAGES)
def answer(conversation: str) -> ResponseReturnValue:
    """Answer the patient; the same form sent twice answers once."""
    form = MessageAnswerForm()
    if not form.validate_on_submit():
        return _page(conversation, form, status=422)
    services, actor = current_services(), current_actor()
    with services.db.reading() as tx:
        shown = models.page(tx, conversation_id=conversation)
        account = accounts.by_id(tx, account_id=actor.account_id)
    try:
        incoming.answer(
            services.db,
            conversation=shown.conversation,
            account_id=actor.account_id,
            signed=_signature(account.display if account else "", shown.conversation.topic.recipient_name),
            text=form.text.data,
            delivery=form.delivery.data,
        )
    except ConflictError:
        flash(_("This conversation is closed."))
    else:
        with services.db.transaction() as tx:
            audit.record(
                tx,
                action=audit.Action.MESSAGE,
                actor=audit_actor(),
                person_id=shown.conversation.person_id,
                **audit.of_author(shown.author),
            )
        flash(_("Your answer is sent."))
    return redirect(url_for("care_team.inbox"), 303)


def _signature(member: str, clinician: str) -> str:
    return _("%(member)s, for %(clinician)s", member=member, clinician=clinician)


@blueprint.post("/<conversation>/assign")
@for_duty(Duty.ANSWER_MESSAGES)
def assign(conversation: str) -> ResponseReturnValue:
    """Hand a conversation to somebody of the team, or back to all."""
    member = request.form.get("member", "")
    with current_services().db.transaction() as tx:
        shown = models.page(tx, conversation_id=conversation)
        if member and member not in dict(shown.team):
            abort(400)
        conversations.put(tx, conversation_id=conversation, assigned_to=member or None)
    return redirect(url_for("care_team.page", conversation=conversation), 303)


@blueprint.post("/<conversation>/close")
@for_duty(Duty.ANSWER_MESSAGES)
def close(conversation: str) -> ResponseReturnValue:
    """Close a conversation: nothing is left to be answered. What the patient writes next opens it again."""
    with current_services().db.transaction() as tx:
        models.page(tx, conversation_id=conversation)
        conversations.put(tx, conversation_id=conversation, state=ConversationState.CLOSED)
    flash(_("The conversation is closed. It opens again when the patient writes."))
    return redirect(url_for("care_team.inbox"), 303)


def _looked(*conversations_: tuple[str, str]) -> None:
    """Note a look at conversations: with which person, and whose they are."""
    with current_services().db.transaction() as tx:
        for person_id, author in dict.fromkeys(conversations_):
            audit.record(
                tx,
                action=audit.Action.CARE_TEAM_VIEW,
                actor=audit_actor(),
                person_id=person_id,
                **audit.of_author(author),
            )
