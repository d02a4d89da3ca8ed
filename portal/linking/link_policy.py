"""Whether an organization may be linked, as the operator decides; links that exist follow at once."""

from portal.domain.errors import NotFoundError
from portal.domain.links import LinkPolicy
from portal.linking import transitions
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import links


def set_policy(tx: Tx, *, organization_id: str, policy: LinkPolicy) -> None:
    """Switched off, its links show "unavailable" and keep their records; switched on again, they are to be verified.

    Raises:
        NotFoundError: there is no such organization.
    """
    organization = organizations.by_id(tx, organization_id=organization_id)
    if organization is None:
        raise NotFoundError
    organizations.set_policy(tx, organization_id=organization.id, policy=policy)
    on = policy is not LinkPolicy.OFF
    if on is (organization.policy is not LinkPolicy.OFF):
        return
    for link in links.of_organization(tx, organization_id=organization.id):
        transitions.switch(tx, link, on=on)
