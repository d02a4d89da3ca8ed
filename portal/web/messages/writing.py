"""Writing: a new message, an answer, drafts, and what could not be sent."""

from datetime import UTC, datetime

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape
from msgspec.structs import replace

from portal import audit
from portal.access import Permission, can
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.ids import is_id, new_id
from portal.endpoints import for_person, takes_files
from portal.extensions import current_services
from portal.messaging import files, outbox
from portal.store import Tx
from portal.store.messages import outgoing
from portal.store.messages.outgoing import MessageContent, OutgoingMessage, OutgoingState
from portal.store.people import accounts
from portal.store.records import resources, rows
from portal.web import formats
from portal.web.guards import audit_actor, current_actor, current_person_id, current_sight, person_route
from portal.web.htmx import render
from portal.web.linked import links_address
from portal.web.messages import models, whom
from portal.web.messages.forms import ReplyForm, WriteForm
from portal.web.messages.views import blueprint, thread_page
from portal.web.phrases import gettext as _
from portal.web.words import phrase


class _UnsendableError(Exception):
    """What is written cannot be sent; ``text`` says what to change."""

    def __init__(self, text: str) -> None:
        self.text = text


@person_route(blueprint, "/messages/new")
@for_person(Permission.WRITE_MESSAGES)
def new() -> Response:
    """Write to somebody: ``to`` looks for them, ``about`` is the item that it is about."""
    with current_services().db.reading() as tx:
        title = _about(tx, request.args.get("about", ""))[1]
    form = WriteForm(formdata=None, message=new_id(), about=request.args.get("about", ""), subject=title)
    return _page(form)


@person_route(blueprint, "/messages/new/<string(length=20):message>")
@for_person(Permission.WRITE_MESSAGES)
def draft(message: str) -> Response:
    """Go on with a draft."""
    with current_services().db.reading() as tx:
        stored = _own(tx, message)
    content = stored.content
    form = WriteForm(
        formdata=None,
        message=message,
        to=f"{stored.source}|{content.recipient}" if stored.source else "",
        about=content.about,
        subject=content.subject,
        body=content.body,
    )
    return _page(form)


@person_route(blueprint, "/messages/new", methods=["POST"])
@for_person(Permission.WRITE_MESSAGES)
@takes_files
def write() -> ResponseReturnValue:
    """Look for somebody, keep what is written, or send it."""
    form = WriteForm()
    if not form.validate_on_submit() or not is_id(form.message.data or ""):
        return _page(form, status=422)
    step = request.form.get("step", "send")
    if step == "auto" and not (form.body.data or form.subject.data):
        return Response()
    try:
        with current_services().db.reading() as tx:
            choice = whom.choice(whom.places(tx), form.to.data or "")
            content = _content(tx, form, choice)
        with current_services().db.transaction() as tx:
            _keep(tx, form, choice.place.source if choice else "", content, send=step == "send")
    except _UnsendableError as refusal:
        form.form_errors.append(refusal.text)
        return _page(form, status=422)
    if step == "send":
        return _sent(content.recipient_name)
    if step == "auto":
        return _kept_by_itself()
    if step == "keep":
        flash(_("Your draft is saved."))
    query = request.form.get("find") if step == "find" else None
    return redirect(url_for("messages.draft", message=form.message.data, to=query), 303)


@person_route(blueprint, "/messages/<entry>", methods=["POST"])
@for_person(Permission.WRITE_MESSAGES)
@takes_files
def reply(entry: str) -> ResponseReturnValue:
    """Answer a message, or keep the answer as a draft."""
    form = ReplyForm()
    with current_services().db.reading() as tx:
        page = models.thread(tx, person_id=current_person_id(), entry_id=entry)
        content = _content(tx, form, page.answer_to)
    if not can(current_actor(), Permission.VIEW_MESSAGES, current_person_id()):
        abort(404)
    if not form.validate_on_submit() or not is_id(form.message.data or ""):
        return thread_page(entry, form, status=422)
    step = request.form.get("step", "send")
    if step == "auto" and not form.body.data:
        return Response()
    send = step == "send" and page.answer_to is not None
    content = replace(content, reply_to=page.last_reference, subject=page.subject[:120])
    try:
        with current_services().db.transaction() as tx:
            _keep(tx, form, page.answer_to.place.source if page.answer_to else "", content, send=send)
    except _UnsendableError as refusal:
        form.form_errors.append(refusal.text)
        return thread_page(entry, form, status=422)
    if send:
        return _sent(content.recipient_name, entry)
    if step == "auto":
        return _kept_by_itself()
    return _kept_as_draft(form.message.data, taken=page.answer_to is not None)


