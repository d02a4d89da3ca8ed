"""``/family/proxies/…``: what somebody who acts for me may see and do; its end, at once."""

from flask import Response, abort, flash, redirect, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.access import Permission
from portal.authentication import invitations
from portal.domain.people import ProxyChoice
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.linking import proxies as linking_proxies
from portal.store import Tx
from portal.store.people import accounts, proxies
from portal.store.people.proxies import StoredGrant
from portal.web import see_as as seeing
from portal.web.family import models, words
from portal.web.family.area import blueprint
from portal.web.family.forms import ChoicesForm
from portal.web.guards import audit_actor, current_person_id
from portal.web.headers import allow_frames
from portal.web.htmx import render
from portal.web.phrases import gettext as _


@blueprint.get("/family/proxies/<string(length=20):grant>")
@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="family.proxy")
def proxy(grant: str) -> Response:
    with current_services().db.reading() as tx:
        stored = _own(tx, grant)
        name = _name(tx, stored)
    form = ChoicesForm()
    form.fill(stored.choices, stored.ends_at)
    return _form(form, stored, name)


@blueprint.post("/family/proxies/<string(length=20):grant>")
@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="family.proxy")
def change_proxy(grant: str) -> Response | WerkzeugResponse:
    """Change what somebody sees and does: from the next request on, also in pages that are open."""
    with current_services().db.reading() as tx:
        stored = _own(tx, grant)
        name = _name(tx, stored)
    form = ChoicesForm()
    if not form.validate():
        return _form(form, stored, name, status=422)
    invitations.change(
        current_services(),
        grant_id=grant,
        person_id=current_person_id(),
        actor=audit_actor(),
        choices=form.chosen,
        ends_at=form.ends_at,
    )
    flash(_("Saved. It holds from now on, also in pages that %(name)s has open.", name=name))
    return redirect(url_for("family.family"), 303)


@blueprint.post("/family/proxies/<string(length=20):grant>/end")
@for_person(Permission.MANAGE_FAMILY)
def end_proxy(grant: str) -> WerkzeugResponse:
    """End it now, without being asked who it is: nobody waits for a code to close a door."""
    with current_services().db.reading() as tx:
        stored = _own(tx, grant)
        name = _name(tx, stored)
    linking_proxies.end(
        current_services(), grant_id=stored.id, person_id=current_person_id(), actor=audit_actor(), reason="patient"
    )
    flash(_("%(name)s can no longer open your record. Pages that were open close with their next step.", name=name))
    return redirect(url_for("family.family"), 303)


@blueprint.post("/family/proxies/<string(length=20):grant>/as")
@for_person(Permission.MANAGE_FAMILY)
def see_as(grant: str) -> WerkzeugResponse:
    """Begin to look at one's own record as somebody who acts for one."""
    teen_age = current_services().settings.teen_age
    with current_services().db.reading() as tx:
        if proxies.by_id(tx, grant_id=grant, person_id=current_person_id(), teen_age=teen_age) is None:
            abort(404)
    seeing.begin(grant)
    return redirect(url_for("family.seen_as"), 303)


@blueprint.get("/family/see-as")
@for_person(Permission.MANAGE_FAMILY)
def seen_as() -> Response | WerkzeugResponse:
    """Return the page with the frame in which the record is as somebody else sees it."""
    chosen = seeing.grant()
    if chosen is None:
        return redirect(url_for("family.family"), 303)
    with current_services().db.reading() as tx:
        name = _name(tx, chosen)
    whole = chosen.choices & {ProxyChoice.RECORD, ProxyChoice.VISITS, ProxyChoice.INSURANCE}
    page = "home.home" if whole else "messages.inbox"
    allow_frames()
    return render("family/see_as.html", name=name, address=url_for(page, person=current_person_id()))


@blueprint.post("/family/see-as/stop")
@for_person(Permission.MANAGE_FAMILY)
def stop_seeing_as() -> WerkzeugResponse:
    seeing.stop()
    return redirect(url_for("family.family"), 303)


def _own(tx: Tx, grant_id: str) -> StoredGrant:
    teen_age = current_services().settings.teen_age
    stored = proxies.by_id(tx, grant_id=grant_id, person_id=current_person_id(), teen_age=teen_age)
    if stored is None or models.is_fixed(tx, stored):
        abort(404)
    return stored


def _name(tx: Tx, grant: StoredGrant) -> str:
    account = accounts.by_id(tx, account_id=grant.account_id, disabled=True)
    return (account.display or account.username) if account else ""


def _form(form: ChoicesForm, grant: StoredGrant, name: str, *, status: int = 200) -> Response:
    return render(
        "family/proxy.html",
        form=form,
        grant=grant,
        name=name,
        labels=words.LABELS,
        sees=words.SEES,
        does=words.DOES,
        status=status,
    )
