"""Headers of every answer (requirement C3)."""

import re
import secrets
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response, g, session
from flask_login import current_user

from portal.endpoints import Kind, access_of
from portal.extensions import current_request, of_request

# A web origin, or the scheme of an app on a phone (RFC 8252, 7.1). Nothing else of what an organization or an app says
# about itself gets into the policy: neither a second directive nor a whole scheme of the web.
_WEB = re.compile(r"https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_APP = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:(?://[A-Za-z0-9.-]+)?")
_CALLBACKS = ("/links/callback", "/sign-in/openid/callback")  # their addresses carry codes
_PERMISSIONS = "geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def csp_nonce() -> str:
    """Return the nonce of this answer's inline style sheet (the instance's own colour); there is no inline script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_form_to(origin: str) -> None:
    """Let a form of this page lead to ``origin``: browsers apply form-action to the redirects after a POST too.

    ``origin`` is "https://host:port", or "com.example.app:" of an app; anything else is left out.
    """
    if _WEB.fullmatch(origin) or _APP.fullmatch(origin):
        g.setdefault("form_origins", set()).add(origin)


def allow_frames() -> None:
    """Let this page show others of this portal in a frame."""
    g.frames = True


def allow_camera() -> None:
    """Let this page use the camera, where who looks at it agrees."""
    g.setdefault("camera", True)


def _policy(values: Mapping[str, Any]) -> str:
    forms = " ".join(["'self'", *sorted(values.get("form_origins", ()))])
    style = f"'self' 'nonce-{values['csp_nonce']}'" if "csp_nonce" in values else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; connect-src 'self'; "
        f"font-src 'self'; manifest-src 'self'; form-action {forms}; base-uri 'none'; "
        + ("frame-src 'self'; " if values.get("frames") else "")
        # A preview is shown in a frame of our own page, and nowhere else.
        + ("frame-ancestors 'self'" if values.get("services") else "frame-ancestors 'none'")
    )


def _usual(request: Request) -> Iterator[tuple[str, str]]:
    """Yield the headers that an answer has unless its view says otherwise."""
    values = of_request()
    yield "Content-Security-Policy", _policy(values)
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "no-referrer" if request.path.startswith(_CALLBACKS) else "same-origin"
    yield "Cross-Origin-Opener-Policy", "same-origin"
    yield "Permissions-Policy", f"camera={'(self)' if values.get('camera') else '()'}, {_PERMISSIONS}"
    if request.is_secure:
        yield "Strict-Transport-Security", "max-age=63072000; includeSubDomains"


def bind(app: Flask) -> None:
    @app.after_request
    def _headers(response: Response) -> Response:
        request, headers = current_request(), response.headers
        endpoint = request.endpoint
        present = {name.lower() for name, _value in headers}
        for name, value in _usual(request):
            if name.lower() not in present:
                headers.add(name, value)
        if endpoint == "static" and response.status_code >= 400:
            headers["Cache-Control"] = "no-store"
        elif endpoint == "static":
            headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        elif response.mimetype == "text/html":
            response.vary.update(("Cookie", "HX-Request"))
            if current_user.is_authenticated or request.method != "GET":
                headers.setdefault("Cache-Control", "no-store")
            else:
                headers.setdefault("Cache-Control", "no-cache")
                if endpoint in _NOBODYS and response.status_code == 200:
                    _answer_if_changed(response)
        elif "cache-control" not in present and _is_somebodys(app, endpoint):
            headers["Cache-Control"] = "no-store"
        return response


def _is_somebodys(app: Flask, endpoint: str | None) -> bool:
    """Tell whether the endpoint answers only who is signed in: no cache on the way may keep a file of theirs either."""
    access = access_of(app, endpoint) if endpoint else None
    return access is not None and access.kind in (Kind.PERSON, Kind.SIGNED_IN, Kind.DUTY)


_NOBODYS = frozenset({"account.sign_in", "help.page"})
"""Pages that say the same to everybody who is not signed in."""


def _answer_if_changed(response: Response) -> None:
    """Answer 304 where the browser holds this page: for the same cookies, as ``Vary`` says, so that its form fits.

    What differs from answer to answer is no part of the tag: the nonce, and how the session's token is written. A
    browser goes on with the nonce of the answer that it holds, so the policy is not sent anew (RFC 9111, 3.2).
    """
    body = response.get_data()
    for written in (g.get("csp_nonce"), g.get("csrf_token")):
        body = body.replace(written.encode(), b"") if written else body
    token = str(session.get("csrf_token", "")).encode()
    response.set_etag(sha256(token + body).hexdigest()[:20], weak=True)
    response.make_conditional(current_request())
    if response.status_code == 304:
        response.headers.pop("Content-Security-Policy", None)