def _kept_as_draft(message: str | None, *, taken: bool) -> ResponseReturnValue:
    """Say so; ``taken``: whether messages are taken there still: the page was open while that ended."""
    if taken:
        flash(_("Your draft is saved."))
    else:
        flash(_("Your message was not sent: no messages are taken there now. It is kept as a draft."))
    return redirect(url_for("messages.draft", message=message), 303)


@person_route(blueprint, "/messages/new/<string(length=20):message>/again", methods=["POST"])
@for_person(Permission.WRITE_MESSAGES)
def again(message: str) -> ResponseReturnValue:
    """Try to send once more what could not be sent: it is the same message, and is there once."""
    with current_services().db.transaction() as tx:
        stored = _own(tx, message)
        _post(tx, message)
    return _sent(stored.content.recipient_name)


@person_route(blueprint, "/messages/new/<string(length=20):message>/discard", methods=["POST"])
@for_person(Permission.WRITE_MESSAGES)
def discard(message: str) -> ResponseReturnValue:
    """Throw a draft away, or what could not be sent."""
    with current_services().db.transaction() as tx:
        _own(tx, message)
        outgoing.discard(tx, message_id=message, person_id=current_person_id(), account_id=current_actor().account_id)
    flash(_("It is deleted."))
    return redirect(url_for("messages.inbox"), 303)


def _own(tx: Tx, message_id: str) -> OutgoingMessage:
    """Return a draft, or what could not be sent, of who is signed in."""
    stored = outgoing.by_id(
        tx, message_id=message_id, person_id=current_person_id(), account_id=current_actor().account_id
    )
    if stored is None or stored.state not in (OutgoingState.DRAFT, OutgoingState.FAILED):
        raise NotFoundError
    return stored


def _page(form: WriteForm, *, status: int = 200) -> Response:
    query = request.form.get("find", "") if request.method == "POST" else request.args.get("to", "")
    with current_services().db.reading() as tx:
        places = whom.places(tx)
        attached = outgoing.files_of(tx, message_ids=[form.message.data or ""]).get(form.message.data or "", ())
        about = _about(tx, form.about.data or "")[1]
    return render(
        "messages/write.html",
        form=form,
        query=query,
        choices=whom.choices(places, query),
        chosen=whom.choice(places, form.to.data or ""),
        attached=attached,
        about=about,
        links_href=links_address(),
        status=status,
    )


def _content(tx: Tx, form: ReplyForm, choice: whom.ClinicianChoice | None) -> MessageContent:
    is_new = isinstance(form, WriteForm)
    source = choice.place.source if choice else ""
    about, title = _about(tx, form.about.data or "", source=source) if is_new else ("", "")
    account = accounts.by_id(tx, account_id=current_actor().account_id)
    return MessageContent(
        recipient=choice.recipient.reference if choice else "",
        recipient_name=choice.recipient.name if choice else "",
        subject=(form.subject.data or "").strip() if is_new else "",
        body=(form.body.data or "").strip(),
        about=about,
        about_title=title,
        writer="" if models.person_is_own() or account is None else account.display or account.username,
    )


def _about(tx: Tx, entry_id: str, *, source: str = "") -> tuple[str, str]:
    """Return the reference of an item at the organization that is written to, and its title; empty without one."""
    person_id = current_person_id()
    if not entry_id or not can(current_actor(), Permission.VIEW_RECORD, person_id):
        return "", ""
    entries = rows.entries(tx, person_id=person_id, ids=[entry_id], sight=current_sight())
    stored = resources.by_id(tx, resource_id=entry_id) if entry_id in entries else None
    if stored is None:
        return "", ""
    reference = f"{stored.type}/{stored.fhir_id}" if stored.source == source else ""
    return reference, phrase(entries[entry_id].title)[:120]


