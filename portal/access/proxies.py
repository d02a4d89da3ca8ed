"""What a patient lets a proxy see and do: a few choices, each a group of sections or something to do. Pure."""

from collections.abc import Iterable, Mapping

from portal.domain.people import GrantLevel, ProxyChoice
from portal.domain.sections import Section

SEEN: Mapping[ProxyChoice, frozenset[Section]] = {
    ProxyChoice.VISITS: frozenset({Section.VISITS, Section.CARE_TEAM}),
    ProxyChoice.MESSAGES: frozenset({Section.MESSAGES}),
    ProxyChoice.INSURANCE: frozenset({Section.INSURANCE}),
    ProxyChoice.RECORD: frozenset(Section) - {Section.VISITS, Section.CARE_TEAM, Section.MESSAGES, Section.INSURANCE},
}
"""The sections of each group. Every section is in one, and no type of resource is in two."""

GROUPS = (ProxyChoice.RECORD, ProxyChoice.VISITS, ProxyChoice.MESSAGES, ProxyChoice.INSURANCE)

LEVELS: Mapping[GrantLevel, frozenset[ProxyChoice]] = {
    GrantLevel.FULL: frozenset(ProxyChoice),
    GrantLevel.NO_CONFIDENTIAL: frozenset(ProxyChoice) - {ProxyChoice.CONFIDENTIAL, ProxyChoice.SHARE},
    GrantLevel.MESSAGES_ONLY: frozenset({ProxyChoice.MESSAGES, ProxyChoice.WRITE}),
    GrantLevel.VISITS_ONLY: frozenset({ProxyChoice.VISITS}),
}


def effective(choices: Iterable[ProxyChoice]) -> frozenset[ProxyChoice]:
    """Return the choices that can stand: doing needs seeing.

    Messages are written by who reads them; sensitive items are of a group that is seen; accounts are linked by who sees
    the record; and only who sees everything hands it on or learns where else the person goes by it.
    """
    standing = frozenset(choices)
    if ProxyChoice.MESSAGES not in standing:
        standing -= {ProxyChoice.WRITE}
    if standing.isdisjoint(GROUPS):
        standing -= {ProxyChoice.CONFIDENTIAL}
    if ProxyChoice.RECORD not in standing:
        standing -= {ProxyChoice.LINK}
    if not standing.issuperset({*GROUPS, ProxyChoice.CONFIDENTIAL}):
        standing -= {ProxyChoice.SHARE}
    return standing


def sections(choices: Iterable[ProxyChoice]) -> frozenset[Section]:
    """Return the sections that somebody with these choices sees."""
    return frozenset().union(*(SEEN.get(choice, frozenset()) for choice in choices))


def level_of(choices: frozenset[ProxyChoice]) -> GrantLevel | None:
    """Return the name of a usual set of choices; None for any other."""
    return next((level for level, usual in LEVELS.items() if usual == choices), None)
