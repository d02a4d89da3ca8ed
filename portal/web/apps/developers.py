"""``/developers``: what somebody who writes an app for this portal needs to know."""

from flask import Blueprint, Response

from portal.endpoints import public
from portal.extensions import current_services
from portal.provider.fhir.capability import capability_statement
from portal.provider.oauth import scopes
from portal.provider.types import CATEGORIES, SERVED, WORDS
from portal.store.provider import release
from portal.web.htmx import render

blueprint = Blueprint("developers", __name__)


@blueprint.get("/developers")
@public
def page() -> Response:
    """Show base address, scopes, how to register, what is served."""
    with current_services().db.reading() as tx:
        settings = release.effective(tx, current_services().settings)
    resources = capability_statement(settings)["rest"][0]["resource"]
    return render(
        "oauth/developers.html",
        kinds=[(kind, WORDS[kind]) for kind in sorted(SERVED - settings.withheld)],
        plain=scopes.PLAIN,
        categories=CATEGORIES,
        searches={part["type"]: [param["name"] for param in part.get("searchParam", ())] for part in resources},
    )
