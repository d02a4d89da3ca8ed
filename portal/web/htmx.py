"""Pages and fragments: one address gives both, by the HX-Request header (and says so with Vary).

A fragment is a block of the page's own template, so that both are the same words. Source: htmx 4 request headers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, g, make_response, redirect, render_template, request

from portal.web.refill import refilled


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page (and not for a page that it restores or boosts)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def asked_along() -> tuple[str, ...]:
    """Return the ids of the parts to come in the same answer, beside the one that the address names, each once.

    Each is an ``<hx-partial>`` of the answer. Source: htmx 4, "Multi-Target Updates".
    """
    if not is_fragment():
        return ()
    ids = request.args.get("also", "").split(_BETWEEN)
    return tuple(dict.fromkeys(each for each in ids if each.isalnum() and len(each) <= _LONGEST))[:_MOST]


def along(ids: Iterable[str]) -> str:
    """Return what ``asked_along`` reads, as the value of "also" in an address."""
    return _BETWEEN.join(ids)


_BETWEEN, _LONGEST, _MOST = ".", 40, 50


def render(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Return the page, or only its block ``fragment`` when htmx asks for that."""
    if fragment and is_fragment():
        return make_response(_block(template, fragment, context), status)
    body = render_template(template, **context)
    return make_response(_filled_again(body) if "refill" in g else body, status)


@dataclass(frozen=True, slots=True)
class Refill:
    """What this page's form is to be filled with again (``refilled``), and where to go if it has no such form."""

    action: str
    fields: Sequence[tuple[str, str]]
    note: str
    extra: str
    otherwise: str


def _filled_again(body: str) -> str:
    refill: Refill = g.pop("refill")
    for action in (refill.action, "") if refill.action == request.path else (refill.action,):
        page = refilled(body, action=action, fields=refill.fields, note=refill.note, extra=refill.extra)
        if page is not None:
            return page
    return abort(redirect(refill.otherwise, 303))


def _block(name: str, block: str, values: dict[str, Any]) -> str:
    """One block of a template alone, with the imports and macros of the template's top."""
    current_app.update_template_context(values)
    template = current_app.jinja_env.get_template(name)
    context = template.new_context(values)
    # The first step of the template runs its imports and definitions; a block by itself would not know them.
    next(iter(template.root_render_func(context)), None)
    return "".join(template.blocks[block](context))
