"""``/share/vaccines``: a signed card of the vaccines in our own record, to be shown or saved (SMART Health Card)."""

from flask import Response

from portal import audit
from portal.access import Permission
from portal.domain.people import Person
from portal.endpoints import confirm_first, for_person
from portal.extensions import current_services
from portal.sharing import health_cards, issuer_keys
from portal.sharing.health_cards import HealthCards
from portal.store.records import packing
from portal.store.shares.shares import ShareTerms
from portal.web.guards import audit_actor, current_person_id
from portal.web.health.original import safe_line
from portal.web.htmx import render
from portal.web.phrases import gettext as _
from portal.web.qr import health_card_picture
from portal.web.share import models


@for_person(Permission.SHARE_RECORD)
@confirm_first(back="share.vaccines")
def page() -> Response:
    """Return the cards as QR codes, with what is on each."""
    issued, person = _issued()
    cards = [
        (health_card_picture(card.digits), [safe_line(statement.entry) for statement in card.on_it])
        for card in issued.cards
    ]
    return render("share/vaccines.html", cards=cards, person=person, left_out=issued.left_out)


@for_person(Permission.SHARE_RECORD)
@confirm_first(back="share.vaccines")
def file() -> Response:
    """Return the cards as a file, which apps take in."""
    answer = Response(packing.encode(_issued()[0].file()), content_type=health_cards.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = "attachment; filename=vaccines.smart-health-card"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _issued() -> tuple[HealthCards, Person]:
    """Sign the cards anew, and note that they were handed out; return whose they are, too."""
    services, person_id = current_services(), current_person_id()
    terms = ShareTerms(_("Vaccine card"), (health_cards.SECTION,))
    key = issuer_keys.current(services.db)
    with services.db.reading() as tx:
        content = models.content(tx, person_id=person_id, terms=terms, settings=services.settings, merged=False)
    issued = health_cards.issue(content, key, issuer=services.settings.base_url, now=content.moment)
    with services.db.appending() as tx:
        audit.record(tx, action=audit.Action.HEALTH_CARD, actor=audit_actor(), person_id=person_id)
    return issued, content.person
