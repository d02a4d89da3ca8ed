"""``/family``: whose records this account may open."""

from dataclasses import dataclass

from flask import Blueprint, Response
from flask_login import current_user

from portal.domain.people import GrantLevel
from portal.endpoints import signed_in
from portal.extensions import current_services
from portal.store.people import people
from portal.web.htmx import render
from portal.web.words import relationship

blueprint = Blueprint("family", __name__)


@dataclass(frozen=True, slots=True)
class Relative:
    person_id: str
    name: str
    relationship: str
    level: GrantLevel


@blueprint.get("/family")
@signed_in
def family() -> Response:
    """Oneself and the people this account acts for, each with a link to their record."""
    return render("family/family.html", relatives=relatives())


def relatives() -> tuple[Relative, ...]:
    """Return the people whom the account that is signed in acts for, in the order the grants were given."""
    members = []
    with current_services().db.reading() as tx:
        for grant in current_user.grants:
            person = people.by_id(tx, person_id=grant.person_id)
            if person is not None:
                name = person.demographics.display
                members.append(Relative(grant.person_id, name, relationship(grant.relationship), grant.level))
    return tuple(members)
