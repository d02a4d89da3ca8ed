"""The release policy: what administrators decided at run time, on top of what the settings say."""

from dataclasses import replace

import msgspec

from portal.access.policy import Released, ReleasePolicy
from portal.config import Settings
from portal.store.directory import organizations
from portal.store.engine.database import Tx
from portal.store.provider import proposals


def in_force(tx: Tx) -> ReleasePolicy:
    """Return what was confirmed last; at first everything is released."""
    data = proposals.in_force(tx, kind=proposals.RELEASE)
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
    organization = organizations.by_fhir_base(tx, fhir_base=portal) if portal else None
    if organization is None and policy == ReleasePolicy(confidential=policy.confidential):
        return settings
    released = Released(settings.withheld, settings.results_delay_days).narrowed(policy)
    if organization is not None:
        released = released.narrowed(organization)
    return replace(
        settings,
        withheld=released.withheld,
        results_delay_days=released.results_delay_days,
        lasting_authorization=settings.lasting_authorization and policy.lasting_authorization,
        reverse_links=settings.reverse_links and policy.reverse_links,
    )
