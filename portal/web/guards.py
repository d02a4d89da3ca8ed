"""Who may call an endpoint: each view says so with one of these decorators; one that says nothing is never served.

Another person's page answers 404 with the same bytes as one that does not exist.
"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, redirect, request, url_for
from flask_login import current_user

from portal import audit
from portal.access import Actor, Duty, Permission, Sight, can, has_duty, sight
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.endpoints import Access, Kind, View, access_of, is_without_factor, page_before
from portal.extensions import current_application, current_request, current_services, of_request, signed_in
from portal.web import see_as
from portal.web.account.time_outs import fill_again, forget_form, keep_request
from portal.web.htmx import is_fragment
from portal.web.templating import endpoint_of


def person_route(blueprint: Blueprint, rule: str, **options: Any) -> Callable[[View], View]:
    """Add a route for oneself (``rule``) and for someone one acts for (``/for/<person>`` before it)."""

    def register(view: View) -> View:
        blueprint.add_url_rule(rule, view_func=view, **options)
        blueprint.add_url_rule(f"/for/<string(length=20):person>{rule.rstrip('/') or '/'}", view_func=view, **options)
        return view

    return register


def current_actor() -> Actor:
    """Who is signed in. Only in views that need a sign-in."""
    return cast(Actor, signed_in().actor)


def current_person_id() -> str:
    """Whose record is open: checked by ``for_person`` before the view runs."""
    return cast(str, of_request()["person_id"])


def current_sight() -> Sight:
    """Which items of the open record who is signed in may see."""
    return sight(current_actor(), current_person_id())


def sees_confidential() -> bool:
    """Whether who is signed in may see what is confidential in the open record."""
    return current_sight().confidential


def audit_actor() -> audit.Actor:
    return audit.Actor("account", current_actor().account_id)


def bind(app: Flask) -> None:
    """Take the person out of the address, put it back into every address made, and check each request."""

    @app.url_value_preprocessor
    def _take_person(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        of_request()["person_in_address"] = values.pop("person", None) if values else None

    @app.url_defaults
    def _put_person(endpoint: str, values: dict[str, Any]) -> None:
        person = of_request().get("person_in_address")
        if person and "person" not in values and app.url_map.is_endpoint_expecting(endpoint, "person"):
            values["person"] = person

    app.before_request(_enforce)


def _enforce() -> Any:
    request = current_request()
    if request.endpoint is None:
        return None
    access = access_of(current_application(), request.endpoint)
    if access is None:
        raise RuntimeError(f"endpoint {request.endpoint} is not classified: see portal.endpoints")
    if access.kind is Kind.OAUTH:
        return _keep_open()
    if of_request()["person_in_address"] is not None and current_user.is_authenticated:
        see_as.answer_as()
    if _must_add_factor():
        return redirect(url_for("account.security"), 303)
    if access.kind is Kind.PUBLIC:
        return _keep_open()
    if not signed_in().is_authenticated:
        return to_sign_in()
    if request.method == "POST" and "from_kept" in request.form:
        forget_form()
    fill_again()
    return _check(access) or _ask_again()


def _keep_open() -> Any:
    """Let a page that is everybody's (help) keep whose record is open, for who may open some of it."""
    person_id = of_request()["person_in_address"]
    if person_id is None:
        return None
    if not current_user.is_authenticated:
        return to_sign_in()
    if not any(can(current_actor(), permission, person_id) for permission in Permission):
        g.person_in_address = None
        abort(404)
    g.person_id = person_id
    return None


_PERSONAL = frozenset({"oauth.authorize", "links.callback"})
"""Public endpoints that go on for who is signed in."""


def _must_add_factor() -> bool:
    endpoint = current_request().endpoint or ""
    access = access_of(current_application(), endpoint)
    if access is None or (access.kind is Kind.PUBLIC and endpoint not in _PERSONAL):
        return False
    user = signed_in()
    lacking = user.is_authenticated and user.stored.lacks_factor
    return lacking and not is_without_factor(current_application(), endpoint)


def _address(endpoint: str) -> str:
    """Return the address of a page with the values of this request's address."""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict()}
    return url_for(endpoint, **values)


def _ask_again() -> Any:
    """To the page that asks who it is once more, before a big step, unless that was shown in the last minutes."""
    back = page_before(current_app, request.endpoint or "")
    if back is None or current_user.stored.is_fresh:
        return None
    address = url_for("account.confirm", next=_address(back))
    if request.is_json:
        return jsonify(next=address), 403
    return redirect(address, 303)


_START = {
    Role.STAFF: "/staff",
    Role.CARE_TEAM: "/care-team",
    Role.RECORDS: "/staff/corrections",
    Role.PRIVACY: "/admin/audit",
    Role.ADMIN: "/admin/",
    Role.PATIENT: "/family",
}
"""Where those begin who have no record of their own."""


def _start(actor: Actor) -> Response:
    return cast(Response, redirect(url_for(endpoint_of(_START[actor.role])), 303))


def _check(access: Access) -> Response | None:
    actor = current_actor()
    if isinstance(access.permission, Duty):
        return None if has_duty(actor.role, access.permission) else abort(404)
    if access.kind is not Kind.PERSON:
        return None
    person_id = g.person_in_address or actor.own_person_id
    if person_id is None:
        if request.endpoint == "home.home":
            return _start(actor)
        abort(404)
    if access.permission is None or not (can(actor, access.permission, person_id) and _opens(actor, person_id)):
        with current_services().db.transaction() as tx:
            audit.record(
                tx,
                action=audit.Action.DENIED,
                actor=audit_actor(),
                person_id=person_id,
                outcome="denied",
                permission=str(access.permission),
            )
        g.person_in_address = None  # the page that says so leads back to what may be opened
        if is_fragment() and request.method == "GET":
            # A page that is open goes where it is said whose records may be opened, and which access has ended.
            return current_app.response_class(status=404, headers={"HX-Redirect": url_for("family.family")})
        abort(404)
    g.person_id = person_id
    return None


def _opens(actor: Actor, person_id: str) -> bool:
    """Tell whether the section that the address names, if it names one, is there for ``actor``."""
    section = (request.view_args or {}).get("section")
    return section not in set(Section) or sight(actor, person_id).opens(Section(section))


def to_sign_in() -> Response:
    """To the sign-in page and back again; a fragment makes the whole page go there. A form that came is kept."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not is_fragment() else "/"
    if request.method == "POST":
        before = page_before(current_app, request.endpoint or "")
        back = _address(before) if before else keep_request()
    address = f"{url_for('account.sign_in')}?{urlencode({'next': back})}"
    if is_fragment():
        return current_app.response_class(status=401, headers={"HX-Redirect": address})
    return cast(Response, redirect(address, 303))
