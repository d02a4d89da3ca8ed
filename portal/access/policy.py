"""What two administrators decide: what apps and other portals get, and what holds for one organization. Pure.

Of what the settings say, the policy for all and the rules of one organization the strictest holds. What is confidential
by a rule is labelled so wherever it is stored (``portal.refresh.ingest``), so that a ``Sight`` decides over it.
"""

from dataclasses import dataclass
from typing import Protocol

import msgspec

MOST_DELAY_DAYS = 60
"""The longest that results may be kept from apps and other portals."""


class ReleasePolicy(msgspec.Struct, frozen=True):
    """What apps and other portals get. ``withheld`` are FHIR resource types; ``results_delay_days`` as the setting.

    ``confidential``: kinds that are treated as labelled so (``portal.normalise.confidential.is_of``), on pages, too.
    """

    withheld: tuple[str, ...] = ()
    results_delay_days: int = 0
    lasting_authorization: bool = True
    reverse_links: bool = True
    confidential: tuple[str, ...] = ()


class OrganizationRules(msgspec.Struct, frozen=True):
    """``confidential``: that somebody goes there, and all that comes from there, whatever it is called.
    ``messages_off``: nobody writes there from here. ``manual``: its links are updated with the patient present only.
    ``reverse_links``: its portal may be offered a link back. ``withheld`` and ``results_delay_days``: what its portal
    does not get from here, beside what nobody gets, and after how many days it gets results.
    """

    confidential: bool = False
    messages_off: bool = False
    manual: bool = False
    reverse_links: bool = False
    withheld: tuple[str, ...] = ()
    results_delay_days: int = 0


class Decided(Protocol):
    """What is decided for all, or for one organization."""

    @property
    def withheld(self) -> tuple[str, ...]: ...

    @property
    def results_delay_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Released:
    """How far a policy goes to one reader. ``withheld``: types of resources."""

    withheld: frozenset[str]
    results_delay_days: int

    def narrowed(self, decided: Decided) -> "Released":
        """Return what is released where that is decided, too: of each the stricter."""
        days = max(self.results_delay_days, decided.results_delay_days)
        return Released(self.withheld | frozenset(decided.withheld), days)
