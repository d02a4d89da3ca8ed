"""The help page: open to everyone, so that it can be read before signing in; whose record is open stays open."""

from flask import Blueprint, Response, request

from portal.endpoints import public
from portal.extensions import current_services
from portal.web.guards import person_route
from portal.web.help import answers, topics
from portal.web.htmx import render

blueprint = Blueprint("help", __name__)


@person_route(blueprint, "/help")
@public
def page() -> Response:
    """All questions, or those that contain the words of ``q``."""
    query = request.args.get("q", "").strip()[:100]
    names = {"portal": current_services().settings.name, "home": current_services().settings.organization}
    return render(
        "help/page.html",
        fragment="answers",
        query=query,
        linking=list(answers.answered(topics.LINKING, **names, query=query)),
        questions=list(answers.answered(topics.QUESTIONS, **names, query=query)),
    )
