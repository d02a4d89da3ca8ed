"""What a caller may see of a person's record: the release policy, the tier and the labels, decided in one place. Pure.

Decided before anything is reached from anything: an item that is not shown leads nowhere, counts nowhere and is named
nowhere. What an app was granted beside that are its scopes (``portal.provider.oauth.scopes``).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

from portal.domain.sections import SECTIONS_OF, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which items of one person's record somebody may see. Nothing has a default: nothing is seen by omission.

    ``confidential``: what its source labelled, too. ``private``: what the person keeps to themselves, too (nobody but
    the person). ``held``: results that wait until the person wants to see them (``portal.access.result_timing``), too.
    ``sections``: the only ones that are there for the reader. ``account``: of what people write who act for the person,
    the messages of this one only (``portal.access.authors``), empty for none; None: of all. ``portal``: the author that
    stands for who writes by another organization's portal, where that reads; it keeps its people apart itself.
    """

    confidential: bool
    private: bool
    held: bool
    sections: frozenset[Section]
    account: str | None
    portal: str = ""

    @property
    def whole(self) -> bool:
        """Whether there is nothing that the reader may not see; what waits is the person's own choice."""
        return self.confidential and self.private and self.account is None and self.sections == frozenset(Section)

    @property
    def without_private(self) -> "Sight":
        """The same for a screen that others may see over one's shoulder, and for what is handed on."""
        return replace(self, private=False)

    def without(self, *sections: Section) -> "Sight":
        return replace(self, sections=self.sections - set(sections))

    def opens(self, section: Section) -> bool:
        return section in self.sections

    @property
    def authors(self) -> frozenset[str] | None:
        """Return whose messages the reader sees, "" for those that are nobody's; None: everybody's."""
        return None if self.account is None else frozenset({"", self.account, self.portal})

    def reads(self, author: str) -> bool:
        """Tell whether a message of this author's is there for the reader."""
        return self.authors is None or author in self.authors

    def hidden_types(self) -> frozenset[str]:
        """Return the types of resources of which no section is seen."""
        return _without_section(self.sections)


@lru_cache(maxsize=64)
def _without_section(sections: frozenset[Section]) -> frozenset[str]:
    return frozenset(kind for kind, of in SECTIONS_OF.items() if sections.isdisjoint(of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What somebody may see of one record. Nothing has a default: nobody sees what is confidential by omission.

    ``confidential``: what its source labelled, too. ``withheld``: types of resources that the organization releases to
    no app. ``tier``: the types of a partner's tier; None for all.
    """

    confidential: bool
    withheld: frozenset[str]
    tier: frozenset[str] | None

    def opens(self, kind: str) -> bool:
        """Tell whether anything of a type of resource may be seen."""
        return kind not in self.withheld and (self.tier is None or kind in self.tier)

    def shows(
        self,
        kind: str,
        *,
        confidential: bool,
        categories: Collection[str],
        within: frozenset[str] | None,
        released: bool,
    ) -> bool:
        """Tell whether one item may be seen.

        ``confidential``: it is labelled so. ``categories`` are its own, "system|code"; ``within`` those that the scope
        is limited to, None for all. ``released``: it is not held back for some days.
        """
        fits = within is None or not within.isdisjoint(categories)
        return self.opens(kind) and released and fits and (self.confidential or not confidential)
