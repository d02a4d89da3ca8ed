"""``/family/invite`` and ``/family/invitations/…``: the patient asks somebody, and confirms who said yes."""

from flask import Response, abort, flash, redirect, url_for
from flask import request as http_request
from markupsafe import Markup
from segno import make as make_qr
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.access import Permission
from portal.authentication import invitations
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.web.family import models, words
from portal.web.family.area import blueprint
from portal.web.family.forms import InviteForm
from portal.web.guards import audit_actor, current_person_id
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.get("/family/invite")
@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="family.new_invitation")
def new_invitation() -> Response:
    form = InviteForm()
    form.begin(words.USUAL)
    return _form(form)


@blueprint.post("/family/invite")
@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="family.new_invitation")
def invite() -> Response | WerkzeugResponse:
    """Make the code, and go on to the page that shows it."""
    form = InviteForm()
    if not form.validate():
        return _form(form, status=422)
    invitation_id = invitations.invite(
        current_services(),
        person_id=current_person_id(),
        actor=audit_actor(),
        choices=form.chosen,
        name=form.name.data.strip(),
        owner_is=form.owner_is.data.strip(),
        ends_at=form.ends_at,
    )
    if invitation_id is None:
        form.form_errors.append(_("Too many invitations wait for an answer. Take one back first."))
        return _form(form, status=422)
    return redirect(url_for("family.invitation", invitation=invitation_id), 303)


@blueprint.get("/family/invitations/<string(length=20):invitation>")
@for_person(Permission.MANAGE_FAMILY)
def invitation(invitation: str) -> Response:
    """Show the code to give, or who answered."""
    with current_services().db.reading() as tx:
        cards = models.invitation_cards(tx, person_id=current_person_id())
    card = next((each for each in cards if each.id == invitation), None)
    if card is None:
        abort(404)
    address = f"{current_services().settings.base_url}{url_for('family.answer', code=card.code)}"
    return render(
        "family/invitation.html", card=card, address=address, picture=_qr(address), plain=address.partition("?")[0]
    )


@blueprint.post("/family/invitations/<string(length=20):invitation>")
@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="family.invitation")
def answer_of(invitation: str) -> WerkzeugResponse:
    """Confirm that it is them who said yes, or take the invitation back."""
    services, person_id, actor = current_services(), current_person_id(), audit_actor()
    if http_request.form.get("step") == "confirm":
        grant_id = invitations.confirm(services, invitation_id=invitation, person_id=person_id, actor=actor)
        if grant_id is None:
            abort(404)
        flash(_("They can open your record now. You can change or end that here at any time."))
    elif invitations.take_back(services, invitation_id=invitation, person_id=person_id, actor=actor):
        flash(_("The invitation is taken back. Nothing was shared."))
    else:
        abort(404)
    return redirect(url_for("family.family"), 303)


def _form(form: InviteForm, *, status: int = 200) -> Response:
    return render("family/invite.html", form=form, labels=words.LABELS, sees=words.SEES, does=words.DOES, status=status)


def _qr(text: str) -> Markup:
    picture = make_qr(text, error="m").svg_inline(border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Markup(picture)  # noqa: S704 -- made from the address by segno
