"""What two entries are to each other: one row, two rows that name each other, or two rows.

Across organizations the tables of ``portal.merge.rules`` decide. Within one organization nothing folds but what
clinical-truth.md §1 lists: (a) exact repeats, (b) a diagnosis repeated at visits, (c) what the organization itself
replaces, (d) orders of one product with the same instructions, (e) past orders of one product.
"""

from enum import StrEnum

import msgspec

from portal.merge.comparing import Contrast, keeps_apart
from portal.merge.facts import Facts
from portal.merge.rules import RULES

WITHDRAWN = "withdrawn"


class Tie(StrEnum):
    SAME = "same"
    MARKED = "marked"
    APART = "apart"


class Fold(StrEnum):
    """Why two entries of one organization are one row, strongest first."""

    REPEAT = "repeat"  # a
    VERSION = "version"  # c
    VISITS = "visits"  # b
    ORDERS = "orders"  # d
    PAST_ORDERS = "past orders"  # e


class Relation(msgspec.Struct, frozen=True):
    """``fields`` are what keeps two marked rows apart, by the names that are shown."""

    tie: Tie
    fields: tuple[str, ...] = ()


_APART = Relation(Tie.APART)
_SAME = Relation(Tie.SAME)


def relation(left: Facts, right: Facts, *, one_organization: bool) -> Relation:
    """Return what two entries are to each other. Symmetric."""
    if left.kind != right.kind:
        return _APART
    across = _across(left, right)
    if WITHDRAWN in (left.state, right.state):
        if left.state == right.state and across.tie is Tie.SAME:
            return _SAME
        return Relation(Tie.MARKED, ("status",)) if across.tie is Tie.SAME else _APART
    if not one_organization:
        return across
    if fold(left, right) is not None:
        return _SAME
    return Relation(Tie.MARKED, ("entry",)) if across.tie is Tie.SAME else across


def fold(left: Facts, right: Facts) -> Fold | None:
    """Return why two entries of one organization are one row, or None."""
    if left.kind != right.kind or left.state != right.state:
        return None
    if left.digest and left.digest == right.digest:
        return Fold.REPEAT
    if not set(left.links).isdisjoint(right.links):
        return Fold.VERSION
    if left.kind == "medication":
        return _orders(left, right)
    return Fold.VISITS if left.repeat and left.repeat == right.repeat else None


def _orders(left: Facts, right: Facts) -> Fold | None:
    if not left.repeat or not right.repeat:
        return None
    if _across(left, right, without="therapy").tie is not Tie.SAME:
        return None
    (state, instructions), (its_state, its_instructions) = left.repeat.split("|", 1), right.repeat.split("|", 1)
    if instructions == its_instructions:
        return Fold.ORDERS
    return Fold.PAST_ORDERS if state == its_state == "past" else None


def _across(left: Facts, right: Facts, *, without: str = "") -> Relation:
    rules = RULES[left.kind]
    shared = not set(left.identity).isdisjoint(right.identity)
    if not shared and not rules.lone:
        return _APART
    fields: dict[str, None] = {}
    for rule in rules.apart:
        if rule.name == without:
            continue
        outcome = keeps_apart(rule, left, right)
        if outcome is Contrast.SAME:
            continue
        if rule.name == "words" and outcome is Contrast.DIFFERENT and not shared:
            return _APART
        # What one side leaves unsaid is marked whatever it is: it may be the same (clinical-truth.md §2).
        if not rule.marked and outcome is Contrast.DIFFERENT:
            return _APART
        fields[rule.shown] = None
    if shared and not fields:
        return _SAME
    return Relation(Tie.MARKED, tuple(fields) or ("name",))
