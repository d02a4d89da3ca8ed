"""``/family``: who acts for me, and whose records this account may open."""

from flask import Response
from flask_login import current_user

from portal.endpoints import signed_in
from portal.extensions import current_services
from portal.web.family import models
from portal.web.family.area import blueprint
from portal.web.htmx import render


@blueprint.get("/family")
@signed_in
def family() -> Response:
    """Return who acts for me, and the people this account acts for, each with a link to their record."""
    own = current_user.account.person_id
    with current_services().db.reading() as tx:
        return render(
            "family/family.html",
            relatives=models.relatives(tx),
            past=models.past_relatives(tx),
            proxies=models.proxy_cards(tx, person_id=own) if own else (),
            invitations=models.invitation_cards(tx, person_id=own) if own else (),
        )
