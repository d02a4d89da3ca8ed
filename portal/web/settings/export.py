"""``/settings/export``: a person takes everything that is kept of them. Nobody else can, staff least of all."""

from flask import Blueprint, Response

from portal import audit
from portal.access import Permission
from portal.domain.errors import NotFoundError
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.persons.export import archive, take
from portal.store.people import accounts
from portal.store.shares import exports
from portal.web.guards import audit_actor, current_person_id, person_route
from portal.web.htmx import render


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/settings/export")(export_page)
    person_route(blueprint, "/settings/export", methods=["POST"])(download)
    person_route(blueprint, "/settings/export/<export>", methods=["POST"])(take_prepared)


@for_person(Permission.MANAGE_FAMILY)
def export_page() -> Response:
    """Tell what is in the file, and whether staff have put one together."""
    return _page()


@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="settings.export_page")
def download() -> Response:
    """Return the file, made now and kept nowhere."""
    services, person_id = current_services(), current_person_id()
    with services.db.reading() as tx:
        content = archive(tx, person_id=person_id, organization=services.settings.organization)
    with services.db.appending() as tx:
        audit.record(tx, action=audit.Action.EXPORT, actor=audit_actor(), person_id=person_id)
    return _file(content)


@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="settings.export_page")
def take_prepared(export: str) -> Response:
    """Return the file that staff let be put together, this once."""
    with current_services().db.transaction() as tx:
        if export not in {each.id for each in exports.of_person(tx, person_id=current_person_id())}:
            raise NotFoundError
        content = take(tx, export_id=export, person_id=current_person_id(), actor=audit_actor())
    return _page(gone=True, status=410) if content is None else _file(content)


def _page(*, gone: bool = False, status: int = 200) -> Response:
    with current_services().db.reading() as tx:
        waiting = exports.waiting(tx, person_id=current_person_id())
        starter = accounts.by_id(tx, account_id=waiting.account_id, disabled=True) if waiting else None
    started_by = (starter.display or starter.username) if starter else ""
    return render("settings/export.html", waiting=waiting, started_by=started_by, gone=gone, status=status)


def _file(content: bytes) -> Response:
    response = Response(content, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="everything.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
