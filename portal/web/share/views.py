"""``/share``: choose what, for whom and how long; see exactly that; make the link; pause it or end it."""

import re
from uuid import uuid4

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit
from portal.access import Permission, may_see_choice
from portal.domain.ids import is_id, new_id
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.sharing import health_links, ips, making, rendered
from portal.sharing.making import NothingToShareError, Opening
from portal.sharing.shlink import LONGEST_LABEL
from portal.store import Tx
from portal.store.people.finding import read_birth_date
from portal.store.records import packing
from portal.store.shares import copies, shares
from portal.store.shares.shares import Share, ShareEventKind, ShareTerms
from portal.web.guards import current_actor, current_person_id, person_route, sees_confidential
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.qr import qr_picture
from portal.web.share import models, vaccine_card
from portal.web.viewed import viewed
from portal.web.whole_record import sees_whole_record

blueprint = Blueprint("share", __name__)
person_route(blueprint, "/share/vaccines", endpoint="vaccines")(vaccine_card.page)
person_route(blueprint, "/share/vaccines.smart-health-card", endpoint="vaccines_file")(vaccine_card.file)
_STORY = 4000
_MOST_ITEMS = 500


@person_route(blueprint, "/share")
@for_person(Permission.SHARE_RECORD)
def page() -> Response:
    """Return the links of the open record that who is signed in may know of."""
    with current_services().db.reading() as tx:
        stored = [each for each in shares.of_person(tx, person_id=current_person_id()) if _may_know(each)]
        listed = tuple(models.shared_link(each, tx.now) for each in stored)
        names_received = sees_whole_record(tx)
    return render("share/list.html", links=listed, makes_pdf=rendered.can_make_pdf(), names_received=names_received)


@person_route(blueprint, "/share/new")
@for_person(Permission.SHARE_RECORD)
@confirm_first(back="share.new")
def new() -> Response:
    return _form(ShareTerms(label="", sections=()), Opening.DESK, share_id=new_id())


