"""Pages and fragments: one address gives both, by the HX-Request header (and says so with Vary).

A fragment is a block of the page's own template, so that both are the same words. Source: htmx 4 request headers.
"""

from typing import Any

from flask import Response, current_app, make_response, render_template, request


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page (and not for a page that it restores or boosts)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def render(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Return the page, or only its block ``fragment`` when htmx asks for that."""
    body = _block(template, fragment, context) if fragment and is_fragment() else render_template(template, **context)
    return make_response(body, status)


def _block(name: str, block: str, values: dict[str, Any]) -> str:
    """One block of a template alone, with the imports and macros of the template's top."""
    current_app.update_template_context(values)
    template = current_app.jinja_env.get_template(name)
    context = template.new_context(values)
    # The first step of the template runs its imports and definitions; a block by itself would not know them.
    next(iter(template.root_render_func(context)), None)
    return "".join(template.blocks[block](context))
