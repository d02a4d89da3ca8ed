"""What a person does to a link. Every one of them, sent twice, has the effect of once."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import audit
from portal.access import Permission
from portal.domain.errors import LinkingError, OutsideError
from portal.domain.links import LinkState
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.linking import authorization, enqueue, record_only, refresh_policy, transitions
from portal.linking.states import By, Move
from portal.store.directory import organizations, suggestions
from portal.store.links import links, refreshes
from portal.web.guards import audit_actor, current_person_id, person_route
from portal.web.htmx import render
from portal.web.linked import may_know
from portal.web.links import models
from portal.web.links.pages import confidential_page, ending_page, own_link
from portal.web.links.reverse import began
from portal.web.phrases import gettext as _

Answer = Response | BaseResponse


def register(blueprint: Blueprint) -> None:
    for rule, view in (
        ("/links/new/<organization>", start),
        ("/links/new/<organization>/record", record),
        ("/links/new/<organization>/later", later),
        ("/links/new/<organization>/not-me", not_mine),
        ("/links/<link>/verify", verify),
        ("/links/<link>/update", update),
        ("/links/<link>/confirm", confirm),
        ("/links/<link>/not-me", not_me),
        ("/links/<link>/cancel", cancel),
        ("/links/<link>/hide", hide),
        ("/links/<link>/show", show),
    ):
        person_route(blueprint, rule, methods=["POST"])(view)
    person_route(blueprint, "/links/<link>/unlink", methods=["POST"], endpoint="do_unlink")(do_unlink)


@for_person(Permission.MANAGE_LINKS)
@confirm_first(back="links.before")
def start(organization: str) -> Answer:
    """To the sign-in at the organization."""
    return _go(organization)


@for_person(Permission.MANAGE_LINKS)
@confirm_first(back="links.before")
def record(organization: str) -> Answer:
    """Yes, that is me: the basic sections of a record that a partner found, without an account there."""
    with current_services().db.reading() as tx:
        target = organizations.by_id(tx, organization_id=organization)
    if target is not None and not may_know(target):
        return confidential_page(target.name)
    try:
        link = record_only.accept(
            current_services(),
            person_id=current_person_id(),
            organization_id=organization,
            account_id=current_user.account.id,
        )
    except (LinkingError, OutsideError) as error:
        retry = url_for("links.before", organization=organization)
        return ending_page(error.code, target.name if target else "", retry=retry)
    return _to(link.id)


@for_person(Permission.MANAGE_LINKS)
@confirm_first(back="links.page")
def verify(link: str) -> Answer:
    """To the sign-in at the organization of a link that exists."""
    with current_services().db.reading() as tx:
        stored_link, organization = own_link(tx, link)
    if not stored_link.live:
        return redirect(url_for("links.before", organization=organization.id), 303)
    return _go(organization.id)


@for_person(Permission.MANAGE_LINKS)
def update(link: str) -> Answer:
    """Ask for an update; where that needs a sign-in there, go there first."""
    services = current_services()
    with services.db.transaction() as tx:
        stored_link, organization = own_link(tx, link)
        card = models.card(tx, stored_link, organization, {})
        latest = refreshes.latest(tx, link_id=stored_link.id)
        no = refresh_policy.refusal(stored_link, policy=organization.policy, cause="asked", now=tx.now, latest=latest)
        if no or not card.can_update or (card.visit and stored_link.live):
            todo = None
        else:
            todo = transitions.request_refresh(tx, stored_link, "asked")
            audit.record(
                tx,
                action=audit.Action.UPDATE_REQUEST,
                actor=audit_actor(),
                person_id=stored_link.person_id,
                link=stored_link.id,
                organization=organization.id,
            )
    if no and no.why in (refresh_policy.RefusalReason.TOO_SOON, refresh_policy.RefusalReason.THROTTLED):
        if no.why is refresh_policy.RefusalReason.TOO_SOON:
            flash(_("This was updated a moment ago."))
        return _to(link)
    if todo is None:
        return _go(organization.id) if card.can_update or card.can_verify else _to(link)
    enqueue.enqueue(services, [todo])
    return _to(link)


@for_person(Permission.MANAGE_LINKS)
def confirm(link: str) -> Answer:
    """Yes, that is me."""
    services = current_services()
    todo: list[transitions.Work] = []
    with services.db.transaction() as tx:
        stored_link, _organization = own_link(tx, link)
        if stored_link.state is LinkState.CONFIRM:
            moved = transitions.make(
                tx,
                stored_link,
                Move.CONFIRMED,
                By.PATIENT,
                actor=audit_actor(),
                verified_at=tx.now,
                finding=None,
                throttled_until=None,
            )
            todo.append(transitions.request_refresh(tx, moved, "linked"))
    enqueue.enqueue(services, todo)
    return _to(link)


@for_person(Permission.MANAGE_LINKS)
def not_me(link: str) -> Answer:
    """No, that is somebody else: nothing is kept."""
    services = current_services()
    todo: list[transitions.Work] = []
    with services.db.transaction() as tx:
        stored_link, organization = own_link(tx, link)
        if stored_link.state is LinkState.CONFIRM:
            todo = transitions.refuse(tx, stored_link, reason="different-person", by=By.PATIENT, actor=audit_actor())
            flash(_("%(name)s was not linked, and nothing of that account was kept.", name=organization.name))
    enqueue.enqueue(services, todo)
    return redirect(url_for("links.my_accounts"), 303)


@for_person(Permission.MANAGE_LINKS)
def cancel(link: str) -> Answer:
    """Stop a link that is being made."""
    services = current_services()
    todo: list[transitions.Work] = []
    with services.db.transaction() as tx:
        stored_link, organization = own_link(tx, link)
        if stored_link.state in (LinkState.LINKING, LinkState.CONFIRM):
            todo = transitions.cancel(tx, stored_link, actor=audit_actor())
            flash(_("Linking %(name)s was cancelled, and nothing new was kept.", name=organization.name))
    enqueue.enqueue(services, todo)
    return redirect(url_for("links.my_accounts"), 303)


@for_person(Permission.MANAGE_LINKS)
@confirm_first(back="links.unlink")
def do_unlink(link: str) -> Answer:
    """Unlink: gone from every page at once, and ended at the other organization."""
    services = current_services()
    todo: list[transitions.Work] = []
    with services.db.transaction() as tx:
        stored_link, organization = own_link(tx, link)
        if stored_link.live:
            todo = transitions.end(tx, stored_link, Move.UNLINKED, By.PATIENT, actor=audit_actor())
            flash(_("%(name)s is unlinked. Nothing from there is shown any more.", name=organization.name))
    enqueue.enqueue(services, todo)
    return redirect(url_for("links.my_accounts"), 303)


@for_person(Permission.MANAGE_LINKS)
def hide(link: str) -> Answer:
    """Off the home page, nothing else."""
    return _set_hidden(link, hidden=True)


@for_person(Permission.MANAGE_LINKS)
def show(link: str) -> Answer:
    return _set_hidden(link, hidden=False)


@for_person(Permission.MANAGE_LINKS)
def later(organization: str) -> Answer:
    """Ask me later about a suggestion; with ``again`` take back what was said of it."""
    if request.form.get("again"):
        with current_services().db.transaction() as tx:
            suggestions.offer_again(tx, person_id=current_person_id(), organization_id=organization)
        return redirect(url_for("links.my_accounts"), 303)
    with current_services().db.transaction() as tx:
        suggestions.later(tx, person_id=current_person_id(), organization_id=organization)
    flash(_("We will ask you again in 30 days. You can change that below."))
    return redirect(url_for("links.my_accounts"), 303)


@for_person(Permission.MANAGE_LINKS)
def not_mine(organization: str) -> Answer:
    """Not me: the suggestion goes for good."""
    with current_services().db.transaction() as tx:
        suggestions.dismiss(tx, person_id=current_person_id(), organization_id=organization)
        audit.record(
            tx,
            action=audit.Action.LINK_CHANGE,
            actor=audit_actor(),
            person_id=current_person_id(),
            organization=organization,
            move="suggestion-dismissed",
        )
    flash(_("We will not suggest it any more. You can change that below."))
    return redirect(url_for("links.my_accounts"), 303)


def _go(organization_id: str) -> Answer:
    """Start an attempt and go to the other organization, or say why not."""
    with current_services().db.reading() as tx:
        target = organizations.by_id(tx, organization_id=organization_id)
        back = began(tx, current_person_id(), organization_id)
    if target is not None and not may_know(target):
        return confidential_page(target.name)
    name = target.name if target else ""
    try:
        address = authorization.start(
            current_services(),
            person_id=current_person_id(),
            organization_id=organization_id,
            account_id=current_user.account.id,
            sign_in=current_user.secret,
            is_reverse=bool(back),
            back=back,
        )
    except (LinkingError, OutsideError) as error:
        retry = url_for("links.before", organization=organization_id)
        return ending_page(error.code, name, retry=retry)
    # A browser follows a redirect after a POST only where the page's policy allowed the form to lead; where the sign-in
    # was not known when the page was made, a page with a plain link stands between.
    if request.form.get("to") == models.origin_of(address):
        return redirect(address, 303)
    return render("links/onward.html", address=address, name=name)


def _set_hidden(link_id: str, *, hidden: bool) -> Answer:
    with current_services().db.transaction() as tx:
        stored_link, organization = own_link(tx, link_id)
        if stored_link.live and stored_link.hidden is not hidden:
            links.put(tx, link_id=stored_link.id, hidden=hidden)
            audit.record(
                tx,
                action=audit.Action.LINK_CHANGE,
                actor=audit_actor(),
                person_id=stored_link.person_id,
                link=stored_link.id,
                organization=organization.id,
                move="hidden" if hidden else "shown",
            )
            flash(
                _("%(name)s is hidden from the home page. It stays linked.", name=organization.name)
                if hidden
                else _("%(name)s is on the home page again.", name=organization.name)
            )
    return redirect(url_for("links.my_accounts"), 303)


def _to(link_id: str) -> Answer:
    return redirect(url_for("links.page", link=link_id), 303)
