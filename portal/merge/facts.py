"""What merge knows of an entry: typed properties, read from codes, words and structure alike.

``Facts`` are made once per entry (``portal.merge.reading``), stored beside it, and compared by the tables of
``portal.merge.rules``. Every value is canonical text: equal values are equal text, except for those whose rule compares
them in another way (numbers, periods, moments).
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

import msgspec

from portal.domain.entry import Status


class Bond(StrEnum):
    """How a key brings entries together to be compared: two that share one and of which at least one seeks."""

    SEEK = "seek"
    MEET = "meet"  # only compared with those that seek


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """``identity``: what it is, in every way in which it can be told; one of them must be shared.

    ``says``: its properties by the names of ``portal.merge.rules``; a property it does not state is absent.
    ``links``: within one organization, what ties versions of one thing together; ``replaces``: those of what it
    replaces. ``repeat``: equal for what one organization says again and again, so that it folds into one row
    (clinical-truth.md §1 a, b, d). ``state``: "withdrawn" for what was entered in error.
    """

    kind: str
    identity: tuple[str, ...] = ()
    says: Mapping[str, tuple[str, ...]] = {}
    links: tuple[str, ...] = ()
    digest: str = ""
    repeat: str = ""
    state: str = ""
    replaces: tuple[str, ...] = ()


class Member(msgspec.Struct, frozen=True):
    """What grouping needs to know of an entry. Keys are opaque: plain text or hashes of it."""

    id: str
    source: str
    status: Status
    sort_at: str
    keys: tuple[tuple[Bond, str], ...] = ()
    facts: Facts | None = None


class Reading(msgspec.Struct, frozen=True):
    """The facts of an entry, and the keys under which it meets those that it must be compared with."""

    facts: Facts
    keys: tuple[tuple[Bond, str], ...] = ()


class Notebook:
    """Facts while they are being collected. ``with_code_names``: whether the table of ICD-10-CM may be looked into."""

    __slots__ = ("identity", "keys", "kind", "links", "repeat", "replaces", "says", "with_code_names")

    def __init__(self, kind: str, *, with_code_names: bool = False) -> None:
        self.kind = kind
        self.with_code_names = with_code_names
        self.identity: list[str] = []
        self.says: dict[str, tuple[str, ...]] = {}
        self.links: list[str] = []
        self.replaces: list[str] = []
        self.keys: dict[str, Bond] = {}
        self.repeat = ""

    def is_(self, *parts: str) -> None:
        """One way to tell what it is; nothing when a part is empty."""
        if all(parts):
            self.identity.append("|".join(parts))

    def say(self, name: str, *values: str) -> None:
        """State a property; empty values say nothing."""
        if len(values) < 2 and name not in self.says:  # most
            if values and values[0]:
                self.says[name] = values
            return
        stated = tuple([value for value in values if value])
        if name in self.says or len(stated) > 1:
            stated = tuple(sorted({*self.says.get(name, ()), *stated}))
        if stated:
            self.says[name] = stated

    def say_in_order(self, name: str, *values: str) -> None:
        """State a property whose values have places (a start and an end)."""
        if any(values):
            self.says[name] = values

    def meet(self, *parts: str, bond: Bond = Bond.SEEK) -> None:
        """Be compared with others of this key."""
        if all(parts):
            key = "|".join((self.kind, *parts))
            if bond is Bond.SEEK or key not in self.keys:
                self.keys[key] = bond

    def link(self, *parts: str) -> None:
        if all(parts):
            self.links.append("|".join(parts))

    def reading(self, *, digest: str, state: str) -> Reading:
        facts = Facts(
            kind=self.kind,
            identity=_unique(self.identity),
            says=self.says,
            links=_unique(self.links),
            digest=digest,
            repeat=self.repeat,
            state=state,
            replaces=_unique(self.replaces),
        )
        return Reading(facts, tuple([(bond, key) for key, bond in self.keys.items()]))


def _unique(values: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values))) if len(values) > 1 else tuple(values)
