"""A person's links with their organizations and what to say about them: what several pages begin with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import url_for

from portal.access.rules import Permission, can
from portal.domain.links import Shown
from portal.domain.sections import Section
from portal.extensions import current_services, of_request
from portal.linking.states import shown
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.links import connections
from portal.store.links.connections import Connection
from portal.store.links.links import Link
from portal.store.records import privacy
from portal.web.guards import current_actor, current_person_id, current_sight, sees_confidential
from portal.web.htmx import along
from portal.web.templating import endpoint_of, section_address


@dataclass(frozen=True, slots=True)
class Linked:
    """``shown`` looks behind "hidden": what is hidden on the home page is not hidden elsewhere.

    ``updating``: a refresh of it is open.
    """

    link: Link
    organization: Organization
    shown: Shown
    updating: bool = False

    @property
    def name(self) -> str:
        return self.organization.name

    @property
    def href(self) -> str:
        """The link's own page; "" for who may not open it."""
        return link_address(self.link.id)


@dataclass(frozen=True, slots=True)
class Places:
    """The live links of a person, oldest first; ``home``: by which the home chart is read, where it is read so."""

    linked: tuple[Linked, ...]
    home: Link | None


def linked(tx: Tx, *, person_id: str) -> tuple[Linked, ...]:
    """Return the live links of a person, oldest first."""
    return places(tx, person_id=person_id).linked


def places(tx: Tx, *, person_id: str) -> Places:
    """Return the live links of a person and what the home chart is read by."""
    others, home = connections.with_home(tx, person_id=person_id)
    return Places(
        tuple(
            Linked(
                each.link,
                each.organization,
                shown(each.link, now=tx.now, policy=each.organization.policy, look_behind_hidden=True),
                each.updating,
            )
            for each in _visible(tx, others, person_id=person_id)
        ),
        home if current_services().settings.chart_base else None,
    )


def visible(tx: Tx, *, person_id: str, live: bool | None = True) -> list[Connection]:
    """Return the open person's links that who is signed in may know of, oldest first. ``live`` None: ended ones too."""
    return _visible(tx, connections.of_person(tx, person_id=person_id, live=live), person_id=person_id)


def _visible(tx: Tx, others: Iterable[Connection], *, person_id: str) -> list[Connection]:
    hidden = hidden_places(tx, person_id=person_id)
    return [each for each in others if may_know(each.organization) and each.link.id not in hidden]


def hidden_places(tx: Tx, *, person_id: str) -> frozenset[str]:
    """Return the links that the open person keeps private, for everybody else."""
    return frozenset() if current_sight().private else privacy.places(tx, person_id=person_id)


def may_know(organization: Organization) -> bool:
    """Whether who is signed in may know that the open person goes there."""
    return not organization.sensitive or sees_confidential()


def links_address() -> str:
    """Return Link My Accounts of the open person; "" for who may not open it."""
    return url_for(endpoint_of("/links")) if _may_open_links() else ""


def link_address(link_id: str) -> str:
    """Return a link's own page, of the open person; "" for who may not open it."""
    return address_of(endpoint_of("/links/<link>"), "link", link_id) if _may_open_links() else ""


def _may_open_links() -> bool:
    return can(current_actor(), Permission.VIEW_LINKS, current_person_id())


def tile_address(link_ids: Sequence[str], **values: Any) -> str:
    """Return where the first link's row of the home page is, with the rows of the others in the same answer."""
    first, *others = link_ids
    query: dict[str, Any] = values | ({"also": along(others)} if others else {})
    return url_for("links.tile", link=first, **query)


def entry_address(section: Section, entry_id: str) -> str:
    """Return the page of an entry."""
    return address_of("health.entry", "entry", entry_id, section=section.value)


def address_of(endpoint: str, name: str, value: str, **values: str | int) -> str:
    """Return ``url_for(endpoint, name=value, …)``. It is made once a request and the value put in: lists have many."""
    patterns: dict[tuple[object, ...], str] = of_request().setdefault("address_patterns", {})
    key = (endpoint, *values.items())
    pattern = patterns.get(key)
    if pattern is None:
        all_values: dict[str, Any] = {name: _ANY, **values}
        make = section_address if values.keys() == {"section"} else url_for
        pattern = patterns[key] = make(endpoint, **all_values)
    return pattern.replace(_ANY, value if value.isalnum() and value.isascii() else quote(value, safe=""))


_ANY = "any-of-them"
