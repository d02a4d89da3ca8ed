"""Whose record is open, and whose others could be: what the header of every page says."""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from flask import g, has_request_context, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.access import Permission, can
from portal.domain.people import Person
from portal.extensions import Phrases, current_services, of_request, signed_in
from portal.store.directory.values import Mark
from portal.store.people import people
from portal.web.phrases import gettext as _
from portal.web.reworded import Reworded
from portal.web.words import relationship

_OWN_COLOUR = 6
_COLOURS = (8, 11, 5, 10, 7, 9)
"""Classes of colour (``.h8`` …) for people: none of the warm ones, which say that something needs the reader."""


@dataclass(frozen=True, slots=True)
class MenuPerson:
    """Somebody whose record may be opened. ``colour`` is the number of a class; ``relation`` what they are to me."""

    href: str
    given: str
    relation: str
    initials: str
    colour: int
    current: bool


def open_person() -> dict[str, Any] | None:
    """Whose record is open: id, names, initials, colour, relation, and whether it is another's than who signed in."""
    try:
        user = signed_in()
        account = user.account if user.is_authenticated else None
    except SQLAlchemyError:  # the page that says that the database is away must be made without it
        return None
    if account is None:
        return None
    values = of_request()
    person_id = values.get("person_id") or account.person_id
    if person_id is None:
        return None
    opened = values.get("open_person")
    if opened is None or opened["id"] != person_id:
        person = user.stored.person
        if person is None or person.id != person_id:
            with current_services().db.reading() as tx:
                person = people.by_id(tx, person_id=person_id)
        name = person.demographics.display if person else ""
        first_name = person.demographics.name.given[0] if person and person.demographics.name.given else name
        other = person_id != account.person_id
        opened = values["open_person"] = {
            "id": person_id,
            "name": name,
            "given": first_name,
            "other": other,
            "initials": _initials(person.demographics) if person else "",
            "colour": _colours().get(person_id, _OWN_COLOUR) if other else _OWN_COLOUR,
            "relation": _relation(person_id) if other else "",
        }
    return dict(opened)


def others_name() -> str:
    """Return the first name of whom the open record belongs to; empty where it is one's own, or none is open."""
    person_id = g.get("person_id") if g.get("person_in_address") else None
    if person_id is None or person_id == current_user.account.person_id:
        return ""
    if "others_name" not in g:
        with current_services().db.reading() as tx:
            person = people.by_id(tx, person_id=person_id)
        name = person.demographics.name if person else None
        g.others_name = (name.given[0] if name and name.given else name.display if name else "") or ""
    return str(g.others_name)


class PhrasesOfAnother(Phrases):
    """The catalogue of a request: it says "Leo's" instead of "your" while Leo's record is open."""

    def get_translations(self) -> Any:
        catalogue = super().get_translations()
        name = others_name() if has_request_context() else ""
        return Reworded(catalogue, name) if name else catalogue


def people_menu() -> tuple[MenuPerson, ...]:
    """Return everybody whose record may be opened, oneself first; nothing where there is nobody else."""
    opened, account = open_person(), current_user.account
    members = list(dict.fromkeys(grant.person_id for grant in current_user.grants))
    if not members:
        return ()
    listed = [account.person_id, *members] if account.person_id else members
    colours = _colours()
    with current_services().db.reading() as tx:
        stored = {person_id: people.by_id(tx, person_id=person_id) for person_id in listed}
    menu = []
    for person_id, person in stored.items():
        if person is None:
            continue
        own, name = person_id == account.person_id, person.demographics.display
        given = person.demographics.name.given
        menu.append(
            MenuPerson(
                href="/" if own else _first_page(person_id),
                given=given[0] if given else name,
                relation=_("You") if own else _relation(person_id),
                initials=_initials(person.demographics),
                colour=_OWN_COLOUR if own else colours[person_id],
                current=opened is not None and opened["id"] == person_id,
            )
        )
    return tuple(menu)


def _initials(person: Person) -> str:
    """Return the first letters of a first and a family name."""
    name = person.name
    return "".join(part[:1] for part in (*name.given[:1], name.family)).upper() or Mark.of(person.display).initials


def _first_page(person_id: str) -> str:
    home = can(current_user.actor, Permission.VIEW_RECORD, person_id)
    return url_for("home.home" if home else "messages.inbox", person=person_id)


def _relation(person_id: str) -> str:
    words = (relationship(grant.relationship) for grant in current_user.grants if grant.person_id == person_id)
    return next((word for word in words if word), "")


def _colours() -> dict[str, int]:
    """Return a colour for each person: as far as there are enough, no two the same, and the same at every look."""
    taken: dict[str, int] = {}
    for person_id in sorted({grant.person_id for grant in current_user.grants}):
        start = crc32(person_id.encode())
        order = [_COLOURS[(start + step) % len(_COLOURS)] for step in range(len(_COLOURS))]
        taken[person_id] = next((colour for colour in order if colour not in taken.values()), order[0])
    return taken
