"""Organizations whose name alone says why somebody goes there. Pure.

What comes from them, and that they are linked at all, is confidential: who may not see a person's confidential items
sees neither (product.md §4, "no confidential items"). Nothing about the visit itself is needed to tell.
"""

from collections.abc import Iterable

from portal.domain.words import fold

_WORDS = frozenset(
    fold(
        "behavioral mental psychiatry psychiatric psychology counseling addiction recovery substance detox methadone "
        "hiv aids std sexual reproductive planned parenthood abortion fertility gender domestic violence shelter"
    )
)


def is_sensitive(names: Iterable[str]) -> bool:
    """Tell whether one of an organization's names gives the reason for a visit away."""
    return any(_WORDS.intersection(fold(name)) for name in names)
