"""The release policy: what administrators decided at run time, on top of what the settings say."""

from dataclasses import replace

import msgspec

from portal.config import Settings
from portal.store.engine.database import Tx
from portal.store.provider import proposals


class ReleasePolicy(msgspec.Struct, frozen=True):
    """What apps and other portals get. ``withheld`` are FHIR resource types; ``results_delay_days`` as the setting.

    ``confidential``: kinds that are treated as labelled so (``portal.normalise.confidential.is_of``), on pages, too.
    """

    withheld: tuple[str, ...] = ()
    results_delay_days: int = 0
    lasting_authorization: bool = True
    reverse_links: bool = True
    confidential: tuple[str, ...] = ()


def in_force(tx: Tx) -> ReleasePolicy:
    """Return what was confirmed last; at first everything is released."""
    data = proposals.in_force(tx, kind=proposals.RELEASE)
    return msgspec.convert(data, ReleasePolicy) if data else ReleasePolicy()


def before(tx: Tx, *, proposal_id: str) -> ReleasePolicy:
    """Return what was in force before this proposal was confirmed."""
    earlier = proposals.decided(tx, kind=proposals.RELEASE, limit=50)
    data = next((each.data for each in earlier if each.confirmed and each.id != proposal_id), None)
    return msgspec.convert(data, ReleasePolicy) if data else ReleasePolicy()


def effective(tx: Tx, settings: Settings) -> Settings:
    """Return the settings with the policy in force. The stricter of the two holds: what a setting withholds, stays."""
    return stricter(settings, in_force(tx))


def stricter(settings: Settings, policy: ReleasePolicy) -> Settings:
    """Return the settings with a policy, of each the stricter."""
    if policy == ReleasePolicy(confidential=policy.confidential):
        return settings
    return replace(
        settings,
        withheld=settings.withheld | frozenset(policy.withheld),
        results_delay_days=max(settings.results_delay_days, policy.results_delay_days),
        lasting_authorization=settings.lasting_authorization and policy.lasting_authorization,
        reverse_links=settings.reverse_links and policy.reverse_links,
    )