@person_route(blueprint, "/share/new", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
@confirm_first(back="share.new")
def create() -> Response | WerkzeugResponse:
    """Show the preview again, or make the link and show it, once."""
    terms, opening, share_id = _chosen()
    problem = _problem(terms)
    if problem or request.form.get("step") != "create":
        return _form(terms, opening, share_id=share_id, problem=problem)
    services = current_services()
    try:
        link = making.create(
            services.db,
            settings=services.settings,
            share_id=share_id,
            person_id=current_person_id(),
            account_id=current_actor().account_id,
            terms=terms,
            opening=opening,
            uses=_uses() or None,
            story=_story(),
            with_code="code" in request.form,
        )
    except NothingToShareError:
        problem = "section-1", _("There is nothing in what you chose. Check something else too.")
        return _form(terms, opening, share_id=share_id, problem=problem)
    if link is None:
        flash(_("This link was made already. It was shown only once; make a new one if you need it again."))
        return redirect(url_for("share.page"), 303)
    template = "share/card.html" if opening is Opening.CARD else "share/made.html"
    viewer = f"{services.settings.base_url}{url_for('viewing.page')}"
    # A desk scans the bare link; a phone's camera opens an address, whose part behind the # no server gets to see.
    text = link.link if opening.flags == "U" else f"{viewer}#{link.link}"
    picture = qr_picture(text, "m")
    return render(template, terms=terms, link=link, text=text, viewer=viewer, picture=picture, share_id=share_id)


@person_route(blueprint, "/share/summary.<any(pdf, txt, json):form>")
@for_person(Permission.SHARE_RECORD)
def summary(form: str) -> Response:
    """Hand out the whole summary, without sensitive and private items: PDF/UA, plain text, or FHIR for software.

    Where no PDF can be made of it, it is the text.
    """
    services = current_services()
    with services.db.reading() as tx:
        content = models.content(tx, person_id=current_person_id(), terms=models.EVERYTHING, settings=services.settings)
    viewed(current_person_id(), audit.Action.VIEW_SECTION, section="summary")
    if form == "pdf" and rendered.can_make_pdf_of(content):
        answer = Response(rendered.pdf(rendered.page(content)), content_type="application/pdf")
    elif form == "json":
        document = packing.encode(ips.document(content, document_id=uuid4()))
        answer = Response(document, content_type="application/fhir+json; charset=utf-8")
    else:
        form = "txt"
        answer = Response(rendered.text(content), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename=health-summary.{form}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@person_route(blueprint, "/share/links/<string(length=20):link_id>")
@for_person(Permission.SHARE_RECORD)
def link(link_id: str) -> Response:
    """Return one link: its state, what is in it, and who opened it."""
    with current_services().db.reading() as tx:
        stored = _own(tx, link_id)
        notes = copies.notes(tx, share_id=stored.id)
        happened = tuple(models.happening(event) for event in shares.events(tx, share_id=stored.id))
        shown = models.shared_link(stored, tx.now)
    return render("share/link.html", link=shown, happened=happened, notes=notes)


@person_route(blueprint, "/share/links/<string(length=20):link_id>", methods=["POST"])
@for_person(Permission.SHARE_RECORD)
def change(link_id: str) -> WerkzeugResponse:
    """Pause, resume or end a link: at once, and without being asked who it is."""
    with current_services().db.reading() as tx:
        _own(tx, link_id)  # whose it is comes before what is asked of it
    kinds = {"pause": ShareEventKind.PAUSED, "resume": ShareEventKind.RESUMED, "end": ShareEventKind.ENDED}
    kind = kinds.get(request.form.get("step", ""))
    if kind is None:
        abort(400)
    with current_services().db.transaction() as tx:
        health_links.change(tx, stored=_own(tx, link_id), kind=kind, account_id=current_actor().account_id)
    return redirect(url_for("share.link", link_id=link_id), 303)


def _own(tx: Tx, link_id: str) -> Share:
    stored = shares.by_id(tx, share_id=link_id)
    if stored is None or not _may_know(stored):
        abort(404)
    return stored


def _may_know(stored: Share) -> bool:
    person_id = current_person_id()
    return stored.person_id == person_id and may_see_choice(current_actor(), person_id, account_id=stored.account_id)


def _chosen() -> tuple[ShareTerms, Opening, str]:
    """Return what the form says, as far as who is signed in may share it."""
    form = request.form
    sections = tuple(code for code in models.CODES if code in form.getlist("section"))
    confidential = "confidential" in form and sees_confidential()
    opening = form.get("opening", "")
    share_id = form.get("share", "")
    label = form.get("label", "").strip()[: LONGEST_LABEL + 1]
    return (
        ShareTerms(label, sections, confidential=confidential, without=_without(), since=_since()),
        Opening(opening) if opening in list(Opening) else Opening.DESK,
        share_id if is_id(share_id) else new_id(),
    )


def _without() -> tuple[str, ...]:
    """Return the entries whose rows are left out."""
    ids = (text for text in request.form.getlist("without") if re.fullmatch(r"[0-9a-f]{32}", text))
    return tuple(dict.fromkeys(ids))[:_MOST_ITEMS]


def _since() -> str:
    """Return the day from which on things go along; empty for all."""
    return read_birth_date(request.form.get("since", ""))


def _uses() -> int:
    """Return how often the link may open; 0 for no limit."""
    chosen = request.form.get("uses", 0, type=int)
    return chosen if chosen in models.USES else 0


def _story() -> str:
    return request.form.get("story", "").strip()[:_STORY]


def _problem(terms: ShareTerms) -> tuple[str, str] | None:
    """Return what to mend: the field's id and a sentence."""
    if not terms.sections:
        return "section-1", _("Check at least one thing to share")
    if not terms.label and request.form.get("step") == "create":
        return "label", _("Enter for whom it is")
    if len(terms.label) > LONGEST_LABEL:
        return "label", _("Use at most %(num)s characters", num=LONGEST_LABEL)
    return None


def _form(terms: ShareTerms, opening: Opening, *, share_id: str, problem: tuple[str, str] | None = None) -> Response:
    services = current_services()
    with services.db.reading() as tx:
        chosen = models.choices(tx, person_id=current_person_id(), terms=terms)
        preview = models.preview(tx, person_id=current_person_id(), terms=terms, settings=services.settings)
    viewed(current_person_id(), audit.Action.VIEW_SECTION, section="summary")
    return render(
        "share/new.html",
        terms=terms,
        opening=opening,
        openings=models.openings(),
        uses=_uses(),
        all_uses=models.USES,
        story=_story(),
        with_code="code" in request.form,
        takes_story=rendered.can_make_pdf(),
        choices=chosen,
        preview=preview,
        share_id=share_id,
        may_confidential=sees_confidential(),
        problem=problem,
        status=422 if problem else 200,
    )