def _keep(tx: Tx, form: ReplyForm, source: str, content: MessageContent, *, send: bool) -> None:
    """Keep what is written with its files, and put it into the outbox."""
    person_id, account_id, message_id = current_person_id(), current_actor().account_id, form.message.data
    before = outgoing.by_id(tx, message_id=message_id, person_id=person_id)
    if before is not None and before.state in (OutgoingState.WAITING, OutgoingState.SENT):
        return  # the form came twice
    if before is not None and not content.reply_to:
        content = replace(content, reply_to=before.content.reply_to if before.source == source else "")
    if send and not source:
        raise _UnsendableError(_("Choose who to write to."))
    try:
        outgoing.put_draft(
            tx, message_id=message_id, person_id=person_id, account_id=account_id, source=source, content=content
        )
    except ConflictError as error:
        texts = {"too-many": _("You have too many drafts. Send or delete one first.")}
        raise _UnsendableError(texts.get(error.code) or _("This message is on its way already.")) from None
    for file_id in request.form.getlist("remove"):
        outgoing.remove_file(tx, file_id=file_id, message_id=message_id)
    _attach(tx, form, person_id, message_id)
    attached = outgoing.files_of(tx, message_ids=[message_id]).get(message_id, ())
    if len(attached) > files.MOST_FILES:
        raise _UnsendableError(_("Add at most %(num)s files.", num=files.MOST_FILES))
    if sum(file.size for file in attached) > files.MOST_BYTES:
        raise _UnsendableError(_FILES["file-too-large"]())
    if send:
        if not content.body and not attached:
            raise _UnsendableError(_("Write a message."))
        _post(tx, message_id)


def _post(tx: Tx, message_id: str) -> None:
    try:
        outgoing.post(tx, message_id=message_id, person_id=current_person_id(), account_id=current_actor().account_id)
    except ConflictError:
        raise _UnsendableError(_("Other messages of yours are still being sent. Try again in a few minutes.")) from None
    audit.record(
        tx,
        action=audit.Action.MESSAGE,
        actor=audit_actor(),
        person_id=current_person_id(),
        **audit.of_author(current_sight().account),
    )


def _attach(tx: Tx, form: ReplyForm, person_id: str, message_id: str) -> None:
    for upload in form.files.data or ():
        if not upload or not getattr(upload, "filename", ""):
            continue
        content = upload.read(files.MOST_BYTES + 1)
        try:
            kind = files.checked(content)
        except InvalidInputError as error:
            text = _FILES.get(error.code, _FILES["file-type"])()
            raise _UnsendableError(_("%(file)s: %(problem)s", file=upload.filename[:80], problem=text)) from None
        title = upload.filename[:100]
        outgoing.add_file(
            tx, person_id=person_id, title=title, content_type=kind, content=content, message_id=message_id
        )


_FILES = {
    "file-empty": lambda: _("The file is empty."),
    "file-too-large": lambda: _("Files may be 5 MB at most, all together."),
    "file-macros": lambda: _("It holds macros or scripts, which may do harm. Save it as a plain PDF or a picture."),
    "file-script": lambda: _("It is a page or a drawing that can run scripts. Send a PDF, a JPEG or a PNG."),
    "file-packed": lambda: _("It is an archive or an office document. Send a PDF, a JPEG or a PNG."),
    "file-type": lambda: _("Only PDF, JPEG and PNG files can be sent."),
    "file-unpacks": lambda: _("It is far larger than it seems. Send a smaller picture or document."),
    "file-broken": lambda: _("The file is damaged or not complete."),
}


def _kept_by_itself() -> Response:
    """Say quietly that a draft was kept while it is written."""
    return Response(escape(_("Draft saved at %(time)s.", time=formats.clock(datetime.now(UTC)))))


def _sent(name: str, entry: str = "") -> ResponseReturnValue:
    outbox.ask(current_services())
    flash(_("Your message to %(name)s is on its way.", name=name))
    return redirect(url_for("messages.thread", entry=entry) if entry else url_for("messages.inbox"), 303)
