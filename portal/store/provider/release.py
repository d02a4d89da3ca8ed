"""The release policy: what administrators decided at run time, on top of what the settings say."""

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select, union_all

from portal.access.policy import OrganizationRules, Released, ReleasePolicy
from portal.config import Settings
from portal.domain.addresses import canonical
from portal.domain.ids import HOME
from portal.store.engine.database import Tx
from portal.store.provider import proposals
from portal.store.schema.directory import organization


def in_force(tx: Tx) -> ReleasePolicy:
    """Return what was confirmed last; at first everything is released."""
    return policy_of(proposals.in_force(tx, kind=proposals.RELEASE))


def policy_of(data: Any) -> ReleasePolicy:
    """Return what was confirmed (``proposals.confirmed_last``) as a policy."""
    return msgspec.convert(data, ReleasePolicy) if data else ReleasePolicy()


def before(tx: Tx, *, proposal_id: str) -> ReleasePolicy:
    """Return what was in force before this proposal was confirmed."""
    earlier = proposals.decided(tx, kind=proposals.RELEASE, limit=50)
    data = next((each.data for each in earlier if each.confirmed and each.id != proposal_id), None)
    return msgspec.convert(data, ReleasePolicy) if data else ReleasePolicy()


def effective(tx: Tx, settings: Settings, *, portal: str = "") -> Settings:
    """Return the settings with what was decided. The stricter holds: what a setting withholds, stays.

    ``portal``: the FHIR base of whose portal it is for; then the rules of that organization hold, too.
    """
    return stricter(tx, settings, in_force(tx), portal=portal)


def stricter(tx: Tx, settings: Settings, policy: ReleasePolicy, *, portal: str = "") -> Settings:
    """As ``effective``, with the policy in force."""
    rules = _rules_for(tx, portal) if portal else ()
    if not rules and policy == ReleasePolicy(confidential=policy.confidential):
        return settings
    released = Released(settings.withheld, settings.results_delay_days).narrowed(policy)
    for each in rules:
        released = released.narrowed(each)
    return replace(
        settings,
        withheld=released.withheld,
        results_delay_days=released.results_delay_days,
        lasting_authorization=settings.lasting_authorization and policy.lasting_authorization,
        reverse_links=settings.reverse_links and policy.reverse_links,
    )


def _rules_for(tx: Tx, portal: str) -> tuple[OrganizationRules, ...]:
    """Return what is decided for every entry of a portal's server: a clinic's is its owner's, and there may be two."""
    own, owner = organization.c, organization.alias()
    base = canonical(portal)
    decided = select(own.withheld, own.results_delay_days)
    of_owner = decided.join(owner, owner.c.id == own.owner_id).where(own.fhir_base.is_(None), owner.c.base_key == base)
    query = union_all(decided.where(own.base_key == base, own.id != HOME), of_owner)
    return tuple(
        OrganizationRules(withheld=tuple(withheld or ()), results_delay_days=days)
        for withheld, days in tx.conn.execute(query)
    )
