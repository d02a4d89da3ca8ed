"""Time-outs that lose nothing: how much time is left, staying, and the form that was filled when the time was up."""

from urllib.parse import urlsplit

from flask import Response, current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.authentication import sessions
from portal.endpoints import Kind, access_of, page_before, public, signed_in, without_factor
from portal.extensions import current_services
from portal.store.people.sign_ins import KeptForm
from portal.web.account import users
from portal.web.account.blueprint import blueprint
from portal.web.formats import clock
from portal.web.htmx import Refill, render

_NEVER = frozenset({"csrf_token", "password", "current", "code", "proof", "stay", "from_kept"})
_MOST_FIELDS = 200
_LONGEST = 64 * 1024  # characters of all fields together
_REFILL = "refill"
_FROM_KEPT = '<input type="hidden" name="from_kept" value="1">'
_SHOWN = 12  # characters from which a value is a text that somebody wrote


@blueprint.get("/account/time-left")
@public
def time_left() -> Response:
    """Return the seconds until the sign-in ends, and the time of day then; asking does not keep it awake."""
    stored = current_user.stored if current_user.is_authenticated else None
    response = jsonify(seconds=stored.seconds_left if stored else 0, at=clock(stored.ends_at) if stored else "")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/account/stay")
@signed_in
@without_factor
def stay() -> Response:
    """Stay signed in; without JavaScript this is a page in a tab of its own, and the form stays where it is."""
    services = current_services()
    sessions.stay(services, current_user.secret)
    stored = sessions.load(services, current_user.secret)
    if request.is_json:
        return jsonify(seconds=stored.seconds_left if stored else 0)
    return render("account/stay.html", until=stored.ends_at if stored else None)


@blueprint.post("/account/keep")
@public
def keep() -> tuple[str, int]:
    """Keep the form that was filled and not sent when the time was up; ``static/portal.js`` sends it."""
    sent = request.get_json(silent=True)
    if isinstance(sent, dict) and isinstance(sent.get("fields"), list):
        fields = [tuple(map(str, field)) for field in sent["fields"] if isinstance(field, list) and len(field) == 2]
        keep_form(str(sent.get("action", "")), str(sent.get("page", "")), fields)  # type: ignore[arg-type]
    return "", 204


@blueprint.get("/account/kept")
@signed_in
def kept() -> ResponseReturnValue:
    """Lead to the page of the form that was kept, where it is filled again; ``alone``: show what was written here."""
    form = sessions.kept_form(current_services(), current_user.secret)
    if form is None:
        return redirect(url_for("home.home"), 303)
    if "alone" in request.args:
        return render("account/kept.html", form=form, shown=_SHOWN)
    session[_REFILL] = True
    return redirect(f"{form.page}#kept", 303)


def fill_again() -> None:
    """Let this page's form be filled with what was kept, where the browser was led to it for that."""
    if request.method != "GET" or not session.pop(_REFILL, False):
        return
    form = sessions.kept_form(current_services(), current_user.secret)
    if form is not None and form.page == request.full_path.rstrip("?"):
        note = render_template("account/kept_note.html")
        otherwise = url_for("account.kept", alone=1)
        g.refill = Refill(urlsplit(form.action).path, form.fields, note, _FROM_KEPT, otherwise)


def keep_request() -> str:
    """Keep the form that came after the time was up; return the page that it was on."""
    page = users.safe_next(_path_of(request.referrer or ""))
    keep_form(request.full_path.rstrip("?"), page, list(request.form.items(multi=True)))
    return page


def forget_form() -> None:
    """Forget the form that is sent now."""
    sessions.keep_form(current_services(), current_user.secret, None)


def keep_form(action: str, page: str, fields: list[tuple[str, str]]) -> None:
    """Keep a form of one of our own pages with this browser's sign-in, without passwords and codes."""
    secret = users.secret_of_session()
    texts = tuple((name, text) for name, text in fields if name not in _NEVER)
    length = sum(len(name) + len(text) for name, text in texts)
    if secret and texts and len(texts) <= _MOST_FIELDS and length <= _LONGEST and _may_be_kept(action):
        form = KeptForm(action, users.safe_next(page), texts)
        sessions.keep_form(current_services(), secret, form)


def _may_be_kept(action: str) -> bool:
    """Tell whether this is the address of a form that needs a sign-in, and neither signs in nor asks who it is."""
    if users.safe_next(action) != action:
        return False
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(action).path, method="POST")
    except (HTTPException, RequestRedirect):
        return False
    access = access_of(current_app, endpoint)
    ours = access is not None and access.kind not in (Kind.PUBLIC, Kind.OAUTH)
    return ours and not endpoint.startswith("account.") and page_before(current_app, endpoint) is None


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
