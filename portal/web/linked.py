"""A person's links with their organizations and what to say about them: what several pages begin with."""

from dataclasses import dataclass

from flask import url_for

from portal.domain.links import Shown
from portal.linking.states import shown
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.records import privacy
from portal.web.guards import current_sight, sees_confidential
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
    """Return the live links of a person, oldest first."""
    return tuple(
        Linked(link, organization, shown(link, now=tx.now, policy=organization.policy, look_behind_hidden=True))
        for link, organization in visible(tx, person_id=person_id)
    )


def visible(tx: Tx, *, person_id: str, live: bool | None = True) -> list[tuple[Link, Organization]]:
    """Return the open person's links that who is signed in may know of, oldest first. ``live`` None: ended ones too."""
    persons_links = links.of_person(tx, person_id=person_id, live=live)
    by_id = organizations.by_ids(tx, ids={link.organization_id for link in persons_links})
    pairs = [(link, by_id[link.organization_id]) for link in persons_links if link.organization_id in by_id]
    hidden = hidden_places(tx, person_id=person_id)
    return [(link, organization) for link, organization in pairs if may_know(organization) and link.id not in hidden]


def hidden_places(tx: Tx, *, person_id: str) -> frozenset[str]:
    """Return the links that the open person keeps private, for everybody else."""
    return frozenset() if current_sight().private else privacy.places(tx, person_id=person_id)


def may_know(organization: Organization) -> bool:
    """Whether who is signed in may know that the open person goes there."""
    return not organization.sensitive or sees_confidential()


def links_address() -> str:
    """Link My Accounts, for the open person."""
    return url_for(endpoint_of("/links"))


def link_address(link_id: str, *, part: str = "") -> str:
    """``/links/<link>`` or a page below it, for the open person."""
    return url_for(endpoint_of(f"/links/<link>{part}"), link=link_id)
