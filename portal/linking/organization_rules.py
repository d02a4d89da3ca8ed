"""What administrators decide of one organization: two of them (``portal.provider.proposals``). It holds at once."""

import msgspec

from portal.domain.errors import NotFoundError
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.records import renewals


class OrganizationRules(msgspec.Struct, frozen=True):
    """``confidential``: that somebody goes there, and all that comes from there, whatever it is called.
    ``messages_off``: nobody writes there from here. ``manual``: its links are updated with the patient present only.
    ``reverse_links``: its portal may be offered a link back.
    """

    confidential: bool = False
    messages_off: bool = False
    manual: bool = False
    reverse_links: bool = False


def of(organization: Organization) -> OrganizationRules:
    """Return what holds now."""
    return msgspec.convert(organization, OrganizationRules, from_attributes=True)


def apply(tx: Tx, *, organization_id: str, rules: OrganizationRules) -> None:
    """Let rules hold from now on, for links that exist, too.

    What came from there waits to be labelled anew, person by person (``portal.refresh.renormalise.renew_person``).
    Links of a manual organization are no longer lasting; they become so again when the patient next verifies them.

    Raises:
        NotFoundError: there is no such organization.
    """
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise NotFoundError
    before = of(organization)
    organizations.set_rules(tx, organization_id=organization.id, rules=msgspec.to_builtins(rules))
    for link in links.of_organization(tx, organization_id=organization.id):
        if rules.manual:
            links.put(tx, link_id=link.id, lasting=False)
        if rules.confidential is not before.confidential:
            renewals.add_person(tx, person_id=link.person_id)
