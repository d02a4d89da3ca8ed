"""``/logos/…``: logos of organizations as we drew them (``portal.directory.logos``)."""

from flask import Blueprint, Response, abort, make_response, request

from portal.endpoints import signed_in
from portal.extensions import current_services
from portal.store.directory import logos

blueprint = Blueprint("logos", __name__)


@blueprint.get("/logos/<name>.png")
@signed_in
def logo(name: str) -> Response:
    """``name`` is ``Mark.logo``: another picture has another digest, and so another address."""
    organization_id, _, digest = name.rpartition("-")
    with current_services().db.reading() as tx:
        picture = logos.body(tx, organization_id=organization_id, digest=digest)
    return png(picture, digest)


def png(picture: bytes | None, digest: str) -> Response:
    """Return a picture whose address has its digest; 404 where there is none."""
    if not picture:
        abort(404)
    response = make_response(picture)
    response.mimetype = "image/png"
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.make_conditional(request)
    return response
