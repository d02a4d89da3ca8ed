"""What administrators decide of one organization: two of them (``portal.provider.proposals``). It holds at once."""

import msgspec

from portal import audit
from portal.access.policy import OrganizationRules
from portal.domain.errors import NotFoundError
from portal.linking import handed_on
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.records import renewals
from portal.store.records.labelling import label_confidential


def of(organization: Organization) -> OrganizationRules:
    """Return what holds now."""
    return msgspec.convert(organization, OrganizationRules, from_attributes=True)


def apply(tx: Tx, *, organization_id: str, rules: OrganizationRules, actor: audit.Actor) -> None:
    """Let rules hold from now on, for links that exist, too.

    What came from there waits to be labelled anew, person by person (``portal.refresh.renormalise.renew_person``).
    What becomes confidential is so at once, and links that were handed on without such items end: what they lead to
    is as it was.
    Links of a manual organization are no longer lasting; they become so again when the patient next verifies them.

    Raises:
        NotFoundError: there is no such organization.
    """
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise NotFoundError
    before = of(organization)
    organizations.set_rules(tx, organization_id=organization.id, rules=msgspec.to_builtins(rules))
    becomes_confidential = rules.confidential and not before.confidential
    for link in links.of_organization(tx, organization_id=organization.id):
        if rules.manual:
            links.put(tx, link_id=link.id, lasting=False)
        if rules.confidential is not before.confidential:
            renewals.add_person(tx, person_id=link.person_id)
        if becomes_confidential and label_confidential(tx, person_id=link.person_id, source=link.id):
            handed_on.end(tx, person_id=link.person_id, actor=actor, which=lambda terms: not terms.confidential)
