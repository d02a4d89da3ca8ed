"""A person's links with their organizations and what to say about them: what several pages begin with."""

from dataclasses import dataclass

from flask import url_for

from portal.domain.links import Shown
from portal.linking.states import shown
from portal.store import Tx, links, organizations
from portal.store.links import Link
from portal.store.organizations import Organization
from portal.web.templating import endpoint_of


@dataclass(frozen=True, slots=True)
class Linked:
    """``shown`` looks behind "hidden": what is hidden on the home page is not hidden elsewhere."""

    link: Link
    organization: Organization
    shown: Shown

    @property
    def name(self) -> str:
        return self.organization.name

    @property
    def href(self) -> str:
        """The link's own page."""
        return link_address(self.link.id)


def linked(tx: Tx, *, person_id: str) -> tuple[Linked, ...]:
    """The live links of a person, oldest first."""
    found = links.of_person(tx, person_id=person_id)
    by_id = organizations.by_ids(tx, ids={one.organization_id for one in found})
    return tuple(
        Linked(
            one,
            by_id[one.organization_id],
            shown(one, now=tx.now, policy=by_id[one.organization_id].policy, look_behind_hidden=True),
        )
        for one in found
    )


def links_address() -> str:
    """Link My Accounts, for the open person."""
    endpoint = endpoint_of("/links")
    return url_for(endpoint) if endpoint else ""


def link_address(link_id: str, *, part: str = "") -> str:
    """``/links/<link>`` or a page below it, for the open person; the list of links where there is no such page."""
    endpoint = endpoint_of(f"/links/<link>{part}")
    return url_for(endpoint, link=link_id) if endpoint else links_address()
