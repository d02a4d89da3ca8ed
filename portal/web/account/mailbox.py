"""Where the demo's e-mails arrive (``PORTAL_MAIL=page``)."""

from flask import Response, abort

from portal.endpoints import public
from portal.extensions import current_services
from portal.store.people import outbox
from portal.web.account.blueprint import blueprint
from portal.web.htmx import render

_SHOWN = 20


@blueprint.get("/mailbox")
@public
def mailbox() -> Response:
    services = current_services()
    if services.settings.mail != "page":
        abort(404)
    with services.db.reading() as tx:
        mails = outbox.newest(tx, limit=_SHOWN)
    return render("account/mailbox.html", mails=mails)
