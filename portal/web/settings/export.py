"""``/settings/export``: a person takes everything that is kept of them. Nobody else can, staff least of all."""

from flask import Blueprint, Response

from portal import audit
from portal.access import Permission
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.persons.export import archive
from portal.web.guards import audit_actor, current_person_id, person_route
from portal.web.htmx import render


def register(blueprint: Blueprint) -> None:
    person_route(blueprint, "/settings/export")(export_page)
    person_route(blueprint, "/settings/export", methods=["POST"])(download)


@for_person(Permission.MANAGE_FAMILY)
def export_page() -> Response:
    """Tell what is in the file."""
    return render("settings/export.html")


@for_person(Permission.MANAGE_FAMILY)
@confirm_first(back="settings.export_page")
def download() -> Response:
    """Return the file, made now and kept nowhere."""
    services, person_id = current_services(), current_person_id()
    with services.db.reading() as tx:
        content = archive(tx, person_id=person_id, organization=services.settings.organization)
    with services.db.transaction() as tx:
        audit.record(tx, action=audit.Action.EXPORT, actor=audit_actor(), person_id=person_id)
    response = Response(content, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="everything.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
