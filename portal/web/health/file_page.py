"""One attachment of an item: shown, handed over to be saved, or why it could not be opened.

Messages have an address of their own for it: who may read them may not read the record for that.
"""

from functools import partial
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.errors import OutsideError
from portal.domain.sections import Section
from portal.web.guards import current_person_id
from portal.web.health import documents, files
from portal.web.htmx import render
from portal.web.linked import entry_address


def address(section: Section, entry_id: str, number: int, **query: int | None) -> str:
    """Return where one attachment of an item opens. ``save=1``: is handed over; ``inside=1``: as ``answer`` says."""
    of = {} if section is Section.MESSAGES else {"section": section.value}
    endpoint = "messages.file" if section is Section.MESSAGES else "health.file"
    values: dict[str, Any] = {**of, "entry": entry_id, "number": number, **query}
    return url_for(endpoint, **values)


def answer(section: Section, entry_id: str, number: int) -> ResponseReturnValue:
    """Show one attachment of an item, or hand it over to be saved (``?save=1``).

    ``?inside=1``: the file that a clinical document is only the envelope of.

    Raises:
        NotFoundError: the item is none that who is signed in sees, or has no such attachment.
    """
    save, inside = "save" in request.args, "inside" in request.args
    back = (
        url_for("messages.thread", entry=entry_id) if section is Section.MESSAGES else entry_address(section, entry_id)
    )
    place: dict[str, Any] = {"back": back, "address": partial(address, section, entry_id, number)}
    try:
        opened = files.opened(current_person_id(), section, entry_id, number, save=save, inside=inside)
    except OutsideError as error:
        return render("health/file.html", **place, code=error.code, status=502)
    if save:
        attachment = download(
            opened.data, "application/octet-stream", f"attachment; filename={files.name_to_save(opened)}"
        )
        attachment.headers["X-Content-Type-Options"] = "nosniff"
        attachment.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
        return attachment
    if opened.document is not None:
        page = documents.page(current_person_id(), opened.document)
        return render("health/document.html", **place, page=page)
    if opened.text is not None or opened.code:
        return render("health/file.html", **place, code=opened.code, opened=opened)
    return download(opened.data, opened.content_type, "inline")


def download(data: bytes, content_type: str, disposition: str) -> Response:
    """Return bytes that are a file for the browser; ``disposition``: inline, or attachment with its name (RFC 6266)."""
    file = Response(data, content_type=content_type)
    file.headers["Content-Disposition"] = disposition
    file.headers["Cache-Control"] = "no-store"
    return file
