"""See as: the patient looks at their own record as somebody who acts for them would, without leaving a trace.

The pages are not drawn a second way: the request is answered for the other account, in the same code, with a database
that keeps nothing. It is only ever of one's own record (``/for/<oneself>/…``), only read, and only shown in a frame of
the page that says what it is.
"""

from dataclasses import replace

from flask import abort, current_app, g, request, session
from flask_login import current_user

from portal.endpoints import Kind, access_of
from portal.extensions import current_services
from portal.services import Services
from portal.store.engine.discarding import discarding
from portal.store.people import accounts, proxies
from portal.store.people.proxies import StoredGrant
from portal.web.account.users import SignedIn

_GRANT = "see_as"


def begin(grant_id: str) -> None:
    """Show one's own record as this grant's account from now on, in this browser."""
    session[_GRANT] = grant_id


def stop() -> None:
    session.pop(_GRANT, None)


def grant() -> StoredGrant | None:
    """Return as whom one's own record is shown; None when it is not, or when that has ended."""
    grant_id, own = session.get(_GRANT), current_user.account.person_id
    if not grant_id or own is None:
        return None
    services = current_services()
    with services.db.reading() as tx:
        return proxies.by_id(tx, grant_id=grant_id, person_id=own, teen_age=services.settings.teen_age)


def answer_as() -> None:
    """Let a request for one's own record under another's address be answered for the other account."""
    own = current_user.account.person_id
    if _GRANT not in session or own is None or g.person_in_address != own:
        return
    chosen = grant()
    access = access_of(current_app, request.endpoint or "")
    if chosen is None:
        return
    if request.method not in ("GET", "HEAD") or access is None or access.kind not in (Kind.PERSON, Kind.PUBLIC):
        abort(404)
    services = current_services()
    with services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=chosen.account_id)
    if account is None:
        abort(404)
    stored = replace(current_user.stored, account=account, grants=(chosen,), lacks_factor=False)
    g._login_user = SignedIn(stored, current_user.secret)  # noqa: SLF001 -- Flask-Login keeps the answer here
    g.services = _keeping_nothing(services)


def _keeping_nothing(services: Services) -> Services:
    return replace(services, db=discarding(services.db))
