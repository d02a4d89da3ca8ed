"""``/settings/finding``: whether partner organizations are asked if they know the person (product.md §3.1)."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.access import Permission
from portal.domain.errors import NotFoundError
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.linking import record_only
from portal.store.directory import match_partners
from portal.store.people import people
from portal.web.guards import audit_actor, current_person_id, person_route
from portal.web.htmx import render
from portal.web.phrases import gettext as _


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/settings/finding")(finding)
    person_route(blueprint, "/settings/finding", methods=["POST"])(set_finding)


@for_person(Permission.MANAGE_LINKS)
def finding() -> Response:
    with current_services().db.reading() as tx:
        person = people.by_id(tx, person_id=current_person_id())
        names = match_partners.partner_names(tx)
    if person is None:
        raise NotFoundError
    return render("links/finding.html", share=person.share_matches, partners=names)


@for_person(Permission.MANAGE_LINKS)
def set_finding() -> BaseResponse:
    """Store the choice; it holds at once, also for a match that was not confirmed."""
    answer = request.form.get("share")
    if answer in ("0", "1"):
        record_only.opt(current_services(), person_id=current_person_id(), share=answer == "1", actor=audit_actor())
        flash(_("Your settings are saved."))
    else:
        flash(_("Choose Yes or No. Nothing was changed."))
    return redirect(url_for("links.finding"), 303)
