"""Pages and fragments: one address gives both, by the HX-Request header (and says so with Vary).

A fragment is a block of the page's own template, so that both are the same words. Source: htmx 4 request headers.
"""

from typing import Any

from flask import Response, make_response, render_template, request
from jinja2_fragments.flask import render_block


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page (and not for a page that it restores or boosts)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def render(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page, or only its block ``fragment`` when htmx asks for that."""
    body = (
        render_block(template, fragment, **context)
        if fragment and is_fragment()
        else render_template(template, **context)
    )
    return make_response(body, status)
